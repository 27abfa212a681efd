import type { CloseName, KickReason, Platform } from '@magpie/protocol';
import { KICK_CLOSE } from '@magpie/protocol';
import type { Clock } from '../ports/platform.ts';
import type { AppContext } from '../core/context.ts';
import { infoOf, type Elsewhere, type SessionInfo } from './elsewhere.ts';

/** What the registry needs of a connection. */
export interface SessionPeer {
  /** One serialised event, for the next flush. */
  push(event: string): void;
  /** So much is queued to it already that what may be lost should not be added. */
  readonly congested: boolean;
  /** Sends what is queued, then closes. */
  end(close: CloseName): void;
}

export interface Session extends SessionInfo {
  readonly device: string | undefined;
  readonly customInfo: string | undefined;
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
  /** The device is on another node from now on, on the same session or a new one. */
  moved?(app: string, userId: string, instance: string, resumed: boolean): void;
}

const RESUME_WINDOW = 5 * 60_000;
/** A client with a fresh token may be a little late. */
const EXPIRY_GRACE = 5_000;
const WEB: ReadonlySet<Platform> = new Set(['web', 'miniprogram', 'uniapp']);
const MOBILE: ReadonlySet<Platform> = new Set(['ios', 'android', 'harmony', 'ipad']);

interface Detached {
  readonly session: SessionInfo;
  readonly until: number;
}

/** Live sessions of this node, and those that may still be resumed. */
export class SessionRegistry {
  private readonly byUser = new Map<string, Session[]>();
  private readonly detached = new Map<string, Detached>();
  private readonly clock: Clock;
  private readonly elsewhere: Elsewhere | undefined;
  private readonly policyOf: (app: string) => AppContext | undefined;
  private readonly listeners: SessionListener[] = [];
  count = 0;

  /** `elsewhere`: the sessions of other nodes, if there are any; `policyOf`: of the apps those are in. */
  constructor(clock: Clock, elsewhere?: Elsewhere, policyOf: (app: string) => AppContext | undefined = () => undefined) {
    this.clock = clock;
    this.elsewhere = elsewhere;
    this.policyOf = policyOf;
    elsewhere?.attach({
      snapshot: () => this.snapshot(),
      hasLater: (session) => this.of(session.app, session.userId).some((mine) => (mine.id === session.id || mine.instance === session.instance) && mine.openedAt > session.openedAt),
      openedElsewhere: (session) => this.openedElsewhere(session),
      kickHere: (app, userId, reason, instance) => void this.kickHere(app, userId, reason, instance),
      kickAppHere: (app) => this.kickAppHere(app),
    });
  } // prettier-ignore

  listen(listener: SessionListener): void {
    this.listeners.push(listener);
  }

  of(app: string, userId: string): readonly Session[] {
    return this.byUser.get(`${app} ${userId}`) ?? NONE;
  }

  /** Whether any node has a live session of this user. */
  anywhere(app: string, userId: string): boolean {
    return this.of(app, userId).length > 0 || (this.elsewhere?.nodesOf(app, userId).length ?? 0) > 0;
  }

  /** Live ones on all nodes, the oldest first. */
  everywhere(app: string, userId: string): readonly SessionInfo[] {
    const mine = this.of(app, userId);
    const others = this.elsewhere?.of(app, userId) ?? [];
    if (others.length === 0) return mine;
    return [...mine, ...others.filter(({ live }) => live)].sort((a, b) => a.openedAt - b.openedAt);
  }

  *all(): Iterable<Session> {
    for (const sessions of this.byUser.values()) yield* sessions;
  }

  /** Whether this id names a session of that user and instance that dropped, or still hangs, within the resume window. */
  mayResume(id: string, app: string, userId: string, instance: string): boolean {
    const live = this.of(app, userId).find((session) => session.id === id);
    if (live) return live.instance === instance;
    const gone = this.detached.get(id);
    if (gone && gone.until <= this.clock.now()) return false;
    const lost = gone?.session ?? this.elsewhere?.find(id);
    return lost?.app === app && lost.userId === userId && lost.instance === instance;
  }

  /** Adds a session; others go as the app's policy says. The session that is resumed is taken over silently. */
  open(app: AppContext, session: Session, resumed = false): void {
    this.displace(app, session);
    this.detached.delete(session.id);
    this.elsewhere?.taken(session);
    const key = `${session.app} ${session.userId}`;
    const sessions = this.byUser.get(key);
    if (sessions) sessions.push(session);
    else this.byUser.set(key, [session]);
    this.count++;
    this.elsewhere?.tellOpened(session);
    for (const listener of this.listeners) listener.opened?.(session, resumed);
  }

  /** A time for a session that begins now, later than that of any other of the user: nodes' clocks differ, and order decides who goes. */
  openingTime(app: string, userId: string): number {
    const others = this.elsewhere?.of(app, userId) ?? [];
    return others.reduce((time, { openedAt }) => Math.max(time, openedAt + 1), this.clock.now());
  }

  /** Ends those of this node that another one takes the place of; other nodes do the same with theirs. */
  private displace(app: AppContext, session: SessionInfo, elsewhere = false): void {
    const mine = this.of(session.app, session.userId);
    for (const [info, reason] of this.displaced(app, session)) {
      const other = mine.find((one) => one === info);
      // Of two that began at once on two nodes, both nodes see the same one as the later.
      if (!other || (elsewhere && isLater(other, session))) continue;
      if (other.id === session.id) this.drop(other, 'HEARTBEAT_MISSED');
      else this.kick(other, reason, session);
    }
  }

  private openedElsewhere(session: SessionInfo): void {
    const { app, userId, instance, id } = session;
    const context = this.policyOf(app);
    const resumed = this.detached.delete(id) || this.of(app, userId).some((mine) => mine.id === id);
    if (context) this.displace(context, session, true);
    for (const listener of this.listeners) listener.moved?.(app, userId, instance, resumed);
  }

  private displaced(app: AppContext, session: SessionInfo): [SessionInfo, KickReason][] {
    const out: [SessionInfo, KickReason][] = [];
    const rest: SessionInfo[] = [];
    for (const other of this.everywhere(session.app, session.userId)) {
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
    this.detached.set(session.id, { session: infoOf(session), until: this.clock.now() + RESUME_WINDOW });
    this.elsewhere?.tellDropped(session.id);
    for (const listener of this.listeners) listener.dropped?.(session);
  }

  /** Logged out by its own client. */
  close(session: Session): void {
    if (!this.remove(session)) return;
    session.peer.end('LOGGED_OUT');
    this.elsewhere?.tellEnded(session.id);
    for (const listener of this.listeners) listener.ended?.(session, 'loggedOut');
  }

  /** Ends a session for good and tells it why. */
  kick(session: Session, reason: KickReason, by?: SessionInfo): void {
    if (!this.remove(session)) return;
    this.elsewhere?.tellEnded(session.id);
    const event = {
      e: 'session.ended',
      d: { reason, ...(by ? { by: { instance: by.instance, platform: by.platform, device: by.device, customInfo: by.customInfo } } : {}) }, // prettier-ignore
    };
    session.peer.push(JSON.stringify(event));
    session.peer.end(KICK_CLOSE[reason]);
    for (const listener of this.listeners) listener.ended?.(session, reason);
  }

  /** On all nodes. Answers how many sessions that were. */
  kickUser(app: string, userId: string, reason: KickReason, instance?: string): number {
    const others = this.elsewhere?.kick(app, userId, reason, instance) ?? 0;
    return others + this.kickHere(app, userId, reason, instance);
  }

  /** All of an app, on all nodes. */
  kickApp(app: string): void {
    this.elsewhere?.kickApp(app);
    this.kickAppHere(app);
  }

  private kickAppHere(app: string): void {
    for (const session of [...this.all()]) if (session.app === app) this.kick(session, 'appDeleted');
  }

  private kickHere(app: string, userId: string, reason: KickReason, instance?: string): number {
    const ended = this.of(app, userId).filter((s) => instance === undefined || s.instance === instance);
    for (const [id, { session }] of this.detached) {
      if (session.app !== app || session.userId !== userId || (instance !== undefined && session.instance !== instance)) continue; // prettier-ignore
      this.detached.delete(id);
      this.elsewhere?.tellEnded(id);
      for (const listener of this.listeners) listener.voided?.(app, userId, session.instance);
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
      this.elsewhere?.tellEnded(id);
    }
    this.elsewhere?.sweep();
  }

  /** What other nodes are told of this one. */
  private *snapshot() {
    for (const session of this.all()) yield { ...infoOf(session), live: true };
    for (const { session } of this.detached.values()) yield { ...session, live: false };
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

function isLater(a: SessionInfo, b: SessionInfo): boolean {
  return a.openedAt > b.openedAt || (a.openedAt === b.openedAt && a.id > b.id);
}

function excluded(policy: 'multi' | 'dual' | 'single', other: Platform, incoming: Platform): boolean {
  if (policy === 'multi') return false;
  if (policy === 'single') return other !== incoming;
  // Dual: one of the mobiles beside any number of the rest.
  return MOBILE.has(other) && MOBILE.has(incoming) && other !== incoming;
}
