import type { LaneRow, OutboxRow, WriteOp } from '@magpie/domain';
import type { NewEvent } from '../write/outbox-buffer.ts';
import type { Cells } from './columns.ts';
import type { Awaitable } from './types.ts';

export type LaneName = Pick<LaneRow, 'app' | 'hook' | 'lane'>;
export type ClaimOp = Extract<WriteOp, { op: 'outbox.claim' }>;
export type SettleOp = Extract<WriteOp, { op: 'outbox.settle' }>;

export interface ClaimedLane {
  readonly lane: LaneRow;
  readonly events: readonly OutboxRow[];
}

/** The outbox of one dialect. */
export interface HotOutbox {
  /** First the lanes, each once, then the rows: ids are taken while the lanes are locked, so they grow in the order of commits. */
  save(rows: readonly NewEvent[]): Awaitable<void>;
  /** Locks lanes that exist, in one order everywhere, for batches that also settle. */
  lock?(lanes: readonly LaneName[]): Promise<void>;
  claim(op: ClaimOp): Awaitable<readonly ClaimedLane[]>;
  /** False, with nothing done, when the lane is not held by this owner. */
  settle(op: SettleOp): Awaitable<boolean>;
}

/** A lane and how many events it gains. */
export interface LaneGain extends LaneName {
  waiting: number;
  readonly dueAt: number;
}

export function gains(rows: readonly NewEvent[]): readonly LaneGain[] {
  const found = new Map<string, LaneGain>();
  for (const { app, hook, lane, dueAt } of rows) {
    const key = laneKey({ app, hook, lane });
    const known = found.get(key);
    if (known) known.waiting += 1;
    else found.set(key, { app, hook, lane, waiting: 1, dueAt });
  }
  return [...found.values()];
}

/** Ids hold no newline. */
export const laneKey = ({ app, hook, lane }: LaneName): string => `${app}\n${hook}\n${lane}`;

/**
 * The hooks that have lanes, found by leaps through the key: as many steps as there are hooks, however many lanes wait. With
 * `body` a query over `h`.
 */
export const hooksWithLanes = (body: string): string => `
  with recursive f(app, hook) as (
    select * from (select app, hook from outbox_lanes order by app, hook limit 1) as first
    union all
    select (select l.app from outbox_lanes l where (l.app, l.hook) > (f.app, f.hook) order by l.app, l.hook limit 1),
           (select l.hook from outbox_lanes l where (l.app, l.hook) > (f.app, f.hook) order by l.app, l.hook limit 1)
    from f where f.app is not null),
  h as (select app, hook from f where app is not null)
  ${body}`;

/** `app, hook, lane, due_at, attempts, failing_since, error`. */
export const readLane = (c: Cells): LaneRow =>
  ({ app: c[0], hook: c[1], lane: c[2], dueAt: c[3], attempts: c[4], failingSince: c[5], error: c[6] }) as LaneRow; // prettier-ignore
