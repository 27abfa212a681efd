import { OPERATIONS, type CloseName, type ErrorCode } from '@magpie/protocol';
import { AppTallies } from './apps.ts';
import type { CoarseClock } from './clock.ts';
import { Tallied } from './histogram.ts';

/** Seconds. */
const LATENCY = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const COMMIT = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const HOOK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
/** Reading the exact time costs more than all the rest here, so that not every request is timed; a prime, lest it march in step with what clients do in turn. */
const ONE_IN = 7;

/** One operation's requests since the start. */
export class OperationTally {
  count = 0;
  readonly errors: Partial<Record<ErrorCode, number>> = {};
  /** Of one request in seven. */
  readonly latency = new Tallied(LATENCY);
  /** What an app's messages are counted by. */
  readonly sends: boolean;
  readonly name: string;
  private readonly clock: CoarseClock;

  constructor(name: string, clock: CoarseClock) {
    this.name = name;
    this.sends = name === 'message.send';
    this.clock = clock;
  }

  /** A request begins; answers what `end` must be told: an exact time, or a coarse one, which is negative. */
  begin(): number {
    return this.count++ % ONE_IN === 0 ? performance.now() : -this.clock.now;
  }

  /** Milliseconds it took, exact or nearly. */
  end(began: number): number {
    if (began < 0) return this.clock.now + began;
    const took = performance.now() - began;
    this.latency.observe(took / 1000);
    return took;
  }

  failed(code: ErrorCode): void {
    this.errors[code] = (this.errors[code] ?? 0) + 1;
  }
}

/** What is counted as it happens. Everything else is read when somebody asks. */
export class Meter {
  readonly operations = new Map<string, OperationTally>();
  readonly apps: AppTallies;
  /** Connections closed by the server, by why. */
  readonly closes: Partial<Record<CloseName, number>> = {};
  readonly commits = new Tallied(COMMIT);
  readonly batches = new Tallied(BATCH);
  /** Answers of before hooks, and hooks that gave none. */
  readonly before = new Tallied(HOOK);
  beforeFailed = 0;
  /** HTTP answers, by `route status`. */
  readonly http = new Map<string, number>();
  private readonly clock: CoarseClock;
  private readonly unknown: OperationTally;

  constructor(clock: CoarseClock, maxApps: number) {
    this.clock = clock;
    this.apps = new AppTallies(maxApps);
    this.unknown = new OperationTally('unknown', clock);
  }

  /** Names that are none share one tally: peers must not be able to make more. */
  operation(name: string): OperationTally {
    return this.operations.get(name) ?? this.firstOf(name);
  }

  private firstOf(name: string): OperationTally {
    const tally = OPERATIONS.has(name) ? new OperationTally(name, this.clock) : this.unknown;
    this.operations.set(tally.name, tally);
    return tally;
  }

  closed(why: CloseName): void {
    this.closes[why] = (this.closes[why] ?? 0) + 1;
  }

  committed(units: number, ms: number): void {
    this.commits.observe(ms / 1000);
    this.batches.observe(units);
  }

  asked(ms: number, answered: boolean): void {
    this.before.observe(ms / 1000);
    if (!answered) this.beforeFailed++;
  }

  answered(route: string, status: number): void {
    const key = `${status} ${route}`;
    this.http.set(key, (this.http.get(key) ?? 0) + 1);
  }
}
