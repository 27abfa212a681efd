import type { Clock, Random, Report, Scheduler } from '../ports/platform.ts';
import type { TimerRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';

/** What a timer comes to. */
export interface TimerOutcome {
  /** Committed in one unit with the end of the timer: what is in the store happens exactly once. */
  readonly ops?: readonly WriteOp[];
  /** After that commit, with the results of `ops`: for delivery. At most once. */
  readonly after?: (results: readonly unknown[]) => void | Promise<void>;
}

/**
 * Runs one timer; what it does outside the store may happen more than once. It should end well within the lease (30 s): after that another
 * node may begin the timer too, and only the later one's unit is committed. A handler that throws is tried again later.
 */
export type TimerHandler = (timer: TimerRow) => Promise<TimerOutcome | undefined>;

type Put = Extract<WriteOp, { op: 'timer.put' }>;

export interface TimersOptions {
  /** Looks at the store at least this often: other nodes put timers too. */
  readonly poll?: number;
  /** How long a claimed timer belongs to this node. */
  readonly lease?: number;
  /** Timers under way at once. */
  readonly atOnce?: number;
  /** After so many failures a timer is tried only every `rarely` ms; it is never thrown away. */
  readonly tries?: number;
  readonly firstDelay?: number;
  readonly maxDelay?: number;
  readonly rarely?: number;
  /** How long `close` waits for those under way. */
  readonly closeWithin?: number;
}

const DEFAULTS: Required<TimersOptions> = {
  poll: 1_000,
  lease: 30_000,
  atOnce: 32,
  tries: 10,
  firstDelay: 1_000,
  maxDelay: 5 * 60_000,
  rarely: 3_600_000,
  closeWithin: 10_000,
};

interface Deps {
  readonly store: Pick<Store, 'commit' | 'timers'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly report?: Report;
}

interface Run {
  readonly timer: TimerRow;
  /** Of the claim that holds it; a later claim of the same timer by this node prolongs the run. */
  owner: string;
}

/**
 * Things to be done at a time, kept in the store: they survive restarts, fire once though several nodes look, and those that fell due
 * while no server ran fire when one does. A slice registers its kinds before `start` and puts `putOp` into the unit of the fact that
 * starts a timer.
 */
export class Timers {
  private readonly deps: Deps;
  private readonly options: Required<TimersOptions>;
  private readonly node: string;
  private readonly handlers = new Map<string, TimerHandler>();
  private readonly runs = new Map<string, Run>();
  private readonly working = new Set<Promise<void>>();
  private claims = 0;
  private started = false;
  private closed = false;
  private looking = false;
  /** Named while a look was under way. */
  private hint = Infinity;
  private wakeAt = Infinity;
  private cancel: (() => void) | undefined;
  private storeFailing = false;

  constructor(deps: Deps, options: TimersOptions = {}) {
    this.deps = deps;
    this.options = { ...DEFAULTS, ...options };
    this.node = deps.random.text(12);
  }

  /** Before `start`; once for each kind. */
  register(kind: string, handler: TimerHandler): void {
    if (this.started || this.handlers.has(kind))
      throw new Error(`the timer kind ${kind} is registered too late or twice`);
    this.handlers.set(kind, handler);
  }

  /** To be put into the unit of the fact that starts (or moves) a timer. Ids are unique in the whole store. */
  putOp(timer: Pick<TimerRow, 'id' | 'app' | 'kind' | 'dueAt' | 'payload'>): Put {
    const { id, app, kind, dueAt, payload } = timer;
    return { op: 'timer.put', id, app, kind, dueAt, payload };
  }

  removeOp(id: string): Extract<WriteOp, { op: 'timer.remove' }> {
    return { op: 'timer.remove', id };
  }

  /** Call after the commit of `putOp`, so that this node is awake in time. */
  noted(dueAt: number): void {
    if (!this.started || this.closed) return;
    if (this.looking) this.hint = Math.min(this.hint, dueAt);
    else if (dueAt < this.wakeAt) this.sleepUntil(dueAt);
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.sleepUntil(0);
  }

  /** Timers in the store, of all kinds. */
  count(): Promise<number> {
    return this.deps.store.timers.count();
  }

  /** Handlers that take long end early. */
  get closing(): boolean {
    return this.closed;
  }

  /** Begins nothing more and waits for what is under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancel?.();
    if (this.working.size === 0) return;
    let stopWaiting: (() => void) | undefined;
    const tooLong = new Promise<void>((resolve) => {
      stopWaiting = this.deps.scheduler.after(this.options.closeWithin, resolve);
    });
    await Promise.race([Promise.all(this.working), tooLong]);
    stopWaiting?.();
  }

  /** Never longer than `poll`: clocks are set, and other nodes put timers. */
  private sleepUntil(at: number): void {
    this.cancel?.();
    if (this.closed) return;
    const now = this.deps.clock.now();
    const delay = Math.min(Math.max(0, at - now), this.options.poll);
    this.wakeAt = now + delay;
    this.cancel = this.deps.scheduler.after(delay, () => void this.look());
  }

  private async look(): Promise<void> {
    if (this.looking || this.closed) return;
    this.looking = true;
    this.hint = Infinity;
    let next: number;
    try {
      next = await this.takeDue();
      this.storeFailing = false;
    } catch (error) {
      next = Infinity;
      if (!this.storeFailing) this.deps.report?.('timers cannot be read', error);
      this.storeFailing = true;
    }
    this.looking = false;
    this.sleepUntil(Math.min(next, this.hint));
  }

  /** Begins what is due, as far as there is room; answers when to look again. */
  private async takeDue(): Promise<number> {
    const { store, clock } = this.deps;
    const kinds = [...this.handlers.keys()];
    const limit = this.options.atOnce - this.working.size;
    if (limit <= 0 || kinds.length === 0) return Infinity;
    const now = clock.now();
    const due = await store.timers.nextDue(now, kinds);
    if (this.closed || due === undefined || due > now) return due ?? Infinity;
    const owner = `${this.node}.${++this.claims}`;
    const leaseUntil = now + this.options.lease;
    const [{ timers }] = await store.commit([{ op: 'timer.claim', owner, kinds, now, leaseUntil, limit }]);
    for (const timer of timers) this.begin(timer, owner);
    // Nothing although something is due: another node was faster.
    return timers.length === 0 ? Infinity : now;
  }

  private begin(timer: TimerRow, owner: string): void {
    const before = this.runs.get(timer.id);
    if (before && before.timer.dueAt === timer.dueAt && before.timer.payload === timer.payload) {
      before.owner = owner;
      this.deps.report?.('a timer takes longer than its lease', undefined, { kind: timer.kind, id: timer.id, app: timer.app }); // prettier-ignore
      return;
    }
    const run = { timer, owner };
    this.runs.set(timer.id, run);
    const full = () => this.working.size >= this.options.atOnce;
    const work = this.fire(run).then(() => {
      if (this.runs.get(timer.id) === run) this.runs.delete(timer.id);
      const wasFull = full();
      this.working.delete(work);
      if (wasFull) this.noted(0);
    });
    this.working.add(work);
  }

  /** Never rejects. */
  private async fire(run: Run): Promise<void> {
    const { timer } = run;
    let outcome: TimerOutcome | undefined;
    let results: readonly unknown[];
    try {
      outcome = await this.handlers.get(timer.kind)?.(timer);
      results = await this.deps.store.commit([
        { op: 'timer.done', id: timer.id, owner: run.owner },
        ...(outcome?.ops ?? []),
      ]);
    } catch (error) {
      // Moved, removed or taken over meanwhile: what this run would have done is void.
      if (!isStale(error)) await this.postpone(run, error);
      return;
    }
    try {
      await outcome?.after?.(results.slice(1));
    } catch (error) {
      this.deps.report?.('what follows a timer failed', error, { kind: timer.kind, id: timer.id });
    }
  }

  private async postpone({ timer, owner }: Run, error: unknown): Promise<void> {
    const { tries, firstDelay, maxDelay, rarely } = this.options;
    const attempts = timer.attempts + 1;
    const givenUp = attempts >= tries;
    const delay = givenUp ? rarely : Math.min(maxDelay, firstDelay * 2 ** (attempts - 1));
    const dueAt = this.deps.clock.now() + delay;
    this.deps.report?.(givenUp ? 'a timer keeps failing' : 'a timer failed', error, { kind: timer.kind, id: timer.id, app: timer.app, attempts, retryAt: dueAt }); // prettier-ignore
    try {
      await this.deps.store.commit([{ op: 'timer.later', id: timer.id, owner, dueAt }]);
      this.noted(dueAt);
    } catch {
      // Then its lease runs out, and it is claimed again.
    }
  }
}

function isStale(error: unknown): boolean {
  return error instanceof StoreConflict && error.op === 0 && error.code === 'stale';
}
