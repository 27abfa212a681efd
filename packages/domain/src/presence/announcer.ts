import type { Presence, PresenceState } from '@magpie/protocol';
import type { AppDirectory } from '../app/directory.ts';
import { eventText, type Delivery } from '../delivery/delivery.ts';
import type { Clock, Report, Scheduler } from '../ports/platform.ts';
import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { Session, SessionRegistry } from '../session/registry.ts';
import { signature, type Entry, type Here, type Standing } from './here.ts';
import { readPresences } from './look.ts';

/** Changes of so long are told together; one that was undone meanwhile is not told. */
const WINDOW = 100;
const AGAIN = 1_000;
const USERS = 200;
const WATCHERS = 1_000;

export interface AnnouncerDeps {
  readonly store: Pick<Store, 'commit' | 'presences' | 'users'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly apps: Pick<AppDirectory, 'get'>;
  readonly sessions: Pick<SessionRegistry, 'anywhere'>;
  readonly delivery: Pick<Delivery, 'toUser'>;
  readonly hooks: {
    events(app: string, event: string): readonly string[] | undefined;
    queued(): void;
  };
  readonly report?: Report;
}

interface Change {
  readonly app: string;
  readonly user: string;
  /** What others knew; undefined: only the words changed. */
  before: { readonly signature: string; readonly state: PresenceState; readonly at: number } | undefined;
  words: boolean;
  /** The session that did it, if it was one: it knows. */
  by: Session | undefined;
  held: Entry | undefined;
}

interface Told {
  readonly change: Change;
  readonly standing: Standing | undefined;
}

/** Tells who follows a user, the user's other devices and the hooks what changed. */
export class Announcer {
  private readonly deps: AnnouncerDeps;
  private readonly here: Here;
  private changes = new Map<string, Change>();
  private cancel: (() => void) | undefined;
  private telling: Promise<void> | undefined;
  private failing = false;
  private closed = false;

  constructor(deps: AnnouncerDeps, here: Here) {
    this.deps = deps;
    this.here = here;
  }

  /** Call before the change. */
  changing(entry: Entry, by: Session | undefined): void {
    const change = this.change(entry.app, entry.userId, by);
    if (!change) return;
    change.before ??= { signature: signature(entry), state: entry.state, at: entry.at };
    if (change.held) return;
    change.held = entry;
    this.here.hold(entry);
  }

  wordsChanged(app: string, user: string, by: Session | undefined): void {
    const change = this.change(app, user, by);
    if (change) change.words = true;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancel?.();
    await this.telling;
  }

  private change(app: string, user: string, by: Session | undefined): Change | undefined {
    if (this.closed) return undefined;
    this.schedule(WINDOW);
    const key = `${app} ${user}`;
    let change = this.changes.get(key);
    if (!change)
      this.changes.set(key, (change = { app, user, before: undefined, words: false, by, held: undefined })); // prettier-ignore
    // Two devices' doing is news to both.
    else if (change.by !== by) change.by = undefined;
    return change;
  }

  private schedule(delay: number): void {
    if (this.telling || this.closed) return;
    this.cancel ??= this.deps.scheduler.after(delay, () => {
      this.cancel = undefined;
      this.telling = this.flush().finally(() => {
        this.telling = undefined;
        if (this.changes.size > 0) this.schedule(this.failing ? AGAIN : WINDOW);
      });
    });
  }

  private async flush(): Promise<void> {
    const batch = this.changes;
    this.changes = new Map();
    const byApp = new Map<string, Told[]>();
    // All at one moment: what changes from here on is another change.
    for (const change of batch.values()) {
      if (this.undone(change)) continue;
      const told = { change, standing: this.here.standing(change.app, change.user) };
      const others = byApp.get(change.app);
      if (others) others.push(told);
      else byApp.set(change.app, [told]);
    }
    for (const [app, all] of byApp) {
      for (let i = 0; i < all.length; i += USERS) await this.tellSome(app, all.slice(i, i + USERS));
    }
  }

  private undone(change: Change): boolean {
    const { held, before, words } = change;
    // A state that came back within the window never changed, as others see it.
    if (held && held.devices.length > 0 && held.state === before?.state) held.at = before.at;
    const same = !held || !before || signature(held) === before.signature;
    if ((words || !same) && this.deps.apps.get(change.app)) return false;
    this.release(change);
    return true;
  }

  private release(change: Change): void {
    if (change.held) this.here.release(change.held);
    change.held = undefined;
  }

  private async tellSome(app: string, told: readonly Told[]): Promise<void> {
    try {
      await this.tell(app, told);
      this.failing = false;
      for (const { change } of told) this.release(change);
    } catch (error) {
      if (!this.failing) this.deps.report?.('presence could not be told; it is tried again', error);
      this.failing = true;
      for (const { change } of told) this.again(change);
    }
  }

  /** What could not be told is told with what happened since. */
  private again(change: Change): void {
    const key = `${change.app} ${change.user}`;
    const newer = this.changes.get(key);
    if (!newer) {
      this.changes.set(key, { ...change, words: true });
      return;
    }
    newer.words = true;
    newer.by = undefined;
    this.release(change);
  }

  private async tell(app: string, told: readonly Told[]): Promise<void> {
    const standings = new Map(told.map(({ change, standing }) => [change.user, standing]));
    const users = [...standings.keys()];
    const presences = await readPresences(this.deps, app, users, (user) => standings.get(user));
    const texts = new Map(users.map((user) => [user, eventOf(presences.get(user))]));
    for (const { change } of told) this.push(app, change.user, texts.get(change.user), change.by);
    await this.tellWatchers(app, users, texts);
    await this.tellHooks(app, texts);
  }

  private async tellWatchers(app: string, users: readonly string[], texts: Texts): Promise<void> {
    const { store, clock, sessions } = this.deps;
    let after: { readonly target: string; readonly watcher: string } | undefined;
    for (;;) {
      const page = await store.presences.watchers(app, users, { now: clock.now(), limit: WATCHERS, ...(after ? { after } : {}) }); // prettier-ignore
      const live = page.filter(({ watcher }) => sessions.anywhere(app, watcher));
      const blocked = await this.blocksAmong(app, live);
      for (const { target, watcher } of live)
        if (!blocked.has(`${target} ${watcher}`)) this.push(app, watcher, texts.get(target), undefined);
      if (page.length < WATCHERS) return;
      after = page.at(-1);
    }
  }

  private async blocksAmong(app: string, pairs: readonly { readonly target: string; readonly watcher: string }[]): Promise<ReadonlySet<string>> {
    if (pairs.length === 0) return new Set();
    const targets = [...new Set(pairs.map(({ target }) => target))];
    const watchers = [...new Set(pairs.map(({ watcher }) => watcher))];
    const blocks = await this.deps.store.users.blocksAmong(app, targets, watchers);
    return new Set(blocks.map(({ by, user }) => `${by} ${user}`));
  } // prettier-ignore

  private push(app: string, user: string, text: string | undefined, except: Session | undefined): void {
    if (text !== undefined) this.deps.delivery.toUser(app, user, text, 'notBehind', except);
  }

  /** In a unit of their own and waited for, as thousands may come at once. */
  private async tellHooks(app: string, texts: Texts): Promise<void> {
    const { hooks, store, clock } = this.deps;
    const wanting = hooks.events(app, 'presence.changed');
    if (!wanting) return;
    const at = clock.now();
    await store.commit([...texts].map(([user, event]): WriteOp => ({ op: 'outbox.add', app, hooks: wanting, lane: `u:${user}`, event, at }))); // prettier-ignore
    hooks.queued();
  }
}

type Texts = ReadonlyMap<string, string>;

/** One text for a change, shared by all who get it. */
function eventOf(presence: Presence | undefined): string {
  return eventText('presence.changed', JSON.stringify({ presences: presence ? [presence] : [] }));
}
