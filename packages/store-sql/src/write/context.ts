import type { ConflictCode, MessageRow, ResultOf, WriteOp } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import type { Awaitable, ConversationState, HotWriter } from '../hot/types.ts';
import type { DialectName } from '../migrations/dialect.ts';
import type { Schema } from '../schema.ts';
import type { States } from './states.ts';

/** The driver's own operation beside those of the port. */
export interface TakeNumbers {
  readonly op: 'numbers.take';
  readonly count: number;
}

export type AnyOp = WriteOp | TakeNumbers;

/** What an operation works with. One per unit. */
export interface OpContext {
  readonly db: Kysely<Schema>;
  readonly dialect: DialectName;
  readonly hot: HotWriter;
  readonly states: States;
  /** The entry appended last in this unit, for a change's tip. */
  appended: Pick<MessageRow, 'conv' | 'seq' | 'sender' | 'time' | 'clientId' | 'body'> | undefined;
  /** Writes back everything held in memory but the outbox, for operations that go on with plain SQL. */
  flush(): Awaitable<void>;
  flushOutbox(): Awaitable<void>;
}

export type OpHandlers<Name extends WriteOp['op']> = {
  readonly [N in Name]: (
    c: OpContext,
    op: Extract<WriteOp, { op: N }>,
  ) => Awaitable<ResultOf<Extract<WriteOp, { op: N }>>>;
};

/** A condition did not hold. Not the port's class: that one would bring the whole domain into the writer's thread. */
export class Conflict extends Error {
  readonly code: ConflictCode;
  constructor(code: ConflictCode) {
    super(code);
    this.code = code;
  }
}

export function need<T>(value: T | undefined, code: ConflictCode = 'missing'): T {
  if (value === undefined) throw new Conflict(code);
  return value;
}

export function editConversation(c: OpContext, num: number, at?: number): ConversationState {
  const row = need(c.states.conversations.edit(num));
  if (at !== undefined && at > row.changedAt) row.changedAt = at;
  return row;
}

/** The lane of what is told in a user's log. */
export const userLane = (user: string): string => `u:${user}`;

/** Puts an event into the outbox of each hook. */
export function tell(
  c: OpContext,
  { app, hooks, at }: { readonly app: string; readonly hooks: readonly string[]; readonly at: number },
  lane: string,
  event: string,
): void {
  for (const hook of hooks) c.states.outbox.add({ app, hook, lane, event, at, dueAt: at });
}

/** PostgreSQL: one at a time for a name, to the end of the transaction; SQLite has one writer anyway. */
export async function oneAtATime(c: OpContext, name: string): Promise<void> {
  if (c.dialect === 'postgres')
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(c.db);
}

export function orExists(rows: bigint | undefined): void {
  if (!rows) throw new Conflict('exists');
}

export function orMissing(rows: bigint): void {
  if (!rows) throw new Conflict('missing');
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only what was given; undefined when nothing was. */
export function given<T extends Record<string, unknown>>(columns: T): Given<T> | undefined {
  const entries = Object.entries(columns).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as Given<T>) : undefined;
}
