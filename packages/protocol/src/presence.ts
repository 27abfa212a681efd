import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { platform } from './session.ts';
import { count, cursor, done, limit, opt, text, time, userId, userIds } from './schema.ts';

/** `dropped`: the last connection was lost and did not come back within the grace; `loggedOut`: ended on purpose, or never seen. */
export const presenceState = v.picklist(['online', 'away', 'dropped', 'loggedOut']);
export type PresenceState = v.InferOutput<typeof presenceState>;

/** What others see of a user (core-model §8). */
export const presence = v.object({
  userId,
  state: presenceState,
  /** When `state` last changed; 0: not known. */
  at: time,
  /** The user's own words, until `customUntil` if that is there. */
  custom: opt(v.string()),
  customAt: opt(time),
  customUntil: opt(time),
  /** Where the user is at present; empty unless online or away. */
  devices: v.array(v.object({ platform, instance: v.string(), state: v.picklist(['online', 'away']) })),
});
export type Presence = v.InferOutput<typeof presence>;

const failed = v.array(v.object({ userId, code: v.string() }));
const THIRTY_DAYS = 30 * 86_400;

export const presenceSet = defineOperation({
  name: 'presence.set',
  summary: 'Sets the caller’s own words for a while or for good, or says that this device is away or back.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({
    /** Empty text clears. */
    custom: opt(text(1024)),
    /** How long the words hold; absent: until changed. */
    customSeconds: opt(limit(THIRTY_DAYS)),
    /** Of this device; needs a session. */
    state: opt(v.picklist(['online', 'away'])),
  }),
  output: v.object({ presence }),
  errors: ['USER_NOT_FOUND'],
});

export const presenceGet = defineOperation({
  name: 'presence.get',
  summary: 'The presence of users at this moment. Users who blocked the caller look logged out.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ users: userIds(500) }),
  output: v.object({ presences: v.array(presence), failed }),
  errors: [],
});

export const presenceSubscribe = defineOperation({
  name: 'presence.subscribe',
  summary: 'Asks to be told of changes of these users’ presence; answers what it is now.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({
    users: userIds(100),
    /** Absent: no end. */
    seconds: opt(limit(THIRTY_DAYS)),
    /** Ends when the caller’s last device logs out. */
    untilLogout: opt(v.literal(true)),
  }),
  output: v.object({
    presences: v.array(presence),
    /** Unknown users, and the caller. */
    failed,
    /** The oldest subscriptions, let go because there are too many. */
    evicted: v.array(userId),
  }),
  errors: [],
});

export const presenceUnsubscribe = defineOperation({
  name: 'presence.unsubscribe',
  summary: 'Ends subscriptions; without names, all of them.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ users: opt(userIds(500)) }),
  output: done,
  errors: [],
});

export const presenceSubscriptions = defineOperation({
  name: 'presence.subscriptions',
  summary: 'Whose presence the caller follows, by user id, with what it is now.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({ cursor: opt(cursor), limit: limit(100) }),
  output: v.object({
    subscriptions: v.array(v.object({ userId, expiresAt: opt(time), presence })),
    total: count,
    next: opt(cursor),
  }),
  errors: [],
});

export const presenceChanged = defineEvent({
  name: 'presence.changed',
  summary: 'The presence of users whom the receiver follows, or the receiver’s own, changed.',
  stream: 'transient',
  audience: 'user',
  payload: v.object({ presences: v.array(presence) }),
});

export const presenceOperations = [presenceSet, presenceGet, presenceSubscribe, presenceUnsubscribe, presenceSubscriptions] as const; // prettier-ignore
export const presenceEvents = [presenceChanged] as const;
