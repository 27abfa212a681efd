import type { ClientEvents } from '@magpie/client';
import type { GroupChange, Role } from '@magpie/protocol';
import { ZIMGroupEvent, ZIMGroupMemberEvent, ZIMGroupMemberState, ZIMGroupState } from './enums/group.ts';
import type { Context } from './context.ts';
import { groupFullInfo, isRole, memberInfo, operatedInfo, verifyInfo } from './map/group.ts';
import type { ZIMGroupMemberInfo, ZIMGroupOperatedInfo } from './types/group.ts';

type GroupFact = ClientEvents['group'];
interface Told {
  readonly fact: GroupFact;
  readonly operatedInfo: ZIMGroupOperatedInfo;
  readonly member: (id: string, role: Role) => ZIMGroupMemberInfo;
}

const OWN: Partial<Record<GroupChange, { state: ZIMGroupState; event: ZIMGroupEvent }>> = {
  created: { state: ZIMGroupState.Enter, event: ZIMGroupEvent.Created },
  dismissed: { state: ZIMGroupState.Quit, event: ZIMGroupEvent.Dismissed },
  joined: { state: ZIMGroupState.Enter, event: ZIMGroupEvent.Joined },
  invited: { state: ZIMGroupState.Enter, event: ZIMGroupEvent.Invited },
  left: { state: ZIMGroupState.Quit, event: ZIMGroupEvent.Left },
  kicked: { state: ZIMGroupState.Quit, event: ZIMGroupEvent.KickedOut },
};

const OTHERS: Partial<Record<GroupChange, { state: ZIMGroupMemberState; event: ZIMGroupMemberEvent }>> = {
  joined: { state: ZIMGroupMemberState.Enter, event: ZIMGroupMemberEvent.Joined },
  invited: { state: ZIMGroupMemberState.Enter, event: ZIMGroupMemberEvent.Invited },
  left: { state: ZIMGroupMemberState.Quit, event: ZIMGroupMemberEvent.Left },
  kicked: { state: ZIMGroupMemberState.Quit, event: ZIMGroupMemberEvent.KickedOut },
};

/** A change of membership: of one's own, or of others. Everybody in a group loses it when it is dismissed. */
function tellMembership(ctx: Context, { fact, operatedInfo, member }: Told): void {
  const own =
    fact.mine || fact.change === 'dismissed' || fact.change === 'created' ? OWN[fact.change] : undefined;
  if (own) {
    const muted = (ctx.client.conversations.get(`g:${fact.group.id}`)?.notify?.level ?? 'all') !== 'all';
    ctx.events.emit('groupStateChanged', {
      ...own,
      operatedInfo,
      groupInfo: groupFullInfo(fact.group, muted),
    });
    return;
  }
  const others = OTHERS[fact.change];
  const users = fact.targets.length > 0 ? fact.targets : [fact.actor];
  if (!others) return;
  const userList = users.map((id) => member(id, 'member'));
  ctx.events.emit('groupMemberStateChanged', { groupID: fact.group.id, ...others, userList, operatedInfo });
}

function tellSettings(ctx: Context, { fact, operatedInfo }: Told): void {
  const join = fact.after?.join;
  if (join !== 'open' && join !== 'approve' && join !== 'closed') return;
  const info = verifyInfo(fact.group.kind, join);
  ctx.events.emit('groupVerifyInfoUpdated', { groupID: fact.group.id, verifyInfo: info, operatedInfo });
}

/** One update may hold several fields, and the settings with them. */
function tellProfile(ctx: Context, told: Told): void {
  const { fact, operatedInfo } = told;
  const groupID = fact.group.id;
  const text = (key: string): string | undefined => {
    const value = fact.after?.[key];
    return typeof value === 'string' ? value : undefined;
  };
  const name = text('name');
  const avatar = text('avatar');
  const notice = text('announcement');
  if (name !== undefined) ctx.events.emit('groupNameUpdated', { groupID, groupName: name, operatedInfo });
  if (avatar !== undefined)
    ctx.events.emit('groupAvatarUrlUpdated', { groupID, groupAvatarUrl: avatar, operatedInfo });
  if (notice !== undefined)
    ctx.events.emit('groupNoticeUpdated', { groupID, groupNotice: notice, operatedInfo });
  tellSettings(ctx, told);
}

/** Roles of the members it is about, by user; of an owner's change the old one's is among them. */
function tellRoles(ctx: Context, { fact, operatedInfo, member }: Told): void {
  const userList = Object.entries(fact.after ?? {}).flatMap(([id, role]) =>
    isRole(role) ? member(id, role) : [],
  );
  if (userList.length > 0)
    ctx.events.emit('groupMemberInfoUpdated', { groupID: fact.group.id, userList, operatedInfo });
}

const TABLE: Readonly<Record<GroupChange, (ctx: Context, told: Told) => void>> = {
  created: tellMembership,
  dismissed: tellMembership,
  joined: tellMembership,
  invited: tellMembership,
  left: tellMembership,
  kicked: tellMembership,
  ownerChanged: tellRoles,
  roleChanged: tellRoles,
  profileChanged: tellProfile,
  settingsChanged: tellSettings,
};

/** One fact of a group as the vendor's events. */
export function tellGroup(ctx: Context, fact: GroupFact): void {
  const ref = `g:${fact.group.id}`;
  TABLE[fact.change]?.(ctx, {
    fact,
    operatedInfo: operatedInfo(fact.actor, ctx.reader.person(fact.actor, ref)),
    member: (id, role) => memberInfo({ userId: id, role, joinedAt: fact.at }, ctx.reader.person(id, ref)),
  });
}
