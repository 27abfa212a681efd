import type { KickReason, Platform } from '@magpie/protocol';
import type { Mesh } from '../cluster/mesh.ts';
import type { Clock } from '../ports/platform.ts';

/** What a session looks like from outside its node. */
export interface SessionInfo {
  readonly id: string;
  readonly app: string;
  readonly userId: string;
  readonly instance: string;
  readonly platform: Platform;
  readonly device?: string | undefined;
  readonly customInfo?: string | undefined;
  readonly openedAt: number;
  readonly wantsDelivered: boolean;
}

/** A session on another node. */
export interface RemoteSession extends SessionInfo {
  readonly node: string;
  /** Its device says so; see presence. */
  away: boolean;
  /** False: its connection is lost; it may be resumed, on any node. */
  live: boolean;
  /** Its device still counts as there. */
  present: boolean;
  /** When it can no longer be resumed. */
  until: number;
}

/** `all`: its node has done all that is due; `device`: but for what is due when that was the user's last device. */
export type Told = 'all' | 'device';

export interface ElsewhereListener {
  /** `tell`: this node is to tell others of it. */
  opened?(session: RemoteSession, tell: boolean): void;
  /** Its device counts as there no longer. */
  gone?(session: RemoteSession, as: 'dropped' | 'loggedOut', told: Told): void;
  /** Its node is gone. `tell`: this node is to tell others, of those who do not come back. */
  lost?(session: RemoteSession, tell: boolean): void;
  away?(session: RemoteSession): void;
}

/** What the registry of this node does for the others. */
interface Home {
  snapshot(): Iterable<SessionInfo & { readonly live: boolean }>;
  /** Whether a session of that id or device, which began later, is here. */
  hasLater(session: SessionInfo): boolean;
  /** A session was opened on another node: ends those here that it takes the place of. */
  openedElsewhere(session: SessionInfo): void;
  kickHere(app: string, userId: string, reason: KickReason, instance?: string): void;
  kickAppHere(app: string): void;
}

type RemoteNote = SessionInfo & { readonly away: boolean; readonly live: boolean; readonly present: boolean };

const RESUMABLE = 5 * 60_000;
/** Sessions in one note of a snapshot. */
const CHUNK = 500;

const NONE: readonly RemoteSession[] = [];

/**
 * The sessions of all other nodes, as those tell: every node knows where every user is. That is some 300 bytes a session on each node;
 * docs/scale.md says when that is too much, and what is done then.
 */
export class Elsewhere {
  private readonly byUser = new Map<string, readonly RemoteSession[]>();
  private readonly byId = new Map<string, RemoteSession>();
  private readonly listeners: ElsewhereListener[] = [];
  /** Nodes that went without a word: when one is back, others were told that its users had gone. */
  private readonly fallen = new Set<string>();
  /** While a snapshot of a node comes in: what of it was not named yet. */
  private readonly stale = new Map<string, Set<string>>();
  private home: Home | undefined;
  /** How presence sees the device of a session of this node. */
  deviceOf: (session: SessionInfo) => { readonly present: boolean; readonly away: boolean } = () => ({ present: true, away: false }); // prettier-ignore
  private readonly mesh: Mesh;
  private readonly clock: Clock;

  constructor(mesh: Mesh, clock: Clock) {
    this.mesh = mesh;
    this.clock = clock;
    mesh.listen({
      up: (peer) => this.introduce(peer),
      down: (peer, crashed) => this.down(peer, crashed),
    });
    mesh.hear<{ sessions: RemoteNote[]; first: boolean; last: boolean }>('sessions', (body, from) => this.snapshot(body, from)); // prettier-ignore
    mesh.hear<SessionInfo>('opened', (session, from) => this.opened(session, from));
    mesh.hear<string>('dropped', (id, from) => this.edit(id, from, (session) => this.drop(session)));
    mesh.hear<{ id: string; as: 'dropped' | 'loggedOut'; told: Told }>('gone', ({ id, as, told }, from) => this.edit(id, from, (session) => this.gone(session, as, told))); // prettier-ignore
    mesh.hear<string>('ended', (id, from) => this.edit(id, from, (session) => this.remove(session)));
    mesh.hear<{ id: string; away: boolean }>('away', ({ id, away }, from) => this.edit(id, from, (session) => this.setAway(session, away))); // prettier-ignore
    mesh.hear<{ app: string; userId: string; reason: KickReason; instance?: string }>('kick', ({ app, userId, reason, instance }) => this.home?.kickHere(app, userId, reason, instance)); // prettier-ignore
    mesh.hear<string>('kickApp', (app) => this.home?.kickAppHere(app));
  }

  attach(home: Home): void {
    this.home = home;
  }

  listen(listener: ElsewhereListener): void {
    this.listeners.push(listener);
  }

  get count(): number {
    return this.byId.size;
  }

  of(app: string, userId: string): readonly RemoteSession[] {
    if (this.byUser.size === 0) return NONE;
    return this.byUser.get(`${app} ${userId}`) ?? NONE;
  }

  /** Nodes with live sessions of this user. */
  nodesOf(app: string, userId: string): readonly string[] {
    const sessions = this.of(app, userId);
    if (sessions.length === 0) return NO_NODES;
    if (sessions.length === 1) return sessions[0]?.live ? [sessions[0].node] : NO_NODES;
    return [...new Set(sessions.filter(({ live }) => live).map(({ node }) => node))];
  }

  /** Nodes with live sessions of any of these users. */
  nodesOfAny(app: string, users: Iterable<string>): readonly string[] {
    const all = this.mesh.others.length;
    if (all === 0 || this.byUser.size === 0) return NO_NODES;
    const nodes = new Set<string>();
    for (const user of users) {
      for (const node of this.nodesOf(app, user)) nodes.add(node);
      if (nodes.size === all) break;
    }
    return [...nodes];
  }

  /** A session that may be resumed, by id. */
  find(id: string): RemoteSession | undefined {
    const found = this.byId.get(id);
    return found && (found.live || found.until > this.clock.now()) ? found : undefined;
  }

  tellOpened(session: SessionInfo): void {
    if (!this.mesh.alone) this.mesh.tell('opened', infoOf(session));
  }

  tellDropped(id: string): void {
    this.mesh.tell('dropped', id);
  }

  tellGone(id: string, as: 'dropped' | 'loggedOut', told: Told): void {
    if (!this.mesh.alone) this.mesh.tell('gone', { id, as, told });
  }

  tellEnded(id: string): void {
    this.mesh.tell('ended', id);
  }

  tellAway(id: string, away: boolean): void {
    if (!this.mesh.alone) this.mesh.tell('away', { id, away });
  }

  /** Ends sessions on other nodes; answers how many are known there. */
  kick(app: string, userId: string, reason: KickReason, instance?: string): number {
    const meant = this.of(app, userId).filter((session) => instance === undefined || session.instance === instance); // prettier-ignore
    // Told all the same: a node may have one that is not known here yet.
    this.mesh.tell('kick', { app, userId, reason, ...(instance === undefined ? {} : { instance }) });
    return meant.filter(({ live }) => live).length;
  }

  kickApp(app: string): void {
    this.mesh.tell('kickApp', app);
  }

  /** Forgets what can no longer be resumed. */
  sweep(): void {
    const now = this.clock.now();
    for (const session of this.byId.values())
      if (!session.live && !session.present && session.until <= now) this.remove(session);
  }

  private introduce(peer: string): void {
    const all: readonly RemoteNote[] = [...(this.home?.snapshot() ?? [])].map((session) => ({ ...session, ...this.deviceOf(session) })); // prettier-ignore
    for (let i = 0; i === 0 || i < all.length; i += CHUNK)
      this.mesh.send(peer, 'sessions', { sessions: all.slice(i, i + CHUNK), first: i === 0, last: i + CHUNK >= all.length }); // prettier-ignore
  }

  /** All that a node has; what was known of it otherwise is out of date. */
  private snapshot({ sessions, first, last }: { readonly sessions: readonly RemoteNote[]; readonly first: boolean; readonly last: boolean }, node: string): void {
    if (first) this.stale.set(node, new Set([...this.byId.values()].filter((session) => session.node === node).map(({ id }) => id)));
    const stale = this.stale.get(node);
    const back = this.fallen.has(node) && this.isFirst(node);
    for (const { away, live, present, ...info } of sessions) {
      stale?.delete(info.id);
      const known = this.byId.get(info.id);
      if (known?.node === node && known.live === live && known.present === present && known.away === away) continue;
      // Told again by one node, if this one's fall was told.
      if (!this.home?.hasLater(info)) this.put({ ...info, node, away, live, present, until: this.clock.now() + RESUMABLE }, back);
    }
    if (!last) return;
    this.stale.delete(node);
    this.fallen.delete(node);
    for (const id of stale ?? []) this.edit(id, node, (session) => this.remove(session));
  } // prettier-ignore

  private opened(info: SessionInfo, node: string): void {
    const session = { ...info, node, away: false, live: true, present: true, until: Infinity };
    if (this.home?.hasLater(session)) return;
    this.put(session, false);
    this.home?.openedElsewhere(session);
  }

  /** A session of this node takes the place of one with the same id, or of the same device. */
  taken({ app, userId, id, instance }: SessionInfo): void {
    for (const other of this.of(app, userId)) {
      if (other.id !== id && other.instance !== instance) continue;
      // Its device is here now: nobody is told that it went.
      other.present = false;
      this.remove(other);
    }
  }

  /** Takes the place of one with the same id, or of the same device, unless that began later: what nodes tell may be overtaken by what others do. */
  private put(session: RemoteSession, tell: boolean): void {
    const same = this.of(session.app, session.userId).filter(({ id, instance }) => id === session.id || instance === session.instance); // prettier-ignore
    if (same.some(({ node, openedAt }) => node !== session.node && openedAt > session.openedAt)) return;
    const key = `${session.app} ${session.userId}`;
    const others = (this.byUser.get(key) ?? NONE).filter((other) => other.id !== session.id && other.instance !== session.instance); // prettier-ignore
    for (const other of this.byUser.get(key) ?? NONE) if (!others.includes(other)) this.byId.delete(other.id);
    this.byUser.set(key, [...others, session]);
    this.byId.set(session.id, session);
    if (session.present) for (const listener of this.listeners) listener.opened?.(session, tell);
  }

  private drop(session: RemoteSession): void {
    session.live = false;
    session.until = this.clock.now() + RESUMABLE;
  }

  private gone(session: RemoteSession, as: 'dropped' | 'loggedOut', told: Told): void {
    if (!session.present) return;
    session.present = false;
    for (const listener of this.listeners) listener.gone?.(session, as, told);
  }

  private setAway(session: RemoteSession, away: boolean): void {
    session.away = away;
    for (const listener of this.listeners) listener.away?.(session);
  }

  private remove(session: RemoteSession): void {
    this.gone(session, 'loggedOut', 'all');
    this.byId.delete(session.id);
    const key = `${session.app} ${session.userId}`;
    const others = this.of(session.app, session.userId).filter((other) => other !== session);
    if (others.length > 0) this.byUser.set(key, others);
    else this.byUser.delete(key);
  }

  private edit(id: string, node: string, change: (session: RemoteSession) => void): void {
    const session = this.byId.get(id);
    // It may have moved on to another node meanwhile.
    if (session?.node === node) change(session);
  }

  /** The clients of a node that died come back, here or elsewhere: their sessions can be resumed. One node tells of those who do not. */
  private down(node: string, crashed: boolean): void {
    if (crashed) this.fallen.add(node);
    const tell = this.isFirst(node);
    for (const session of this.byId.values()) {
      if (session.node !== node) continue;
      this.drop(session);
      if (!session.present) continue;
      session.present = false;
      for (const listener of this.listeners) listener.lost?.(session, tell);
    }
  }

  /** One of the nodes that are left, the same as all of them see it. */
  private isFirst(except: string): boolean {
    return this.mesh.others.every((other) => other === except || this.mesh.node < other);
  }
}

const NO_NODES: readonly string[] = [];

export function infoOf({ id, app, userId, instance, platform, device, customInfo, openedAt, wantsDelivered }: SessionInfo): SessionInfo {
  return { id, app, userId, instance, platform, device, customInfo, openedAt, wantsDelivered };
} // prettier-ignore
