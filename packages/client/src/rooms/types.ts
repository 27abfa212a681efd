import type { Input, Output, Role, Room, RoomChange } from '@magpie/protocol';
import type { ClientMessage } from '../types.ts';

/** Why this device is in a room no more. `left`: it entered another with `leaveOthers`; `elsewhere`: the user's other device took over. */
export type RoomOutReason = 'left' | 'kicked' | 'banned' | 'dismissed' | 'timeout' | 'elsewhere' | 'full';

/** What a room's messages, changes and comings and goings raise. All of it is best effort, but for messages of rooms with history. */
export interface RoomEvents {
  /** Something happened to a room this device is in. Messages come as `messages`, revocations as `revoked`. */
  room: {
    readonly ref: string;
    readonly change: RoomChange;
    /** After it. */
    readonly room: Room;
    /** Empty: the app's back end, time, or found out after a lost connection. */
    readonly actor: string;
    readonly targets: readonly string[];
    readonly after?: Readonly<Record<string, unknown>>;
    readonly until?: number;
    readonly reason?: string;
    readonly at: number;
    /** It is about this user. */
    readonly mine: boolean;
  };
  /** Who came and went; in the largest rooms, and after a lost connection, the count alone. */
  roomMembers: {
    readonly ref: string;
    readonly entered: readonly { readonly userId: string; readonly ext?: string }[];
    readonly left: readonly { readonly userId: string; readonly reason: 'left' | 'kicked' | 'timeout' }[];
    readonly memberCount: number;
  };
  /** This device is out of a room without having asked for it; not raised by `leave`, nor by the end of the session. */
  roomOut: {
    readonly ref: string;
    /** As last known. */
    readonly room: Room;
    readonly reason: RoomOutReason;
    readonly by?: string;
    /** Banned until then (server clock, ms). */
    readonly until?: number;
    readonly text?: string;
  };
}

export interface RoomEntered {
  readonly room: Room;
  /** What was said last, oldest first; not raised as `messages`. */
  readonly recent: readonly ClientMessage[];
  /** With history: end of the log. */
  readonly lastSeq?: number;
}

export interface RoomApi {
  /**
   * Enters with this device. Membership outlives a lost connection for as long as the room's kind allows; a new login starts
   * outside of all rooms.
   */
  enter(id: string, options?: Omit<Input<'room.enter'>, 'id'>): Promise<RoomEntered>;
  /** Leaves with this device; leaving a room one is out of already succeeds if this device was in it. */
  leave(id: string): Promise<void>;
  /** Creating is not entering. */
  create(input: Input<'room.create'>): Promise<Room>;
  /** From the server; unknown ones are left out. */
  get(ids: readonly string[]): Promise<readonly Room[]>;
  /** A page of the app's rooms, by id. */
  list(options?: { readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly rooms: readonly Room[];
    readonly next?: string;
  }>;
  /** Newest first; or just those of `users` who are present. */
  members(
    id: string,
    options?: { readonly users?: readonly string[]; readonly cursor?: string; readonly limit?: number },
  ): Promise<{
    readonly members: readonly { readonly userId: string; readonly role: Role; readonly enteredAt: number }[];
    readonly memberCount: number;
    readonly next?: string;
  }>;
  update(id: string, fields: Omit<Input<'room.update'>, 'id'>): Promise<Room>;
  setRole(id: string, users: readonly string[], role: 'admin' | 'member'): Promise<void>;
  transfer(id: string, user: string): Promise<void>;
  /** `seconds`: kept out for so long. Answers who was in it. */
  kick(
    id: string,
    users: readonly string[],
    options?: { readonly seconds?: number; readonly reason?: string },
  ): Promise<readonly string[]>;
  /** 0 seconds: may speak again. */
  mute(id: string, users: readonly string[], seconds: number): Promise<{ readonly until?: number }>;
  unban(id: string, users: readonly string[]): Promise<void>;
  restricted(
    id: string,
    what: 'muted' | 'banned' | 'admins',
    options?: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Omit<Output<'room.restricted'>, 'people'>>;
  dismiss(id: string): Promise<void>;
  /** Rooms this device is in, in the order it entered them. Never asks the network, as the next two. */
  joined(): readonly Room[];
  /** A room this device is in, as last known: profile, count, own role. */
  current(id: string): Room | undefined;
  /** What was said in it while this device was there, and just before; oldest first, the newest 200. */
  recent(id: string): readonly ClientMessage[];
}
