import type { ConversationView } from '@magpie/client';
import type {
  Group as CoreGroup,
  GroupKind,
  GroupSummary,
  JoinRule,
  Member,
  Person,
  Role,
} from '@magpie/protocol';
import type { Group, GroupMember, LastMessage, RemindType, SelfInfo } from '../types.ts';
import { seconds } from './ids.ts';

const TYPE_OF: Readonly<Record<GroupKind, string>> = {
  work: 'Private',
  public: 'Public',
  meeting: 'ChatRoom',
  community: 'Community',
  // The only type with admins and all three ways to join (core-model §5).
  circle: 'Public',
  club: 'Public',
};
const KIND_OF: Readonly<Record<string, GroupKind>> = {
  Private: 'work',
  Public: 'public',
  ChatRoom: 'meeting',
  Community: 'community',
};

export function groupTypeOf(kind: GroupKind): string {
  return TYPE_OF[kind];
}

export function groupKindOf(type: string): GroupKind | undefined {
  return Object.hasOwn(KIND_OF, type) ? KIND_OF[type] : undefined;
}

const JOIN_OPTION: Readonly<Record<JoinRule, string>> = {
  open: 'FreeAccess',
  approve: 'NeedPermission',
  closed: 'DisableApply',
};

export function joinOptionOf(join: JoinRule): string {
  return JOIN_OPTION[join];
}

export function joinRuleOf(option: string): JoinRule | undefined {
  return (Object.keys(JOIN_OPTION) as JoinRule[]).find((rule) => JOIN_OPTION[rule] === option);
}

const ROLE: Readonly<Record<Role, string>> = { owner: 'Owner', admin: 'Admin', member: 'Member' };

export function roleOf(role: Role): string {
  return ROLE[role];
}

export function coreRoleOf(role: string): Role | undefined {
  return (Object.keys(ROLE) as Role[]).find((name) => ROLE[name] === role);
}

export const EMPTY_LAST: Readonly<LastMessage> = {
  lastTime: 0,
  lastSequence: 0,
  fromAccount: '',
  nick: '',
  nameCard: '',
  type: '',
  payload: null,
  messageForShow: '',
  isRevoked: false,
  revoker: '',
  isPeerRead: false,
  version: 0,
  onlineOnlyFlag: false,
  cloudCustomData: '',
};

/** What the user's own conversation row adds to a group. */
export interface OwnRow {
  readonly userID: string;
  readonly remind: RemindType;
  readonly view: Pick<ConversationView, 'lastSeq' | 'readSeq'> | undefined;
  readonly last: LastMessage;
}

function selfInfo(me: CoreGroup['me'], { userID, remind, view }: OwnRow): SelfInfo {
  return {
    userID,
    role: me ? ROLE[me.role] : '',
    messageRemindType: remind,
    joinTime: me ? seconds(me.joinedAt) : 0,
    nameCard: me?.card ?? '',
    memberCustomField: [],
    muteTime: 0,
    readedSequence: view?.readSeq ?? 0,
    excludedUnreadSequenceList: [],
  };
}

/** A whole group, or what a summary says of it with the rest empty. */
export function groupOf(group: CoreGroup | GroupSummary, own: OwnRow): Group {
  const full: Partial<CoreGroup> = group;
  return {
    groupID: group.id,
    name: group.name,
    avatar: group.avatar ?? '',
    type: TYPE_OF[group.kind],
    introduction: full.intro ?? '',
    notification: full.announcement ?? '',
    ownerID: full.owner ?? '',
    createTime: full.createdAt === undefined ? 0 : seconds(full.createdAt),
    infoSequence: 0,
    lastInfoTime: 0,
    selfInfo: selfInfo(full.me, own),
    lastMessage: own.last,
    nextMessageSeq: (own.view?.lastSeq ?? 0) + 1,
    memberNum: group.memberCount,
    memberCount: group.memberCount,
    maxMemberNum: full.maxMembers ?? 0,
    maxMemberCount: full.maxMembers ?? 0,
    muteAllMembers: false,
    joinOption: full.join ? JOIN_OPTION[full.join] : '',
    inviteOption: '',
    groupCustomField: [],
    isSupportTopic: false,
  };
}

export function memberOf(member: Member, person: Person): GroupMember {
  return {
    userID: member.userId,
    nick: person.name ?? '',
    avatar: person.avatar ?? '',
    role: ROLE[member.role],
    joinTime: seconds(member.joinedAt),
    nameCard: member.card ?? person.card ?? '',
    muteUntil: 0,
    memberCustomField: [],
  };
}
