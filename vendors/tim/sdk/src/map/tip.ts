import type { ContentOf, GroupChange, Person } from '@magpie/protocol';
import { TYPES_V2 as TYPES } from '../constants.ts';
import type { GroupTipPayload, TipMember } from '../types.ts';
import { joinOptionOf } from './group.ts';
import { bareId } from './ids.ts';

export type PersonOf = (id: string, ref?: string) => Person;

const OPERATIONS: Readonly<Record<GroupChange, number>> = {
  created: TYPES.GRP_TIP_MBR_JOIN,
  joined: TYPES.GRP_TIP_MBR_JOIN,
  invited: TYPES.GRP_TIP_MBR_JOIN,
  left: TYPES.GRP_TIP_MBR_QUIT,
  kicked: TYPES.GRP_TIP_MBR_KICKED_OUT,
  dismissed: TYPES.GRP_TIP_GRP_PROFILE_UPDATED,
  roleChanged: TYPES.GRP_TIP_MBR_SET_ADMIN,
  ownerChanged: TYPES.GRP_TIP_GRP_PROFILE_UPDATED,
  profileChanged: TYPES.GRP_TIP_GRP_PROFILE_UPDATED,
  settingsChanged: TYPES.GRP_TIP_GRP_PROFILE_UPDATED,
};

function operationType({ change, after, targets }: ContentOf<'tip'>): number {
  if (change === 'roleChanged') {
    const role = after?.[targets?.[0] ?? ''];
    return role === 'member' ? TYPES.GRP_TIP_MBR_CANCELED_ADMIN : TYPES.GRP_TIP_MBR_SET_ADMIN;
  }
  return Object.hasOwn(OPERATIONS, change)
    ? OPERATIONS[change as GroupChange]
    : TYPES.GRP_TIP_GRP_PROFILE_UPDATED;
}

/** Names of changed fields as the vendor spells them; `groupName` beside `name` because its versions differ. */
export function newGroupProfile({ change, after = {}, targets }: ContentOf<'tip'>): Record<string, unknown> {
  if (change === 'ownerChanged') return { ownerID: targets?.[0] ?? '' };
  if (change !== 'profileChanged' && change !== 'settingsChanged') return {};
  const { name, avatar, intro, announcement, join } = after;
  return {
    ...(name === undefined ? {} : { groupName: name, name }),
    ...(avatar === undefined ? {} : { avatar: avatar ?? '' }),
    ...(intro === undefined ? {} : { introduction: intro ?? '' }),
    ...(announcement === undefined ? {} : { notification: announcement ?? '' }),
    ...(join === 'open' || join === 'approve' || join === 'closed' ? { joinOption: joinOptionOf(join) } : {}),
  };
}

/** A tip entry as the vendor's group tip. `group` is what is known of the group now. */
export function tipPayload(
  tip: ContentOf<'tip'>,
  ref: string,
  groupName: string,
  personOf: PersonOf,
): GroupTipPayload {
  const member = (userID: string): TipMember => {
    const { name = '', avatar = '' } = personOf(userID, ref);
    return { userID, nick: name, avatar };
  };
  const userIDList = [
    ...(tip.targets ?? (tip.change === 'joined' || tip.change === 'left' ? [tip.actor] : [])),
  ];
  return {
    operatorID: tip.actor,
    operationType: operationType(tip),
    userIDList,
    memberList: userIDList.map(member),
    newGroupProfile: newGroupProfile(tip),
    groupProfile: { groupID: bareId(ref), groupName, name: groupName },
    groupJoinType: tip.change === 'invited' ? 2 : 1,
    operatorInfo: member(tip.actor),
  };
}
