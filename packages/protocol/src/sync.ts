import * as v from 'valibot';
import { conversation } from './conversation.ts';
import { defineEvent, defineOperation } from './define.ts';
import { count, cursor, done, opt, people, seq } from './schema.ts';
import { position } from './session.ts';

/**
 * The first half of resuming: the user's own log after a position, and the conversations that moved since. Windows of single
 * conversations are healed by `message.list` and `message.changes` as they are looked at.
 */
export const syncSince = defineOperation({
  name: 'sync.since',
  summary: 'The user’s log after a position and the conversations that changed since; page with `cursor`.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({ position, cursor: opt(cursor) }),
  output: v.object({
    /** Event envelopes of the user log, in order. */
    log: v.array(v.object({ e: v.string(), c: opt(v.string()), n: seq, d: v.unknown() })),
    conversations: v.array(conversation),
    people,
    /** Present: ask again with it before moving on. */
    next: opt(cursor),
    /** Where the caller stands once this page and those before it are taken in. */
    position,
    /** The log no longer reaches back so far, or the epoch moved: fetch everything anew. */
    refetch: opt(v.literal(true)),
  }),
  errors: [],
});

export const syncAck = defineOperation({
  name: 'sync.ack',
  summary: 'Remembers how far this instance has followed (kept 30 days).',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ position }),
  output: done,
  errors: [],
});

export const syncMissed = defineEvent({
  name: 'sync.missed',
  summary:
    'Events may have been lost between servers: ask sync.since again, at a moment of your own choice within so many ms.',
  stream: 'transient',
  audience: 'session',
  payload: v.object({ within: count }),
});

export const syncOperations = [syncSince, syncAck] as const;
export const syncEvents = [syncMissed] as const;
export type SyncPage = v.InferOutput<typeof syncSince.output>;
