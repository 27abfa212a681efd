import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { LIMITS } from './limits.ts';
import { message } from './message.ts';
import {
  count,
  cursor,
  done,
  groupId,
  limit,
  opt,
  people,
  seq,
  text,
  time,
  userId,
  userIds,
} from './schema.ts';

/** A kind says a group's rules (core-model §5); vendors' types map onto kinds. */
export const groupKind = v.picklist(['work', 'public', 'meeting', 'community', 'circle', 'club']);
export type GroupKind = v.InferOutput<typeof groupKind>;
export const joinRule = v.picklist(['open', 'approve', 'closed']);
export type JoinRule = v.InferOutput<typeof joinRule>;
export const role = v.picklist(['owner', 'admin', 'member']);
export type Role = v.InferOutput<typeof role>;

export const groupSummary = v.object({
  id: groupId,
  kind: groupKind,
  name: v.string(),
  avatar: opt(v.string()),
  memberCount: count,
});

export const group = v.object({
  ...groupSummary.entries,
  intro: opt(v.string()),
  announcement: opt(v.string()),
  ext: opt(v.string()),
  /** Absent: ownerless. */
  owner: opt(userId),
  join: joinRule,
  maxMembers: count,
  createdAt: time,
  /** The caller's own place in it; absent when not a member. */
  me: opt(v.object({ role, joinedAt: time, card: opt(v.string()) })),
});
export type Group = v.InferOutput<typeof group>;
export type GroupSummary = v.InferOutput<typeof groupSummary>;

export const member = v.object({ userId, role, joinedAt: time, card: opt(v.string()), inviter: opt(userId) });
export type Member = v.InferOutput<typeof member>;

const fields = {
  name: opt(text(300)),
  avatar: opt(text(2048)),
  intro: opt(text(4096)),
  announcement: opt(text(8192)),
  ext: opt(text(8192)),
};
const settings = { join: opt(joinRule), maxMembers: opt(limit(100_000)) };

export const groupCreate = defineOperation({
  name: 'group.create',
  summary: 'Creates a group with the caller as owner and the named users as members.',
  callers: ['user', 'admin'],
  hookable: true,
  idempotency: 'no',
  input: v.strictObject({
    /** Absent: made by the server (15 digits). */
    id: opt(groupId),
    kind: groupKind,
    ...fields,
    ...settings,
    members: opt(v.pipe(v.array(userId), v.maxLength(500))),
  }),
  output: v.object({
    group,
    /** Users that could not be added, with the reason. */ failed: v.array(
      v.object({ userId, code: v.string() }),
    ),
  }),
  errors: ['GROUP_EXISTS', 'QUOTA_EXCEEDED', 'GROUP_FULL'],
});

export const groupGet = defineOperation({
  name: 'group.get',
  summary: 'Groups by id; unknown ones and those the caller may not know of are left out.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ ids: v.pipe(v.array(groupId), v.minLength(1), v.maxLength(100)) }),
  output: v.object({ groups: v.array(group) }),
  errors: [],
});

export const groupList = defineOperation({
  name: 'group.list',
  summary: 'Groups the caller is a member of.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({ cursor: opt(cursor), limit: limit(200) }),
  output: v.object({ groups: v.array(group), next: opt(cursor) }),
  errors: [],
});

const groupErrors = ['GROUP_NOT_FOUND', 'NOT_MEMBER'] as const;

export const groupUpdate = defineOperation({
  name: 'group.update',
  summary: 'Changes a group’s profile or settings, within the rules of its kind.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: groupId, ...fields, ...settings }),
  output: v.object({ group }),
  errors: groupErrors,
});

export const groupJoin = defineOperation({
  name: 'group.join',
  summary: 'Joins an open group.',
  callers: ['user'],
  hookable: true,
  idempotency: 'no',
  input: v.strictObject({ id: groupId }),
  output: v.object({ group }),
  errors: ['GROUP_NOT_FOUND', 'GROUP_FULL', 'ALREADY_MEMBER', 'JOIN_CLOSED', 'JOIN_NEEDS_APPROVAL'],
});

export const groupLeave = defineOperation({
  name: 'group.leave',
  summary: 'Leaves a group; what happens to its owner is a rule of the kind.',
  callers: ['user'],
  idempotency: 'no',
  input: v.strictObject({ id: groupId }),
  output: done,
  errors: [...groupErrors, 'OWNER_MUST_STAY'],
});

export const groupInvite = defineOperation({
  name: 'group.invite',
  summary: 'Adds users to a group.',
  callers: ['user', 'admin'],
  hookable: true,
  idempotency: 'no',
  input: v.strictObject({ id: groupId, users: userIds(500) }),
  output: v.object({ added: v.array(userId), failed: v.array(v.object({ userId, code: v.string() })) }),
  errors: [...groupErrors, 'GROUP_FULL'],
});

export const groupKick = defineOperation({
  name: 'group.kick',
  summary: 'Removes members whose role is below the caller’s.',
  callers: ['user', 'admin'],
  idempotency: 'no',
  input: v.strictObject({ id: groupId, users: userIds(100), reason: opt(text(256)) }),
  output: v.object({ removed: v.array(userId), failed: v.array(v.object({ userId, code: v.string() })) }),
  errors: groupErrors,
});

export const groupMembers = defineOperation({
  name: 'group.members',
  summary: 'Members of a group, by role then time of joining; or just those named.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({
    id: groupId,
    users: opt(userIds(200)),
    role: opt(role),
    cursor: opt(cursor),
    limit: limit(LIMITS.page.members),
  }),
  output: v.object({ members: v.array(member), people, next: opt(cursor), memberCount: count }),
  errors: groupErrors,
});

export const groupSetRole = defineOperation({
  name: 'group.setRole',
  summary: 'Makes a member an admin, or an admin a member.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: groupId, user: userId, role: v.picklist(['admin', 'member']) }),
  output: done,
  errors: [...groupErrors, 'USER_NOT_FOUND'],
});

export const groupTransfer = defineOperation({
  name: 'group.transfer',
  summary: 'Hands the group to another member.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: groupId, user: userId }),
  output: done,
  errors: [...groupErrors, 'USER_NOT_FOUND'],
});

export const groupDismiss = defineOperation({
  name: 'group.dismiss',
  summary: 'Ends a group for everybody; its id is never used again.',
  callers: ['user', 'admin'],
  idempotency: 'no',
  input: v.strictObject({ id: groupId }),
  output: done,
  errors: groupErrors,
});

export const groupChange = v.picklist(['created', 'dismissed', 'joined', 'invited', 'left', 'kicked', 'ownerChanged', 'roleChanged', 'profileChanged', 'settingsChanged']); // prettier-ignore
export type GroupChange = v.InferOutput<typeof groupChange>;

const changed = {
  change: groupChange,
  group: groupSummary,
  actor: userId,
  targets: opt(v.array(userId)),
  before: opt(v.record(v.string(), v.unknown())),
  after: opt(v.record(v.string(), v.unknown())),
  reason: opt(v.string()),
  at: time,
};

export const groupChanged = defineEvent({
  name: 'group.changed',
  summary:
    'Something happened to a group; if its kind stores a tip for it, the tip rides inside with its seq.',
  stream: 'changes',
  audience: 'conversation',
  payload: v.object({ ...changed, tip: opt(message), people: opt(people) }),
});

export const groupMine = defineEvent({
  name: 'group.mine',
  summary: 'The user’s own membership changed: joined, added, left, removed, new role, or the group ended.',
  stream: 'user',
  audience: 'user',
  payload: v.object({ ...changed, seq: opt(seq), role: opt(role) }),
});

export const groupOperations = [groupCreate, groupGet, groupList, groupUpdate, groupJoin, groupLeave, groupInvite, groupKick, groupMembers, groupSetRole, groupTransfer, groupDismiss] as const; // prettier-ignore
export const groupEvents = [groupChanged, groupMine] as const;
