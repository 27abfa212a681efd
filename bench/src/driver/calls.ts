import type { PeerAddress } from '../peers/peer.ts';

/** What a driver process can be asked. Everything here goes through JSON. */
export interface DriverCalls {
  /** Signs users in, `atOnce` at a time; they stay. */
  connect(input: ConnectInput): ConnectResult;
  /** Cuts all its users' sockets at once. */
  cut(input: null): null;
  /** Starts a load over the users that are connected. */
  load(input: LoadInput): null;
  /** From here figures count. */
  begin(input: null): null;
  end(input: null): Figures;
  /** Ends the load; the users stay connected. */
  rest(input: null): null;
  /** An operation by every user, one after another in some lanes; `{}`-like JSON. */
  everyone(input: { readonly operation: string; readonly input: unknown }): ConnectResult;
  /** One message of the first user to the group of all drivers. */
  sendToGroup(input: { readonly slot: number }): null;
  /** Signs all users in again, as clients do after a cut, and reads what they missed. */
  comeBack(input: ComeBackInput): ComeBackResult;
}

export interface ConnectInput {
  readonly address: PeerAddress;
  readonly users: readonly string[];
  readonly atOnce: number;
  /** Local address to connect from; a server bounds how many come from one. */
  readonly from?: string;
}

export interface ConnectResult {
  readonly seconds: number;
}

/**
 * `closed`: each sender keeps `window` messages on their way; a delivery frees the place. `group`: `inFlight` messages in all; one
 * is done when everybody else has it. `watch`: nothing is sent by itself, deliveries of `sendToGroup` are counted; `sends` says
 * that it is this driver's first user who does.
 */
export type LoadInput =
  | { readonly kind: 'closed'; readonly window: number; readonly targets: Targets }
  | OpenLoad
  | { readonly kind: 'group'; readonly inFlight: number; readonly senders: number }
  | { readonly kind: 'watch'; readonly sends: boolean }
  | RoomLoad;

/** Messages of all priorities in turn into a room; without `perSecond` arrivals are counted only. */
export interface RoomLoad {
  readonly kind: 'room';
  readonly room: string;
  readonly perSecond: number;
  readonly senders: number;
}

/** Lowest last: the place in this list is what a mark carries. */
export const PRIORITIES = ['high', 'normal', 'low', 'lowest'] as const;

/** `perSecond` in all, whatever comes of them. */
export interface OpenLoad {
  readonly kind: 'open';
  readonly perSecond: number;
  readonly targets: Targets;
  /**
   * For loads beyond what the server takes: refusals are counted, acknowledgements too, and up to so many messages go in one
   * frame, so that the driver can send faster than the server reads.
   */
  readonly beyond?: { readonly batch: number };
}

/**
 * Whom each user writes to, by place in the driver's list: both of a pair, or all within `distance` in clusters of `size`; or the group,
 * of which it must be a member.
 */
export type Targets =
  | { readonly kind: 'pairs' }
  | { readonly kind: 'group' }
  | { readonly kind: 'clusters'; readonly size: number; readonly distance: number };

/** What a driver counted between `begin` and `end`. */
export interface Figures {
  readonly messages: number;
  readonly deliveries: number;
  /** `Histogram` of delivery times. */
  readonly latencies: readonly (number | null)[];
  /** CPU of the driver itself, in µs. */
  readonly cpu: number;
  readonly sent: number;
  /** Sent by the load and not answered so far. */
  readonly unanswered: number;
  /** What a load counts besides, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Refusals by code, with how many named a delay. */
  readonly errors: Readonly<Record<string, { readonly count: number; readonly withDelay: number }>>;
}

export interface ComeBackInput {
  readonly address: PeerAddress;
  readonly from?: string;
  /** When they were cut. */
  readonly cutAt: number;
  /** Users are back when what they read holds this text. */
  readonly missed: string;
}

export interface ComeBackResult {
  /** `Histogram` of the time from the cut until each user had caught up. */
  readonly times: readonly (number | null)[];
  /** Longest of them, in ms. */
  readonly last: number;
  /** Attempts that were refused or failed. */
  readonly refused: number;
}

/** What drivers tell unasked. */
export type DriverNews =
  /** All users of this driver have the group message. */
  | { readonly kind: 'everybody'; readonly slot: number; readonly at: number }
  /** Something that ends the run. */
  | { readonly kind: 'broken'; readonly message: string };
