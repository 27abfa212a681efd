import type { ConversationView } from '@magpie/client';
import { ZIMConversationNotificationStatus, ZIMConversationType } from '../enums/conversation.ts';
import { ZIMMessageMentionedType } from '../enums/message.ts';
import type { ZIMConversation, ZIMGroupConversation } from '../types/conversation.ts';
import type { ZIMMessageMentionedInfo } from '../types/message.ts';
import { conversationOf } from './conversation-ref.ts';
import { asReceived, messageTo, type Reader } from './message.ts';

function mentionedType(me: boolean, all: boolean): ZIMMessageMentionedType {
  if (me && all) return ZIMMessageMentionedType.MentionAllAndMe;
  if (all) return ZIMMessageMentionedType.MentionAll;
  return me ? ZIMMessageMentionedType.MentionMe : ZIMMessageMentionedType.Unknown;
}

function mentionedTo(view: ConversationView): ZIMMessageMentionedInfo[] {
  return (view.mentioned ?? []).map((mention) => ({
    messageID: mention.id,
    messageSeq: mention.seq,
    fromUserID: mention.from,
    type: mentionedType(mention.me, mention.all),
  }));
}

function lastMessageOf(view: ConversationView, reader: Reader) {
  const head = reader.drawsTips(view.ref) ? view.lastEntry : view.lastContent;
  return head && messageTo(asReceived(head, view.ref, reader.me), reader);
}

/** A conversation as ZIM lists it; undefined: it does not (rooms, topics, or nothing in it ZIM would show). */
export function conversationTo(
  view: ConversationView,
  reader: Reader,
): ZIMConversation | ZIMGroupConversation | undefined {
  if (view.kind !== 'direct' && view.kind !== 'group') return undefined;
  const where = conversationOf(view.ref);
  const lastMessage = lastMessageOf(view, reader);
  if (where === undefined || (lastMessage === undefined && view.pinnedAt === undefined)) return undefined;
  const person = view.kind === 'direct' ? reader.person(where.conversationID, view.ref) : undefined;
  const level = view.notify?.level ?? 'all';
  const conversation: ZIMConversation = {
    conversationID: where.conversationID,
    type: where.conversationType,
    conversationName: person?.name ?? view.group?.name ?? '',
    conversationAvatarUrl: person?.avatar ?? view.group?.avatar ?? '',
    conversationAlias: '',
    notificationStatus:
      level === 'all'
        ? ZIMConversationNotificationStatus.Notify
        : ZIMConversationNotificationStatus.DoNotDisturb,
    unreadMessageCount: view.unread,
    readMessageSeq: view.readSeq,
    ...(lastMessage === undefined ? {} : { lastMessage }),
    orderKey: view.activeAt,
    isPinned: view.pinnedAt !== undefined,
    pinnedTime: view.pinnedAt ?? 0,
    mentionedInfoList: mentionedTo(view),
    draft: '',
    marks: [],
  };
  if (where.conversationType !== ZIMConversationType.Group) return conversation;
  return { ...conversation, isDisabled: view.state !== undefined, mutedExpiredTime: 0 };
}
