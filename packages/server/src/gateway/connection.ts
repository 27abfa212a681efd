import { checkInput, type Ctx, type Domain, type Session, type SessionPeer } from '@magpie/domain';
import { CLOSE, LIMITS, MagpieError, OPERATIONS, type CloseName, type Input, type RequestEnvelope } from '@magpie/protocol'; // prettier-ignore
import type { AppTally } from '../metrics/apps.ts';
import type { OperationTally } from '../metrics/meter.ts';
import type { RequestWatch } from '../metrics/watch.ts';
import { replyText, errorText } from '../operation.ts';
import { readFrame } from './frame.ts';
import { NONE, type Flusher, type Outbound } from './flusher.ts';
import { Held } from './held.ts';
import type { GatewaySocket } from './socket.ts';
import type { Turns, Waiter } from './turns.ts';

/** Shared by all connections. */
export interface ConnectionDeps {
  readonly domain: Domain;
  readonly flusher: Flusher;
  readonly now: () => number;
  /** False: whoever has no session yet should go elsewhere. */
  readonly accepting: () => boolean;
  readonly turns: Turns;
  readonly watch: RequestWatch;
  /** This side closes it. */
  readonly onClose: (why: CloseName) => void;
  /** Once, when a session was opened. */
  readonly onOpened: (connection: Connection) => void;
  /** Once, when the socket is gone. */
  readonly onGone: (connection: Connection) => void;
}

/** The longest a connection is not read after OVERLOADED. */
const LONGEST_REST = 1_000;
/** For how long a connection that was held counts as one that asks much. */
const HEAVY = 1_000;

/** One socket: frames in, operations run, replies and events out. Holds no product rules. */
export class Connection implements Outbound, SessionPeer, Waiter {
  replies = NONE;
  events = NONE;
  readonly socket: GatewaySocket;
  readonly address: string;
  lastSeen: number;
  private readonly deps: ConnectionDeps;
  private session: Session | undefined;
  private ctx: Ctx | undefined;
  private tally: AppTally | undefined;
  private opening = false;
  private inFlight = 0;
  /** Requests taken in the turn named beside. */
  private taken = 0;
  private turn = 0;
  /** Set while the peer is not read. */
  private held: Held | undefined;
  /** When it was held last. */
  private heldAt = 0;
  private ending: CloseName | undefined;
  private closed = false;
  /** No more requests are taken: it ends when those under way are answered. */
  private leaving = false;

  constructor(deps: ConnectionDeps, socket: GatewaySocket, address: string) {
    this.deps = deps;
    this.socket = socket;
    this.address = address;
    this.lastSeen = deps.now();
  }

  get opened(): boolean {
    return this.session !== undefined;
  }

  get congested(): boolean {
    return this.socket.queued > LIMITS.connection.congestedBytes;
  }

  /** Not read by our own doing: its silence says nothing. */
  get unread(): boolean {
    return this.held !== undefined;
  }

  /** A frame arrived. */
  receive(text: string): void {
    if (this.ending || this.closed || this.leaving) return;
    this.lastSeen = this.deps.now();
    if (this.held) {
      this.held.add(text);
      if (this.held.bytes > LIMITS.connection.maxUnreadBytes) this.end('OVERLOADED');
      return;
    }
    // One that was held lately has to queue again before it adds to what is too much.
    if (this.deps.turns.busy && this.lastSeen - this.heldAt < HEAVY) {
      this.hold().add(text);
      return this.queue();
    }
    this.take(text);
    if (this.closed || (!this.full && this.share > 0)) return;
    this.hold();
    if (!this.full) this.queue();
  }

  /** Goes on with what waits; at its end the peer is read again. */
  work(): boolean {
    const { held } = this;
    if (!held || this.closed || this.ending) return false;
    // Still counted as queued, lest a request that fails at once queues it again.
    const more = this.workOn(held);
    held.queued = more;
    return more;
  }

  private workOn(held: Held): boolean {
    while (!held.rest && !this.full) {
      if (held.empty) {
        this.readOn();
        return false;
      }
      if (this.share <= 0) return true;
      this.take(held.take());
      if (this.closed || this.ending) return false;
    }
    return false;
  }

  /** The socket is gone. The session may be resumed, unless it was ended. */
  disconnected(): void {
    this.closed = true;
    this.drop();
    if (this.session) this.deps.domain.sessions.detach(this.session);
    this.deps.onGone(this);
  }

  push(event: string): void {
    if (this.closed || this.ending) return;
    if (this.events === NONE) this.events = [event];
    else this.events.push(event);
    this.deps.flusher.mark(this);
  }

  end(close: CloseName): void {
    if (this.ending || this.closed) return;
    this.ending = close;
    if (this.replies.length + this.events.length === 0) this.flushed();
  }

  /** The server is about to stop: asks the peer to connect again in so many ms, which is served until then. */
  askToReconnect(after: number): void {
    if (!this.closed && !this.ending) this.socket.send(`{"reconnect":{"after":${after}}}`);
  }

  /** Answers what is under way, takes nothing more, and closes. */
  leave(): void {
    this.leaving = true;
    if (this.inFlight === 0) this.end('DRAINING');
  }

  overflow(): void {
    this.ending = 'SLOW_CONSUMER';
  }

  /** Closed for what is queued to it, whether it reads or not. */
  cut(): void {
    this.overflow();
    this.flushed();
  }

  flushed(): void {
    if (!this.ending || this.closed) return;
    this.closed = true;
    // What it sends must be read for its close frame to be found.
    if (this.held) this.socket.resume();
    this.drop();
    this.deps.onClose(this.ending);
    this.socket.close(CLOSE[this.ending], this.ending);
    if (this.session) this.deps.domain.sessions.detach(this.session);
  }

  private reply(text: string): void {
    if (this.closed) return;
    if (this.replies === NONE) this.replies = [text];
    else this.replies.push(text);
    this.deps.flusher.mark(this);
    if (this.leaving && this.inFlight === 0) this.end('DRAINING');
  }

  private take(text: string): void {
    try {
      const frame = readFrame(text);
      if ('ping' in frame) return this.socket.send(`{"pong":${frame.ping}}`);
      this.taken = LIMITS.connection.requestsPerTurn - this.share + frame.q.length;
      for (const request of frame.q) this.handle(request);
    } catch (thrown) {
      const error = MagpieError.from(thrown);
      this.reply(errorText(0, error));
      this.end(error.code === 'TOO_LARGE' ? 'FRAME_TOO_LARGE' : 'FRAME_UNREADABLE');
    }
  }

  private handle(request: RequestEnvelope): void {
    this.inFlight++;
    this.deps.turns.begun();
    const { watch } = this.deps;
    const tally = watch.operation(request.op);
    const began = tally.begin();
    const fail = (thrown: unknown): void => {
      const error = MagpieError.from(thrown);
      if (error.code === 'OVERLOADED') this.rest(error.retryAfter ?? 100);
      this.ended();
      watch.failed({ tally, ctx: this.ctx, request: request.id }, error);
      this.counted(tally, request.id, began, true);
      this.reply(errorText(request.id, error));
    };
    try {
      const running = watch.trace && began > 0 ? watch.trace(tally.name, async () => this.run(request)) : this.run(request); // prettier-ignore
      running.then((output) => {
        this.ended();
        this.counted(tally, request.id, began, false);
        this.reply(replyText(request.id, output));
      }, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  private counted(tally: OperationTally, request: number, began: number, failed: boolean): void {
    const { watch } = this.deps;
    const took = tally.end(began);
    if (took >= watch.tellFrom) watch.tell({ tally, ctx: this.ctx, request }, took);
    this.tally?.add(tally.sends, failed);
  }

  private ended(): void {
    this.inFlight--;
    this.deps.turns.ended();
    if (this.held && !this.held.rest && this.inFlight <= this.window / 2) this.queue();
  }

  /** How many requests it may have under way: few while all together have many. */
  private get window(): number {
    const { maxInFlight, maxInFlightBusy } = LIMITS.connection;
    return this.deps.turns.busy ? maxInFlightBusy : maxInFlight;
  }

  private get full(): boolean {
    return this.inFlight >= this.window;
  }

  /** Requests it may still make in this turn. */
  private get share(): number {
    const { current } = this.deps.turns;
    if (this.turn !== current) this.taken = 0;
    this.turn = current;
    return LIMITS.connection.requestsPerTurn - this.taken;
  }

  /** Reads no further: the peer's own network holds it back. */
  private hold(): Held {
    if (this.held) return this.held;
    this.socket.pause();
    return (this.held = new Held());
  }

  private readOn(): void {
    this.held = undefined;
    this.heldAt = this.lastSeen = this.deps.now();
    this.socket.resume();
  }

  private drop(): void {
    clearTimeout(this.held?.rest);
    this.held = undefined;
  }

  private queue(): void {
    if (!this.held || this.held.queued) return;
    this.held.queued = true;
    this.deps.turns.wait(this);
  }

  /** A peer that is told to wait is not read for as long, or somewhat longer, lest all come back at once. */
  private rest(retryAfter: number): void {
    if (this.closed || this.ending || this.held?.rest) return;
    const held = this.hold();
    const timer = setTimeout(
      () => {
        held.rest = undefined;
        if (this.held === held) this.queue();
      },
      Math.min(retryAfter, LONGEST_REST) * (1 + Math.random() / 2),
    );
    held.rest = timer.unref();
  }

  /** May throw at once, to spare the promise. */
  private run({ op, in: input }: RequestEnvelope): Promise<unknown> {
    const definition = OPERATIONS.get(op);
    if (!definition) throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation: op.slice(0, 64) } });
    if (op === 'session.open') {
      if (!this.deps.accepting()) throw new MagpieError('DRAINING');
      return this.open(checkInput(definition, input) as Input<'session.open'>);
    }
    if (!this.ctx) throw new MagpieError('UNAUTHENTICATED');
    return this.deps.domain.run(op, this.ctx, checkInput(definition, input));
  }

  private async open(input: Input<'session.open'>): Promise<unknown> {
    if (this.session || this.opening) throw new MagpieError('SESSION_ALREADY_OPEN');
    this.opening = true;
    try {
      const { session, output, app } = await this.deps.domain.openSession(this, input);
      this.session = session;
      this.deps.onOpened(this);
      this.tally = this.deps.watch.app(app.id);
      this.ctx = { app, caller: 'user', userId: session.userId, session, address: this.address };
      // The socket may have gone while the token was checked.
      if (this.closed) this.deps.domain.sessions.detach(session);
      return output;
    } finally {
      this.opening = false;
    }
  }
}
