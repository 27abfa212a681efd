import { statusCode } from './constants.ts';
import { told, type Context } from './context.ts';
import { refuse } from './errors.ts';
import { fold } from './map/ids.ts';
import { toDetail, toInfo, toJoinRule } from './map/group.ts';
import type { AsyncResult, Callbacks, GroupDetailInfo, GroupInfo } from './types/results.ts';

export interface CreateGroupOptions extends Callbacks {
  data: {
    groupname: string;
    avatar?: string;
    desc?: string;
    members?: string[];
    public?: boolean;
    approval?: boolean;
    allowinvites?: boolean;
    inviteNeedConfirm?: boolean;
    maxusers?: number;
    ext?: string;
  };
}

export interface CreateGroupVNextOptions {
  groupName?: string;
  avatar?: string;
  description?: string;
  members?: string[];
  isPublic?: boolean;
  needApprovalToJoin?: boolean;
  allowMemberToInvite?: boolean;
  inviteNeedConfirm?: boolean;
  maxMemberCount?: number;
  extension?: string;
}

export interface GroupOptions extends Callbacks {
  groupId: string;
}

export interface ModifyGroupOptions extends GroupOptions {
  groupName?: string;
  description?: string;
  avatar?: string;
  ext?: string;
}

export interface JoinedGroupsOptions extends Callbacks {
  pageNum?: number;
  pageSize?: number;
  needAffiliations?: boolean;
  needRole?: boolean;
}

export interface BaseGroup {
  groupid: string;
  groupname: string;
}

const DEFAULT_MAX = 200;
const AFFILIATIONS = 200;
/** What a group is marked as until its id is known. */
const CREATING = 'group created';

/** Marks what this device is about to do to a group, so that its echo is not told as another device's. */
export function acting<T>(
  context: Context,
  changes: readonly string[],
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  for (const change of changes) context.acts.mark(`group ${change} ${id}`);
  return work();
}

export function groupSlice(context: Context) {
  async function create(options: CreateGroupVNextOptions): Promise<string> {
    const client = context.requireLogin();
    const { groupName: name, avatar, description: intro, extension: ext, members = [] } = options;
    // Its echo may come before the answer that names the group.
    context.acts.mark(CREATING);
    const { group } = await client.groups.create({
      kind: 'club',
      ...(name === undefined ? {} : { name }),
      ...(avatar === undefined ? {} : { avatar }),
      ...(intro === undefined ? {} : { intro }),
      ...(ext === undefined ? {} : { ext }),
      join: toJoinRule(options.isPublic === true, options.needApprovalToJoin === true),
      maxMembers: options.maxMemberCount ?? DEFAULT_MAX,
      members: members.map((id) => fold(String(id))),
    });
    if (context.acts.take(CREATING)) context.acts.mark(`group created ${group.id}`);
    return group.id;
  }

  const createOld = (options: CreateGroupOptions): Promise<AsyncResult<{ groupid: string }>> =>
    told(context, options, async () => {
      const { groupname, desc, approval, allowinvites, maxusers, ext, ...data } = options.data;
      const groupid = await create({
        groupName: groupname,
        ...(data.avatar === undefined ? {} : { avatar: data.avatar }),
        ...(desc === undefined ? {} : { description: desc }),
        ...(data.members === undefined ? {} : { members: data.members }),
        isPublic: data.public === true,
        needApprovalToJoin: approval === true,
        allowMemberToInvite: allowinvites === true,
        ...(maxusers === undefined ? {} : { maxMemberCount: maxusers }),
        ...(ext === undefined ? {} : { extension: ext }),
      });
      return context.result({ groupid });
    });

  async function details(groupId: string | string[]): Promise<GroupDetailInfo[]> {
    const client = context.requireLogin();
    const ids = (Array.isArray(groupId) ? groupId : [groupId]).map(String);
    const groups = await client.groups.get(ids);
    if (groups.length === 0 && ids.length === 1) {
      throw refuse(statusCode.GROUP_NOT_EXIST, `getGroupInfo: there is no group ${ids[0]}`);
    }
    return Promise.all(
      groups.map(async (group) => {
        const members = group.me
          ? (await client.groups.members(group.id, { limit: AFFILIATIONS })).members
          : [];
        const shielded = client.conversations.get(`g:${group.id}`)?.notify?.discard === true;
        return toDetail(group, members, shielded);
      }),
    );
  }

  const leave = (options: GroupOptions): Promise<AsyncResult<{ result: true }>> =>
    told(context, options, async () => {
      const client = context.requireLogin();
      await acting(context, ['left'], options.groupId, () => client.groups.leave(options.groupId));
      return context.result({ result: true });
    });

  const destroy = (options: GroupOptions): Promise<AsyncResult<{ id: string; success: true }>> =>
    told(context, options, async () => {
      const client = context.requireLogin();
      await acting(context, ['dismissed'], options.groupId, () => client.groups.dismiss(options.groupId));
      return context.result({ id: options.groupId, success: true });
    });

  const changeOwner = (
    options: GroupOptions & { newOwner: string },
  ): Promise<AsyncResult<{ newowner: true }>> =>
    told(context, options, async () => {
      const client = context.requireLogin();
      const { groupId, newOwner } = options;
      await acting(context, ['ownerChanged'], groupId, () => client.groups.transfer(groupId, fold(newOwner)));
      return context.result({ newowner: true });
    });

  async function announcement(groupId: string): Promise<string> {
    const [group] = await context.requireLogin().groups.get([groupId]);
    if (!group)
      throw refuse(statusCode.GROUP_NOT_EXIST, `fetchGroupAnnouncement: there is no group ${groupId}`);
    return group.announcement ?? '';
  }

  return {
    createGroupVNext: (options: CreateGroupVNextOptions): Promise<AsyncResult<{ groupId: string }>> =>
      told(context, undefined, async () => context.result({ groupId: await create(options) })),
    createGroup: createOld,
    createGroupNew: createOld,

    getGroupInfo: (
      options: Callbacks & { groupId: string | string[] },
    ): Promise<AsyncResult<GroupDetailInfo[]>> =>
      told(context, options, async () => context.result(await details(options.groupId))),

    modifyGroup(options: ModifyGroupOptions): Promise<AsyncResult<Record<string, boolean>>> {
      return told(context, options, async () => {
        const { groupId, groupName: name, description: intro, avatar, ext } = options;
        const client = context.requireLogin();
        await acting(context, ['profileChanged'], groupId, () =>
          client.groups.update(groupId, {
            ...(name === undefined ? {} : { name }),
            ...(intro === undefined ? {} : { intro }),
            ...(avatar === undefined ? {} : { avatar }),
            ...(ext === undefined ? {} : { ext }),
          }),
        );
        return context.result({
          ...(name === undefined ? {} : { groupname: true }),
          ...(intro === undefined ? {} : { description: true }),
          ...(avatar === undefined ? {} : { avatar: true }),
        });
      });
    },

    /** With either flag pages begin at 0 and carry details; without they begin at 1. */
    getJoinedGroups(options: JoinedGroupsOptions): Promise<AsyncResult<(GroupInfo | BaseGroup)[]>> {
      return told(context, options, async () => {
        const { needAffiliations = false, needRole = false, pageSize } = options;
        const detailed = needAffiliations || needRole;
        const first = detailed ? 0 : 1;
        const size = Math.min(Math.max(1, pageSize ?? (detailed ? 20 : 500)), detailed ? 20 : 500);
        const from = Math.max(0, (options.pageNum ?? first) - first) * size;
        const groups = (await context.requireLogin().groups.list()).slice(from, from + size);
        return context.result<(GroupInfo | BaseGroup)[]>(
          groups.map((group) =>
            detailed
              ? toInfo(group, needAffiliations, needRole)
              : { groupid: group.id, groupname: group.name },
          ),
        );
      });
    },

    getGroup: (options: Callbacks = {}): Promise<AsyncResult<BaseGroup[]>> =>
      told(context, options, async () => {
        const groups = await context.requireLogin().groups.list();
        return context.result(groups.map(({ id, name }) => ({ groupid: id, groupname: name })));
      }),

    getJoinedGroupsCount: (): Promise<AsyncResult<number>> =>
      told(context, undefined, async () =>
        context.result((await context.requireLogin().groups.list()).length),
      ),

    changeGroupOwner: changeOwner,
    changeOwner,
    destroyGroup: destroy,
    dissolveGroup: destroy,
    leaveGroup: leave,
    quitGroup: leave,

    joinGroup(
      options: GroupOptions & { message?: string },
    ): Promise<AsyncResult<{ result: true; action: string; user: string; id: string }>> {
      return told(context, options, async () => {
        const client = context.requireLogin();
        await acting(context, ['joined'], options.groupId, () => client.groups.join(options.groupId));
        return context.result({ result: true, action: 'apply', user: context.me, id: options.groupId });
      });
    },

    fetchGroupAnnouncement: (options: GroupOptions): Promise<AsyncResult<{ announcement: string }>> =>
      told(context, options, async () =>
        context.result({ announcement: await announcement(options.groupId) }),
      ),

    updateGroupAnnouncement: (
      options: GroupOptions & { announcement: string },
    ): Promise<AsyncResult<{ id: string; result: true }>> =>
      told(context, options, async () => {
        const client = context.requireLogin();
        const { groupId, announcement: text } = options;
        await acting(context, ['profileChanged'], groupId, () =>
          client.groups.update(groupId, { announcement: text }),
        );
        return context.result({ id: groupId, result: true });
      }),
  };
}
