import type { Group, GroupKind, JoinRule, Member } from '@magpie/protocol';
import type { GroupDetailInfo, GroupInfo, GroupMember } from '../types/results.ts';
import { fold } from './ids.ts';

/** How a group made in any dialect looks to the vendor's users (core-model §5). */
interface Flags {
  readonly public: boolean;
  /** Joining needs approval. */
  readonly membersonly: boolean;
  readonly allowinvites: boolean;
}

const FLAGS: Readonly<Record<GroupKind, (join: JoinRule) => Flags>> = {
  work: () => ({ public: false, membersonly: true, allowinvites: true }),
  public: (join) => ({ public: true, membersonly: join === 'approve', allowinvites: false }),
  meeting: () => ({ public: true, membersonly: false, allowinvites: false }),
  community: () => ({ public: true, membersonly: false, allowinvites: true }),
  circle: (join) => ({ public: join !== 'closed', membersonly: join !== 'open', allowinvites: true }),
  club: (join) => ({ public: join !== 'closed', membersonly: join !== 'open', allowinvites: false }),
};

export const flagsOf = (group: Pick<Group, 'kind' | 'join'>): Flags => FLAGS[group.kind](group.join);

/** Who may join: private groups are closed; public ones open or by approval. */
export function toJoinRule(isPublic: boolean, approval: boolean): JoinRule {
  if (!isPublic) return 'closed';
  return approval ? 'approve' : 'open';
}

export function toAffiliation({ userId, role, joinedAt }: Member): GroupDetailInfo['affiliations'][number] {
  const id = fold(userId);
  return role === 'owner' ? { owner: id, joined_time: joinedAt } : { member: id, joined_time: joinedAt };
}

export function toDetail(group: Group, members: readonly Member[], shielded: boolean): GroupDetailInfo {
  return {
    id: group.id,
    name: group.name,
    description: group.intro ?? '',
    owner: group.owner === undefined ? '' : fold(group.owner),
    created: group.createdAt,
    affiliations: members.map(toAffiliation),
    affiliations_count: group.memberCount,
    ...flagsOf(group),
    maxusers: group.maxMembers,
    mute: false,
    shieldgroup: shielded,
    custom: group.ext ?? '',
    avatar: group.avatar ?? '',
    disabled: false,
  };
}

export function toInfo(group: Group, withCount: boolean, withRole: boolean): GroupInfo {
  const flags = flagsOf(group);
  return {
    groupId: group.id,
    groupName: group.name,
    ...(withCount ? { affiliationsCount: group.memberCount } : {}),
    ...(withRole && group.me ? { role: group.me.role } : {}),
    disabled: false,
    approval: flags.membersonly,
    allowInvites: flags.allowinvites,
    description: group.intro ?? '',
    maxUsers: group.maxMembers,
    public: flags.public,
  };
}

export function toMember({ userId, role, joinedAt }: Member): GroupMember {
  return { role, userId: fold(userId), joinedTime: joinedAt };
}
