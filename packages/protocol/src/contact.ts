import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { done, time, userId, userIds } from './schema.ts';

export const contactBlock = defineOperation({
  name: 'contact.block',
  summary: 'Stops direct messages from these users.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ users: userIds(1000) }),
  output: done,
  errors: ['QUOTA_EXCEEDED', 'USER_NOT_FOUND'],
});

export const contactUnblock = defineOperation({
  name: 'contact.unblock',
  summary: 'Lets these users write again.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ users: userIds(1000) }),
  output: done,
  errors: [],
});

export const contactBlocked = defineOperation({
  name: 'contact.blocked',
  summary: 'The users the caller has blocked, newest first.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({}),
  output: v.object({ users: v.array(v.object({ id: userId, at: time })) }),
  errors: [],
});

export const contactBlockChanged = defineEvent({
  name: 'contact.blockChanged',
  summary: 'The user’s block list changed.',
  stream: 'user',
  audience: 'user',
  payload: v.object({ added: v.array(userId), removed: v.array(userId) }),
});

export const contactOperations = [contactBlock, contactUnblock, contactBlocked] as const;
export const contactEvents = [contactBlockChanged] as const;
