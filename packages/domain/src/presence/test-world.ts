import { effectiveSettings, MagpieError, type Platform, type Presence } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import type { PresenceRow, SubscriptionRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import { SessionRegistry, type Session } from '../session/registry.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { MemoryTimerStore } from '../timer/memory-store.ts';
import { Timers } from '../timer/timers.ts';
import { Presences } from './presences.ts';

/** The presences' part of a store, for unit tests. */
export class MemoryPresenceStore extends MemoryTimerStore {
  readonly presenceRows = new Map<string, PresenceRow>();
  readonly subscriptions: SubscriptionRow[] = [];
  /** `by user` */
  readonly blocks = new Set<string>();
  readonly seen = new Map<string, number>();

  private async read<T>(answer: () => T): Promise<T> {
    this.reads++;
    if (this.down) throw new MagpieError('STORE_UNAVAILABLE');
    return answer();
  }

  readonly presences: Pick<Store['presences'], 'many' | 'lastSeen' | 'watchers'> = {
    many: (_app, users) => this.read(() => users.flatMap((user) => this.presenceRows.get(user) ?? [])),
    lastSeen: (_app, users) =>
      this.read(() => users.flatMap((user) => { const seenAt = this.seen.get(user); return seenAt === undefined ? [] : [{ user, seenAt }]; })), // prettier-ignore
    watchers: (_app, targets, { after, limit }) =>
      this.read(() => {
        const key = (one: { target: string; watcher: string }) => `${one.target} ${one.watcher}`;
        const wanted = new Set(targets);
        const rows = this.subscriptions.filter(({ target }) => wanted.has(target)).sort((a, b) => (key(a) < key(b) ? -1 : 1)); // prettier-ignore
        return rows.filter((row) => !after || key(row) > key(after)).slice(0, limit);
      }),
  };
  readonly users: Pick<Store['users'], 'blocksAmong'> = {
    blocksAmong: (_app, by, users) =>
      this.read(() => by.flatMap((one) => users.filter((user) => this.blocks.has(`${one} ${user}`)).map((user) => ({ by: one, user })))), // prettier-ignore
  };

  follow(watcher: string, ...targets: string[]): void {
    for (const target of targets) this.subscriptions.push({ app: 'a', watcher, target, expiresAt: null, untilLogout: false, at: 0 }); // prettier-ignore
  }

  protected override other(op: WriteOp): unknown {
    if (op.op === 'presence.put') {
      const fresh = { app: op.app, user: op.user, state: 'loggedOut', at: 0, custom: null, customAt: null, customUntil: null } as const; // prettier-ignore
      this.presenceRows.set(op.user, { ...fresh, ...this.presenceRows.get(op.user), ...op.set });
    }
    return undefined;
  }
}

/** Presence over a real registry and real timers, with a clock that stands still. */
export function createWorld(store = new MemoryPresenceStore(), settings: Record<string, unknown> = {}) {
  const time = new FakeTime();
  const zero = time.now();
  const app: AppContext = { id: 'a', name: '', doors: [], settings: effectiveSettings(settings), createdAt: 0 }; // prettier-ignore
  const sessions = new SessionRegistry(time);
  const reports: string[] = [];
  const wantedByHooks = new Set<string>();
  const random = { text: () => 'node', digits: () => '' };
  const shared = { store: store as unknown as Store, clock: time, scheduler: time, random };
  const timers = new Timers(shared);
  const presences = new Presences({
    ...shared,
    timers,
    sessions,
    delivery: {
      toUser: (to, user, event, _some, but) => {
        for (const session of sessions.of(to, user)) if (session !== but && !session.peer.congested) session.peer.push(event); // prettier-ignore
      },
    },
    apps: { get: (id) => (id === app.id ? app : undefined) },
    hooks: {
      events: (_app, event) => (wantedByHooks.has(event) ? ['hook'] : undefined),
      queued: () => undefined,
    },
    report: (what) => void reports.push(what),
  });
  timers.start();

  const live = new Map<string, Session>();
  /** What each instance was sent, as `presence.changed` holds it. */
  const sent: Record<string, Presence[]> = {};
  let sessionCount = 0;
  const open = (userId: string, instance: string, resumed = false, platform: Platform = 'web'): Session => {
    const push = (event: string) => {
      const { e, d } = JSON.parse(event) as { e: string; d: { presences: Presence[] } };
      if (e === 'presence.changed') (sent[instance] ??= []).push(...d.presences);
    };
    const peer = { push, congested: false, end: () => undefined };
    const id = resumed ? (live.get(instance)?.id ?? '') : `s${++sessionCount}`;
    const session: Session = { id, app: 'a', userId, instance, platform, device: undefined, customInfo: undefined, openedAt: time.now(), wantsDelivered: false, peer, expiresAt: undefined }; // prettier-ignore
    sessions.open(app, session, resumed);
    live.set(instance, session);
    return session;
  };

  const get = async (user: string, viewer?: string): Promise<Presence> => {
    const found = (await presences.of('a', [user], viewer)).get(user);
    if (!found) throw new Error(`no presence of ${user}`);
    return found;
  };
  /** Lets long work end that waits for nothing but the store. */
  const quiet = async () => {
    for (let i = 0; i < 100; i++) await time.advance(1);
  };
  return { time, zero, app, store, sessions, presences, timers, reports, wantedByHooks, live, sent, open, get, quiet }; // prettier-ignore
}

/** `online a b~`: state, then instances, `~` those away. */
export function short({ state, devices }: Presence): string {
  const names = devices.map((device) => (device.state === 'away' ? `${device.instance}~` : device.instance));
  return [state, ...names.sort()].join(' ');
}
