import { checkInput, type Ctx, type Domain, type Session, type SessionPeer } from '@magpie/domain';
import { CLOSE, decodeJson, LIMITS, MagpieError, OPERATIONS, type CloseName, type Input, type RequestEnvelope } from '@magpie/protocol'; // prettier-ignore
import { replyText, errorText } from '../operation.ts';
import type { Flusher, Outbound } from './flusher.ts';
import type { GatewaySocket } from './socket.ts';

export interface ConnectionDeps {
  readonly domain: Domain;
  readonly flusher: Flusher;
  readonly now: () => number;
  readonly ready: () => boolean;
  /** Shared by all connections. */
  readonly load: { requests: number };
  /** Every error that is answered. */
  readonly onError: (error: MagpieError, operation: string) => void;
}

/** One socket: frames in, operations run, replies and events out. Holds no product rules. */
export class Connection implements Outbound, SessionPeer {
  replies: string[] = [];
  events: string[] = [];
  readonly socket: GatewaySocket;
  readonly address: string;
  lastSeen: number;
  /** Called once, when a session was opened. */
  onOpened: (() => void) | undefined;
  private readonly deps: ConnectionDeps;
  private session: Session | undefined;
  private ctx: Ctx | undefined;
  private opening = false;
  private inFlight = 0;
  private paused = false;
  private ending: CloseName | undefined;
  private closed = false;

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

  /** A frame arrived. */
  receive(text: string): void {
    if (this.ending || this.closed) return;
    this.lastSeen = this.deps.now();
    try {
      const frame = readFrame(text);
      if ('ping' in frame) this.socket.send(`{"pong":${frame.ping}}`);
      else for (const request of frame.q) this.handle(request);
    } catch (thrown) {
      const error = MagpieError.from(thrown);
      this.reply(errorText(0, error));
      this.end(error.code === 'TOO_LARGE' ? 'FRAME_TOO_LARGE' : 'FRAME_UNREADABLE');
    }
  }

  /** The socket is gone. The session may be resumed, unless it was ended. */
  disconnected(): void {
    this.closed = true;
    if (this.session) this.deps.domain.sessions.detach(this.session);
  }

  push(event: string): void {
    if (this.closed || this.ending) return;
    this.events.push(event);
    this.deps.flusher.mark(this);
  }

  end(close: CloseName): void {
    if (this.ending || this.closed) return;
    this.ending = close;
    if (this.replies.length + this.events.length === 0) this.flushed();
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
    this.socket.close(CLOSE[this.ending], this.ending);
    if (this.session) this.deps.domain.sessions.detach(this.session);
  }

  private reply(text: string): void {
    if (this.closed) return;
    this.replies.push(text);
    this.deps.flusher.mark(this);
  }

  private handle(request: RequestEnvelope): void {
    this.begun();
    const fail = (thrown: unknown): void => {
      this.ended();
      const error = MagpieError.from(thrown);
      this.deps.onError(error, request.op);
      this.reply(errorText(request.id, error));
    };
    try {
      if (this.inFlight > LIMITS.connection.maxInFlight + LIMITS.connection.maxUnread) throw new MagpieError('OVERLOADED', { message: 'Too many requests at once on this connection.', retryAfter: 100 }); // prettier-ignore
      this.run(request).then((output) => {
        this.ended();
        this.reply(replyText(request.id, output));
      }, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  /** A peer that asks faster than it is answered is read no further until half of it is done: its own network holds it back. */
  private begun(): void {
    this.deps.load.requests++;
    if (++this.inFlight < LIMITS.connection.maxInFlight || this.paused) return;
    this.paused = true;
    this.socket.pause();
  }

  private ended(): void {
    this.deps.load.requests--;
    if (--this.inFlight > LIMITS.connection.maxInFlight / 2 || !this.paused) return;
    this.paused = false;
    this.socket.resume();
  }

  /** May throw at once, to spare the promise. */
  private run({ op, in: input }: RequestEnvelope): Promise<unknown> {
    const definition = OPERATIONS.get(op);
    if (!definition) throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation: op.slice(0, 64) } });
    if (!this.deps.ready()) throw new MagpieError('DRAINING');
    if (op === 'session.open') return this.open(checkInput(definition, input) as Input<'session.open'>);
    if (!this.ctx) throw new MagpieError('UNAUTHENTICATED');
    return this.deps.domain.run(op, this.ctx, checkInput(definition, input));
  }

  private async open(input: Input<'session.open'>): Promise<unknown> {
    if (this.session || this.opening) throw new MagpieError('SESSION_ALREADY_OPEN');
    this.opening = true;
    try {
      const { session, output, app } = await this.deps.domain.openSession(this, input);
      this.session = session;
      this.onOpened?.();
      this.ctx = { app, caller: 'user', userId: session.userId, session, address: this.address };
      // The socket may have gone while the token was checked.
      if (this.closed) this.deps.domain.sessions.detach(session);
      return output;
    } finally {
      this.opening = false;
    }
  }
}

type Frame = { readonly ping: number } | { readonly q: readonly RequestEnvelope[] };

function readFrame(text: string): Frame {
  const frame = decodeJson(text);
  if (!isRecord(frame)) throw new MagpieError('FRAME_UNREADABLE');
  const keys = Object.keys(frame);
  if (keys.length === 1 && Number.isSafeInteger(frame['ping'])) return { ping: frame['ping'] as number };
  const requests = frame['q'];
  if (
    keys.length !== 1 ||
    !Array.isArray(requests) ||
    requests.length === 0 ||
    requests.length > LIMITS.frame.maxRequests
  ) {
    throw new MagpieError('FRAME_UNREADABLE');
  }
  for (const request of requests as unknown[]) {
    const fits =
      isRecord(request) && Number.isSafeInteger(request['id']) && typeof request['op'] === 'string';
    if (!fits || Object.keys(request).some((key) => key !== 'id' && key !== 'op' && key !== 'in')) throw new MagpieError('FRAME_UNREADABLE'); // prettier-ignore
  }
  return { q: requests as RequestEnvelope[] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
