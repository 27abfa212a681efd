import type { Presence } from '@magpie/protocol';

export interface PresenceEvents {
  /** Of users whom this user follows, and of this user; what changed in one turn together, also what a reconnect found changed. */
  presence: { readonly presences: readonly Presence[] };
}

/** Users of a call that have no presence to show: unknown ones; on subscribing also oneself. */
export type PresenceFailed = readonly { readonly userId: string; readonly code: string }[];

export interface Watched {
  readonly userId: string;
  /** Server clock, ms; absent: no end, or made elsewhere and not known here. */
  readonly expiresAt?: number;
  readonly presence: Presence;
}

export interface PresenceApi {
  /** The user's own words (empty clears, `customSeconds` for a while), and whether this device is away; kept over reconnects. */
  set(fields: {
    readonly custom?: string;
    readonly customSeconds?: number;
    readonly state?: 'online' | 'away';
  }): Promise<Presence>;
  /** From the server, at this moment. */
  get(
    users: readonly string[],
  ): Promise<{ readonly presences: readonly Presence[]; readonly failed: PresenceFailed }>;
  /** From now on `presence` tells of changes. `evicted`: the oldest subscriptions, let go because there are too many. */
  subscribe(
    users: readonly string[],
    options?: { readonly seconds?: number; readonly untilLogout?: boolean },
  ): Promise<{
    readonly presences: readonly Presence[];
    readonly failed: PresenceFailed;
    readonly evicted: readonly string[];
  }>;
  /** Without names: all. */
  unsubscribe(users?: readonly string[]): Promise<void>;
  /** A page of the user's subscriptions from the server, by user id; those of other devices too. */
  subscriptions(options?: { readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly subscriptions: readonly Watched[];
    readonly total: number;
    readonly next?: string;
  }>;
  /** Users followed, as far as this device knows, until their subscriptions end. Never asks the network, as the next two. */
  watched(): readonly Watched[];
  /** Of a followed user, or of this user, as last told. */
  peek(userId: string): Presence | undefined;
}
