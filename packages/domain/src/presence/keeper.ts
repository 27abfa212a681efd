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

/** Writes down how users went: what is asked of them while they are away. Those who went in one turn share a unit. */
export class Keeper {
  private leaving = new Set<Entry>();
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
    const ops = [...here.all()].flatMap((entry) => {
      if (entry.devices.length === 0) return this.leaving.has(entry) ? this.opsFor(entry) : [];
      return this.opsFor({ ...entry, state: 'dropped', at });
    });
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
    const batch = this.leaving;
    this.leaving = new Set();
    this.cancel = undefined;
    // One after the other: a later going must be written later.
    this.working = this.working.then(() => this.write([...batch], here));
  }

  private async write(batch: readonly Entry[], here: Here): Promise<void> {
    for (let i = 0; i < batch.length; i += BATCH) {
      const some = batch.slice(i, i + BATCH);
      try {
        // Who came back within the turn, as when a session replaces another, has not gone.
        const ops = some.filter(({ devices }) => devices.length === 0).flatMap((entry) => this.opsFor(entry));
        if (ops.length > 0) await this.deps.store.commit(ops);
        this.failing = false;
        for (const entry of some) here.release(entry);
      } catch (error) {
        if (!this.failing) this.deps.report?.('who went could not be written; it is tried again', error);
        this.failing = true;
        this.later(some, here);
      }
    }
  }

  private later(entries: readonly Entry[], here: Here): void {
    for (const entry of entries) {
      if (this.leaving.has(entry)) here.release(entry);
      this.leaving.add(entry);
    }
    if (!this.closed) this.cancel ??= this.deps.scheduler.after(AGAIN, () => this.start(here));
  }

  private opsFor({ app, userId, state, at }: Entry): WriteOp[] {
    // An app that went took its rows along.
    if (!this.deps.apps.get(app) || (state !== 'dropped' && state !== 'loggedOut')) return [];
    const put: WriteOp = { op: 'presence.put', app, user: userId, set: { state, at } };
    if (state === 'dropped') return [put];
    return [put, { op: 'subscription.remove', app, watcher: userId, untilLogout: true }];
  }
}
