import type { Group, GroupSummary, JoinRule, Member, Person, Role } from '@magpie/protocol';
import { ZIMGroupBeInviteMode, ZIMGroupEnterType, ZIMGroupInviteMode, ZIMGroupJoinMode, ZIMGroupMessageNotificationStatus, ZIMGroupMuteMode } from '../enums/group.ts'; // prettier-ignore
import type { ZIMGroup, ZIMGroupFullInfo, ZIMGroupInfo, ZIMGroupMemberInfo, ZIMGroupOperatedInfo, ZIMGroupVerifyInfo } from '../types/group.ts'; // prettier-ignore
import { userInfo } from './user.ts';

const ROLES: Readonly<Record<Role, number>> = { owner: 1, admin: 2, member: 3 };

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(ROLES, value);
}

export function roleTo(role: Role): number {
  return ROLES[role];
}

/** Owner cannot be given as a role; custom roles are members to us, so they are not taken either. */
export function roleFrom(role: unknown): 'admin' | 'member' | undefined {
  return role === ROLES.admin ? 'admin' : role === ROLES.member ? 'member' : undefined;
}

const JOIN: Readonly<Record<JoinRule, ZIMGroupJoinMode>> = {
  open: ZIMGroupJoinMode.Any,
  approve: ZIMGroupJoinMode.Auth,
  closed: ZIMGroupJoinMode.Forbid,
};

export function joinModeTo(rule: JoinRule): ZIMGroupJoinMode {
  return JOIN[rule];
}

export function joinModeFrom(mode: unknown): JoinRule | undefined {
  return (Object.keys(JOIN) as JoinRule[]).find((rule) => JOIN[rule] === mode);
}

/** Invite rules are those of the kind a group was made as (core-model §5). */
function inviteModeTo(kind: GroupSummary['kind']): ZIMGroupInviteMode {
  return kind === 'work' || kind === 'community' || kind === 'circle'
    ? ZIMGroupInviteMode.Any
    : ZIMGroupInviteMode.Admin;
}

export function verifyInfo(kind: GroupSummary['kind'], join: JoinRule): ZIMGroupVerifyInfo {
  return {
    joinMode: joinModeTo(join),
    inviteMode: inviteModeTo(kind),
    beInviteMode: kind === 'club' ? ZIMGroupBeInviteMode.Auth : ZIMGroupBeInviteMode.None,
  };
}

export function groupInfo(group: GroupSummary): ZIMGroupInfo {
  return { groupID: group.id, groupName: group.name, groupAvatarUrl: group.avatar ?? '' };
}

/** Of a group known only by its summary, the rest is what a new group has. */
export function groupFullInfo(group: GroupSummary & Partial<Group>, muted: boolean): ZIMGroupFullInfo {
  return {
    baseInfo: groupInfo(group),
    groupNotice: group.announcement ?? '',
    groupAttributes: {},
    groupAlias: '',
    notificationStatus: notificationTo(muted),
    mutedInfo: { mode: ZIMGroupMuteMode.None, expiredTime: 0, roles: [] },
    createTime: group.createdAt ?? 0,
    maxMemberCount: group.maxMembers ?? 0,
    verifyInfo: verifyInfo(group.kind, group.join ?? 'open'),
  };
}

export function groupEntry(group: Group, muted: boolean): ZIMGroup {
  return { baseInfo: groupInfo(group), groupAlias: '', notificationStatus: notificationTo(muted) };
}

function notificationTo(muted: boolean): ZIMGroupMessageNotificationStatus {
  return muted ? ZIMGroupMessageNotificationStatus.Disturb : ZIMGroupMessageNotificationStatus.Notify;
}

export function memberInfo(
  member: Pick<Member, 'userId' | 'role'> & Partial<Member>,
  person: Person,
): ZIMGroupMemberInfo {
  const base = userInfo(member.userId, person);
  return {
    ...base,
    memberNickname: member.card ?? person.card ?? '',
    memberRole: roleTo(member.role),
    memberAvatarUrl: base.userAvatarUrl,
    muteExpiredTime: 0,
    groupEnterInfo: {
      enterTime: member.joinedAt ?? 0,
      enterType: member.inviter === undefined ? ZIMGroupEnterType.Joined : ZIMGroupEnterType.Invited,
    },
  };
}

export function operatedInfo(id: string, person: Person, role: Role = 'member'): ZIMGroupOperatedInfo {
  return {
    userID: id,
    userName: person.name ?? '',
    memberNickname: person.card ?? '',
    memberRole: roleTo(role),
  };
}
