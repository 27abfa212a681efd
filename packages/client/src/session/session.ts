import { MagpieError, PROTOCOL_VERSION, type ErrorCode, type EventPayload, type Input, type KickReason, type ServerFrame, type SessionOpenOutput } from '@magpie/protocol'; // prettier-ignore
import { socketUrl } from '../configure.ts';
import { Connection } from '../connection/connection.ts';
import type { Resolved } from '../core/options.ts';
import type { Requests } from '../requests/requests.ts';
import type { ClientEvents, ConnectionState } from '../types.ts';
import { TokenClock, type TokenHandlers } from './token-clock.ts';

export interface Login {
  token: string;
  readonly user: string | undefined;
}

export interface SessionNeeds extends TokenHandlers {
  readonly options: Resolved;
  readonly instance: string;
  readonly requests: Requests;
  /** Accepted for the first time in this login: who it is is known now. */
  readonly onLogin: (opened: SessionOpenOutput) => void;
  readonly onOnline: (opened: SessionOpenOutput) => void;
  readonly onOffline: () => void;
  readonly onEvents: (frame: ServerFrame) => void;
  readonly onState: (data: ClientEvents['state']) => void;
  /** The login is over, by whomever. `kick` when the server ended it. */
  readonly onEnd: (error: MagpieError, kick: ClientEvents['kicked'] | undefined) => void;
}

type By = NonNullable<ClientEvents['kicked']['by']>;

/** What a refusal of a running login means; anything else that is not retryable counts as the token's end. */
const REFUSED: Partial<Record<ErrorCode, KickReason>> = {
  TOKEN_REVOKED: 'passwordChanged',
  USER_BANNED: 'banned',
  USER_NOT_FOUND: 'accountDeleted',
  APP_NOT_FOUND: 'appDeleted',
  QUOTA_EXCEEDED: 'overLimit',
};

/** One login from `open` to its end, over as many sockets as it takes. */
export class Session {
  readonly #needs: SessionNeeds;
  readonly #connection: Connection;
  readonly #tokens: TokenClock;
  #login: Login | undefined;
  #opened: SessionOpenOutput | undefined;
  #opening: { promise: Promise<SessionOpenOutput>; resolve(opened: SessionOpenOutput): void; reject(error: MagpieError): void; stopClock(): void } | undefined; // prettier-ignore
  #cancelOpen: (() => void) | undefined;
  /** The session a reconnect continues; none once the server said it is gone. */
  #resume: string | undefined;
  #lastError: MagpieError | undefined;
  #by: By | undefined;
  /** Server clock minus this device's. */
  #offset = 0;

  constructor(needs: SessionNeeds) {
    this.#needs = needs;
    const { platform, server } = needs.options;
    this.#tokens = new TokenClock(platform.clock, () => this.now(), needs);
    this.#connection = new Connection(platform, socketUrl(server), {
      onSocketOpen: () => this.#sendOpen(),
      onOnline: () => this.#opened && needs.onOnline(this.#opened),
      onOffline: () => this.#offline(),
      onFrame: (frame) => this.#frame(frame),
      onEnded: (reason, error) => this.#end(error, reason),
      onState: (state, previous, error) => this.#stateChanged(state, previous, error),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get opened(): SessionOpenOutput | undefined {
    return this.#opened;
  }

  now(): number {
    return this.#needs.options.platform.clock.now() + this.#offset;
  }

  send(frame: string): void {
    this.#connection.send(frame);
  }

  open(login: Login): Promise<SessionOpenOutput> {
    if (this.#login) {
      const same =
        this.#login.token === login.token ||
        (login.user !== undefined && login.user === this.#opened?.userId);
      if (!same) return Promise.reject(new MagpieError('SESSION_ALREADY_OPEN', { message: 'This client is logged in; close the session first.' })); // prettier-ignore
      return this.#opening?.promise ?? Promise.resolve(this.#opened as SessionOpenOutput);
    }
    this.#login = { ...login };
    this.#opened = this.#resume = this.#lastError = this.#by = undefined;
    let resolve!: (opened: SessionOpenOutput) => void;
    let reject!: (error: MagpieError) => void;
    const promise = new Promise<SessionOpenOutput>((yes, no) => ((resolve = yes), (reject = no)));
    const { platform, requestTimeout } = this.#needs.options;
    const stopClock = platform.clock.after(requestTimeout, () =>
      this.#end(this.#lastError ?? new MagpieError('OFFLINE'), undefined),
    );
    this.#opening = { promise, resolve, reject, stopClock };
    this.#connection.start();
    return promise;
  }

  /** A reconnect uses this token already; returns the way back, if the server refuses it. */
  offer(token: string): () => void {
    const login = this.#login;
    const before = login?.token;
    if (login) login.token = token;
    return () => {
      if (login && before !== undefined && login.token === token) login.token = before;
    };
  }

  /** The token this login will use from now on. */
  renewed(token: string, expiresAt: number | undefined): void {
    if (!this.#login || !this.#opened) return;
    this.#login.token = token;
    const { expiresAt: _, ...opened } = this.#opened;
    this.#opened = { ...opened, ...(expiresAt === undefined ? {} : { expiresAt }) };
    this.#tokens.start(expiresAt, this.#needs.options.tokenLead);
  }

  /** Ends the login here. */
  close(error = new MagpieError('SESSION_GONE', { message: 'The session was closed.' })): void {
    if (this.#login) this.#end(error, undefined);
  }

  destroy(): void {
    this.close();
    this.#connection.close();
  }

  #sendOpen(): void {
    const { options, instance, requests } = this.#needs;
    const login = this.#login;
    if (!login) return;
    this.#cancelOpen?.();
    const sentAt = options.platform.clock.now();
    this.#cancelOpen = requests.post(
      'session.open',
      openInput(options, instance, login, this.#resume),
      options.requestTimeout,
      (error, output) => {
        this.#cancelOpen = undefined;
        if (error) return this.#refused(error);
        this.#accepted(output as SessionOpenOutput, sentAt);
      },
      'ahead',
    );
  }

  #accepted(opened: SessionOpenOutput, sentAt: number): void {
    const { platform, tokenLead } = this.#needs.options;
    const first = this.#opened === undefined;
    const now = platform.clock.now();
    this.#offset = opened.serverTime - Math.round((sentAt + now) / 2);
    this.#opened = opened;
    this.#resume = opened.session;
    if (first) this.#needs.onLogin(opened);
    this.#tokens.start(opened.expiresAt, tokenLead);
    this.#opening?.stopClock();
    this.#opening?.resolve(opened);
    this.#opening = undefined;
    this.#connection.accepted(opened.heartbeat);
  }

  #refused(error: MagpieError): void {
    this.#lastError = error;
    if (error.code === 'SESSION_GONE' && this.#resume !== undefined) {
      this.#resume = undefined;
      return this.#connection.deferred(error);
    }
    if (error.retryable) return this.#connection.deferred(error);
    // A first login that is refused was never a session: the caller of `open` hears of it, nobody else.
    this.#end(error, this.#opened ? (REFUSED[error.code] ?? 'expired') : undefined);
  }

  #frame(frame: ServerFrame): void {
    for (const event of frame.e ?? []) {
      if (event.e !== 'session.ended') continue;
      const { reason, by } = event.d as EventPayload<'session.ended'>;
      this.#by = by as By | undefined;
      this.#connection.expectKick(reason);
    }
    this.#needs.onEvents(frame);
  }

  #offline(): void {
    this.#needs.requests.offline();
    this.#needs.onOffline();
  }

  #stateChanged(state: ConnectionState, previous: ConnectionState, error: MagpieError | undefined): void {
    if (error) this.#lastError = error;
    this.#needs.onState({ state, previous, ...(error ? { error } : {}) });
  }

  #end(error: MagpieError, kick: KickReason | undefined): void {
    if (!this.#login) return;
    const by = this.#by;
    this.#login = this.#by = undefined;
    this.#cancelOpen?.();
    this.#cancelOpen = undefined;
    this.#tokens.stop();
    const opening = this.#opening;
    this.#opening = undefined;
    opening?.stopClock();
    this.#needs.requests.end(error);
    this.#connection.end(kick === undefined && !opening ? undefined : error);
    this.#opened = undefined;
    this.#needs.onEnd(error, kick && { reason: kick, ...(by ? { by } : {}) });
    opening?.reject(error);
  }
}

function openInput(
  options: Resolved,
  instance: string,
  login: Login,
  resume: string | undefined,
): Input<'session.open'> {
  return {
    token: login.token,
    instance,
    platform: options.platformName ?? 'web',
    protocol: PROTOCOL_VERSION,
    sdk: 'magpie-js',
    ...(options.app === undefined ? {} : { app: options.app }),
    ...(login.user === undefined ? {} : { user: login.user }),
    ...(options.device === undefined ? {} : { device: options.device }),
    ...(options.customInfo === undefined ? {} : { customInfo: options.customInfo }),
    ...(options.dialect === undefined ? {} : { dialect: options.dialect }),
    ...(options.wantsDelivered === true ? { wantsDelivered: true } : {}),
    ...(resume === undefined ? {} : { resume: { session: resume } }),
  };
}
