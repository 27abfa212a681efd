import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { role } from './group.ts';
import { LIMITS } from './limits.ts';
import { message } from './message.ts';
import { conversationKey, count, cursor, done, groupId, limit, messageIdText, opt, people, seq, text, time, userId, userIds } from './schema.ts'; // prettier-ignore

/** A kind says a room's rules (core-model §6): TIM's live rooms, ZIM's rooms, Easemob's chat rooms. */
export const roomKind = v.picklist(['live', 'lounge', 'hall']);
export type RoomKind = v.InferOutput<typeof roomKind>;

/** A conversation whose members are the people present. Its ref and key are `r:<id>`. */
export const room = v.object({
  id: groupId,
  kind: roomKind,
  name: v.string(),
  avatar: opt(v.string()),
  intro: opt(v.string()),
  announcement: opt(v.string()),
  ext: opt(v.string()),
  /** Absent: ownerless. */
  owner: opt(userId),
  /** Only owner and admins may speak. */
  mutedAll: opt(v.literal(true)),
  /** Users present. */
  memberCount: count,
  createdAt: time,
  /** Messages are kept and paged like a group's; the caller reads from 1. */
  history: opt(v.literal(true)),
  /** The caller's own place; absent when not in it. */
  me: opt(v.object({ role, enteredAt: time, mutedUntil: opt(time) })),
});
export type Room = v.InferOutput<typeof room>;

const fields = {
  name: opt(text(300)),
  avatar: opt(text(2048)),
  intro: opt(text(4096)),
  announcement: opt(text(8192)),
  ext: opt(text(8192)),
};
/** How long an empty room of a kind that ends by itself is kept, in ms. */
const endDelay = opt(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_800_000)));
const roomErrors = ['ROOM_NOT_FOUND'] as const;
const id = groupId;

export const roomCreate = defineOperation({
  name: 'room.create',
  summary: 'Creates a room; the caller owns it if its kind has owners. Creating is not entering.',
  callers: ['user', 'admin'],
  hookable: true,
  idempotency: 'no',
  input: v.strictObject({
    /** Absent: made by the server (15 digits). */
    id: opt(id),
    kind: roomKind,
    ...fields,
    /** For the app's back end; users own what they create. */
    owner: opt(userId),
    endDelay,
  }),
  output: v.object({ room }),
  errors: ['ROOM_EXISTS', 'USER_NOT_FOUND'],
});

export const roomEnter = defineOperation({
  name: 'room.enter',
  summary: 'Enters a room with this device; answers the room and what was said last.',
  callers: ['user'],
  hookable: true,
  idempotency: 'yes',
  input: v.strictObject({
    id,
    /** Made first if there is none and its kind may be made so. */
    create: opt(v.strictObject({ kind: roomKind, ...fields, endDelay })),
    /** The caller's other devices leave it. */
    exclusive: opt(v.literal(true)),
    /** The caller's device leaves all other rooms. */
    leaveOthers: opt(v.literal(true)),
    /** Shown to those present with the caller's entering. */
    ext: opt(text(1024)),
  }),
  output: v.object({
    room,
    /** The last messages, oldest first. */
    recent: v.array(message),
    people,
    /** With history: end of the log, and of the changes that are in `recent` already. */
    lastSeq: opt(seq),
    changeSeq: opt(seq),
  }),
  errors: ['ROOM_NOT_FOUND', 'ROOM_FULL', 'BANNED', 'QUOTA_EXCEEDED'],
});

export const roomLeave = defineOperation({
  name: 'room.leave',
  summary: 'Leaves a room with this device; the user is out with the last one.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ id }),
  output: done,
  errors: ['ROOM_NOT_FOUND', 'NOT_MEMBER'],
});

export const roomResume = defineOperation({
  name: 'room.resume',
  summary:
    'After a lost connection: says which rooms this device is still in; within the kind’s silence it is put back where the server lost it.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({
    rooms: v.pipe(v.array(id), v.minLength(1), v.maxLength(100)),
    /** ms since the connection was lost. */
    away: time,
  }),
  output: v.object({
    rooms: v.array(
      v.object({
        id,
        /** Absent: out; then `reason`. */
        room: opt(room),
        lastSeq: opt(seq),
        changeSeq: opt(seq),
        reason: opt(v.picklist(['timeout', 'kicked', 'banned', 'dismissed', 'full'])),
      }),
    ),
  }),
  errors: [],
});

export const roomGet = defineOperation({
  name: 'room.get',
  summary: 'Rooms by id; unknown ones are left out.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ ids: v.pipe(v.array(id), v.minLength(1), v.maxLength(100)) }),
  output: v.object({ rooms: v.array(room) }),
  errors: [],
});

export const roomList = defineOperation({
  name: 'room.list',
  summary: 'The app’s rooms, by id.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ cursor: opt(cursor), limit: limit(LIMITS.page.rooms) }),
  output: v.object({ rooms: v.array(room), next: opt(cursor) }),
  errors: [],
});

export const roomMembers = defineOperation({
  name: 'room.members',
  summary: 'Who is present, newest first; or just those named.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({
    id,
    users: opt(userIds(200)),
    cursor: opt(cursor),
    limit: limit(LIMITS.page.members),
  }),
  output: v.object({
    members: v.array(v.object({ userId, role, enteredAt: time })),
    people,
    memberCount: count,
    next: opt(cursor),
  }),
  errors: ['ROOM_NOT_FOUND', 'NOT_MEMBER'],
});

export const roomUpdate = defineOperation({
  name: 'room.update',
  summary: 'Changes a room’s profile, or who may speak.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id, ...fields, mutedAll: opt(v.boolean()) }),
  output: v.object({ room }),
  errors: [...roomErrors, 'NOT_MEMBER'],
});

export const roomSetRole = defineOperation({
  name: 'room.setRole',
  summary: 'Makes users admins of a room, or ordinary again.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id, users: userIds(50), role: v.picklist(['admin', 'member']) }),
  output: done,
  errors: [...roomErrors, 'USER_NOT_FOUND', 'QUOTA_EXCEEDED'],
});

export const roomTransfer = defineOperation({
  name: 'room.transfer',
  summary: 'Gives a room to another user.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id, user: userId }),
  output: done,
  errors: [...roomErrors, 'USER_NOT_FOUND'],
});

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10 * 366 * 86_400));

export const roomKick = defineOperation({
  name: 'room.kick',
  summary: 'Puts users out of a room, and keeps them out for a while if asked.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({
    id,
    users: userIds(100),
    /** Banned for so long; 0 or absent: may come back at once. */
    seconds: opt(seconds),
    reason: opt(text(256)),
  }),
  output: v.object({ removed: v.array(userId) }),
  errors: roomErrors,
});

export const roomMute = defineOperation({
  name: 'room.mute',
  summary: 'Lets users speak no more for so long; 0 lets them speak again.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id, users: userIds(100), seconds }),
  output: v.object({ until: opt(time) }),
  errors: [...roomErrors, 'USER_NOT_FOUND'],
});

export const roomUnban = defineOperation({
  name: 'room.unban',
  summary: 'Lets banned users in again.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id, users: userIds(100) }),
  output: done,
  errors: roomErrors,
});

export const roomRestricted = defineOperation({
  name: 'room.restricted',
  summary: 'Users of a room who are muted or banned at present, or its admins.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ id, what: v.picklist(['muted', 'banned', 'admins']), cursor: opt(cursor), limit: limit(200) }), // prettier-ignore
  output: v.object({
    users: v.array(v.object({ userId, until: opt(time), at: time })),
    people,
    next: opt(cursor),
  }),
  errors: [...roomErrors, 'NOT_MEMBER'],
});

export const roomDismiss = defineOperation({
  name: 'room.dismiss',
  summary: 'Ends a room for everybody; its id is never used again, but for rooms that are made by entering.',
  callers: ['user', 'admin'],
  idempotency: 'no',
  input: v.strictObject({ id }),
  output: done,
  errors: roomErrors,
});

export const roomChange = v.picklist(['profileChanged', 'mutedAll', 'unmutedAll', 'muted', 'unmuted', 'banned', 'unbanned', 'roleChanged', 'ownerChanged', 'dismissed']); // prettier-ignore
export type RoomChange = v.InferOutput<typeof roomChange>;

export const roomChanged = defineEvent({
  name: 'room.changed',
  summary: 'Something happened to a room; for those present.',
  stream: 'transient',
  audience: 'conversation',
  payload: v.object({
    change: roomChange,
    /** The room after, without `me`. */
    room,
    /** Empty: the app's back end, or time. */
    actor: v.string(),
    targets: opt(v.array(userId)),
    after: opt(v.record(v.string(), v.unknown())),
    until: opt(time),
    reason: opt(v.string()),
    at: time,
    people: opt(people),
  }),
});

export const roomMembersChanged = defineEvent({
  name: 'room.membersChanged',
  summary:
    'Who came and went, gathered over up to a second; in the largest rooms, or when a crowd comes at once, the count alone.',
  stream: 'transient',
  audience: 'conversation',
  payload: v.object({
    entered: v.array(v.object({ userId, ext: opt(v.string()) })),
    left: v.array(v.object({ userId, reason: v.picklist(['left', 'kicked', 'timeout']) })),
    memberCount: count,
    people: opt(people),
  }),
});

export const roomOut = defineEvent({
  name: 'room.out',
  summary: 'This device is no longer in the room.',
  stream: 'transient',
  audience: 'session',
  payload: v.object({
    id,
    reason: v.picklist(['left', 'kicked', 'banned', 'dismissed', 'timeout', 'elsewhere']),
    by: opt(userId),
    until: opt(time),
    text: opt(v.string()),
  }),
});

export const roomRevoked = defineEvent({
  name: 'room.revoked',
  summary: 'A message of a room without history was taken back.',
  stream: 'transient',
  audience: 'conversation',
  payload: v.object({
    id: messageIdText,
    conv: conversationKey,
    from: userId,
    by: userId,
    role: v.picklist(['sender', 'owner', 'admin', 'app']),
    reason: opt(v.string()),
    extra: opt(v.string()),
    at: time,
  }),
});

export const roomOperations = [roomCreate, roomEnter, roomLeave, roomResume, roomGet, roomList, roomMembers, roomUpdate, roomSetRole, roomTransfer, roomKick, roomMute, roomUnban, roomRestricted, roomDismiss] as const; // prettier-ignore
export const roomEvents = [roomChanged, roomMembersChanged, roomOut, roomRevoked] as const;
