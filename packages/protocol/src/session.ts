import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { profile } from './user.ts';
import { count, done, opt, seq, text, time, userId } from './schema.ts';

export const platform = v.picklist(['web', 'miniprogram', 'uniapp', 'ios', 'android', 'ipad', 'windows', 'mac', 'linux', 'harmony', 'server']); // prettier-ignore
export type Platform = v.InferOutput<typeof platform>;

/** How far a device has followed its user: the user log's number and the server's clock at that moment. */
export const position = v.strictObject({ userSeq: seq, at: time });
export type Position = v.InferOutput<typeof position>;

/** What a client must know of the app's settings to behave as the server will. */
export const clientSettings = v.object({
  recallWindow: time,
  messageMaxBytes: count,
  fileMaxBytes: v.object({ image: count, audio: count, video: count, file: count, avatar: count }),
  filesSigned: v.boolean(),
  receiptsGroupMax: count,
});
export type ClientSettings = v.InferOutput<typeof clientSettings>;

export const sessionOpen = defineOperation({
  name: 'session.open',
  summary: 'Authenticates a connection with a user’s token; events flow from then on.',
  callers: ['anonymous'],
  idempotency: 'no',
  input: v.strictObject({
    token: text(8192),
    /** Which app: its own id, or a vendor's id of one of its doors. May be left out when the token says it. */
    app: opt(text(128)),
    /** The user the caller believes to be; another one in the token is TOKEN_WRONG_USER. */
    user: opt(userId),
    instance: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/)),
    platform,
    device: opt(text(128)),
    /** Handed to the sessions this one replaces. */
    customInfo: opt(text(1024)),
    dialect: opt(text(16)),
    sdk: opt(text(32)),
    protocol: v.pipe(v.number(), v.integer()),
    /** Continue an earlier session of this instance. */
    resume: opt(v.strictObject({ session: text(64) })),
    /** Wants receipt.delivered events. */
    wantsDelivered: opt(v.boolean()),
  }),
  output: v.object({
    session: v.string(),
    resumed: v.boolean(),
    app: v.string(),
    userId,
    profile,
    /** Where this instance stood; a new one starts where the user's furthest stood. Absent: the user's first session. */
    position: opt(position),
    /** Current end of the user log. */
    userSeq: seq,
    /** Moves when the server lost or dropped its streams: everything held must be fetched again. */
    epoch: v.string(),
    serverTime: time,
    /** End of the token's life; absent: none. */
    expiresAt: opt(time),
    heartbeat: count,
    settings: clientSettings,
  }),
  errors: [
    'TOKEN_WRONG_USER',
    'USER_NOT_FOUND',
    'USER_ID_TAKEN',
    'USER_BANNED',
    'SESSION_ALREADY_OPEN',
    'QUOTA_EXCEEDED',
  ],
});
export type SessionOpenOutput = v.InferOutput<typeof sessionOpen.output>;

export const sessionRenew = defineOperation({
  name: 'session.renew',
  summary: 'Prolongs the session with a fresh token of the same user.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ token: text(8192) }),
  output: v.object({ expiresAt: opt(time) }),
  errors: ['TOKEN_WRONG_USER'],
});

export const sessionClose = defineOperation({
  name: 'session.close',
  summary: 'Logs this session out.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({}),
  output: done,
  errors: [],
});

export const sessionInfo = v.object({
  session: v.string(),
  instance: v.string(),
  platform,
  device: opt(v.string()),
  openedAt: time,
  current: v.boolean(),
});

export const sessionList = defineOperation({
  name: 'session.list',
  summary: 'Where the caller is logged in at present.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({}),
  output: v.object({ sessions: v.array(sessionInfo) }),
  errors: [],
});

export const sessionKick = defineOperation({
  name: 'session.kick',
  summary: 'Ends sessions of a user; with `revokeTokens` their tokens made so far stop working.',
  callers: ['admin'],
  idempotency: 'yes',
  input: v.strictObject({ userId, instance: opt(text(64)), revokeTokens: opt(v.boolean()) }),
  output: v.object({ ended: count }),
  errors: ['USER_NOT_FOUND'],
});

export const sessionEnded = defineEvent({
  name: 'session.ended',
  summary: 'This session ends now and for good; the socket closes with the matching code.',
  stream: 'transient',
  audience: 'session',
  payload: v.object({
    reason: v.picklist(['replaced', 'replacedElsewhere', 'overLimit', 'byAdmin', 'banned', 'passwordChanged', 'accountDeleted', 'expired', 'appDeleted']), // prettier-ignore
    /** Of the login that took its place. */
    by: opt(
      v.object({ instance: v.string(), platform, device: opt(v.string()), customInfo: opt(v.string()) }),
    ),
  }),
});

export const sessionOperations = [sessionOpen, sessionRenew, sessionClose, sessionList, sessionKick] as const;
export const sessionEvents = [sessionEnded] as const;
