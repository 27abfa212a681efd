import type { Group as CoreGroup } from '@magpie/protocol';
import { TYPES_V2 as TYPES } from './constants.ts';
import { guarded, type Context } from './context.ts';
import { groupFor } from './conversations.ts';
import { badParams, hasCode, timError, toTimError, unsupported } from './errors.ts';
import { groupKindOf, joinRuleOf } from './map/group.ts';
import type { CustomField, Group } from './types.ts';

interface ProfileOptions {
  name?: string | undefined;
  avatar?: string | undefined;
  introduction?: string | undefined;
  notification?: string | undefined;
  joinOption?: string | number | undefined;
  inviteOption?: string | number | undefined;
  groupCustomField?: CustomField[] | undefined;
}

export interface CreateGroupOptions extends ProfileOptions {
  name: string;
  type?: string | number | undefined;
  groupID?: string | undefined;
  maxMemberNum?: number | undefined;
  memberList?: { userID: string; role?: string | number | undefined; memberCustomField?: CustomField[] | undefined }[] | undefined;
  isSupportTopic?: boolean | undefined;
} // prettier-ignore

export interface UpdateGroupOptions extends ProfileOptions {
  groupID: string;
  muteAllMembers?: boolean | undefined;
}

export interface JoinGroupOptions {
  groupID: string;
  applyMessage?: string | undefined;
  type?: string | number | undefined;
}

/** Generated ids look as the vendor's do, so that apps which tell them by their beginning still can. */
function generatedId(community: boolean): string {
  const chance = (): string => Math.floor(Math.random() * 36 ** 6).toString(36).toUpperCase().padStart(6, '0'); // prettier-ignore
  return `${community ? '@TGS#_' : '@TGS#'}${chance()}${chance()}`;
}

function fieldsOf({ name, avatar, introduction, notification }: ProfileOptions) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(avatar === undefined ? {} : { avatar }),
    ...(introduction === undefined ? {} : { intro: introduction }),
    ...(notification === undefined ? {} : { announcement: notification }),
  };
}

function refuseUnsupported(method: string, options: ProfileOptions & { isSupportTopic?: boolean | undefined; muteAllMembers?: boolean | undefined }): void {
  if (options.groupCustomField && options.groupCustomField.length > 0) throw unsupported(method, 'groupCustomField');
  if (options.inviteOption !== undefined) throw unsupported(method, 'inviteOption');
  if (options.isSupportTopic === true) throw unsupported(method, 'isSupportTopic');
  if (options.muteAllMembers !== undefined) throw unsupported(method, 'muteAllMembers');
} // prettier-ignore

export function groupId(value: unknown): string {
  const id = typeof value === 'object' && value !== null ? (value as { groupID?: unknown }).groupID : value;
  if (typeof id !== 'string' || id === '') throw badParams();
  return id;
}

/** The group as it is now; 10010 when there is none for this user. */
export async function requireGroup(context: Context, id: string): Promise<CoreGroup> {
  const [group] = await context.client().groups.get([id]);
  if (!group) throw timError(10010, `There is no group ${id}.`);
  return group;
}

export function groupApi(context: Context) {
  const groups = () => context.client().groups;
  const kindHeld = (id: string) => context.client().conversations.get(`g:${id}`)?.group?.kind;

  async function create(options: CreateGroupOptions): Promise<{ group: Group; overLimitUserIDList: string[] }> {
    if (typeof options?.name !== 'string') throw badParams();
    const type = String(options.type ?? TYPES.GRP_WORK);
    if (type === TYPES.GRP_AVCHATROOM) throw unsupported('createGroup', 'AVChatRoom');
    const kind = groupKindOf(type);
    if (!kind) throw timError(2600, `Unknown group type ${type}.`);
    refuseUnsupported('createGroup', options);
    // Only these two types have a joinOption to choose; the vendor ignores it on the others.
    const join = kind === 'public' || kind === 'meeting' ? joinRuleOf(String(options.joinOption)) : undefined;
    const members = options.memberList?.map(({ userID }) => userID) ?? [];
    const id = options.groupID === undefined || options.groupID === '' ? generatedId(kind === 'community') : options.groupID;
    const { group } = await groups().create({ kind, id, ...fieldsOf(options), ...(join ? { join } : {}), ...(options.maxMemberNum === undefined ? {} : { maxMembers: options.maxMemberNum }), ...(members.length > 0 ? { members } : {}) });
    for (const { userID, role } of options.memberList ?? []) if (role === TYPES.GRP_MBR_ROLE_ADMIN) await groups().setRole(group.id, userID, 'admin');
    return { group: groupFor(context, group), overLimitUserIDList: [] };
  } // prettier-ignore

  async function join(options: JoinGroupOptions): Promise<{ status: string; group: Group }> {
    const id = groupId(options);
    try {
      return { status: TYPES.JOIN_STATUS_SUCCESS, group: groupFor(context, await groups().join(id)) };
    } catch (thrown) {
      if (hasCode(thrown, 'ALREADY_MEMBER')) return { status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP, group: groupFor(context, await requireGroup(context, id)) };
      if (hasCode(thrown, 'JOIN_CLOSED') && kindHeld(id) === 'work') throw timError(2601, 'Work groups cannot be joined; a member must add you.', {}, thrown);
      throw thrown;
    }
  } // prettier-ignore

  async function quit(groupID: string): Promise<{ groupID: string }> {
    try {
      await groups().leave(groupId(groupID));
    } catch (thrown) {
      if (hasCode(thrown, 'NOT_MEMBER')) throw timError(2623, 'You are not in this group.', {}, thrown);
      throw thrown;
    }
    return { groupID };
  }

  async function dismiss(groupID: string): Promise<{ groupID: string }> {
    const id = groupId(groupID);
    try {
      await groups().dismiss(id);
    } catch (thrown) {
      if (hasCode(thrown, 'FORBIDDEN')) {
        const { kind } = await requireGroup(context, id);
        if (kind === 'work') throw timError(2622, 'Work groups cannot be dismissed.', {}, thrown);
      }
      throw thrown;
    }
    return { groupID };
  }

  async function update(options: UpdateGroupOptions): Promise<{ group: Group }> {
    const id = groupId(options);
    refuseUnsupported('updateGroupProfile', options);
    const rule = options.joinOption === undefined ? undefined : joinRuleOf(String(options.joinOption));
    if (options.joinOption !== undefined && !rule)
      throw timError(10004, `Unknown joinOption ${String(options.joinOption)}.`);
    return {
      group: groupFor(
        context,
        await groups().update(id, { ...fieldsOf(options), ...(rule ? { join: rule } : {}) }),
      ),
    };
  }

  async function changeOwner({
    groupID,
    newOwnerID,
  }: {
    groupID: string;
    newOwnerID: string;
  }): Promise<{ group: Group }> {
    if (newOwnerID === context.state.user) throw timError(2621, 'You own this group already.');
    try {
      await groups().transfer(groupId(groupID), newOwnerID);
    } catch (thrown) {
      if (hasCode(thrown, 'FORBIDDEN'))
        throw timError(2681, 'Only the owner can hand the group over.', {}, thrown);
      throw thrown;
    }
    return { group: groupFor(context, await requireGroup(context, groupID)) };
  }

  const profile = async (options: { groupID: string; groupCustomFieldFilter?: string[] | undefined }) => ({
    group: groupFor(context, await requireGroup(context, groupId(options))),
  });

  const joinGuarded = guarded(context, 'joinGroup', join, 'group');
  const quitGuarded = guarded(context, 'quitGroup', quit, 'group');

  return {
    getGroupList: guarded(context, 'getGroupList', async (_options?: { groupProfileFilter?: (string | number)[] }) => {
      const groupList = (await groups().list()).map((group) => groupFor(context, group));
      return { groupList, isSyncCompleted: true };
    }),
    getGroupProfile: guarded(context, 'getGroupProfile', profile, 'group'),
    searchGroupByID: guarded(context, 'searchGroupByID', (groupID: string) => profile({ groupID }), 'group'),
    createGroup: guarded(context, 'createGroup', create, 'create'),
    dismissGroup: guarded(context, 'dismissGroup', dismiss, 'group'),
    updateGroupProfile: guarded(context, 'updateGroupProfile', update, 'group'),
    changeGroupOwner: guarded(context, 'changeGroupOwner', changeOwner, 'group'),
    // Not guarded before login, where only live rooms could be joined: unusable arguments throw, the rest is refused.
    joinGroup: (options: JoinGroupOptions): ReturnType<typeof joinGuarded> => {
      groupId(options);
      if (options.type === TYPES.GRP_AVCHATROOM) return Promise.reject(unsupported('joinGroup', 'AVChatRoom'));
      if (options.type === TYPES.GRP_WORK) return Promise.reject(timError(2601, 'Work groups cannot be joined; a member must add you.'));
      if (context.state.user === undefined) return Promise.reject(timError(2662, 'Guests may only join an AVChatRoom.'));
      return joinGuarded(options);
    },
    quitGroup: (groupID: string): ReturnType<typeof quitGuarded> => {
      groupId(groupID);
      return quitGuarded(groupID);
    },
  }; // prettier-ignore
}

/** For events: the list, or nothing when it cannot be had now. */
export async function currentGroups(context: Context): Promise<Group[] | undefined> {
  try {
    return (await context.client().groups.list()).map((group) => groupFor(context, group));
  } catch (thrown) {
    context.log('warn', 'the group list could not be read', toTimError(thrown));
    return undefined;
  }
}
