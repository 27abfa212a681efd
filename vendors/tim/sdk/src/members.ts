import type { Member } from '@magpie/protocol';
import { guarded, type Context } from './context.ts';
import { groupFor } from './conversations.ts';
import { badParams, timError, unsupported } from './errors.ts';
import { groupId, requireGroup } from './groups.ts';
import { coreRoleOf, memberOf } from './map/group.ts';
import type { Group, GroupMember } from './types.ts';

export interface MemberListOptions {
  groupID: string;
  count?: number | undefined;
  offset?: number | string | undefined;
  role?: string | number | undefined;
  filter?: number | undefined;
}

export interface UsersOptions {
  groupID: string;
  userIDList: string[];
}

export function memberApi(context: Context) {
  const groups = () => context.client().groups;

  function shown(id: string, members: readonly Member[]): GroupMember[] {
    return members.map((member) => memberOf(member, context.client().users.person(member.userId, `g:${id}`)));
  }

  function users(options: UsersOptions, most: number): { id: string; ids: string[] } {
    const id = groupId(options);
    if (!Array.isArray(options.userIDList) || options.userIDList.length === 0) throw badParams();
    return { id, ids: [...new Set(options.userIDList.map(String))].slice(0, most) };
  }

  /** Offsets are numbers to most apps; an `offset` of ours handed back as text is the place itself. */
  async function list({ count, offset, role, ...options }: MemberListOptions): Promise<{ memberList: GroupMember[]; offset: number | string }> {
    const id = groupId(options);
    const limit = Math.max(1, Math.min(100, Math.floor(Number(count ?? 15)) || 15));
    const only = role === undefined || role === '' ? undefined : coreRoleOf(String(role));
    if (role !== undefined && role !== '' && !only) throw unsupported('getGroupMemberList', `role ${String(role)}`);
    const filter = only ? { role: only } : {};
    if (typeof offset === 'string' && offset !== '' && !/^\d+$/.test(offset)) {
      const page = await groups().members(id, { ...filter, limit, cursor: offset.slice(1) });
      return { memberList: shown(id, page.members), offset: page.next === undefined ? 0 : `@${page.next}` };
    }
    const from = Number(offset ?? 0) || 0;
    const found: Member[] = [];
    let cursor: string | undefined;
    do {
      const page = await groups().members(id, { ...filter, limit: Math.min(100, from + limit - found.length), ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.members);
      cursor = page.next;
    } while (cursor !== undefined && found.length < from + limit);
    const memberList = shown(id, found.slice(from));
    return { memberList, offset: cursor === undefined ? 0 : from + memberList.length };
  } // prettier-ignore

  async function add(options: UsersOptions) {
    const { id, ids } = users(options, 500);
    const { added, failed } = await groups().invite(id, ids);
    const of = (code: string): string[] => failed.filter((one) => one.code === code).map(({ userId }) => userId);
    return {
      successUserIDList: [...added],
      failureUserIDList: failed.filter(({ code }) => code !== 'ALREADY_MEMBER' && code !== 'GROUP_FULL').map(({ userId }) => userId),
      existedUserIDList: of('ALREADY_MEMBER'),
      overLimitUserIDList: of('GROUP_FULL'),
      group: groupFor(context, await requireGroup(context, id)),
    };
  } // prettier-ignore

  async function remove(options: UsersOptions & { reason?: string | undefined; duration?: number | undefined }) {
    const { id, ids } = users(options, 100);
    const { removed, failed } = await groups().kick(id, ids, options.reason === '' ? undefined : options.reason);
    const [first] = failed;
    if (removed.length === 0 && first) throw timError(first.code === 'FORBIDDEN' ? 10007 : 10004, `${first.userId} could not be removed: ${first.code}.`);
    return { group: groupFor(context, await requireGroup(context, id)), userIDList: [...removed] };
  } // prettier-ignore

  async function setRole({ groupID, userID, role }: { groupID: string; userID: string; role: string | number }): Promise<{ group: Group; member: GroupMember | undefined }> {
    const id = groupId(groupID);
    const core = coreRoleOf(String(role));
    if (core !== 'admin' && core !== 'member') throw role === 'Custom' ? unsupported('setGroupMemberRole', 'Custom') : timError(10004, `Unknown role ${String(role)}.`);
    await groups().setRole(id, userID, core);
    const { members } = await groups().members(id, { users: [userID] });
    return { group: groupFor(context, await requireGroup(context, id)), member: shown(id, members)[0] };
  } // prettier-ignore

  return {
    getGroupMemberList: guarded(context, 'getGroupMemberList', list, 'group'),
    getGroupMemberProfile: guarded(context, 'getGroupMemberProfile', async (options: UsersOptions & { memberCustomFieldFilter?: string[] | undefined }) => {
      const { id, ids } = users(options, 50);
      const { members } = await groups().members(id, { users: ids });
      return { memberList: shown(id, members) };
    }, 'group'),
    addGroupMember: guarded(context, 'addGroupMember', add, 'group'),
    deleteGroupMember: guarded(context, 'deleteGroupMember', remove, 'group'),
    setGroupMemberRole: guarded(context, 'setGroupMemberRole', setRole, 'group'),
  }; // prettier-ignore
}
