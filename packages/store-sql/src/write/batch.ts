import type { ConflictCode, WriteOp } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import type { Awaitable, HotWriter } from '../hot/types.ts';
import type { DialectName } from '../migrations/dialect.ts';
import type { Schema } from '../schema.ts';
import { Conflict, type AnyOp, type OpContext, type OpHandlers, type TakeNumbers } from './context.ts';
import { auditOps } from './audit-ops.ts';
import { eraseOps } from './erase-ops.ts';
import { messageOps } from './message-ops.ts';
import { participantOps } from './participant-ops.ts';
import { preload } from './preload.ts';
import { presenceOps } from './presence-ops.ts';
import { recordOps } from './record-ops.ts';
import { roomOps } from './room-ops.ts';
import { purgeOps } from './purge-ops.ts';
import { createStates, type States } from './states.ts';
import { timerOps } from './timer-ops.ts';
import { upkeepOps } from './upkeep-ops.ts';
import { webhookOps } from './webhook-ops.ts';
import { wordOps } from './word-ops.ts';

export type Unit = readonly AnyOp[];

/** How a unit ended. Plain data: it may come from another thread. */
export type UnitOutcome =
  | { readonly results: readonly unknown[] }
  | { readonly conflict: ConflictCode; readonly op: number }
  | { readonly error: string }
  /** The database could not take it at present. `unknown`: it may have been done all the same. */
  | { readonly unavailable: string; readonly unknown?: true };

/** One writing connection, as a batch uses it. */
export interface WriteConnection {
  readonly dialect: DialectName;
  readonly db: Kysely<Schema>;
  readonly hot: HotWriter;
  begin(): Awaitable<void>;
  commit(): Awaitable<void>;
  rollback(): Awaitable<void>;
  savepoint(): Awaitable<void>;
  release(): Awaitable<void>;
  rollbackToSavepoint(): Awaitable<void>;
  /** Whether an error ends the whole batch: the database is away or full, or the transaction is lost. */
  endsBatch(error: unknown): boolean;
}

const handlers: OpHandlers<WriteOp['op']> = {
  ...messageOps,
  ...participantOps,
  ...recordOps,
  ...upkeepOps,
  ...timerOps,
  ...presenceOps,
  ...roomOps,
  ...webhookOps,
  ...wordOps,
  ...purgeOps,
  ...eraseOps,
  ...auditOps,
};

/** Operations that work on rows which are otherwise held in memory until the end of the batch. */
const WIDE: ReadonlySet<string> = new Set(['message.replace', 'member.dismissAll', 'prune', 'purge.entries', 'message.erase', 'user.wipe', 'app.delete', 'app.purge']); // prettier-ignore

/** Operations that empty outboxes. */
const EMPTYING: ReadonlySet<string> = new Set(['hook.remove', 'app.delete', 'app.purge']);

/** Operations that look before they write: alone in a unit, and failing, they have done nothing that would need taking back. */
const CAREFUL: ReadonlySet<string> = new Set(['append', 'outbox.settle']);

/** An entry is in before its files are looked at. */
const isCareful = (op: AnyOp | undefined): boolean =>
  op !== undefined && CAREFUL.has(op.op) && !(op.op === 'append' && op.files);

/** Operations that take what nobody has locked: run when the batch waits for no more locks, so that two nodes' can't wait in a circle. */
const LAST: ReadonlySet<string> = new Set(['outbox.claim', 'timer.claim']);

/**
 * Runs units in one transaction. A unit whose condition fails is taken back alone. Rejects, with everything rolled back, when
 * the batch as a whole could not be done.
 */
export async function runBatch(
  connection: WriteConnection,
  units: readonly Unit[],
): Promise<readonly UnitOutcome[]> {
  const states = createStates();
  await connection.begin();
  try {
    await preload(connection.hot, states, units);
    const outcomes: UnitOutcome[] = [];
    const last: number[] = [];
    for (const [i, unit] of units.entries()) {
      if (unit.some(({ op }) => LAST.has(op))) last.push(i);
      else outcomes[i] = await runUnit(connection, states, unit);
    }
    await flushAll(connection.hot, states);
    for (const i of last) outcomes[i] = await runUnit(connection, states, units[i] ?? []);
    if (last.length > 0) await flushAll(connection.hot, states);
    await connection.commit();
    return outcomes;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

async function runUnit(connection: WriteConnection, states: States, unit: Unit): Promise<UnitOutcome> {
  const { hot, db, dialect } = connection;
  const flush = (): Promise<void> => flushFacts(hot, states);
  const flushOutbox = (): Awaitable<void> => hot.outbox.save(states.outbox.take());
  const guarded = unit.length !== 1 || !isCareful(unit[0]);
  if (guarded) {
    // What is flushed within the unit would be lost with it, also what others held back.
    if (unit.some(({ op }) => WIDE.has(op))) await flush();
    if (unit.some(({ op }) => EMPTYING.has(op))) await flushOutbox();
    await connection.savepoint();
  }
  beginStates(states);
  hot.mark();
  const context: OpContext = { db, dialect, hot, states, appended: undefined, flush, flushOutbox };
  let index = 0;
  try {
    const results: unknown[] = [];
    for (const op of unit) {
      const result = runOp(context, op);
      results.push(result instanceof Promise ? await result : result);
      index += 1;
    }
    if (guarded) await connection.release();
    return { results };
  } catch (error) {
    if (!(error instanceof Conflict) && connection.endsBatch(error)) throw error;
    states.conversations.undo();
    states.participants.undo();
    states.users.undo();
    states.outbox.undo();
    hot.undo();
    if (guarded) await connection.rollbackToSavepoint();
    return error instanceof Conflict ? { conflict: error.code, op: index } : { error: describe(error) };
  }
}

function runOp(context: OpContext, op: AnyOp): Awaitable<unknown> {
  if (op.op === 'numbers.take') return takeNumbers(context, op);
  // The table's types pair each name with its own operation; that pairing is lost in the lookup.
  const run = handlers[op.op] as (c: OpContext, op: WriteOp) => Awaitable<unknown>;
  return run(context, op);
}

async function takeNumbers({ db }: OpContext, { count }: TakeNumbers): Promise<number> {
  const taken = await sql<{ value: string }>`
    update meta set value = cast(cast(value as bigint) + cast(${count} as bigint) as text) where name = 'numbers' returning value`.execute(
    db,
  );
  return Number(taken.rows[0]?.value) - count + 1;
}

function beginStates(states: States): void {
  states.conversations.begin();
  states.participants.begin();
  states.users.begin();
  states.outbox.begin();
}

async function flushAll(hot: HotWriter, states: States): Promise<void> {
  await flushFacts(hot, states);
  const events = states.outbox.take();
  if (events.length > 0) await hot.outbox.save(events);
}

async function flushFacts(hot: HotWriter, states: States): Promise<void> {
  await hot.flush();
  await hot.saveConversations(states.conversations.take());
  await hot.saveParticipants(states.participants.take());
  await hot.saveUsers(states.users.take());
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
