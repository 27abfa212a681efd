import type { Group, Role } from '@magpie/protocol';
import { ZIMGroupBeInviteMode, ZIMGroupInviteMode } from './enums/group.ts';
import { ZIMErrorCode } from './enums/error-code.ts';
import type { Context } from './context.ts';
import { invalid, unsupported, zimCode, zimError } from './errors.ts';
import { groupEntry, groupFullInfo, joinModeFrom, memberInfo, roleFrom } from './map/group.ts';
import { pageOf, pageSize } from './cursors.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMErrorUserInfo } from './types/general.ts';
import type { ZIMGroupAdvancedConfig, ZIMGroupFullInfo, ZIMGroupMemberInfo } from './types/group.ts';
import type { ZIMGroupListQueriedResult } from './types/results.ts';
import { idsOf, textArgument } from './users.ts';

type Membership = Pick<ZIMApi, 'createGroup' | 'dismissGroup' | 'joinGroup' | 'leaveGroup' | 'inviteUsersIntoGroup' | 'kickGroupMembers'>; // prettier-ignore
type Queries = Pick<ZIMApi, 'queryGroupInfo' | 'queryGroupList' | 'queryGroupMemberList' | 'queryGroupMemberInfo' | 'queryGroupMemberCount'>; // prettier-ignore
type Updates = Pick<ZIMApi, 'updateGroupName' | 'updateGroupNotice' | 'updateGroupAvatarUrl' | 'updateGroupJoinMode' | 'setGroupMemberRole' | 'transferGroupOwner'>; // prettier-ignore

const MAX_IDS = 100;

function groupIdOf(groupID: unknown): string {
  if (typeof groupID !== 'string' || groupID === '') throw invalid('groupID must be a non-empty string');
  return groupID;
}

/** What a group is made with beyond its name; what we do not keep is refused, not dropped. */
export function creationFields(config: Partial<ZIMGroupAdvancedConfig> | undefined) {
  if (config === undefined || config === null) return {};
  if (Object.keys(config.groupAttributes ?? {}).length > 0)
    throw unsupported('groupAttributes', 'group attributes are not available yet');
  if (config.inviteMode === ZIMGroupInviteMode.Admin)
    throw unsupported('inviteMode Admin', 'invite rules are not available yet');
  if (config.beInviteMode === ZIMGroupBeInviteMode.Auth)
    throw unsupported('beInviteMode Auth', 'applications are not available yet');
  const join = joinModeFrom(config.joinMode);
  if (config.joinMode !== undefined && join === undefined) throw invalid('joinMode must be 0, 1 or 2');
  return {
    ...(config.groupNotice ? { announcement: config.groupNotice } : {}),
    ...(join === undefined ? {} : { join }),
    ...(config.maxMemberCount ? { maxMembers: config.maxMemberCount } : {}),
  };
}

/** A group's own id, or one as the vendor generates them: `#` and digits. */
function newGroupId(ctx: Context, groupID: unknown): string {
  if (groupID === undefined || groupID === null || groupID === '') return `#${ctx.ids.next()}`;
  if (typeof groupID !== 'string' || groupID.startsWith('#'))
    throw invalid('groupID must be a string that does not begin with #');
  return groupID;
}

function failures(failed: readonly { readonly userId: string; readonly code: string }[]): ZIMErrorUserInfo[] {
  return failed.map(({ userId, code }) => ({ userID: userId, reason: zimCode(code, 'group') }));
}

function isMuted(ctx: Context, groupID: string): boolean {
  return (ctx.client.conversations.get(`g:${groupID}`)?.notify?.level ?? 'all') !== 'all';
}

function fullInfo(ctx: Context, group: Group): ZIMGroupFullInfo {
  return groupFullInfo(group, isMuted(ctx, group.id));
}

async function membersOf(
  ctx: Context,
  groupID: string,
  users: readonly string[],
): Promise<ZIMGroupMemberInfo[]> {
  if (users.length === 0) return [];
  const { members } = await ctx.client.groups.members(groupID, { users, limit: users.length });
  return members.map((member) => memberInfo(member, ctx.reader.person(member.userId, `g:${groupID}`)));
}

async function groupOf(ctx: Context, groupID: unknown): Promise<Group> {
  const id = groupIdOf(groupID);
  const [group] = await ctx.client.groups.get([id]);
  if (group === undefined)
    throw zimError(ZIMErrorCode.GroupModuleGroupDoesNotExist, `there is no group ${id}`);
  return group;
}

function createMembership(ctx: Context): Membership {
  const { groups } = ctx.client;
  return {
    createGroup: (groupInfo, userIDs, config) =>
      ctx.call('createGroup', async () => {
        if (typeof groupInfo !== 'object' || groupInfo === null) throw invalid('groupInfo must be an object');
        const members =
          Array.isArray(userIDs) && userIDs.length > 0 ? idsOf(userIDs, 'userIDs', MAX_IDS) : [];
        const others = members.filter((id) => id !== ctx.reader.me);
        const { group, failed } = await groups.create({
          kind: 'circle',
          id: newGroupId(ctx, groupInfo.groupID),
          ...(groupInfo.groupName ? { name: groupInfo.groupName } : {}),
          ...(groupInfo.groupAvatarUrl ? { avatar: groupInfo.groupAvatarUrl } : {}),
          ...creationFields(config),
          ...(others.length > 0 ? { members: others } : {}),
        });
        const added = [ctx.reader.me, ...others.filter((id) => !failed.some((one) => one.userId === id))];
        const userList = await membersOf(ctx, group.id, added);
        return { groupInfo: fullInfo(ctx, group), userList, errorUserList: failures(failed) };
      }),
    dismissGroup: (groupID) =>
      ctx.call('group', async () => {
        await groups.dismiss(groupIdOf(groupID));
        return { groupID };
      }),
    joinGroup: (groupID) =>
      ctx.call('group', async () => {
        const group = await groups.join(groupIdOf(groupID)).catch((thrown: unknown) => {
          // Joining again succeeds.
          if ((thrown as { code?: unknown }).code === 'ALREADY_MEMBER') return groupOf(ctx, groupID);
          throw thrown;
        });
        return { groupInfo: fullInfo(ctx, group) };
      }),
    leaveGroup: (groupID) =>
      ctx.call('group', async () => {
        await groups.leave(groupIdOf(groupID));
        return { groupID };
      }),
    inviteUsersIntoGroup: (userIDs, groupID) =>
      ctx.call('group', async () => {
        const { added, failed } = await groups.invite(groupIdOf(groupID), idsOf(userIDs, 'userIDs', MAX_IDS));
        return { groupID, userList: await membersOf(ctx, groupID, added), errorUserList: failures(failed) };
      }),
    kickGroupMembers: (userIDs, groupID) =>
      ctx.call('group', async () => {
        const { removed, failed } = await groups.kick(groupIdOf(groupID), idsOf(userIDs, 'userIDs', MAX_IDS));
        return { groupID, kickedUserIDs: [...removed], errorUserList: failures(failed) };
      }),
  };
}

function createQueries(ctx: Context): Queries {
  const { groups } = ctx.client;
  const queryGroupList = (
    count?: number,
    config?: { nextFlag?: number; userIDs?: string[] },
  ): Promise<ZIMGroupListQueriedResult> =>
    ctx.call('group', async () => {
      if ((config?.userIDs ?? []).length > 0)
        throw unsupported('queryGroupList with userIDs', 'groups in common are not available yet');
      const all = (await groups.list()).map((group) => groupEntry(group, isMuted(ctx, group.id)));
      if (count === undefined) return { groupList: all, nextFlag: 0 };
      const { page, nextFlag } = pageOf(all, config?.nextFlag, count);
      return { groupList: [...page], nextFlag };
    });
  return {
    queryGroupList,
    queryGroupInfo: (groupID) =>
      ctx.call('group', async () => ({ groupInfo: fullInfo(ctx, await groupOf(ctx, groupID)) })),
    queryGroupMemberList: (groupID, config) =>
      ctx.call('group', async () => {
        const cursor = ctx.cursors.take(config?.nextFlag);
        const id = groupIdOf(groupID);
        const { members, next } = await groups.members(id, {
          limit: pageSize(config?.count),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const userList = members.map((member) =>
          memberInfo(member, ctx.reader.person(member.userId, `g:${id}`)),
        );
        return { groupID, userList, nextFlag: ctx.cursors.give(next) };
      }),
    queryGroupMemberInfo: (userID, groupID) =>
      ctx.call('group', async () => {
        const [userInfo] = await membersOf(ctx, groupIdOf(groupID), [textArgument(userID, 'userID')]);
        if (userInfo === undefined)
          throw zimError(ZIMErrorCode.GroupModuleUserIsNotInTheGroup, `${userID} is not in the group`);
        return { groupID, userInfo };
      }),
    queryGroupMemberCount: (groupID) =>
      ctx.call('group', async () => ({
        groupID,
        count: (await groups.members(groupIdOf(groupID), { limit: 1 })).memberCount,
      })),
  };
}

function createUpdates(ctx: Context): Updates {
  const { groups } = ctx.client;
  const assignable = (role: unknown): Exclude<Role, 'owner'> => {
    const known = roleFrom(role);
    if (known === undefined)
      throw typeof role === 'number' && role > 3
        ? unsupported(`role ${role}`, 'custom roles are not available yet')
        : invalid('role must be 2 or 3');
    return known;
  };
  return {
    updateGroupName: (groupName, groupID) =>
      ctx.call('group', async () => {
        await groups.update(groupIdOf(groupID), { name: textArgument(groupName, 'groupName') });
        return { groupID, groupName };
      }),
    updateGroupNotice: (groupNotice, groupID) =>
      ctx.call('group', async () => {
        await groups.update(groupIdOf(groupID), { announcement: textArgument(groupNotice, 'groupNotice') });
        return { groupID, groupNotice };
      }),
    updateGroupAvatarUrl: (groupAvatarUrl, groupID) =>
      ctx.call('group', async () => {
        await groups.update(groupIdOf(groupID), { avatar: textArgument(groupAvatarUrl, 'groupAvatarUrl') });
        return { groupID, groupAvatarUrl };
      }),
    updateGroupJoinMode: (mode, groupID) =>
      ctx.call('group', async () => {
        const join = joinModeFrom(mode);
        if (join === undefined) throw invalid('mode must be 0, 1 or 2');
        await groups.update(groupIdOf(groupID), { join });
        return { groupID, mode };
      }),
    setGroupMemberRole: (role, forUserID, groupID) =>
      ctx.call('group', async () => {
        await groups.setRole(groupIdOf(groupID), textArgument(forUserID, 'forUserID'), assignable(role));
        return { groupID, forUserID, role };
      }),
    transferGroupOwner: (toUserID, groupID) =>
      ctx.call('group', async () => {
        await groups.transfer(groupIdOf(groupID), textArgument(toUserID, 'toUserID'));
        return { groupID, toUserID };
      }),
  };
}

export function createGroups(ctx: Context): Membership & Queries & Updates {
  return { ...createMembership(ctx), ...createQueries(ctx), ...createUpdates(ctx) };
}
