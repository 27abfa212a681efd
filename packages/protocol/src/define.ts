import type * as v from 'valibot';
import type { ErrorCode } from './errors.ts';

/** Who may call an operation. `anonymous`: before a session; `user`: a live session or a user's token; `admin`: the operator or an app's back end. */
export type Caller = 'anonymous' | 'user' | 'admin';

export type AnySchema = v.GenericSchema;

/** One operation of the contract, as data. Gateway, REST, client types and the reference are derived from it. */
export interface OperationDefinition<
  Name extends string = string,
  In extends AnySchema = AnySchema,
  Out extends AnySchema = AnySchema,
> {
  readonly name: Name;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly callers: readonly Caller[];
  /** `safe`: reads only. `yes`: repeating has no further effect. `key`: repeating with the same key returns the first result. */
  readonly idempotency: 'safe' | 'yes' | 'key' | 'no';
  readonly input: In;
  readonly output: Out;
  /** `server`: belongs to no app (the operator's own). Absent: to the caller's app. */
  readonly scope?: 'server';
  /** A before hook may refuse it or change its input (see webhook.ts). */
  readonly hookable?: true;
  /** Reads only, and yet an admin's call of it is written into the audit log. What is not `safe` always is. */
  readonly audited?: true;
  /** Closed list of the errors it may answer beside those every operation may (see `COMMON_ERRORS`). */
  readonly errors: readonly ErrorCode[];
}

export function defineOperation<const Name extends string, In extends AnySchema, Out extends AnySchema>(
  definition: OperationDefinition<Name, In, Out>,
): OperationDefinition<Name, In, Out> {
  return definition;
}

/** Which stream an event belongs to (DESIGN §6). `transient` events are delivered at most once, to those present. */
export type Stream = 'messages' | 'changes' | 'user' | 'transient';

/** One event of the contract, as data. */
export interface EventDefinition<
  Name extends string = string,
  S extends Stream = Stream,
  P extends AnySchema = AnySchema,
> {
  readonly name: Name;
  readonly summary: string;
  readonly stream: S;
  /** Who receives it: every member of the conversation, every session of one user, or one session. */
  readonly audience: 'conversation' | 'user' | 'session';
  readonly payload: P;
}

export function defineEvent<const Name extends string, const S extends Stream, P extends AnySchema>(
  definition: EventDefinition<Name, S, P>,
): EventDefinition<Name, S, P> {
  return definition;
}
