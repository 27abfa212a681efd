import {
  CLOSE,
  kickReasonOf,
  LIMITS,
  MagpieError,
  mayReconnect,
  type KickReason,
  type ServerFrame,
} from '@magpie/protocol';
import type { Platform, Socket } from '../platform/platform.ts';
import type { ConnectionState } from '../types.ts';
import { backOffDelay, fraction } from './backoff.ts';
import { Heartbeat } from './heartbeat.ts';
import { INITIAL, step, type Effect, type MachineEvent, type MachineState } from './machine.ts';

export interface ConnectionHandlers {
  /** The socket is open: send `session.open`, then call `accepted`, `deferred` or `end`. */
  onSocketOpen(): void;
  onOnline(): void;
  /** A live session lost its socket. */
  onOffline(): void;
  onFrame(frame: ServerFrame): void;
  /** The server closed the session for good. */
  onEnded(reason: KickReason | undefined, error: MagpieError): void;
  onState(state: ConnectionState, previous: ConnectionState, error: MagpieError | undefined): void;
}

const PUBLIC: Record<MachineState['name'], ConnectionState> = {
  idle: 'idle',
  dialing: 'connecting',
  opening: 'connecting',
  online: 'online',
  waiting: 'waiting',
};
/** A server that refuses this client's frames will do so again at once: come back slowly. */
const AFTER_MISTAKE = 5_000;

/** Runs the state machine over real sockets and timers. */
export class Connection {
  readonly #platform: Platform;
  readonly #url: string;
  readonly #handlers: ConnectionHandlers;
  readonly #heartbeat: Heartbeat;
  readonly #endHints: () => void;
  #state: MachineState = INITIAL;
  #socket: Socket | undefined;
  #cancelTimer: (() => void) | undefined;
  #cancelOpening: (() => void) | undefined;
  #error: MagpieError | undefined;
  #kicked: KickReason | undefined;
  /** When the server asked this client to connect again, by this device's clock. */
  #moveAt = 0;

  constructor(platform: Platform, url: string, handlers: ConnectionHandlers) {
    this.#platform = platform;
    this.#url = url;
    this.#handlers = handlers;
    this.#heartbeat = new Heartbeat(
      platform.clock,
      (ping) => this.send(JSON.stringify({ ping })),
      () => this.#feed({ type: 'silent' }),
    );
    this.#endHints = platform.onNetworkHint((online) =>
      this.#feed({ type: online ? 'networkUp' : 'networkDown' }),
    );
  }

  get state(): ConnectionState {
    return PUBLIC[this.#state.name];
  }

  start(): void {
    this.#error = this.#kicked = undefined;
    this.#feed({ type: 'start' });
  }

  accepted(heartbeat: number): void {
    this.#error = undefined;
    this.#heartbeat.start(heartbeat);
    this.#feed({ type: 'accepted' });
  }

  deferred(error: MagpieError): void {
    this.#error = error;
    this.#feed({ type: 'deferred', after: error.retryAfter ?? 0 });
  }

  /** To `idle`, without an answer from the server. */
  end(error?: MagpieError): void {
    this.#error = error;
    this.#feed({ type: 'end' });
  }

  /** The next close is this kick, whatever code a proxy makes of it. */
  expectKick(reason: KickReason): void {
    this.#kicked = reason;
  }

  send(text: string): void {
    try {
      this.#socket?.send(text);
    } catch {
      // A socket that died between two turns; its close event is on the way.
    }
  }

  close(): void {
    this.end();
    this.#endHints();
  }

  #feed(event: MachineEvent): void {
    const before = PUBLIC[this.#state.name];
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      // A handler may have moved on (logged out in `onOffline`): the rest of these effects is no longer wanted.
      if (this.#state !== state) break;
      this.#carryOut(effect);
    }
    const after = PUBLIC[state.name];
    if (after !== before && this.#state === state) this.#handlers.onState(after, before, this.#error);
    if (effects.some((effect) => effect.do === 'goOnline') && this.#state === state)
      this.#handlers.onOnline();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        return this.#dial();
      case 'sendOpen':
        return this.#handlers.onSocketOpen();
      case 'hangUp':
        return this.#hangUp();
      case 'wait': {
        const delay = backOffDelay(effect.attempt, fraction(this.#platform.randomBytes(3)));
        return this.#alarm(Math.max(effect.after, delay));
      }
      case 'alarm':
        return this.#alarm(effect.after);
      case 'unwait':
        return this.#unwait();
      case 'goOnline':
        return this.#cancelOpening?.();
      case 'goOffline':
        this.#heartbeat.close();
        return this.#handlers.onOffline();
      case 'probe':
        return this.#heartbeat.probe();
    }
  }

  #alarm(ms: number): void {
    this.#unwait();
    this.#cancelTimer = this.#platform.clock.after(ms, () => this.#feed({ type: 'due' }));
  }

  #unwait(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #dial(): void {
    this.#moveAt = 0;
    this.#cancelOpening?.();
    this.#cancelOpening = this.#platform.clock.after(LIMITS.connection.openTimeout, () => {
      if (this.#state.name === 'dialing' || this.#state.name === 'opening') this.#feed({ type: 'silent' });
    });
    let socket: Socket;
    try {
      socket = this.#platform.connect(this.#url);
    } catch (thrown) {
      this.#error = thrown instanceof MagpieError ? thrown : new MagpieError('OFFLINE', { cause: thrown });
      // Not from inside the effect: the state before must be told first.
      this.#cancelOpening();
      this.#cancelOpening = this.#platform.clock.after(0, () => this.#feed({ type: 'closed', after: 0 }));
      return;
    }
    this.#socket = socket;
    socket.onOpen = () => this.#feed({ type: 'socketOpen' });
    socket.onText = (text) => this.#text(text);
    socket.onClose = (code, reason) => this.#closed(socket, code, reason);
  }

  #hangUp(): void {
    this.#cancelOpening?.();
    this.#heartbeat.close();
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    socket.onOpen = socket.onText = socket.onClose = undefined;
    socket.close(1000);
  }

  #text(text: string): void {
    this.#heartbeat.heard();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      return;
    }
    if (frame.reconnect) {
      this.#moveAt = this.#platform.clock.now() + frame.reconnect.after;
      this.#feed({ type: 'moveOn', after: frame.reconnect.after });
    }
    this.#handlers.onFrame(frame);
  }

  #closed(socket: Socket, code: number, reason: string): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#cancelOpening?.();
    this.#error = new MagpieError('OFFLINE', { detail: { code, reason } });
    const kick = this.#kicked ?? kickReasonOf(code);
    if (kick !== undefined || code === CLOSE.LOGGED_OUT) return this.#handlers.onEnded(kick, this.#error);
    // Closed before the time it was asked to go at: all who were asked must not come at once all the same.
    const after = Math.max(0, this.#moveAt - this.#platform.clock.now());
    if (mayReconnect(code)) return this.#feed({ type: 'closed', after });
    if (code === CLOSE.UNSUPPORTED_PROTOCOL) {
      return this.#handlers.onEnded(undefined, new MagpieError('BAD_REQUEST', { message: 'The server does not speak this client’s protocol.' })); // prettier-ignore
    }
    // 45xx: the session lives, but the same frame would end the same way until its request times out.
    this.#feed({ type: 'closed', after: AFTER_MISTAKE });
  }
}
