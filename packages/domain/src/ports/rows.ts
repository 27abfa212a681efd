import type { ContentType, ConversationKind, DoorKind, FileUse, GroupKind, JoinRule, Profile, Role, RoomKind, WordAction } from '@magpie/protocol'; // prettier-ignore

/** Rows as the store keeps them. Times are ms, seqs integers from 1, absent facts `null`. Every row belongs to one app. */
export interface AppRow {
  readonly id: string;
  readonly name: string;
  /** Only what differs from the defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

/** Secrets are sealed before they reach the store. */
export interface DoorRow {
  readonly kind: DoorKind;
  /** The vendor's id as text (`1400000001`, `org#name`). */
  readonly vendorId: string;
  readonly app: string;
  readonly clientId: string | null;
  readonly sealedSecret: string;
  /** The secret before the last rotation, honoured until `oldUntil`. */
  readonly sealedOldSecret: string | null;
  readonly oldUntil: number | null;
}

export interface UserRow {
  readonly app: string;
  readonly id: string;
  /** ASCII-folded id. */
  readonly fold: string;
  readonly profile: Omit<Profile, 'id' | 'updatedAt'>;
  readonly updatedAt: number;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  readonly bannedUntil: number | null;
  /** Tokens issued before are refused. */
  readonly validFrom: number;
  readonly passwordHash: string | null;
  /** End of the user's log. */
  readonly userSeq: number;
}

export interface ConversationRow {
  /** The conversation's number: first part of its messages' ids. */
  readonly num: number;
  readonly app: string;
  readonly key: string;
  readonly kind: ConversationKind;
  readonly lastSeq: number;
  readonly changeSeq: number;
  /** First changeSeq still kept is this + 1. */
  readonly changesPruned: number;
  /** Time of the newest entry; never decreases. */
  readonly lastTime: number;
  /** Time of the newest drawable entry. */
  readonly activeAt: number;
  /** Time of the last touch of any kind: an entry, a change, a row of a participant. For sync. */
  readonly changedAt: number;
  /** Newest entry of class content or record / of class content / of class content and not revoked; 0 = none. */
  readonly headEntry: number;
  readonly headContent: number;
  readonly headLive: number;
  /** Entries up to here are kept no longer: the log begins after it. */
  readonly purgedSeq: number;
}

export type ParticipantState = 'member' | 'left' | 'dismissed';

/** One user in one conversation: membership (groups) and the user's own view of it (all kinds). */
export interface ParticipantRow {
  readonly conv: number;
  readonly app: string;
  readonly user: string;
  readonly state: ParticipantState;
  /** Groups only; direct: `member`. */
  readonly role: Role;
  readonly joinedAt: number;
  readonly inviter: string | null;
  readonly card: string | null;
  /** First seq this user may see; last one if they left. */
  readonly historyFrom: number;
  readonly historyTo: number | null;
  readonly readSeq: number;
  readonly reportedSeq: number;
  readonly reportedAt: number;
  readonly pinnedAt: number | null;
  readonly notifyLevel: 'all' | 'mentions' | 'none';
  readonly discard: boolean;
  readonly hiddenSeq: number;
  readonly clearedSeq: number;
  /** Last change of this row. */
  readonly changedAt: number;
}

/** What a page of history needs of an entry. */
export type PageRow = Pick<
  MessageRow,
  'conv' | 'seq' | 'sender' | 'time' | 'clientId' | 'type' | 'body' | 'audience'
>;

/** One entry of a log. `body` is JSON text of the message's own part: content, extra, mentions … (see `message-json.ts`). */
export interface MessageRow {
  readonly conv: number;
  readonly seq: number;
  readonly sender: string;
  readonly time: number;
  readonly clientId: string;
  readonly type: ContentType;
  readonly body: string;
  /** Drawn by all (`content`), some (`record`) or none (`hidden`). */
  readonly cls: 'content' | 'record' | 'hidden';
  readonly counts: boolean;
  readonly notLast: boolean;
  readonly revoked: boolean;
  /** Sent with `receipt: true`. */
  readonly receipt: boolean;
  /** Only these users and the sender are shown it. */
  readonly audience: readonly string[] | null;
  /** Fingerprint of what the sender sent, for idempotency. */
  readonly fp: number;
}

export interface ChangeRow {
  readonly conv: number;
  readonly changeSeq: number;
  readonly at: number;
  readonly event: string;
  /** JSON text of the event's payload. */
  readonly payload: string;
}

export interface LogRow {
  readonly app: string;
  readonly user: string;
  readonly userSeq: number;
  readonly at: number;
  readonly event: string;
  readonly convKey: string | null;
  readonly payload: string;
}

export interface InstanceRow {
  readonly app: string;
  readonly user: string;
  readonly instance: string;
  readonly platform: string;
  readonly userSeq: number;
  readonly at: number;
  readonly seenAt: number;
}

export interface GroupRow {
  readonly conv: number;
  readonly app: string;
  readonly id: string;
  readonly kind: GroupKind;
  readonly name: string;
  readonly avatar: string | null;
  readonly intro: string | null;
  readonly announcement: string | null;
  readonly ext: string | null;
  readonly owner: string | null;
  readonly join: JoinRule;
  readonly maxMembers: number;
  readonly memberCount: number;
  readonly createdAt: number;
  readonly dismissedAt: number | null;
}

export interface ReceiptRow {
  readonly conv: number;
  readonly seq: number;
  readonly user: string;
  readonly at: number;
  readonly content: string | null;
}

/** `removed`: nothing can use it any more; the row goes once its bytes are gone. */
export type FileState = 'granted' | 'finished' | 'removed';

export interface FileRow {
  readonly app: string;
  readonly id: string;
  readonly owner: string;
  readonly use: FileUse;
  readonly name: string;
  /** Announced, then real. */
  readonly size: number;
  readonly mime: string;
  readonly state: FileState;
  /** Secret part of the upload path. */
  readonly uploadKey: string;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** First use in a message or profile; null: may be collected. */
  readonly usedAt: number | null;
  /** JSON text: dimensions, renditions, placeholder, share secret … */
  readonly meta: string;
}

/** Something to be done at a time, once, by one node, also if that time passed while no server ran. */
export interface TimerRow {
  readonly id: string;
  readonly app: string;
  /** Which slice's handler runs it. */
  readonly kind: string;
  readonly dueAt: number;
  readonly payload: string;
  /** Times it was begun before without being finished. */
  readonly attempts: number;
}

/** What outlives a user's sessions of their presence. */
export interface PresenceRow {
  readonly app: string;
  readonly user: string;
  /** How the last session ended, and when; what is live is not in the store. */
  readonly state: 'dropped' | 'loggedOut';
  readonly at: number;
  readonly custom: string | null;
  readonly customAt: number | null;
  readonly customUntil: number | null;
}

export interface SubscriptionRow {
  readonly app: string;
  readonly watcher: string;
  readonly target: string;
  readonly expiresAt: number | null;
  readonly untilLogout: boolean;
  readonly at: number;
}

export interface RoomRow {
  readonly conv: number;
  readonly app: string;
  readonly id: string;
  readonly kind: RoomKind;
  readonly name: string;
  readonly avatar: string | null;
  readonly intro: string | null;
  readonly announcement: string | null;
  readonly ext: string | null;
  readonly owner: string | null;
  readonly mutedAll: boolean;
  /** How long it is kept when empty, for kinds that end by themselves. */
  readonly endDelay: number;
  readonly createdAt: number;
  readonly dismissedAt: number | null;
}

/** What is remembered of a user in a room, present or not; absent rows mean an ordinary member. */
export interface RoomUserRow {
  readonly conv: number;
  readonly app: string;
  readonly user: string;
  readonly role: 'admin' | 'member';
  readonly mutedUntil: number | null;
  readonly bannedUntil: number | null;
  readonly at: number;
}

export interface HookRow {
  readonly app: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly before: readonly string[];
  readonly active: boolean;
  readonly sealedSecret: string;
  readonly createdAt: number;
}

/** An event on its way to a hook. Ids grow in the order of the facts of one lane. */
export interface OutboxRow {
  readonly id: number;
  readonly app: string;
  readonly hook: string;
  /** What must stay in order: a conversation's key, or `u:<user>`. */
  readonly lane: string;
  /** JSON text of the event envelope `{e, c?, n?, u?, d}`. */
  readonly event: string;
  readonly at: number;
  readonly parkedAt: number | null;
  readonly error: string | null;
}

/** A lane with something to deliver. Claimed by one node at a time. */
export interface LaneRow {
  readonly app: string;
  readonly hook: string;
  readonly lane: string;
  readonly dueAt: number;
  /** Failures of its first event so far, since when, and the last reason. */
  readonly attempts: number;
  readonly failingSince: number | null;
  readonly error: string | null;
}

export interface WordRow {
  readonly app: string;
  readonly word: string;
  readonly action: WordAction;
}
