import { joinFrame } from '@magpie/protocol';
import { encodeFrame, type GatewaySocket } from './socket.ts';

/** Nothing to send: shared, and never added to. */
export const NONE: string[] = [];

/** What a connection has ready to go. */
export interface Outbound {
  readonly socket: GatewaySocket;
  replies: string[];
  events: string[];
  /** Called after a flush found the peer's queue too long. */
  overflow(): void;
  /** Called once its last frame was handed over, if it is ending. */
  flushed(): void;
}

/**
 * One frame per connection per turn. Connections that have the very same events ready (a group's members, usually) share one
 * encoded buffer.
 */
export class Flusher {
  private dirty: Outbound[] = [];
  private scheduled = false;
  /** Since the start. */
  frames = 0;
  events = 0;
  private readonly maxQueued: number;

  constructor(maxQueued: number) {
    this.maxQueued = maxQueued;
  }

  mark(connection: Outbound): void {
    if (connection.replies.length + connection.events.length > 1) return;
    this.dirty.push(connection);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    const ready = this.dirty;
    this.dirty = [];
    this.scheduled = false;
    let shared: readonly string[] = [];
    let frame: Buffer | undefined;
    this.frames += ready.length;
    for (const connection of ready) {
      const { replies, events } = connection;
      this.events += events.length;
      connection.replies = NONE;
      connection.events = NONE;
      if (replies.length > 0) {
        this.send(connection, joinFrame(replies, events));
        continue;
      }
      if (!frame || !same(shared, events)) {
        shared = events;
        frame = encodeFrame(joinFrame(replies, events));
      }
      this.send(connection, frame);
    }
  }

  private send(connection: Outbound, frame: Buffer | string): void {
    connection.socket.send(frame);
    if (connection.socket.queued > this.maxQueued) connection.overflow();
    connection.flushed();
  }
}

/** Events are shared strings, so that comparing them is comparing pointers. */
function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
