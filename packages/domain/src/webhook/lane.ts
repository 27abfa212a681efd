import type { Clock, Random, Scheduler } from '../ports/platform.ts';
import type { LaneRow, OutboxRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import { PROBE_MAX, type LaneBreaker } from './breaker.ts';
import type { Hook } from './hooks.ts';
import type { OutboxDeps } from './outbox.ts';
import { post, troubleOf } from './post.ts';

/** Bounds and times of the outbox, in ms. */
export const OUTBOX = {
  /** Lanes under way at once: of one hook, in all. */
  lanesPerHook: 8,
  lanes: 64,
  /** Events taken of a lane at once. */
  perLane: 32,
  /** For one request. */
  timeout: 10_000,
  /** How long a lane stays with a node that died. */
  lease: 30_000,
  /** A failed event is tried again after 1 s, 2 s, 4 s … at most this, give or take a fifth. */
  backoffMax: 10 * 60_000,
  /** From its first failure on; then it is parked. */
  giveUp: 24 * 3_600_000,
  /** Looks for what other nodes left at least so often, while there is any hook. */
  poll: 5_000,
  storePause: 1_000,
} as const;

export interface ClaimedLane {
  readonly lane: LaneRow;
  readonly events: readonly OutboxRow[];
}

export interface Hold {
  readonly owner: string;
  readonly until: number;
}

type Settlement = Extract<WriteOp, { op: 'outbox.settle' }>;

function settlement({ lane }: ClaimedLane, hold: Hold, at: number, delivered: readonly number[]): Settlement {
  return { op: 'outbox.settle', app: lane.app, hook: lane.hook, lane: lane.lane, owner: hold.owner, at, delivered }; // prettier-ignore
}

/** Sends a lane's events one after another until one fails, the hold runs out or the hook may not be asked any more. */
export async function carry(
  deps: OutboxDeps,
  hook: Hook,
  claimed: ClaimedLane,
  hold: Hold,
  breaker: LaneBreaker,
  goesOn: () => boolean,
): Promise<Settlement> {
  const { clock } = deps;
  const { lane, events } = claimed;
  const delivered: number[] = [];
  for (const event of events) {
    // An answer must be there before the hold ends, with time to settle; else another node would send it meanwhile.
    if (!goesOn() || clock.now() + OUTBOX.timeout + OUTBOX.storePause > hold.until) break;
    const before = delivered.length === 0 ? lane : FRESH;
    const failure = await deliver(deps, hook, event, before.attempts + 1);
    const now = clock.now();
    if (failure === undefined) {
      breaker.succeeded();
      delivered.push(event.id);
      continue;
    }
    const ended = settlement(claimed, hold, now, delivered);
    const { error } = failure;
    const since = before.failingSince ?? now;
    if (failure.gone || now - since >= OUTBOX.giveUp) return { ...ended, park: { id: event.id, error } };
    breaker.failed(lane.lane, now);
    const attempts = before.attempts + 1;
    // While the hook is down its probes set the pace, and nothing has to wait longer once it is back.
    const wait = breaker.open ? PROBE_MAX : backoff(deps.random, attempts);
    const dueAt = Math.min(now + wait, since + OUTBOX.giveUp);
    return { ...ended, retry: { dueAt, attempts, failingSince: since, error } };
  }
  if (delivered.length > 0 || events.length === 0) return settlement(claimed, hold, clock.now(), delivered);
  return release(claimed, hold, clock.now());
}

const FRESH = { attempts: 0, failingSince: null };

/** Gives a lane back as it was. */
export function release(claimed: ClaimedLane, hold: Hold, dueAt: number): Settlement {
  const { attempts, failingSince, error } = claimed.lane;
  const ended = settlement(claimed, hold, dueAt, []);
  return failingSince === null ? ended : { ...ended, retry: { dueAt, attempts, failingSince, error: error ?? '' } }; // prettier-ignore
}

interface Failure {
  readonly error: string;
  /** The back end wants it no more (410). */
  readonly gone: boolean;
}

async function deliver(
  deps: OutboxDeps,
  hook: Hook,
  event: OutboxRow,
  attempt: number,
): Promise<Failure | undefined> {
  const id = String(event.id);
  const body = `{"id":"${id}","app":${JSON.stringify(event.app)},"at":${event.at},"attempt":${attempt},"event":${event.event}}`;
  try {
    const { status } = await post(deps, hook, id, body, OUTBOX.timeout);
    return status >= 200 && status < 300 ? undefined : { error: `HTTP ${status}`, gone: status === 410 };
  } catch (error) {
    return { error: troubleOf(error), gone: false };
  }
}

function backoff(random: Random, attempts: number): number {
  const base = Math.min(OUTBOX.backoffMax, 1_000 * 2 ** (attempts - 1));
  // Lanes that failed together do not come back together.
  return Math.round(base * (0.8 + (Number(random.digits(4)) / 9_999) * 0.4));
}

interface SettleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** Until it is written, or too late: then the events are delivered once more, under the same ids. */
export async function settle(
  { store, clock, scheduler }: SettleDeps,
  op: Settlement,
  hold: Hold,
  hurry: () => boolean,
): Promise<void> {
  for (;;) {
    try {
      await store.commit([op]);
      return;
    } catch (error) {
      // Someone else holds it, or the hook is gone.
      if (error instanceof StoreConflict) return;
      if (hurry() || clock.now() + OUTBOX.storePause >= hold.until) return;
    }
    await new Promise<void>((resolve) => void scheduler.after(OUTBOX.storePause, resolve));
  }
}
