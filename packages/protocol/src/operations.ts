import type * as v from 'valibot';
import { appOperations } from './app.ts';
import { auditOperations } from './audit.ts';
import { contactEvents, contactOperations } from './contact.ts';
import { conversationEvents, conversationOperations } from './conversation.ts';
import type { OperationDefinition, EventDefinition } from './define.ts';
import { fileOperations } from './file.ts';
import { groupEvents, groupOperations } from './group.ts';
import { messageEvents, messageOperations } from './message.ts';
import { nodeOperations } from './node.ts';
import { presenceEvents, presenceOperations } from './presence.ts';
import { receiptEvents, receiptOperations } from './receipt.ts';
import { retentionEvents } from './retention.ts';
import { roomEvents, roomOperations } from './room.ts';
import { sessionEvents, sessionOperations } from './session.ts';
import { syncEvents, syncOperations } from './sync.ts';
import { userEvents, userOperations } from './user.ts';
import { webhookOperations } from './webhook.ts';
import { wordOperations } from './word.ts';

/** Every operation there is. A slice joins with one line here. */
export const ALL_OPERATIONS = [
  ...appOperations,
  ...sessionOperations,
  ...syncOperations,
  ...userOperations,
  ...contactOperations,
  ...conversationOperations,
  ...messageOperations,
  ...receiptOperations,
  ...groupOperations,
  ...roomOperations,
  ...presenceOperations,
  ...fileOperations,
  ...webhookOperations,
  ...wordOperations,
  ...nodeOperations,
  ...auditOperations,
] as const;

/** Every event there is. */
export const ALL_EVENTS = [
  ...sessionEvents,
  ...syncEvents,
  ...userEvents,
  ...contactEvents,
  ...conversationEvents,
  ...messageEvents,
  ...receiptEvents,
  ...groupEvents,
  ...roomEvents,
  ...presenceEvents,
  ...retentionEvents,
] as const;

type AnyOperation = (typeof ALL_OPERATIONS)[number];
export type OperationName = AnyOperation['name'];
export type Operation<N extends OperationName> = Extract<AnyOperation, { name: N }>;
export type Input<N extends OperationName> = v.InferOutput<Operation<N>['input']>;
export type Output<N extends OperationName> = v.InferOutput<Operation<N>['output']>;

type AnyEvent = (typeof ALL_EVENTS)[number];
export type EventName = AnyEvent['name'];
export type Event<N extends EventName> = Extract<AnyEvent, { name: N }>;
export type EventPayload<N extends EventName> = v.InferOutput<Event<N>['payload']>;

/** Operations by name, for one generic path. */
export const OPERATIONS: ReadonlyMap<string, OperationDefinition> = new Map(
  ALL_OPERATIONS.map((operation) => [operation.name, operation as OperationDefinition]),
);

export const EVENTS: ReadonlyMap<string, EventDefinition> = new Map(
  ALL_EVENTS.map((event) => [event.name, event as EventDefinition]),
);

/** An event on the wire with its payload's type. */
export type EventOf = { [N in EventName]: { readonly e: N; readonly c?: string; readonly n?: number; readonly d: EventPayload<N> } }[EventName]; // prettier-ignore

/** What webhooks may ask for: every event but those that mean something to one connection only. */
export const HOOK_EVENTS: ReadonlySet<string> = new Set(
  ALL_EVENTS.filter(({ name, audience }) => audience !== 'session' && name !== 'message.hidden').map(
    ({ name }) => name,
  ),
);

/** Operations before which an app's back end may be asked. */
export const HOOKABLE: ReadonlySet<string> = new Set(
  [...OPERATIONS.values()].filter(({ hookable }) => hookable).map(({ name }) => name),
);
