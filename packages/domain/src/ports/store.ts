import type { AppRow, ChangeRow, ConversationRow, DoorRow, FileRow, GroupRow, InstanceRow, LogRow, MessageRow, ParticipantRow, ReceiptRow, UserRow } from './rows.ts'; // prettier-ignore

/**
 * The store. Reads are grouped by slice; writes are *units*: lists of primitive operations, given as data, done all or not at
 * all. The driver puts all units that are ready into one transaction (group commit) and answers after it is on the disk; a
 * unit that fails, fails alone. Data, not closures, so that a driver may write on another thread or machine.
 */
export interface Store {
  readonly apps: AppReads;
  readonly users: UserReads;
  readonly conversations: ConversationReads;
  readonly messages: MessageReads;
  readonly groups: GroupReads;
  readonly receipts: ReceiptReads;
  readonly files: FileReads;
  /**
   * Commits one unit. Results stand in the order of the operations. Rejects with `StoreConflict` when a condition of an
   * operation does not hold (nothing of the unit was done), or with STORE_UNAVAILABLE / OVERLOADED (retryable; nothing done
   * unless the outcome is unknown, which `detail.unknown` says).
   */
  commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ -readonly [I in keyof Ops]: ResultOf<Ops[I]> }>;
  /** A fresh conversation number, never given twice (gaps are fine). */
  conversationNumber(): Promise<number>;
  /** Changes when streams were lost, e.g. by restoring a backup. */
  epoch(): Promise<string>;
  /** Whether writes can be taken at present; the reason if not. `fatal`: not before the process is started again. */
  health(): { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly fatal?: true };
  close(): Promise<void>;
}

export type ConflictCode = 'exists' | 'missing' | 'stale' | 'full' | 'taken';

/** A condition of a write did not hold. `op` is the operation's index in its unit. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  readonly code: ConflictCode;
  readonly op: number;
  constructor(code: ConflictCode, op: number) {
    super(`store conflict: ${code} (operation ${op})`);
    this.code = code;
    this.op = op;
  }
}

/**
 * Seq-valued fields may be given symbolically and are resolved inside the transaction: `last` = the conversation's lastSeq
 * at that point of the unit, `next` = lastSeq + 1.
 */
export type SeqValue = number | 'last' | 'next';

export interface ParticipantSet {
  readonly readSeq?: SeqValue;
  readonly reportedSeq?: SeqValue;
  readonly reportedAt?: number;
  readonly pinnedAt?: number | null;
  readonly notifyLevel?: 'all' | 'mentions' | 'none';
  readonly discard?: boolean;
  readonly hiddenSeq?: SeqValue;
  readonly clearedSeq?: SeqValue;
  readonly card?: string | null;
}

export type WriteOp =
  /** `exists` when the key is taken. */
  | {
      readonly op: 'conversation.create';
      readonly conv: number;
      readonly app: string;
      readonly key: string;
      readonly kind: ConversationRow['kind'];
      readonly at: number;
    }
  /**
   * Makes the row if missing (state member, role member, historyFrom 1) and sets the given fields. readSeq, reportedSeq, hiddenSeq and clearedSeq
   * never go back (the greater wins) and never pass lastSeq. Touches `changedAt` of the row. Result: the row after, and whether anything changed.
   */
  | {
      readonly op: 'participant.put';
      readonly conv: number;
      readonly app: string;
      readonly user: string;
      readonly set: ParticipantSet;
      readonly at: number;
    }
  /**
   * Membership of a group. Joining (again) sets joinedAt, inviter, historyFrom, readSeq = historyFrom - 1 if behind, clears historyTo; leaving sets historyTo = lastSeq
   * and role member. Keeps groups.memberCount. With `max`, a join that would pass it: conflict `full`, or with `onFull: 'skip'` a result
   * that says so. `expect`: the state before (`none`: no row or not a member), else conflict `stale`.
   */
  | {
      readonly op: 'member.put';
      readonly conv: number;
      readonly app: string;
      readonly user: string;
      readonly state: 'member' | 'left' | 'dismissed';
      readonly role: ParticipantRow['role'];
      readonly at: number;
      readonly inviter?: string | null;
      readonly historyFrom?: SeqValue;
      readonly max?: number;
      readonly onFull?: 'skip';
      readonly expect?: 'member' | 'none';
    }
  /** Ends membership of everybody at once (state `dismissed`, historyTo = lastSeq); memberCount becomes 0. */
  | { readonly op: 'member.dismissAll'; readonly conv: number; readonly at: number }
  /**
   * Appends one entry: seq = lastSeq + 1, time = max(at, lastTime). If (conv, sender, clientId) exists nothing is appended
   * and the first result is returned with `duplicate: true`, and `sameContent` tells whether the fingerprints agree.
   * Keeps lastSeq, lastTime, changedAt, activeAt and the heads of the conversation.
   */
  | {
      readonly op: 'append';
      readonly conv: number;
      readonly sender: string;
      readonly clientId: string;
      readonly fp: number;
      readonly type: MessageRow['type'];
      readonly cls: MessageRow['cls'];
      readonly counts: boolean;
      readonly notLast: boolean;
      readonly receipt: boolean;
      readonly audience: readonly string[] | null;
      readonly body: string;
      readonly at: number;
    }
  /** Replaces what an entry holds; `missing` if there is no such entry, `stale` if it is revoked already. Revoking recomputes headLive. */
  | {
      readonly op: 'message.replace';
      readonly conv: number;
      readonly seq: number;
      readonly type: MessageRow['type'];
      readonly body: string;
      readonly revoked: boolean;
    }
  /**
   * Next entry of the conversation's changes stream. With `tip`, the entry appended just before in this unit is put into the payload as `"tip":{…}`
   * (its wire JSON, see `messageJson`). Result: changeSeq and the payload as stored.
   */
  | {
      readonly op: 'change';
      readonly conv: number;
      readonly event: string;
      readonly payload: string;
      readonly at: number;
      readonly tip?: true;
    }
  /** Next entry of a user's log; `missing` if there is no such user. */
  | {
      readonly op: 'log';
      readonly app: string;
      readonly user: string;
      readonly event: string;
      readonly convKey: string | null;
      readonly payload: string;
      readonly at: number;
    }
  /** Deletes entries for one user. Touches changedAt of the participant row. */
  | {
      readonly op: 'deleted.add';
      readonly conv: number;
      readonly user: string;
      readonly seqs: readonly number[];
      readonly at: number;
    }
  /** Adds receipt rows; result: the seqs that were new. */
  | {
      readonly op: 'receipt.add';
      readonly conv: number;
      readonly user: string;
      readonly seqs: readonly number[];
      readonly content: string | null;
      readonly at: number;
    }
  /** `exists` when the id is or was in use in the app. */
  | { readonly op: 'group.create'; readonly row: Omit<GroupRow, 'memberCount' | 'dismissedAt'> }
  /** `missing` if there is no such group or it was dismissed. Result: the row after. */
  | {
      readonly op: 'group.set';
      readonly conv: number;
      readonly set: Partial<
        Pick<
          GroupRow,
          | 'name'
          | 'avatar'
          | 'intro'
          | 'announcement'
          | 'ext'
          | 'owner'
          | 'join'
          | 'maxMembers'
          | 'dismissedAt'
        >
      >;
    }
  /** Sets the role of a present member; `missing` otherwise. */
  | {
      readonly op: 'member.role';
      readonly conv: number;
      readonly user: string;
      readonly role: ParticipantRow['role'];
      readonly at: number;
    }
  /** `exists` when the id is or was in use; `taken` when `unique` and the fold belongs to another id. */
  | {
      readonly op: 'user.create';
      readonly app: string;
      readonly id: string;
      readonly fold: string;
      readonly unique: boolean;
      readonly profile: UserRow['profile'];
      readonly passwordHash: string | null;
      readonly at: number;
    }
  /** `missing` if there is no such user. `userSeq` can't be set. Result: the row after. */
  | {
      readonly op: 'user.set';
      readonly app: string;
      readonly id: string;
      readonly set: Partial<
        Pick<UserRow, 'profile' | 'updatedAt' | 'deletedAt' | 'bannedUntil' | 'validFrom' | 'passwordHash'>
      >;
    }
  | {
      readonly op: 'block.put';
      readonly app: string;
      readonly user: string;
      readonly targets: readonly string[];
      readonly at: number;
      readonly max: number;
    }
  | {
      readonly op: 'block.remove';
      readonly app: string;
      readonly user: string;
      readonly targets: readonly string[];
    }
  /** Position never goes back. */
  | {
      readonly op: 'instance.put';
      readonly app: string;
      readonly user: string;
      readonly instance: string;
      readonly platform: string;
      readonly userSeq: number;
      readonly at: number;
      readonly seenAt: number;
    }
  | { readonly op: 'file.create'; readonly row: FileRow }
  /** `missing` if there is no such file. */
  | {
      readonly op: 'file.set';
      readonly app: string;
      readonly id: string;
      readonly set: Partial<Pick<FileRow, 'name' | 'size' | 'mime' | 'state' | 'finishedAt' | 'meta'>>;
    }
  /** Marks files as used (first use wins); unknown ids are ignored. */
  | { readonly op: 'file.use'; readonly app: string; readonly ids: readonly string[]; readonly at: number }
  | { readonly op: 'file.remove'; readonly app: string; readonly ids: readonly string[] }
  /** `exists` when the id is taken. */
  | { readonly op: 'app.create'; readonly row: AppRow }
  | { readonly op: 'app.set'; readonly id: string; readonly set: Partial<Pick<AppRow, 'name' | 'settings'>> }
  /** Removes the app and everything of it. */
  | { readonly op: 'app.delete'; readonly id: string }
  /** `exists` when the vendor id belongs to another app; the same app's door is replaced. */
  | { readonly op: 'door.put'; readonly row: DoorRow }
  | {
      readonly op: 'door.remove';
      readonly app: string;
      readonly kind: DoorRow['kind'];
      readonly vendorId: string;
    }
  /** Housekeeping: drops changes and log entries older than these times, in a bounded batch. */
  | {
      readonly op: 'prune';
      readonly changesBefore: number;
      readonly logBefore: number;
      readonly max: number;
    };

export interface AppendResult {
  readonly seq: number;
  readonly time: number;
  readonly duplicate: boolean;
  readonly sameContent: boolean;
}

export interface WriteResults {
  'participant.put': { readonly row: ParticipantRow; readonly changed: boolean };
  'member.put': { readonly done: boolean; readonly memberCount: number };
  append: AppendResult;
  change: { readonly changeSeq: number; readonly payload: string };
  log: { readonly userSeq: number };
  'receipt.add': { readonly added: readonly number[] };
  'group.set': { readonly row: GroupRow };
  'user.set': { readonly row: UserRow };
  'block.put': { readonly added: readonly string[] };
  'block.remove': { readonly removed: readonly string[] };
}

export type ResultOf<O extends WriteOp> = O['op'] extends keyof WriteResults
  ? WriteResults[O['op']]
  : undefined;

export interface AppReads {
  /** All apps with their doors; small, cached by the domain. */
  all(): Promise<readonly { readonly app: AppRow; readonly doors: readonly DoorRow[] }[]>;
}

export interface UserReads {
  get(app: string, id: string): Promise<UserRow | undefined>;
  many(app: string, ids: readonly string[]): Promise<readonly UserRow[]>;
  byFold(app: string, fold: string): Promise<readonly UserRow[]>;
  /** The user's log after a number, ascending. `from`: the first number still kept. */
  log(
    app: string,
    user: string,
    after: number,
    limit: number,
  ): Promise<{ readonly rows: readonly LogRow[]; readonly from: number }>;
  instance(app: string, user: string, instance: string): Promise<InstanceRow | undefined>;
  /** The greatest position of any instance of the user. */
  furthestInstance(app: string, user: string): Promise<InstanceRow | undefined>;
  blocked(app: string, user: string): Promise<readonly { readonly id: string; readonly at: number }[]>;
  isBlocked(app: string, by: string, user: string): Promise<boolean>;
}

/** A conversation with the asking user's row. */
export interface ConversationForUser {
  readonly conversation: ConversationRow;
  readonly participant: ParticipantRow;
}

export interface ConversationReads {
  byKey(app: string, key: string): Promise<ConversationRow | undefined>;
  byNumber(num: number): Promise<ConversationRow | undefined>;
  participant(conv: number, user: string): Promise<ParticipantRow | undefined>;
  participants(conv: number, users: readonly string[]): Promise<readonly ParticipantRow[]>;
  /** Present members' ids, for fan-out. */
  memberIds(conv: number): Promise<readonly string[]>;
  /** Present members: owner, admins, members, each by joinedAt then id. `after` is the last row of the page before. */
  members(
    conv: number,
    options: {
      readonly role?: ParticipantRow['role'];
      readonly after?: ParticipantRow;
      readonly limit: number;
    },
  ): Promise<readonly ParticipantRow[]>;
  /**
   * Conversations of a user, pinned first (pinnedAt desc), then activeAt desc, then num desc. Left out: those without a drawable entry in the user's sight
   * that are not pinned, and those hidden up to their newest drawable entry. `after`: where the page before ended.
   */
  ofUser(
    app: string,
    user: string,
    options: {
      readonly after?: { readonly pinnedAt: number; readonly activeAt: number; readonly num: number };
      readonly limit: number;
    },
  ): Promise<readonly ConversationForUser[]>;
  /** Those whose conversation or own row changed at or after a time, also hidden and empty ones; by num, after `afterNum`. */
  changedSince(
    app: string,
    user: string,
    since: number,
    options: { readonly afterNum?: number; readonly limit: number },
  ): Promise<readonly ConversationForUser[]>;
  /**
   * Unread as core-model §2 defines it: entries with seq > readSeq, counts, not revoked, sender ≠ user, historyFrom ≤ seq ≤ historyTo,
   * seq > clearedSeq, not deleted by the user; 0 when discard. One number per participant row given.
   */
  unread(rows: readonly ParticipantRow[]): Promise<readonly number[]>;
}

export interface PageQuery {
  readonly direction: 'older' | 'newer';
  /** Inclusive. */
  readonly from: number;
  /** Inclusive bound on the other side. */
  readonly to: number;
  readonly limit: number;
}

export interface MessageReads {
  /** Entries of a stretch, always ascending: `older` = the `limit` highest in [to, from], `newer` = the `limit` lowest in [from, to]. */
  page(conv: number, query: PageQuery): Promise<readonly MessageRow[]>;
  get(conv: number, seqs: readonly number[]): Promise<readonly MessageRow[]>;
  /** The first seq whose time is at or after a time; undefined if none. */
  seqAtTime(conv: number, time: number): Promise<number | undefined>;
  byClientId(conv: number, sender: string, clientId: string): Promise<MessageRow | undefined>;
  /** Which of a stretch the user deleted for themselves. */
  deleted(conv: number, user: string, lo: number, hi: number): Promise<readonly number[]>;
  /** The newest entry at or below `from` and at or above `lowest` of these classes, visible to the user (audience, deleted, cleared), skipping notLast; `live`: not revoked. */
  head(
    conv: number,
    query: {
      readonly user: string;
      readonly from: number;
      readonly lowest: number;
      readonly classes: readonly MessageRow['cls'][];
      readonly live: boolean;
    },
  ): Promise<MessageRow | undefined>;
  /** Counting, unrevoked entries in (after, upTo] not from the user whose body mentions users or all; newest 20. */
  mentions(conv: number, user: string, after: number, upTo: number): Promise<readonly MessageRow[]>;
  changes(conv: number, after: number, limit: number): Promise<readonly ChangeRow[]>;
}

export interface GroupReads {
  byId(app: string, id: string): Promise<GroupRow | undefined>;
  many(app: string, ids: readonly string[]): Promise<readonly GroupRow[]>;
  byConversations(convs: readonly number[]): Promise<readonly GroupRow[]>;
  /** Groups a user is a present member of, by conversation number. */
  ofUser(
    app: string,
    user: string,
    options: { readonly afterNum?: number; readonly limit: number },
  ): Promise<readonly { readonly group: GroupRow; readonly participant: ParticipantRow }[]>;
}

export interface ReceiptReads {
  counts(
    conv: number,
    seqs: readonly number[],
  ): Promise<readonly { readonly seq: number; readonly read: number }[]>;
  readers(
    conv: number,
    seq: number,
    options: { readonly afterUser?: string; readonly limit: number },
  ): Promise<readonly ReceiptRow[]>;
  of(conv: number, user: string, seqs: readonly number[]): Promise<readonly number[]>;
}

export interface FileReads {
  get(app: string, id: string): Promise<FileRow | undefined>;
  /** Sum of sizes of finished files. */
  usedBytes(app: string): Promise<number>;
  /** Grants and finished files never used, created before a time. */
  unused(before: number, limit: number): Promise<readonly FileRow[]>;
  grantedSince(app: string, owner: string, since: number): Promise<number>;
}
