import type {
  AppRow,
  ConversationRow,
  DoorRow,
  FileRow,
  GroupRow,
  MessageRow,
  ParticipantRow,
  UserRow,
} from './rows.ts';
import type { PresentOp, PresentResults } from './writes-present.ts';
import type { UpkeepOp, UpkeepResults } from './writes-upkeep.ts';

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
      readonly app: string;
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
      /** Files it holds: `missing` unless all are finished ones of the app; from then on they are used. */
      readonly files?: readonly string[];
      /** As `outbox.add`, of `message.created` with the entry as stored; nothing for a duplicate. */
      readonly hooks?: readonly string[];
    }
  /** Replaces what an entry holds; `missing` if there is no such entry, `stale` if it is revoked already. Revoking recomputes headLive, and files that no entry holds any more become `removed`. */
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
      readonly app: string;
      readonly conv: number;
      readonly event: string;
      readonly payload: string;
      readonly at: number;
      readonly tip?: true;
      /** As `outbox.add`, with the payload as stored. */
      readonly hooks?: readonly string[];
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
      /** As `outbox.add`, in the user's lane. */
      readonly hooks?: readonly string[];
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
  /** `exists` when the vendor id belongs to another app; the same app's door is replaced. */
  | { readonly op: 'door.put'; readonly row: DoorRow }
  | {
      readonly op: 'door.remove';
      readonly app: string;
      readonly kind: DoorRow['kind'];
      readonly vendorId: string;
    }
  | PresentOp
  | UpkeepOp
  /** Housekeeping: drops changes and log entries older than these times, and subscriptions, mutes and bans over at `now`, in a bounded batch. */
  | {
      readonly op: 'prune';
      readonly changesBefore: number;
      readonly logBefore: number;
      readonly now: number;
      readonly max: number;
    };

export interface AppendResult {
  readonly seq: number;
  readonly time: number;
  readonly duplicate: boolean;
  readonly sameContent: boolean;
}

export interface WriteResults extends PresentResults, UpkeepResults {
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
