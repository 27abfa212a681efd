import type { GroupChange, GroupSummary, KickReason, MagpieError, Profile, ReceiptCount } from '@magpie/protocol'; // prettier-ignore
import type { PresenceEvents } from './presence/types.ts';
import type { RoomEvents } from './rooms/types.ts';
import type { ClientMessage, ConversationView } from './types.ts';

export interface GroupEvent {
  readonly change: GroupChange;
  readonly group: GroupSummary;
  readonly actor: string;
  readonly targets: readonly string[];
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly at: number;
  /** The tip stored for it; it is raised as a `messages` event too, after this one. */
  readonly tip?: ClientMessage;
  /** Present when it is about this user's own membership. */
  readonly mine: boolean;
}

/** Client events. Data in snapshots has changed before any handler runs; order in a turn: messages, changes, conversations, unread. */
export interface ClientEvents extends RoomEvents, PresenceEvents {
  /** `online`: a session is open on a live socket. */
  state: {
    readonly state: ConnectionState;
    readonly previous: ConnectionState;
    readonly error?: MagpieError;
  };
  /** A sync after connecting began (`syncing`) and ended (`ready`). `first`: of this login; `resumed`: nothing had to be refetched. */
  syncing: { readonly first: boolean };
  ready: { readonly first: boolean; readonly resumed: boolean };
  /** The session ended for good; the client is closed to `idle` and does not reconnect. */
  kicked: {
    readonly reason: KickReason;
    readonly by?: {
      readonly instance: string;
      readonly platform: string;
      readonly device?: string;
      readonly customInfo?: string;
    };
  };
  tokenExpiring: { readonly expiresAt: number; readonly left: number };
  /** The token ended without renewal; `kicked` with `expired` follows when the server ends the session. */
  tokenExpired: { readonly expiresAt: number };
  /**
   * Messages from others, and own ones sent elsewhere; in order within a conversation. `backlog`: arrived while away
   * (as against live or healed after a drop).
   */
  messages: { readonly ref: string; readonly messages: readonly ClientMessage[]; readonly backlog: boolean };
  /** A message this device delivered or holds was revoked. */
  revoked: {
    readonly message: ClientMessage;
    readonly by: string;
    readonly reason?: string;
    readonly extra?: string;
  };
  /** Deleted for me, here or on another device. */
  deleted: {
    readonly ref: string;
    readonly ids: readonly string[];
    readonly upTo?: number;
    readonly here: boolean;
  };
  /** The peer reported reading up to a seq (direct), or someone reported single messages. */
  receipt: {
    readonly ref: string;
    readonly by: string;
    readonly at: number;
    readonly upTo?: number;
    readonly receipts: readonly ReceiptCount[];
    readonly content?: string;
    readonly mine: boolean;
  };
  delivered: { readonly ref: string; readonly by: string; readonly upTo: number; readonly at: number };
  /** An own outgoing message changed its status or progress. */
  outgoing: { readonly message: ClientMessage };
  /** The list, or rows of it, changed. Coalesced per turn. */
  conversations: {
    readonly changed: readonly ConversationView[];
    readonly removed: readonly string[];
    readonly reason: ReadonlySet<string>;
  };
  unread: { readonly total: number };
  group: GroupEvent;
  /** My profile changed. */
  profile: { readonly profile: Profile };
  blocked: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Something went wrong outside any call. */
  error: { readonly error: MagpieError };
}

/** idle: no login. connecting: opening or reopening. online. waiting: between attempts. */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'waiting';
