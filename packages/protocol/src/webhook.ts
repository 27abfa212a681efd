import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { count, cursor, done, limit, opt, requiredText, text, time } from './schema.ts';

/**
 * Webhooks: events of the contract, sent to the app's back end from an outbox, and *before* hooks, asked before an operation is
 * done. Both are POSTs of JSON, signed: `Magpie-Signature: t=<ms>,v1=<hex HMAC-SHA256 of "<t>.<body>" with the hook's secret>`.
 *
 * After: `{id, app, at, attempt, event: {e, c?, n?, u?, d}}`, where `event` is the event as clients get it (`u`: the user whose log
 * it stands in). Any 2xx takes it; anything else is tried again, in order per conversation (or user), for 24 hours, then parked.
 *
 * Before: `{id, app, at, before: <operation>, user, platform?, input}`. Answers: 2xx with an empty body or `{"action":"allow"}`;
 * `{"action":"refuse","message"?,"code"?}` (`message.send` also `"silent":true`: stored for the sender's eyes alone);
 * `{"action":"change","input":{…}}` with the fields of the input to replace.
 */
const hookId = v.pipe(v.string(), v.regex(/^[0-9a-z]{1,32}$/));
const url = v.pipe(v.string(), v.maxLength(2048), v.regex(/^https?:\/\/.+/));
/** Event names, or `*` for all there are. */
const events = v.pipe(v.array(requiredText(64)), v.maxLength(100));
/** Names of operations that may be asked about. */
const before = v.pipe(v.array(requiredText(64)), v.maxLength(32));

export const webhook = v.object({
  id: hookId,
  url: v.string(),
  events: v.array(v.string()),
  before: v.array(v.string()),
  active: v.boolean(),
  createdAt: time,
  /** Events not delivered yet. */
  waiting: count,
  /** Given up after 24 hours; see `webhook.parked`. */
  parked: count,
  /** Since when its oldest event could not be delivered. */
  failingSince: opt(time),
  lastError: opt(v.string()),
});
export type Webhook = v.InferOutput<typeof webhook>;

export const webhookCreate = defineOperation({
  name: 'webhook.create',
  summary: 'Adds a webhook; its secret is shown once.',
  callers: ['admin'],
  idempotency: 'no',
  input: v.strictObject({ url, events: opt(events), before: opt(before), secret: opt(requiredText(256)) }),
  output: v.object({ webhook, secret: v.string() }),
  errors: ['QUOTA_EXCEEDED', 'ADDRESS_REFUSED'],
});

export const webhookUpdate = defineOperation({
  name: 'webhook.update',
  summary: 'Changes a webhook; while it is not active its events wait, and before hooks let pass.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({
    id: hookId,
    url: opt(url),
    events: opt(events),
    before: opt(before),
    active: opt(v.boolean()),
    secret: opt(requiredText(256)),
  }),
  output: v.object({ webhook }),
  errors: ['WEBHOOK_NOT_FOUND', 'ADDRESS_REFUSED'],
});

export const webhookRemove = defineOperation({
  name: 'webhook.remove',
  summary: 'Removes a webhook with everything that waits for it.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: hookId }),
  output: done,
  errors: ['WEBHOOK_NOT_FOUND'],
});

export const webhookList = defineOperation({
  name: 'webhook.list',
  summary: 'The app’s webhooks with what waits for them.',
  callers: ['admin'],
  idempotency: 'safe',
  input: v.strictObject({}),
  output: v.object({ webhooks: v.array(webhook) }),
  errors: [],
});

export const webhookTest = defineOperation({
  name: 'webhook.test',
  summary: 'Sends one signed `webhook.test` event at once and answers what came back.',
  callers: ['admin'],
  idempotency: 'no',
  input: v.strictObject({ id: hookId }),
  output: v.object({
    /** HTTP status; absent: there was no answer. */
    status: opt(count),
    ms: count,
    error: opt(v.string()),
  }),
  errors: ['WEBHOOK_NOT_FOUND'],
});

export const webhookParked = defineOperation({
  name: 'webhook.parked',
  summary: 'Events given up, oldest first.',
  callers: ['admin'],
  idempotency: 'safe',
  input: v.strictObject({ id: hookId, cursor: opt(cursor), limit: limit(100) }),
  output: v.object({
    entries: v.array(
      v.object({ entry: text(20), event: v.unknown(), lane: v.string(), at: time, parkedAt: time, error: v.string() }), // prettier-ignore
    ),
    next: opt(cursor),
  }),
  errors: ['WEBHOOK_NOT_FOUND'],
});

const entries = opt(
  v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d{1,16}$/))), v.minLength(1), v.maxLength(100)),
);

export const webhookRetry = defineOperation({
  name: 'webhook.retry',
  summary:
    'Puts parked events back at the end of their conversation’s queue; without names, the oldest 1,000.',
  callers: ['admin'],
  idempotency: 'no',
  input: v.strictObject({ id: hookId, entries }),
  output: v.object({ count }),
  errors: ['WEBHOOK_NOT_FOUND'],
});

export const webhookDiscard = defineOperation({
  name: 'webhook.discard',
  summary: 'Forgets parked events; without names, the oldest 1,000.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: hookId, entries }),
  output: v.object({ count }),
  errors: ['WEBHOOK_NOT_FOUND'],
});

export const webhookOperations = [webhookCreate, webhookUpdate, webhookRemove, webhookList, webhookTest, webhookParked, webhookRetry, webhookDiscard] as const; // prettier-ignore
