// One public surface in one place: facades and UI are written against this file alone (rooms, presence and events beside it).
import type { ClientSettings, Conversation, ErrorCode, FileUse, Group, GroupKind, Input, JoinRule, MagpieError, Member, Message, Notify, Output, OperationName, Person, Profile, Platform as PlatformName, ReceiptCount, Role, SendableContent, SendInput, StoredFile } from '@magpie/protocol'; // prettier-ignore
import type { AbortSignalLike, FileSource, Platform } from './platform/platform.ts';
import type { ClientEvents, ConnectionState } from './events.ts';
import type { PresenceApi } from './presence/types.ts';
import type { RoomApi } from './rooms/types.ts';

export interface ClientOptions {
  /**
   * Address of the server, `http(s)://` or `ws(s)://`. Absent: `configure({ server })`, else `globalThis.MAGPIE_SERVER`, else
   * the page's origin.
   */
  readonly server?: string | undefined;
  /** The app's own id, or a door: `tim:1400000001`, `zim:1400000001`, `webim:org#name`. Absent: as the token says. */
  readonly app?: string | undefined;
  /** Where this device's identity is kept. `tab` (default): one per tab; `shared`: one per browser; or a fixed id. */
  readonly instance?: 'tab' | 'shared' | { readonly id: string } | undefined;
  readonly platformName?: PlatformName | undefined;
  readonly device?: string | undefined;
  /** Handed to the session this login may replace. */
  readonly customInfo?: string | undefined;
  /** For operators only: which SDK this is. */
  readonly dialect?: string | undefined;
  /** Ask for `delivered` events. */
  readonly wantsDelivered?: boolean | undefined;
  /** Tell senders of direct messages that they arrived. Default true. */
  readonly reportsDelivery?: boolean | undefined;
  /** ms before the token's end at which `tokenExpiring` fires. Default 30_000; a fraction ≤ 1 is a part of its life. */
  readonly tokenLead?: number | undefined;
  /** How long a send is retried while the network is away. Default 30_000; Infinity keeps it until it goes out. */
  readonly sendTimeout?: number | undefined;
  /** How long any other call waits for a connection and an answer. Default 15_000. */
  readonly requestTimeout?: number | undefined;
  /** Keep unsent messages over a reload (needs an environment with storage). Default false; the chat app sets it. */
  readonly persistOutbox?: boolean | undefined;
  /** At login raise messages that arrived since any device of the user was last here (ZIM, Easemob). Default: none. */
  readonly backlog?: { readonly direct: number; readonly group: number } | undefined;
  readonly platform?: Platform | undefined;
  readonly log?:
    ((level: 'debug' | 'info' | 'warn' | 'error', text: string, detail?: unknown) => void) | undefined;
}

/** How an outgoing message stands. Received ones are always `sent`. */
export type MessageStatus = 'sending' | 'sent' | 'failed';

/** A message as the client hands it out: plain, a fresh object each time it changes. */
export interface ClientMessage extends Message {
  /** The conversation as this user calls it: `u:bob`, `g:123`, `r:live`. */
  readonly ref: string;
  readonly mine: boolean;
  readonly status: MessageStatus;
  /** Why it failed; kept until it is resent. */
  readonly error?: MagpieError;
  /** 0–1 while a file goes up. */
  readonly progress?: number;
  /** False: delivered at most once, in no log. */
  readonly stored: boolean;
  /** A room under pressure shed it: sent, and nobody heard it. Says why (`rate`, `pressure`). */
  readonly dropped?: string;
}

export interface ConversationView extends Conversation {
  readonly ref: string;
  readonly kind: 'direct' | 'group' | 'room' | 'topic' | 'system';
  /** Direct: the other user. */
  readonly peer?: string;
  /** Newest drawable entry of each class resolved (`content` and `live` filled in). */
  readonly lastEntry?: Message;
  readonly lastContent?: Message;
  readonly lastLive?: Message;
}

/** What to send. `clientId` is made if absent; `media` is uploaded first and completes `content`. */
export interface Draft extends Omit<SendInput, 'clientId' | 'content'> {
  readonly clientId?: string;
  readonly content: SendableContent;
  readonly media?: Media;
}

export interface Media {
  readonly source: FileSource;
  readonly name: string;
  readonly mime?: string;
  /** A video's poster, made by the sender. */
  readonly poster?: { readonly source: FileSource; readonly name: string; readonly mime?: string };
}

export interface SendOptions {
  readonly onProgress?: (fraction: number, sent: number, total: number) => void;
  /** Called as soon as the message is in the outbox, before the network. */
  readonly onQueued?: (message: ClientMessage) => void;
  readonly signal?: AbortSignalLike;
}

export interface ListOptions {
  readonly ref: string;
  readonly seq?: number;
  readonly time?: number;
  readonly direction?: 'older' | 'newer';
  readonly limit?: number;
  readonly types?: readonly string[];
}

/** Ascending by seq, holes left out. `more`: in the asked direction. `edge`: seq to continue from, in that direction. */
export interface ClientPage {
  readonly messages: readonly ClientMessage[];
  readonly more: boolean;
  readonly edge: number | undefined;
  readonly lastSeq: number;
}

/** A live stretch of a conversation for a view. Snapshots are new arrays; unchanged messages keep their identity. */
export interface MessageWindow {
  readonly ref: string;
  /** Ascending; then what this device is sending. */
  readonly messages: readonly ClientMessage[];
  readonly hasOlder: boolean;
  /** False: the window ends at the newest entry and grows with it. */
  readonly hasNewer: boolean;
  readonly loading: 'none' | 'first' | 'older' | 'newer' | 'healing';
  readonly error: MagpieError | undefined;
  loadOlder(limit?: number): Promise<void>;
  loadNewer(limit?: number): Promise<void>;
  /** Starts anew around a seq, or at the newest. */
  jumpTo(seq: number | 'newest'): Promise<void>;
  onChange(handler: (window: MessageWindow) => void): () => void;
  close(): void;
}

export interface Unsubscribe {
  (): void;
}

export interface SessionApi {
  readonly state: ConnectionState;
  readonly userId: string | undefined;
  readonly instance: string;
  readonly settings: ClientSettings | undefined;
  /** True between `ready` and the end of the login. */
  readonly ready: boolean;
  readonly profile: Profile | undefined;
  /** Server clock, ms (this device's clock corrected). */
  now(): number;
  /** Authenticates; resolves when the server accepted the token (the first sync follows, then `ready`). Rejects with the reason. */
  open(login: {
    readonly token: string;
    readonly user?: string;
  }): Promise<{ readonly userId: string; readonly profile: Profile; readonly expiresAt?: number }>;
  /** Trades a password for a token over HTTP, then opens. */
  openWithPassword(login: { readonly user: string; readonly password: string }): Promise<{
    readonly userId: string;
    readonly profile: Profile;
    readonly token: string;
    readonly expiresAt?: number;
  }>;
  register(login: {
    readonly user: string;
    readonly password: string;
    readonly name?: string;
  }): Promise<void>;
  renew(token: string): Promise<{ readonly expiresAt?: number }>;
  /** Where this user is logged in at present. */
  list(): Promise<Output<'session.list'>['sessions']>;
  /** Logs out: told to the server if it can be reached; local state is dropped in any case. */
  close(): Promise<void>;
}

export interface MessageApi {
  /**
   * Messages that are kept are repeated under their clientId until they are answered or `sendTimeout` is over. Others (`store:
   * false`, rooms without history) go out at most once: when the answer was lost they fail with the retryable TIMEOUT.
   */
  send(draft: Draft, options?: SendOptions): Promise<ClientMessage>;
  /** Sends a failed message again under the same clientId. */
  resend(clientId: string, options?: SendOptions): Promise<ClientMessage>;
  /** Drops a failed message from the outbox. */
  discard(clientId: string): void;
  /** What this device is sending or failed to send, oldest first. */
  outgoing(ref?: string): readonly ClientMessage[];
  list(options: ListOptions): Promise<ClientPage>;
  get(ids: readonly string[]): Promise<readonly ClientMessage[]>;
  /** From memory: held in a window, a head or the recent ones; else undefined. */
  peek(idOrClientId: string): ClientMessage | undefined;
  revoke(id: string, options?: { readonly reason?: string; readonly extra?: string }): Promise<ClientMessage>;
  delete(ref: string, what: { readonly ids: readonly string[] } | { readonly upTo: number }): Promise<void>;
  window(ref: string, options?: { readonly limit?: number; readonly seq?: number }): MessageWindow;
  /** A fresh time-ordered clientId with this prefix (`tim`, `zim`, `web`, …), e.g. `web:01JC…`. */
  clientId(prefix?: string): string;
}

export interface ConversationApi {
  /** Sorted: pinned first, then newest. Complete once `ready`. */
  list(): readonly ConversationView[];
  get(ref: string): ConversationView | undefined;
  /** From the server, and into the list if it is in it. */
  load(ref: string): Promise<ConversationView | undefined>;
  /** Unread over all conversations with notify `all`. */
  totalUnread(): number;
  read(
    ref: string,
    options?: { readonly upTo?: number; readonly report?: boolean; readonly read?: boolean },
  ): Promise<void>;
  pin(ref: string, on: boolean): Promise<void>;
  mute(ref: string, notify: Notify): Promise<void>;
  delete(ref: string, options?: { readonly clearHistory?: boolean }): Promise<void>;
}

export interface ReceiptApi {
  send(
    ref: string,
    ids: readonly string[],
    options?: { readonly content?: string; readonly unasked?: boolean },
  ): Promise<void>;
  list(ids: readonly string[]): Promise<readonly ReceiptCount[]>;
  readers(
    id: string,
    options: { readonly read: boolean; readonly cursor?: string; readonly limit?: number },
  ): Promise<{
    readonly users: readonly { readonly id: string; readonly at?: number; readonly content?: string }[];
    readonly next?: string;
  }>;
}

export interface GroupApi {
  create(input: {
    readonly kind: GroupKind;
    readonly id?: string;
    readonly name?: string;
    readonly avatar?: string;
    readonly intro?: string;
    readonly announcement?: string;
    readonly ext?: string;
    readonly join?: JoinRule;
    readonly maxMembers?: number;
    readonly members?: readonly string[];
  }): Promise<Output<'group.create'>>;
  get(ids: readonly string[]): Promise<readonly Group[]>;
  /** All groups the user is in. */
  list(): Promise<readonly Group[]>;
  update(id: string, fields: Omit<Input<'group.update'>, 'id'>): Promise<Group>;
  join(id: string): Promise<Group>;
  leave(id: string): Promise<void>;
  invite(id: string, users: readonly string[]): Promise<Output<'group.invite'>>;
  kick(id: string, users: readonly string[], reason?: string): Promise<Output<'group.kick'>>;
  members(
    id: string,
    options?: {
      readonly users?: readonly string[];
      readonly role?: Role;
      readonly cursor?: string;
      readonly limit?: number;
    },
  ): Promise<{ readonly members: readonly Member[]; readonly next?: string; readonly memberCount: number }>;
  setRole(id: string, user: string, role: 'admin' | 'member'): Promise<void>;
  transfer(id: string, user: string): Promise<void>;
  dismiss(id: string): Promise<void>;
}

export interface UserApi {
  get(ids: readonly string[]): Promise<readonly Profile[]>;
  update(fields: Input<'user.update'>): Promise<Profile>;
  /** Current name and picture as last seen beside messages; `card` with a group's ref. Never asks the network. */
  person(id: string, ref?: string): Person;
}

export interface ContactApi {
  blocked(): Promise<readonly string[]>;
  block(users: readonly string[]): Promise<void>;
  unblock(users: readonly string[]): Promise<void>;
}

export interface FileApi {
  upload(
    file: {
      readonly source: FileSource;
      readonly name: string;
      readonly mime?: string;
      readonly use: FileUse;
    },
    options?: SendOptions,
  ): Promise<StoredFile>;
  /** A finished file of the app. */
  get(fileId: string): Promise<StoredFile>;
  /** Absolute address of a blob or one of its renditions. */
  url(
    blob: { readonly fileId?: string; readonly url?: string; readonly name?: string; readonly sig?: string },
    rendition?: 'large' | 'thumb',
  ): string;
}

/** One user on one device. Capabilities are grouped by slice. */
export interface Client {
  readonly session: SessionApi;
  readonly messages: MessageApi;
  readonly conversations: ConversationApi;
  readonly receipts: ReceiptApi;
  readonly groups: GroupApi;
  readonly rooms: RoomApi;
  readonly presence: PresenceApi;
  readonly users: UserApi;
  readonly contacts: ContactApi;
  readonly files: FileApi;
  /** Address of the server, `http(s)://…`, without a trailing slash. */
  readonly server: string;
  /** Any operation of the contract, typed. Waits for a session up to `requestTimeout`. */
  request<N extends OperationName>(operation: N, input: Input<N>): Promise<Output<N>>;
  on<E extends keyof ClientEvents>(event: E, handler: (data: ClientEvents[E]) => void): Unsubscribe;
  /** Ends the session and frees everything; the object is of no use afterwards. */
  destroy(): Promise<void>;
}

export type { ErrorCode };
export type { ClientEvents, ConnectionState, GroupEvent } from './events.ts';
export type { PresenceApi, PresenceFailed, Watched } from './presence/types.ts';
export type { RoomApi, RoomEntered, RoomOutReason } from './rooms/types.ts';
