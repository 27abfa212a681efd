import type { ConversationView } from '@magpie/client';
import type { Group as CoreGroup, Notify } from '@magpie/protocol';
import { TYPES_V2 as TYPES } from '../constants.ts';
import type { Conversation, GroupAtInfo, LastMessage, RemindType } from '../types.ts';
import { EMPTY_LAST, groupOf, groupTypeOf } from './group.ts';
import { bareId, conversationOfRef, seconds } from './ids.ts';
import { messageOf, type MessageEnv } from './message.ts';
import { previewOf } from './preview.ts';
import { profileOfPerson } from './profile.ts';

export function remindTypeOf(notify: Notify | undefined): RemindType {
  if (notify === undefined || notify.level === 'all') return TYPES.MSG_REMIND_ACPT_AND_NOTE;
  return notify.discard === true ? TYPES.MSG_REMIND_DISCARD : TYPES.MSG_REMIND_ACPT_NOT_NOTE;
}

export function notifyOf(remindType: string): Notify | undefined {
  switch (remindType) {
    case TYPES.MSG_REMIND_ACPT_AND_NOTE:
      return { level: 'all' };
    case TYPES.MSG_REMIND_ACPT_NOT_NOTE:
      return { level: 'none' };
    case TYPES.MSG_REMIND_DISCARD:
      return { level: 'none', discard: true };
    default:
      return undefined;
  }
}

export function lastMessageOf(view: ConversationView, env: MessageEnv): LastMessage {
  const { lastEntry, ref } = view;
  const message = lastEntry && messageOf({ ...lastEntry, ref, mine: lastEntry.from === env.me }, env);
  if (!message) return { ...EMPTY_LAST };
  return {
    lastTime: message.time,
    lastSequence: message.sequence,
    fromAccount: message.from,
    nick: message.nick,
    nameCard: message.nameCard,
    type: message.type,
    payload: message.payload,
    messageForShow: previewOf(message.type, message.payload),
    isRevoked: message.isRevoked,
    revoker: message.revoker,
    isPeerRead: message.isPeerRead,
    version: 0,
    onlineOnlyFlag: false,
    cloudCustomData: message.cloudCustomData,
  };
}

function atInfo({ ref, mentioned = [] }: ConversationView): GroupAtInfo[] {
  return mentioned.map(({ seq, from, me, all }) => ({
    groupID: bareId(ref),
    messageSequence: seq,
    atTypeArray: [me && all ? TYPES.CONV_AT_ALL_AT_ME : all ? TYPES.CONV_AT_ALL : TYPES.CONV_AT_ME],
    from,
  }));
}

/** Whether TIM shows it: direct chats and groups (core-model §2). */
export function isShown({ kind }: Pick<ConversationView, 'kind'>): boolean {
  return kind === 'direct' || kind === 'group';
}

/**
 * A conversation as the vendor's object, a fresh one each time: apps that write into it harm nobody. `group`: all that is
 * known of the group, where it was asked for.
 */
export function conversationOf(view: ConversationView, env: MessageEnv, group?: CoreGroup): Conversation {
  const { ref } = view;
  const direct = view.kind === 'direct';
  const last = lastMessageOf(view, env);
  const remind = remindTypeOf(view.notify);
  const known = group ?? view.group;
  const conversation: Omit<Conversation, 'groupProfile' | 'userProfile'> & Partial<Conversation> = {
    conversationID: conversationOfRef(ref) ?? ref,
    type: direct ? 'C2C' : 'GROUP',
    subType: known ? groupTypeOf(known.kind) : '',
    unreadCount: view.unread,
    lastMessage: last,
    groupAtInfoList: direct ? [] : atInfo(view),
    remark: '',
    isPinned: view.pinnedAt !== undefined,
    messageRemindType: remind,
    markList: [],
    customData: '',
    conversationGroupList: [],
    draftText: '',
    peerReadTime: view.peerReadAt === undefined ? 0 : seconds(view.peerReadAt),
    ...(direct ? { userProfile: profileOfPerson(bareId(ref), env.personOf(bareId(ref))) } : {}),
    ...(known && !direct ? { groupProfile: groupOf(known, { userID: env.me, remind, view, last }) } : {}),
  };
  // Of the two profiles only the fitting one exists, as with the vendor, whose typings promise both.
  return conversation as Conversation;
}
