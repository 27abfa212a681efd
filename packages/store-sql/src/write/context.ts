import type { ConflictCode, MessageRow, ResultOf, WriteOp } from '@magpie/domain';
import type { Kysely } from 'kysely';
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
  /** Writes back everything held in memory, for operations that go on with plain SQL. */
  flush(): Awaitable<void>;
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
