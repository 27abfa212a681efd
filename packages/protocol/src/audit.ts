import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { cursor, limit, opt, requiredText, time, userId } from './schema.ts';

/** One admin act. Never changed once its outcome is known, and by no operation removed. */
export const auditEntry = v.object({
  id: v.string(),
  at: time,
  /** `operator` (the admin token), `webim:org#name` (that door's app token), or another way in. */
  by: v.string(),
  address: opt(v.string()),
  operation: v.string(),
  /** Whom it concerns: the user named, or acted as. */
  user: opt(v.string()),
  /** What it concerns: an app, group, room, conversation, message, file or hook. */
  target: opt(v.string()),
  /** `ok`, or the code of the error. Absent: begun, and its end was not seen (the server died, or is still at it). */
  outcome: opt(v.string()),
  /** What was asked. Of secrets, message bodies and other people's words only the size is kept. */
  input: v.record(v.string(), v.unknown()),
});
export type AuditEntry = v.InferOutput<typeof auditEntry>;

export const auditList = defineOperation({
  name: 'audit.list',
  summary:
    'Admin acts, newest first: those in one app, or without `app` those that belong to none (apps made, changed, deleted).',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'safe',
  input: v.strictObject({
    app: opt(requiredText(64)),
    user: opt(userId),
    operation: opt(requiredText(64)),
    /** Inclusive. */
    from: opt(time),
    /** Exclusive. */
    to: opt(time),
    cursor: opt(cursor),
    limit: opt(limit(200)),
  }),
  output: v.object({ entries: v.array(auditEntry), next: opt(cursor) }),
  errors: [],
});

export const auditOperations = [auditList] as const;
