import type { Member, Role } from '@magpie/protocol';
import { told, type Context } from './context.ts';
import { acting, type GroupOptions } from './group.ts';
import { fold } from './map/ids.ts';
import { toMember } from './map/group.ts';
import type { AsyncResult, GroupMember } from './types/results.ts';

export interface InviteResult {
  action: 'invite';
  id: string;
  result: boolean;
  user: string;
  reason?: string;
}

export interface RemoveResult {
  action: 'remove_member';
  groupid: string;
  result: boolean;
  user: string;
  reason?: string;
}

export interface ReadUsers {
  ackmid: string;
  is_last: boolean;
  next_key: string;
  timestamp: number;
  total: number;
  userlist: string[];
}

const MEMBER_PAGE = 50;
const WALK_PAGE = 200;

export function groupMembersSlice(context: Context) {
  /** Members by page number: the contract has cursors, so the pages before are walked over. */
  async function membersUpTo(groupId: string, count: number, role?: Role): Promise<Member[]> {
    const { groups } = context.requireLogin();
    const members: Member[] = [];
    let cursor: string | undefined;
    do {
      const page = await groups.members(groupId, {
        limit: WALK_PAGE,
        ...(role ? { role } : {}),
        ...(cursor ? { cursor } : {}),
      });
      members.push(...page.members);
      cursor = page.next;
    } while (cursor !== undefined && members.length < count);
    return members;
  }

  async function kick(groupId: string, users: readonly string[]): Promise<RemoveResult[]> {
    const client = context.requireLogin();
    const { failed } = await acting(context, ['kicked'], groupId, () =>
      client.groups.kick(groupId, users.map(fold)),
    );
    const reasons = new Map(failed.map(({ userId, code }) => [fold(userId), code]));
    return users.map((id) => {
      const user = fold(id);
      const reason = reasons.get(user);
      return {
        action: 'remove_member',
        groupid: groupId,
        user,
        result: reason === undefined,
        ...(reason ? { reason } : {}),
      };
    });
  }

  const removeOne = (options: GroupOptions & { username: string }): Promise<AsyncResult<RemoveResult>> =>
    told(context, options, async () => {
      const [result] = await kick(options.groupId, [options.username]);
      return context.result(result as RemoveResult);
    });

  const removeMany = (options: GroupOptions & { users: string[] }): Promise<AsyncResult<RemoveResult[]>> =>
    told(context, options, async () => context.result(await kick(options.groupId, options.users)));

  const invite = (options: GroupOptions & { users: string[] }): Promise<AsyncResult<InviteResult[]>> =>
    told(context, options, async () => {
      const client = context.requireLogin();
      const { groupId, users } = options;
      const { failed } = await acting(context, ['invited'], groupId, () =>
        client.groups.invite(groupId, users.map(fold)),
      );
      const reasons = new Map(failed.map(({ userId, code }) => [fold(userId), code]));
      const results = users.map((id): InviteResult => {
        const user = fold(id);
        const reason = reasons.get(user);
        return {
          action: 'invite',
          id: groupId,
          user,
          result: reason === undefined,
          ...(reason ? { reason } : {}),
        };
      });
      return context.result(results);
    });

  const listOld = (
    options: GroupOptions & { pageNum?: number; pageSize?: number },
  ): Promise<AsyncResult<({ owner: string } | { member: string })[]>> =>
    told(context, options, async () => {
      const size = Math.min(Math.max(1, options.pageSize ?? 20), 1000);
      const from = (Math.max(1, options.pageNum ?? 1) - 1) * size;
      const members = (await membersUpTo(options.groupId, from + size)).slice(from, from + size);
      return context.result(
        members.map(({ userId, role }) =>
          role === 'owner' ? { owner: fold(userId) } : { member: fold(userId) },
        ),
        { count: members.length },
      );
    });

  async function setRole(groupId: string, username: string, role: 'admin' | 'member'): Promise<string> {
    const client = context.requireLogin();
    const user = fold(username);
    await acting(context, ['roleChanged'], groupId, () => client.groups.setRole(groupId, user, role));
    return user;
  }

  const setAdmin = (
    options: GroupOptions & { username: string },
  ): Promise<AsyncResult<{ newadmin: string; result: 'success' }>> =>
    told(context, options, async () =>
      context.result({
        newadmin: await setRole(options.groupId, options.username, 'admin'),
        result: 'success',
      }),
    );

  const removeAdmin = (
    options: GroupOptions & { username: string },
  ): Promise<AsyncResult<{ oldadmin: string; result: 'success' }>> =>
    told(context, options, async () =>
      context.result({
        oldadmin: await setRole(options.groupId, options.username, 'member'),
        result: 'success',
      }),
    );

  return {
    inviteUsersToGroup: invite,
    inviteToGroup: invite,

    getGroupMembers(
      options: GroupOptions & { cursor?: string; limit?: number },
    ): Promise<AsyncResult<{ cursor: string; members: GroupMember[] }>> {
      return told(context, options, async () => {
        const { groupId, cursor, limit = MEMBER_PAGE } = options;
        const size = Math.min(Math.max(1, limit), MEMBER_PAGE);
        const page = await context
          .requireLogin()
          .groups.members(groupId, { limit: size, ...(cursor ? { cursor } : {}) });
        const next = page.next ?? '';
        return context.result({ cursor: next, members: page.members.map(toMember) }, { cursor: next });
      });
    },

    listGroupMembers: listOld,
    listGroupMember: listOld,
    removeGroupMember: removeOne,
    removeSingleGroupMember: removeOne,
    removeGroupMembers: removeMany,
    removeMultiGroupMember: removeMany,

    getGroupAdmin: (options: GroupOptions): Promise<AsyncResult<string[]>> =>
      told(context, options, async () => {
        const admins = await membersUpTo(options.groupId, Infinity, 'admin');
        return context.result(admins.map(({ userId }) => fold(userId)));
      }),
    setGroupAdmin: setAdmin,
    setAdmin,
    removeGroupAdmin: removeAdmin,
    removeAdmin,

    /** Everybody who has read a group message that asked for receipts. */
    getGroupMsgReadUser(options: GroupOptions & { msgId: string }): Promise<AsyncResult<ReadUsers>> {
      return told(context, options, async () => {
        const { receipts, session } = context.requireLogin();
        const userlist: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await receipts.readers(options.msgId, {
            read: true,
            limit: WALK_PAGE,
            ...(cursor ? { cursor } : {}),
          });
          userlist.push(...page.users.map(({ id }) => fold(id)));
          cursor = page.next;
        } while (cursor !== undefined);
        const total = userlist.length;
        return context.result({
          ackmid: options.msgId,
          is_last: true,
          next_key: '',
          timestamp: session.now(),
          total,
          userlist,
        });
      });
    },
  };
}
