import { StoreConflict, type ResultOf, type WriteOp } from '@magpie/domain';
import { LIMITS, MagpieError } from '@magpie/protocol';
import type { TakeNumbers } from './write/context.ts';
import type { Unit, UnitOutcome } from './write/batch.ts';

/** Writes units in one transaction and answers one outcome for each. Never rejects. */
export type BatchRunner = (units: readonly Unit[]) => Promise<readonly UnitOutcome[]>;

export interface CommitQueueOptions {
  readonly run: BatchRunner;
  readonly maxQueue?: number;
  readonly maxBatch?: number;
  /**
   * Batches handed over at once; more than 1 only to a runner that writes them in the order it got them. The next one is then ready when
   * one ends, instead of after the owner's turn: under load neither side waits for the other.
   */
  readonly depth?: number;
  /** Time a commit may take before its caller is told that the outcome is unknown. */
  readonly timeout?: number;
  /** Hears of each batch: how many units it had, and how many ms it took. */
  readonly onBatch?: OnBatch;
}

export type OnBatch = (units: number, ms: number) => void;

interface Waiting {
  readonly unit: Unit;
  readonly resolve: (results: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
  settled: boolean;
}

interface Batch {
  readonly waiting: readonly Waiting[];
  readonly since: number;
}

/** Fewer do not go ahead of time: they would only make two transactions out of one. */
const AHEAD = 64;

/**
 * Group commit: units that are ready in one turn of the event loop, or that gather while a commit is under way, are one
 * transaction. Bounded; its owner hears of trouble through `trouble`.
 */
export class CommitQueue {
  private readonly options: Required<CommitQueueOptions>;
  private waiting: Waiting[] = [];
  private inFlight: readonly Batch[] = [];
  private scheduled = false;
  private closed = false;
  private drained: (() => void) | undefined;
  private readonly watch: NodeJS.Timeout;
  /** Why writes fail at present. */
  trouble: string | undefined;

  constructor(options: CommitQueueOptions) {
    this.options = {
      maxQueue: LIMITS.store.maxAppendQueue,
      maxBatch: LIMITS.store.maxBatch,
      depth: 1,
      timeout: LIMITS.store.commitTimeout,
      onBatch: () => undefined,
      ...options,
    };
    this.watch = setInterval(() => this.tick(), Math.min(1000, this.options.timeout / 2));
    this.watch.unref();
  }

  /** Units that wait, those being written not among them. */
  get length(): number {
    return this.waiting.length;
  }

  commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ -readonly [I in keyof Ops]: ResultOf<Ops[I]> }> {
    return this.add(ops) as Promise<{ -readonly [I in keyof Ops]: ResultOf<Ops[I]> }>;
  }

  async takeNumbers(count: number): Promise<number> {
    const unit: readonly TakeNumbers[] = [{ op: 'numbers.take', count }];
    const [first] = await this.add(unit);
    return Number(first);
  }

  private add(unit: Unit): Promise<readonly unknown[]> {
    if (this.closed) return Promise.reject(unavailable('the store is closed'));
    if (this.stuck()) return Promise.reject(unavailable(this.trouble ?? 'the writer does not answer'));
    if (this.waiting.length >= this.options.maxQueue)
      return Promise.reject(new MagpieError('OVERLOADED', { retryAfter: 200 }));
    return new Promise((resolve, reject) => {
      this.waiting.push({ unit, resolve, reject, settled: false });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || !this.mayStart()) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private mayStart(): boolean {
    const under = this.inFlight.length;
    if (under === 0) return this.waiting.length > 0;
    return under < this.options.depth && this.waiting.length >= AHEAD;
  }

  private flush(): void {
    const { maxBatch } = this.options;
    while (this.mayStart()) {
      const waiting = this.waiting.length <= maxBatch ? this.waiting : this.waiting.slice(0, maxBatch);
      this.waiting = this.waiting.length <= maxBatch ? [] : this.waiting.slice(maxBatch);
      void this.write({ waiting, since: performance.now() });
    }
    if (this.waiting.length === 0 && this.inFlight.length === 0) this.drained?.();
  }

  private async write(batch: Batch): Promise<void> {
    this.inFlight = [...this.inFlight, batch];
    const outcomes = await this.options.run(batch.waiting.map(({ unit }) => unit));
    this.inFlight = this.inFlight.filter((other) => other !== batch);
    this.options.onBatch(batch.waiting.length, performance.now() - batch.since);
    batch.waiting.forEach((waiting, i) => this.settle(waiting, outcomes[i] ?? { error: 'no outcome' }));
    this.flush();
  }

  private settle(waiting: Waiting, outcome: UnitOutcome): void {
    if ('unavailable' in outcome) this.trouble = outcome.unavailable;
    else this.trouble = undefined;
    if (waiting.settled) return;
    waiting.settled = true;
    if ('results' in outcome) waiting.resolve(outcome.results);
    else if ('conflict' in outcome) waiting.reject(new StoreConflict(outcome.conflict, outcome.op));
    else if ('unavailable' in outcome) waiting.reject(unavailable(outcome.unavailable, outcome.unknown));
    else waiting.reject(new MagpieError('INTERNAL', { cause: new Error(outcome.error) }));
  }

  /** The batch under way takes longer than a commit may: nothing new is taken until it has ended. */
  private stuck(): boolean {
    return this.inFlight.some(({ waiting }) => waiting[0]?.settled === true);
  }

  /** Lets go of callers who wait too long, and tries a write while writes fail: nobody else might. */
  private tick(): void {
    const limit = performance.now() - this.options.timeout;
    const [oldest] = this.inFlight;
    if (oldest && !this.stuck() && oldest.since < limit) {
      this.trouble = 'a commit takes too long; the disk may be stuck';
      for (const { waiting } of this.inFlight) for (const one of waiting) this.giveUp(one, true);
    }
    if (this.stuck()) {
      for (const waiting of this.waiting) this.giveUp(waiting, false);
      this.waiting = [];
    }
    if (this.trouble !== undefined && this.inFlight.length === 0 && !this.closed)
      this.takeNumbers(0).catch(() => undefined);
  }

  private giveUp(waiting: Waiting, unknown: boolean): void {
    if (waiting.settled) return;
    waiting.settled = true;
    waiting.reject(unavailable(this.trouble ?? 'the store is busy', unknown ? true : undefined));
  }

  /** Finishes what was accepted, then refuses. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.watch);
    if (this.waiting.length === 0 && this.inFlight.length === 0) return;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
    });
  }
}

export function unavailable(reason: string, unknown?: true): MagpieError {
  return new MagpieError('STORE_UNAVAILABLE', {
    retryAfter: 1000,
    detail: unknown ? { unknown: true } : {},
    cause: new Error(reason),
  });
}

const BLOCK = 32;

/** Conversation numbers, fetched in blocks: what a crash leaves unused is a gap. */
export function numberSource(queue: CommitQueue): () => Promise<number> {
  let next = 0;
  let end = 0;
  let fetching: Promise<void> | undefined;
  return async () => {
    while (next >= end) {
      fetching ??= queue
        .takeNumbers(BLOCK)
        .then((first) => {
          next = first;
          end = first + BLOCK;
        })
        .finally(() => {
          fetching = undefined;
        });
      await fetching;
    }
    return next++;
  };
}
