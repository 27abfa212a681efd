import type { Outbound } from '../ports/outbound.ts';
import type { Clock, Hmac, Random, Report, Scheduler } from '../ports/platform.ts';
import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import { LaneBreaker } from './breaker.ts';
import type { Hook, HookDirectory } from './hooks.ts';
import { carry, OUTBOX, release, settle, type ClaimedLane, type Hold } from './lane.ts';

export interface OutboxDeps {
  readonly store: Store;
  readonly hooks: HookDirectory;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly outbound: Outbound;
  readonly hmac: Hmac;
  readonly report?: Report;
}

/**
 * Takes events from the outbox to the hooks: each lane (a conversation, a user) in order and by one node at a time, lanes beside
 * each other within bounds. What is not settled when a node dies is delivered again: at least once.
 */
export class Outbox {
  private readonly deps: OutboxDeps;
  private readonly node: string;
  private claims = 0;
  private closed = false;
  private looking = false;
  private lookAgain = false;
  private alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  private readonly running = new Set<Promise<void>>();
  /** Lanes under way by hook. */
  private readonly busy = new Map<string, number>();
  private readonly breakers = new Map<string, { readonly url: string; readonly breaker: LaneBreaker }>();

  constructor(deps: OutboxDeps) {
    this.deps = deps;
    this.node = deps.random.text(12);
    deps.hooks.onQueued(() => this.wake());
  }

  /** Looks for work soon; cheap and safe to call at any time. */
  wake(): void {
    this.wakeAt(this.deps.clock.now());
  }

  /** Takes no more, and waits for what is under way, for so long. */
  async close(patience = 5_000): Promise<void> {
    this.closed = true;
    this.alarm?.cancel();
    let stop: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      stop = this.deps.scheduler.after(patience, resolve);
    });
    await Promise.race([Promise.all(this.running), late]);
    stop();
  }

  private wakeAt(at: number): void {
    if (this.closed || !this.deps.hooks.any) return;
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    if (this.alarm && this.alarm.at <= at) return;
    this.alarm?.cancel();
    const run = () => {
      this.alarm = undefined;
      void this.look();
    };
    this.alarm = { at, cancel: this.deps.scheduler.after(Math.max(0, at - this.deps.clock.now()), run) };
  }

  private async look(): Promise<void> {
    if (this.looking || this.closed) return;
    this.looking = true;
    this.lookAgain = false;
    let next: number;
    try {
      next = await this.takeWhatIsDue();
    } catch {
      // The store is away for a while.
      next = this.deps.clock.now() + OUTBOX.storePause;
    }
    this.looking = false;
    if (this.lookAgain) next = Math.min(next, this.deps.clock.now());
    this.wakeAt(next);
  }

  /** Answers when to look again at the latest. */
  private async takeWhatIsDue(): Promise<number> {
    const { store, clock } = this.deps;
    for (;;) {
      const now = clock.now();
      const latest = now + OUTBOX.poll;
      const due = await store.webhooks.nextDue(now);
      if (due === undefined || this.closed) return latest;
      if (due > now) return Math.min(due, latest, this.nextProbe(latest));
      const taken = (await this.takeHealthy()) + (await this.takeProbes());
      // What is left waits for a hook that is not active, down or busy; the end of a lane wakes us.
      if (taken === 0) return Math.max(now + OUTBOX.storePause, this.nextProbe(latest));
    }
  }

  private async takeHealthy(): Promise<number> {
    const paused: string[] = [];
    let free = OUTBOX.lanes - this.running.size;
    let some = false;
    for (const hook of this.deps.hooks.all()) {
      const room = OUTBOX.lanesPerHook - (this.busy.get(hook.name) ?? 0);
      // A claim may find lanes of one hook alone, so it takes no more than any of them has room for; one that has little is left out.
      if (!hook.active || this.breakerOf(hook).open || room < OUTBOX.lanesPerHook / 2) paused.push(hook.name);
      else {
        free = Math.min(free, room);
        some = true;
      }
    }
    return some && free > 0 ? await this.take(free, OUTBOX.perLane, paused) : 0;
  }

  private async takeProbes(): Promise<number> {
    const hooks = [...this.deps.hooks.all()];
    let taken = 0;
    for (const hook of hooks) {
      if (!this.mayProbe(hook) || this.breakerOf(hook).probeAt > this.deps.clock.now()) continue;
      const others = hooks.filter((other) => other !== hook).map(({ name }) => name);
      taken += await this.take(1, 1, others);
    }
    return taken;
  }

  private mayProbe(hook: Hook): boolean {
    return hook.active && this.breakerOf(hook).open && !this.busy.has(hook.name);
  }

  private nextProbe(latest: number): number {
    let next = latest;
    for (const hook of this.deps.hooks.all())
      if (this.mayProbe(hook)) next = Math.min(next, this.breakerOf(hook).probeAt);
    return next;
  }

  private breakerOf(hook: Hook): LaneBreaker {
    const known = this.breakers.get(hook.name);
    if (known && known.url === hook.url) return known.breaker;
    const breaker = new LaneBreaker();
    this.breakers.set(hook.name, { url: hook.url, breaker });
    return breaker;
  }

  private async take(lanes: number, perLane: number, paused: readonly string[]): Promise<number> {
    const now = this.deps.clock.now();
    // A name of its own for every claim: who comes late with an old one can settle nothing.
    const hold: Hold = { owner: `${this.node}.${++this.claims}`, until: now + OUTBOX.lease };
    const op: WriteOp = { op: 'outbox.claim', owner: hold.owner, now, leaseUntil: hold.until, lanes, perLane, paused }; // prettier-ignore
    const [result] = await this.deps.store.commit([op]);
    for (const claimed of result.lanes) this.start(claimed, hold);
    return result.lanes.length;
  }

  private start(claimed: ClaimedLane, hold: Hold): void {
    const name = `${claimed.lane.app} ${claimed.lane.hook}`;
    this.busy.set(name, (this.busy.get(name) ?? 0) + 1);
    const work = this.deliver(claimed, hold)
      // Nothing gets here but defects; the lane is tried again when its hold ends.
      .catch((error: unknown) => this.deps.report?.('a webhook lane failed', error, { hook: name }))
      .then(() => {
        this.running.delete(work);
        const left = (this.busy.get(name) ?? 1) - 1;
        if (left === 0) this.busy.delete(name);
        else this.busy.set(name, left);
        this.wake();
      });
    this.running.add(work);
  }

  private async deliver(claimed: ClaimedLane, hold: Hold): Promise<void> {
    const { deps } = this;
    const { hooks, clock } = deps;
    const hook = hooks.get(claimed.lane.app, claimed.lane.hook);
    if (!hook) {
      // Made on another node a moment ago; or removed while an event was on its way to it, which then has to go too.
      await hooks.reload();
      const { app, hook: id } = claimed.lane;
      if (hooks.get(app, id))
        await settle(deps, release(claimed, hold, clock.now()), hold, () => this.closed);
      else await deps.store.commit([{ op: 'hook.remove', app, id }]);
      return;
    }
    const breaker = this.breakerOf(hook);
    const outcome = await carry(deps, hook, claimed, hold, breaker, () => {
      const now = hooks.get(hook.app, hook.id);
      return !this.closed && now?.active === true && now.url === hook.url;
    });
    await settle(deps, outcome, hold, () => this.closed);
  }
}
