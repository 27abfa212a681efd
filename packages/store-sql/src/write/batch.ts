import type { ConflictCode, WriteOp } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import type { Awaitable, HotWriter } from '../hot/types.ts';
import type { DialectName } from '../migrations/dialect.ts';
import type { Schema } from '../schema.ts';
import { Conflict, type AnyOp, type OpContext, type OpHandlers, type TakeNumbers } from './context.ts';
import { messageOps } from './message-ops.ts';
import { participantOps } from './participant-ops.ts';
import { recordOps } from './record-ops.ts';
import { createStates, pairKey, type States } from './states.ts';
import { upkeepOps } from './upkeep-ops.ts';

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

const handlers: OpHandlers<WriteOp['op']> = { ...messageOps, ...participantOps, ...recordOps, ...upkeepOps };

/** Operations that work on rows which are otherwise held in memory until the end of the batch. */
const WIDE: ReadonlySet<string> = new Set(['message.replace', 'member.dismissAll', 'app.delete', 'prune']);

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
    for (const unit of units) outcomes.push(await runUnit(connection, states, unit));
    await flushAll(connection.hot, states);
    await connection.commit();
    return outcomes;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

async function runUnit(connection: WriteConnection, states: States, unit: Unit): Promise<UnitOutcome> {
  const { hot, db, dialect } = connection;
  const flush = (): Promise<void> => flushAll(hot, states);
  // A lone append looks before it writes: when it fails it has done nothing that would need taking back.
  const guarded = unit.length > 1 || unit[0]?.op !== 'append';
  if (guarded) {
    if (unit.some(({ op }) => WIDE.has(op))) await flush();
    await connection.savepoint();
  }
  beginStates(states);
  hot.mark();
  const context: OpContext = { db, dialect, hot, states, appended: undefined, flush };
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
}

async function flushAll(hot: HotWriter, states: States): Promise<void> {
  await hot.flush();
  await hot.saveConversations(states.conversations.take());
  await hot.saveParticipants(states.participants.take());
  await hot.saveUsers(states.users.take());
}

/** Loads, and where the database has them locks, the rows that the units name; in one order everywhere, against deadlocks. */
async function preload(hot: HotWriter, states: States, units: readonly Unit[]): Promise<void> {
  const names: Extract<AnyOp, { op: 'append' }>[] = [];
  const conversations = new Set<number>();
  const users = new Map<string, { app: string; id: string }>();
  const participants = new Map<string, { conv: number; user: string }>();
  for (const unit of units) {
    for (const op of unit) {
      switch (op.op) {
        case 'append':
          names.push(op);
          conversations.add(op.conv);
          break;
        case 'change':
        case 'message.replace':
        case 'member.dismissAll':
        case 'group.set':
          conversations.add(op.conv);
          break;
        case 'participant.put':
        case 'member.put':
        case 'member.role':
        case 'deleted.add':
          conversations.add(op.conv);
          participants.set(pairKey(op.conv, op.user), { conv: op.conv, user: op.user });
          break;
        case 'log':
        case 'block.put':
          users.set(pairKey(op.app, op.user), { app: op.app, id: op.user });
          break;
        case 'user.set':
          users.set(pairKey(op.app, op.id), { app: op.app, id: op.id });
          break;
      }
    }
  }
  if (conversations.size > 0) {
    const nums = [...conversations].sort((a, b) => a - b);
    states.conversations.load(await hot.loadConversations(nums));
  }
  if (hot.loadNames) await hot.loadNames(names);
  if (participants.size > 0) states.participants.load(await hot.loadParticipants([...participants.values()]));
  if (users.size > 0) {
    const keys = [...users].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
    states.users.load(await hot.loadUsers(keys));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
