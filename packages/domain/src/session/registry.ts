import type { CloseName, KickReason, Platform } from '@magpie/protocol';
import { KICK_CLOSE } from '@magpie/protocol';
import type { Clock } from '../ports/platform.ts';
import type { AppContext } from '../core/context.ts';

/** What the registry needs of a connection. */
export interface SessionPeer {
  /** One serialised event, for the next flush. */
  push(event: string): void;
  /** So much is queued to it already that what may be lost should not be added. */
  readonly congested: boolean;
  /** Sends what is queued, then closes. */
  end(close: CloseName): void;
}

export interface Session {
  readonly id: string;
  readonly app: string;
  readonly userId: string;
  readonly instance: string;
  readonly platform: Platform;
  readonly device: string | undefined;
  readonly customInfo: string | undefined;
  readonly openedAt: number;
  readonly wantsDelivered: boolean;
  readonly peer: SessionPeer;
  expiresAt: number | undefined;
}

/** Told of what happens to sessions, in the turn it happens. */
export interface SessionListener {
  /** `resumed`: the same session on another connection. */
  opened?(session: Session, resumed: boolean): void;
  /** The connection is gone; the session may be resumed. */
  dropped?(session: Session): void;
  /** For good. */
  ended?(session: Session, reason: KickReason | 'loggedOut'): void;
  /** A session was ended while its connection was gone: it will not be resumed. */
  voided?(app: string, userId: string, instance: string): void;
}

const RESUME_WINDOW = 5 * 60_000;
/** A client with a fresh token may be a little late. */
const EXPIRY_GRACE = 5_000;
const WEB: ReadonlySet<Platform> = new Set(['web', 'miniprogram', 'uniapp']);
const MOBILE: ReadonlySet<Platform> = new Set(['ios', 'android', 'harmony', 'ipad']);

interface Detached {
  readonly app: string;
  readonly userId: string;
  readonly instance: string;
  readonly until: number;
}

/** Live sessions of this node, and those that may still be resumed. */
export class SessionRegistry {
  private readonly byUser = new Map<string, Session[]>();
  private readonly detached = new Map<string, Detached>();
  private readonly clock: Clock;
  private readonly listeners: SessionListener[] = [];
  count = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  listen(listener: SessionListener): void {
    this.listeners.push(listener);
  }

  of(app: string, userId: string): readonly Session[] {
    return this.byUser.get(`${app} ${userId}`) ?? NONE;
  }

  *all(): Iterable<Session> {
    for (const sessions of this.byUser.values()) yield* sessions;
  }

  /** Whether this id names a session of that user and instance that dropped, or still hangs, within the resume window. */
  mayResume(id: string, app: string, userId: string, instance: string): boolean {
    const live = this.of(app, userId).find((session) => session.id === id);
    if (live) return live.instance === instance;
    const gone = this.detached.get(id);
    return gone !== undefined && gone.app === app && gone.userId === userId && gone.instance === instance && gone.until > this.clock.now(); // prettier-ignore
  }

  /** Adds a session; others go as the app's policy says. The session that is resumed is taken over silently. */
  open(app: AppContext, session: Session, resumed = false): void {
    for (const [other, reason] of this.displaced(app, session)) {
      if (other.id === session.id) this.drop(other, 'HEARTBEAT_MISSED');
      else this.kick(other, reason, session);
    }
    this.detached.delete(session.id);
    const key = `${session.app} ${session.userId}`;
    const sessions = this.byUser.get(key);
    if (sessions) sessions.push(session);
    else this.byUser.set(key, [session]);
    this.count++;
    for (const listener of this.listeners) listener.opened?.(session, resumed);
  }

  private displaced(app: AppContext, session: Session): [Session, KickReason][] {
    const out: [Session, KickReason][] = [];
    const rest: Session[] = [];
    for (const other of this.of(session.app, session.userId)) {
      if (other.instance === session.instance) out.push([other, 'replaced']);
      else if (excluded(app.settings['sessions.policy'], other.platform, session.platform))
        out.push([other, 'replacedElsewhere']); // prettier-ignore
      else rest.push(other);
    }
    const web = WEB.has(session.platform);
    const max = app.settings[web ? 'sessions.perWeb' : 'sessions.perPlatform'];
    const peers = rest.filter((other) =>
      web ? WEB.has(other.platform) : other.platform === session.platform,
    );
    const excess = max > 0 ? peers.length + 1 - max : 0;
    for (const other of peers.slice(0, Math.max(0, excess)))
      out.push([other, max === 1 ? 'replaced' : 'overLimit']);
    return out;
  }

  /** The connection is gone but the session may be resumed. */
  detach(session: Session): void {
    if (!this.remove(session)) return;
    const { app, userId, instance } = session;
    this.detached.set(session.id, { app, userId, instance, until: this.clock.now() + RESUME_WINDOW });
    for (const listener of this.listeners) listener.dropped?.(session);
  }

  /** Logged out by its own client. */
  close(session: Session): void {
    if (!this.remove(session)) return;
    session.peer.end('LOGGED_OUT');
    for (const listener of this.listeners) listener.ended?.(session, 'loggedOut');
  }

  /** Ends a session for good and tells it why. */
  kick(session: Session, reason: KickReason, by?: Session): void {
    if (!this.remove(session)) return;
    const event = {
      e: 'session.ended',
      d: { reason, ...(by ? { by: { instance: by.instance, platform: by.platform, device: by.device, customInfo: by.customInfo } } : {}) }, // prettier-ignore
    };
    session.peer.push(JSON.stringify(event));
    session.peer.end(KICK_CLOSE[reason]);
    for (const listener of this.listeners) listener.ended?.(session, reason);
  }

  kickUser(app: string, userId: string, reason: KickReason, instance?: string): number {
    const ended = this.of(app, userId).filter((s) => instance === undefined || s.instance === instance);
    for (const [id, gone] of this.detached) {
      if (gone.app !== app || gone.userId !== userId || (instance !== undefined && gone.instance !== instance)) continue; // prettier-ignore
      this.detached.delete(id);
      for (const listener of this.listeners) listener.voided?.(app, userId, gone.instance);
    }
    for (const session of [...ended]) this.kick(session, reason);
    return ended.length;
  }

  /** Call every second or so: ends expired sessions, forgets old ones. */
  sweep(): void {
    const now = this.clock.now();
    for (const session of [...this.all()]) {
      if (session.expiresAt !== undefined && session.expiresAt + EXPIRY_GRACE <= now)
        this.kick(session, 'expired');
    }
    for (const [id, gone] of this.detached) {
      if (gone.until > now) break;
      this.detached.delete(id);
    }
  }

  private drop(session: Session, close: CloseName): void {
    if (this.remove(session)) session.peer.end(close);
  }

  private remove(session: Session): boolean {
    const key = `${session.app} ${session.userId}`;
    const sessions = this.byUser.get(key);
    const at = sessions?.indexOf(session) ?? -1;
    if (!sessions || at < 0) return false;
    if (sessions.length === 1) this.byUser.delete(key);
    else this.byUser.set(key, sessions.filter((other) => other !== session)); // prettier-ignore
    this.count--;
    return true;
  }
}

const NONE: readonly Session[] = [];

function excluded(policy: 'multi' | 'dual' | 'single', other: Platform, incoming: Platform): boolean {
  if (policy === 'multi') return false;
  if (policy === 'single') return other !== incoming;
  // Dual: one of the mobiles beside any number of the rest.
  return MOBILE.has(other) && MOBILE.has(incoming) && other !== incoming;
}
