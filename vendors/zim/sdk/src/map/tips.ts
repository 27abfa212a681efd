import type { ContentOf, Person } from '@magpie/protocol';
import { ZIMMessageType, ZIMTipsMessageChangeInfoType, ZIMTipsMessageEvent } from '../enums/message.ts';
import type { ZIMTipsMessage, ZIMTipsMessageChangeInfo, ZIMTipsMessageGroupChangeInfo, ZIMTipsMessageGroupMemberChangeInfo } from '../types/message.ts'; // prettier-ignore
import { isRole, memberInfo, roleTo } from './group.ts';
import { userInfo } from './user.ts';

export type TipsMessage = Pick<
  ZIMTipsMessage,
  'type' | 'event' | 'operatedUser' | 'targetUserList' | 'changeInfo'
>;
type Tip = ContentOf<'tip'>;

const EVENTS: Readonly<Record<string, ZIMTipsMessageEvent>> = {
  created: ZIMTipsMessageEvent.GroupCreated,
  dismissed: ZIMTipsMessageEvent.GroupDismissed,
  joined: ZIMTipsMessageEvent.GroupJoined,
  invited: ZIMTipsMessageEvent.GroupInvited,
  left: ZIMTipsMessageEvent.GroupLeft,
  kicked: ZIMTipsMessageEvent.GroupKickedOut,
  profileChanged: ZIMTipsMessageEvent.GroupInfoChanged,
  ownerChanged: ZIMTipsMessageEvent.GroupMemberInfoChanged,
  roleChanged: ZIMTipsMessageEvent.GroupMemberInfoChanged,
};

const BITS = { name: 1, announcement: 2, avatar: 4 } as const;
const SINGLE: Readonly<Record<number, ZIMTipsMessageChangeInfoType>> = {
  [BITS.name]: ZIMTipsMessageChangeInfoType.GroupNameChanged,
  [BITS.announcement]: ZIMTipsMessageChangeInfoType.GroupNoticeChanged,
  [BITS.avatar]: ZIMTipsMessageChangeInfoType.GroupAvatarUrlChanged,
};

const textAt = (after: Tip['after'], key: string): string => {
  const value = after?.[key];
  return typeof value === 'string' ? value : '';
};

function groupChange(after: Tip['after']): ZIMTipsMessageGroupChangeInfo {
  const flag = (Object.keys(BITS) as (keyof typeof BITS)[]).reduce(
    (bits, key) => (after && key in after ? bits | BITS[key] : bits),
    0,
  );
  return {
    type: SINGLE[flag] ?? ZIMTipsMessageChangeInfoType.GroupDataChanged,
    groupDataFlag: flag,
    groupName: textAt(after, 'name'),
    groupNotice: textAt(after, 'announcement'),
    groupAvatarUrl: textAt(after, 'avatar'),
  };
}

/** `after` of these holds the new roles by user. */
function memberChange(tip: Tip, person: (id: string) => Person): ZIMTipsMessageGroupMemberChangeInfo {
  const [target = ''] = tip.targets ?? [];
  const role = tip.after?.[target];
  const moved = tip.change === 'ownerChanged';
  return {
    type: moved
      ? ZIMTipsMessageChangeInfoType.GroupOwnerTransferred
      : ZIMTipsMessageChangeInfoType.GroupMemberRoleChanged,
    memberRole: roleTo(isRole(role) ? role : 'member'),
    muteExpiredTime: 0,
    ...(moved ? { groupNewOwner: memberInfo({ userId: target, role: 'owner' }, person(target)) } : {}),
  };
}

function changeInfo(tip: Tip, person: (id: string) => Person): ZIMTipsMessageChangeInfo | undefined {
  if (tip.change === 'profileChanged') return groupChange(tip.after);
  if (tip.change === 'ownerChanged' || tip.change === 'roleChanged') return memberChange(tip, person);
  return undefined;
}

/** A group's tip in the vendor's fields. */
export function tipsTo(tip: Tip, person: (id: string) => Person): TipsMessage {
  const info = changeInfo(tip, person);
  return {
    type: ZIMMessageType.Tips,
    event: EVENTS[tip.change] ?? ZIMTipsMessageEvent.Unknown,
    operatedUser: userInfo(tip.actor, person(tip.actor)),
    targetUserList: (tip.targets ?? []).map((id) => userInfo(id, person(id))),
    ...(info === undefined ? {} : { changeInfo: info }),
  };
}
