import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { cursor, done, limit, opt, requiredText, text, time, userId, userIds } from './schema.ts';

const profileFields = {
  name: opt(text(500)),
  avatar: opt(text(2048)),
  gender: opt(text(32)),
  birthday: opt(text(32)),
  location: opt(text(256)),
  signature: opt(text(1024)),
  language: opt(text(32)),
  level: opt(text(32)),
  role: opt(text(32)),
  email: opt(text(320)),
  phone: opt(text(64)),
  ext: opt(text(8192)),
  custom: opt(v.record(v.string(), text(4096))),
  allowType: opt(text(64)),
  adminForbid: opt(text(64)),
  messageSettings: opt(text(32)),
};

export const profile = v.object({ id: userId, ...profileFields, updatedAt: opt(time) });
export type Profile = v.InferOutput<typeof profile>;

export const userGet = defineOperation({
  name: 'user.get',
  summary: 'Profiles by id; unknown users are left out.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ ids: userIds(100) }),
  output: v.object({ users: v.array(profile) }),
  errors: [],
});

export const userUpdate = defineOperation({
  name: 'user.update',
  summary: 'Changes the caller’s own profile; absent fields stay, empty text clears.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject(profileFields),
  output: v.object({ user: profile }),
  errors: ['QUOTA_EXCEEDED'],
});

export const userRegister = defineOperation({
  name: 'user.register',
  summary: 'Creates a user with a password, where the app’s registration setting lets the caller.',
  callers: ['anonymous', 'admin'],
  idempotency: 'no',
  input: v.strictObject({
    userId,
    password: opt(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
    name: opt(text(500)),
  }),
  output: v.object({ userId, createdAt: time }),
  errors: ['USER_EXISTS', 'USER_ID_TAKEN', 'REGISTRATION_CLOSED'],
});

export const userSignIn = defineOperation({
  name: 'user.signIn',
  summary: 'Trades a password for a user token.',
  callers: ['anonymous'],
  idempotency: 'no',
  input: v.strictObject({ userId, password: requiredText(128) }),
  output: v.object({ userId, token: v.string(), expiresAt: time }),
  errors: ['PASSWORD_WRONG', 'USER_BANNED'],
});

export const userSetPassword = defineOperation({
  name: 'user.setPassword',
  summary: 'Sets a user’s password; sessions and tokens made with the old one end.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ userId, password: requiredText(128) }),
  output: done,
  errors: ['USER_NOT_FOUND'],
});

export const userDelete = defineOperation({
  name: 'user.delete',
  summary:
    'Deletes an account: its sessions end, its id is never used again, what it said stays with the others.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ userId }),
  output: done,
  errors: ['USER_NOT_FOUND'],
});

export const userExport = defineOperation({
  name: 'user.export',
  summary:
    'What is held of a user, a page of records at a time: put each on a line, and ask again with `cursor` until there is no `next`.',
  callers: ['admin'],
  idempotency: 'safe',
  audited: true,
  input: v.strictObject({ userId, cursor: opt(cursor), limit: opt(limit(500)) }),
  output: v.object({
    /** `record` says what each is: profile, presence, instance, block, subscription, conversation, message, file. */
    records: v.array(v.looseObject({ record: v.string() })),
    next: opt(cursor),
  }),
  errors: ['USER_NOT_FOUND'],
});

export const userErase = defineOperation({
  name: 'user.erase',
  summary:
    'Erases a user: the account ends at once, what it left is taken away in the background. Asking again tells how far it is.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({
    userId,
    /** What others see of the user's messages: that there was one (`redact`, the default), a hole (`remove`), or all of it (`keep`). */
    messages: opt(v.picklist(['redact', 'remove', 'keep'])),
    /** The name others see from now on; without it there is none. */
    name: opt(text(500)),
  }),
  output: v.object({
    userId,
    state: v.picklist(['running', 'done']),
    startedAt: time,
    doneAt: opt(time),
    /** Messages redacted or removed so far. */
    messages: v.number(),
  }),
  errors: ['USER_NOT_FOUND'],
});

export const userUpdated = defineEvent({
  name: 'user.updated',
  summary: 'The user’s own profile changed.',
  stream: 'user',
  audience: 'user',
  payload: v.object({ user: profile }),
});

export const userOperations = [
  userGet,
  userUpdate,
  userRegister,
  userSignIn,
  userSetPassword,
  userDelete,
  userExport,
  userErase,
] as const;
export const userEvents = [userUpdated] as const;
