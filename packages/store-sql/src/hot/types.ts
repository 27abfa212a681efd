import type {
  ChangeRow,
  ConversationReads,
  LogRow,
  MessageReads,
  MessageRow,
  PresenceReads,
  UserReads,
} from '@magpie/domain';
import type { NewMessage } from '../codec.ts';
import type { HotOutbox } from './outbox.ts';

/** The mutable part of a conversation row while a batch is being written. */
export interface ConversationState {
  readonly num: number;
  readonly app: string;
  readonly key: string;
  readonly kind: string;
  lastSeq: number;
  changeSeq: number;
  changesPruned: number;
  lastTime: number;
  activeAt: number;
  changedAt: number;
  headEntry: number;
  headContent: number;
  headLive: number;
  headPublic: number;
  memberCount: number;
}

export interface UserState {
  readonly app: string;
  readonly id: string;
  userSeq: number;
}

export interface ParticipantState {
  readonly conv: number;
  readonly user: string;
  readonly app: string;
  state: number;
  role: number;
  joinedAt: number;
  inviter: string | null;
  card: string | null;
  historyFrom: number;
  historyTo: number | null;
  readSeq: number;
  reportedSeq: number;
  reportedAt: number;
  pinnedAt: number | null;
  notifyLevel: number;
  discard: number;
  hiddenSeq: number;
  clearedSeq: number;
  changedAt: number;
}

/** An entry that has the name (conversation, sender, clientId) already. */
export type NamedEntry = Pick<MessageRow, 'seq' | 'time' | 'fp'>;

export type Awaitable<T> = T | Promise<T>;

/**
 * The append path of one dialect: what a batch reads at its start and writes at its end, prepared by hand. Loading takes the
 * row locks where there are any. `insert…` may hold rows back until `flush`.
 */
export interface HotWriter {
  loadConversations(nums: readonly number[]): Awaitable<readonly ConversationState[]>;
  saveConversations(states: readonly ConversationState[]): Awaitable<void>;
  loadUsers(keys: readonly { readonly app: string; readonly id: string }[]): Awaitable<readonly UserState[]>;
  saveUsers(states: readonly UserState[]): Awaitable<void>;
  loadParticipants(
    keys: readonly { readonly conv: number; readonly user: string }[],
  ): Awaitable<readonly ParticipantState[]>;
  saveParticipants(states: readonly ParticipantState[]): Awaitable<void>;
  /** Told before the first insert which names a batch will use. */
  loadNames?(names: readonly Pick<NewMessage, 'conv' | 'sender' | 'clientId'>[]): Awaitable<void>;
  /** Stores an entry, or answers the one that has its name already. */
  insertMessage(row: NewMessage): NamedEntry | undefined;
  insertChange(row: ChangeRow): void;
  insertLog(row: LogRow): void;
  /** Marks the start of a unit; rows held back since are dropped by `undo`. */
  mark(): void;
  undo(): void;
  /** Writes what is held back. */
  flush(): Awaitable<void>;
  readonly outbox: HotOutbox;
}

/** The reads prepared by hand. */
export interface HotReads
  extends
    Pick<
      MessageReads,
      'page' | 'get' | 'seqAtTime' | 'byClientId' | 'deleted' | 'head' | 'mentions' | 'changes'
    >,
    Pick<
      ConversationReads,
      | 'ofUser'
      | 'changedSince'
      | 'unread'
      | 'participant'
      | 'participants'
      | 'memberIds'
      | 'glance'
      | 'byKey'
      | 'byNumber'
    >,
    Pick<PresenceReads, 'watchers'> {
  /** What a sign-in and the first message to somebody ask. */
  readonly users: Pick<UserReads, 'get' | 'standing' | 'log' | 'isBlocked'>;
}
