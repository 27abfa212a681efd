import type { ErrorShape } from './errors.ts';

/** Raised when frames change incompatibly; a client offers the versions it speaks in `session.open`. */
export const PROTOCOL_VERSION = 1;

/** Every frame is one JSON text. Client → server: requests or a ping. */
export type ClientFrame = { readonly q: readonly RequestEnvelope[] } | { readonly ping: number };

/** `id` is the client's own number for the request, unique while it is open on this connection. */
export interface RequestEnvelope {
  readonly id: number;
  readonly op: string;
  readonly in: unknown;
}

/**
 * Server → client: at most one per flush. `r` replies in the order they became ready, `e` events in stream order;
 * replies come before events, and both left in the same flush when caused by the same commit.
 */
export interface ServerFrame {
  /** Only in the first frame of a connection. */
  readonly hello?: HelloEnvelope;
  readonly r?: readonly ReplyEnvelope[];
  readonly e?: readonly EventEnvelope[];
  readonly pong?: number;
  /** The server asks to connect again (it is shutting down); wait this many ms first, spread over clients. */
  readonly reconnect?: { readonly after: number };
}

export interface HelloEnvelope {
  readonly protocol: number;
  readonly server: string;
  readonly capabilities: readonly string[];
  /** Ping at least this often, in ms. */
  readonly heartbeat: number;
}

export type ReplyEnvelope =
  { readonly id: number; readonly ok: unknown } | { readonly id: number; readonly err: ErrorShape };

/**
 * An event. `c`: conversation key. `n`: place in its stream (seq, changeSeq or userSeq, as the event's definition says);
 * absent for transient events. `d`: payload.
 */
export interface EventEnvelope {
  readonly e: string;
  readonly c?: string;
  readonly n?: number;
  readonly d: unknown;
}

/** Joins already serialised replies and events into one frame. */
export function joinFrame(replies: readonly string[], events: readonly string[]): string {
  if (replies.length === 0) return `{"e":[${events.join(',')}]}`;
  if (events.length === 0) return `{"r":[${replies.join(',')}]}`;
  return `{"r":[${replies.join(',')}],"e":[${events.join(',')}]}`;
}
