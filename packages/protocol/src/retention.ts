import * as v from 'valibot';
import { defineEvent } from './define.ts';
import { seq } from './schema.ts';

/** Sends are remembered by their entries: what is gone sooner than this could be sent twice (promise 3). */
const SHORTEST = 86_400_000;
const LONGEST = 100 * 366 * 86_400_000;

/** 0 = for ever; else at least a day. */
export const retention = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(LONGEST),
  v.check((ms) => ms === 0 || ms >= SHORTEST, `0 (for ever) or at least ${SHORTEST} ms, a day.`),
);

export const messagesPurged = defineEvent({
  name: 'message.purged',
  summary:
    'The oldest entries are kept no longer: the log begins after `upTo`. What is held of them is dropped, unread may be less.',
  stream: 'changes',
  audience: 'conversation',
  payload: v.object({ upTo: seq }),
});

export const retentionEvents = [messagesPurged] as const;
