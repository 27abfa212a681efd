import type {
  AppRow,
  ChangeRow,
  ConversationRow,
  DoorRow,
  FileRow,
  GroupRow,
  HookRow,
  LogRow,
  MessageRow,
  OutboxRow,
  PageRow,
  ParticipantRow,
  PresenceRow,
  ReceiptRow,
  RoomRow,
  RoomUserRow,
  SubscriptionRow,
  UserRow,
  WordRow,
} from './rows.ts';
import type { UpkeepReads } from './store-upkeep.ts';
import type { ResultOf, WriteOp } from './writes.ts';

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
  readonly rooms: RoomReads;
  readonly presences: PresenceReads;
  readonly timers: TimerReads;
  readonly webhooks: WebhookReads;
  readonly words: WordReads;
  readonly upkeep: UpkeepReads;
  /** Units waiting for the writer, for operators and for the decision to shed. */
  waiting(): number;
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
  /**
   * The end of a user's log, and where this instance of theirs stood, else where the furthest of any did. Undefined: no such
   * user.
   */
  standing(
    app: string,
    user: string,
    instance: string,
  ): Promise<
    | { readonly userSeq: number; readonly position?: { readonly userSeq: number; readonly at: number } }
    | undefined
  >;
  blocked(app: string, user: string): Promise<readonly { readonly id: string; readonly at: number }[]>;
  isBlocked(app: string, by: string, user: string): Promise<boolean>;
  /** Who of `by` blocked whom of `users`. */
  blocksAmong(
    app: string,
    by: readonly string[],
    users: readonly string[],
  ): Promise<readonly { readonly by: string; readonly user: string }[]>;
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
  /** The few facts that bound what a user may read; undefined without a row of theirs. */
  glance(
    conv: number,
    user: string,
  ): Promise<
    | (Pick<ConversationRow, 'lastSeq' | 'changeSeq' | 'purgedSeq'> &
        Pick<ParticipantRow, 'historyFrom' | 'historyTo' | 'clearedSeq'> & {
          /** Whether the user deleted single entries for themselves. */
          readonly hasDeleted: boolean;
        })
    | undefined
  >;
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
  page(conv: number, query: PageQuery): Promise<readonly PageRow[]>;
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

export interface RoomReads {
  byId(app: string, id: string): Promise<RoomRow | undefined>;
  many(app: string, ids: readonly string[]): Promise<readonly RoomRow[]>;
  /** Rooms not dismissed, by id, after one. */
  list(
    app: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly RoomRow[]>;
  user(conv: number, user: string): Promise<RoomUserRow | undefined>;
  /** By user id: admins, or those muted or banned at `now`. */
  users(
    conv: number,
    options: {
      readonly what: 'muted' | 'banned' | 'admins';
      readonly now: number;
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<readonly RoomUserRow[]>;
}

export interface PresenceReads {
  many(app: string, users: readonly string[]): Promise<readonly PresenceRow[]>;
  /** When any instance of these users was last heard of; users without instances are left out. */
  lastSeen(
    app: string,
    users: readonly string[],
  ): Promise<readonly { readonly user: string; readonly seenAt: number }[]>;
  /** Who follows these users at `now`, at most `limit` rows in all, ordered by target then watcher, after a pair. */
  watchers(
    app: string,
    targets: readonly string[],
    options: {
      readonly now: number;
      readonly after?: { readonly target: string; readonly watcher: string };
      readonly limit: number;
    },
  ): Promise<readonly { readonly target: string; readonly watcher: string }[]>;
  /** Whom a user follows at `now`, by target. */
  subscriptions(
    app: string,
    watcher: string,
    options: { readonly now: number; readonly after?: string; readonly limit: number },
  ): Promise<readonly SubscriptionRow[]>;
  countSubscriptions(app: string, watcher: string, now: number): Promise<number>;
}

export interface TimerReads {
  /** When the next timer of these kinds that nobody holds falls due; undefined if there is none. */
  nextDue(now: number, kinds: readonly string[]): Promise<number | undefined>;
  count(): Promise<number>;
}

export interface WebhookReads {
  /** Hooks of all apps; few, cached by the domain. */
  all(): Promise<readonly HookRow[]>;
  /** Per hook of an app: events waiting and parked, and the trouble of its longest failing lane. */
  stats(app: string): Promise<
    readonly {
      readonly hook: string;
      readonly waiting: number;
      readonly parked: number;
      readonly failingSince: number | null;
      readonly error: string | null;
    }[]
  >;
  parked(
    app: string,
    hook: string,
    options: { readonly after?: number; readonly limit: number },
  ): Promise<readonly OutboxRow[]>;
  /** When the next lane that nobody holds falls due; undefined if there is none. */
  nextDue(now: number): Promise<number | undefined>;
  /** Events waiting and parked, of all apps. */
  totals(): Promise<{ readonly waiting: number; readonly parked: number }>;
  /** Since when the lane that is furthest behind has failed, or waits to be taken; undefined when none does. */
  behindSince(): Promise<number | undefined>;
}

export interface WordReads {
  /** All words of an app; for the matcher. */
  all(app: string): Promise<readonly WordRow[]>;
  page(
    app: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly WordRow[]>;
  count(app: string): Promise<number>;
}
