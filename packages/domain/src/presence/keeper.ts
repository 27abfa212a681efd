import type { AppDirectory } from '../app/directory.ts';
import type { Clock, Report, Scheduler } from '../ports/platform.ts';
import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { Entry, Here } from './here.ts';

const BATCH = 250;
const AGAIN = 1_000;

interface Deps {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly apps: Pick<AppDirectory, 'get'>;
  readonly report?: Report;
}

/** How a user went, as it was at the end of that turn. */
interface Going {
  readonly entry: Entry;
  readonly ops: readonly WriteOp[];
}

/** Writes down how users went: what is asked of them while they are away. Those who went in one turn share a unit. */
export class Keeper {
  private leaving = new Set<Entry>();
  /** What is to be written, in the order it happened. */
  private waiting: readonly Going[] = [];
  private cancel: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();
  private failing = false;
  private closed = false;
  private readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
  }

  left(entry: Entry, here: Here): void {
    if (this.closed) return;
    if (!this.leaving.has(entry)) here.hold(entry);
    this.leaving.add(entry);
    this.cancel ??= this.deps.scheduler.after(0, () => this.start(here));
  }

  /** Everybody who is still here drops now, as far as this node knows. */
  async close(here: Here): Promise<void> {
    this.closed = true;
    this.cancel?.();
    await this.working;
    const at = this.deps.clock.now();
    const last = [...here.all()].flatMap((entry) => {
      if (entry.devices.length === 0) return this.leaving.has(entry) ? this.opsFor(entry) : [];
      // Who is on another node as well, or only there, stays.
      if (entry.devices.some(({ abroad }) => abroad)) return [];
      return this.opsFor({ ...entry, state: 'dropped', at });
    });
    const ops = [...this.waiting.flatMap((going) => going.ops), ...last];
    for (let i = 0; i < ops.length; i += BATCH * 2) {
      try {
        await this.deps.store.commit(ops.slice(i, i + BATCH * 2));
      } catch (error) {
        this.deps.report?.('who is here could not be written at the end', error);
        return;
      }
    }
  }

  private start(here: Here): void {
    this.cancel = undefined;
    const gone: Going[] = [];
    for (const entry of this.leaving) {
      // Who came back within the turn, as when a session replaces another, has not gone.
      if (entry.devices.length > 0) here.release(entry);
      else gone.push({ entry, ops: this.opsFor(entry) });
    }
    this.leaving = new Set();
    // What could not be written is out of date for who came back since: what they ask for now must not be undone later.
    const late = this.failing ? this.waiting.filter(({ entry }) => entry.devices.length > 0) : [];
    for (const { entry } of late) here.release(entry);
    this.waiting = [...this.waiting.filter((going) => !late.includes(going)), ...gone];
    // One after the other: a later going must be written later.
    this.working = this.working.then(() => this.write(here));
  }

  private async write(here: Here): Promise<void> {
    while (this.waiting.length > 0) {
      const some = this.waiting.slice(0, BATCH);
      try {
        const ops = some.flatMap((going) => going.ops);
        if (ops.length > 0) await this.deps.store.commit(ops);
      } catch (error) {
        if (!this.failing) this.deps.report?.('who went could not be written; it is tried again', error);
        this.failing = true;
        if (!this.closed) this.cancel ??= this.deps.scheduler.after(AGAIN, () => this.start(here));
        return;
      }
      this.failing = false;
      this.waiting = this.waiting.slice(some.length);
      for (const { entry } of some) here.release(entry);
    }
  }

  private opsFor({ app, userId, state, at }: Entry): WriteOp[] {
    // An app that went took its rows along.
    if (!this.deps.apps.get(app) || (state !== 'dropped' && state !== 'loggedOut')) return [];
    const put: WriteOp = { op: 'presence.put', app, user: userId, set: { state, at } };
    if (state === 'dropped') return [put];
    return [put, { op: 'subscription.remove', app, watcher: userId, untilLogout: true }];
  }
}
