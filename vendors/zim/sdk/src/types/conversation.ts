// Conversations: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type {
  ZIMConversationEvent,
  ZIMConversationNotificationStatus,
  ZIMConversationPinnedFilter,
  ZIMConversationSearchMode,
  ZIMConversationType,
} from '../enums/conversation.ts';
import type { ZIMMessageType } from '../enums/message.ts';
import type { ZIMMessage, ZIMMessageMentionedInfo } from './message.ts';
export interface ZIMConversation {
  conversationID: string;
  type: ZIMConversationType;
  conversationName: string;
  conversationAvatarUrl: string;
  conversationAlias: string;
  notificationStatus: ZIMConversationNotificationStatus;
  unreadMessageCount: number;
  readMessageSeq: number;
  lastMessage?: ZIMMessage;
  orderKey: number;
  isPinned: boolean;
  pinnedTime: number;
  mentionedInfoList: ZIMMessageMentionedInfo[];
  draft: string;
  marks: number[];
}

export interface ZIMConversationBaseInfo {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMGroupConversation extends ZIMConversation {
  isDisabled: boolean;
  mutedExpiredTime: number;
}

export interface ZIMConversationQueryConfig {
  nextConversation?: ZIMConversation;
  count: number;
}

export interface ZIMConversationFilterOption {
  conversationTypes: ZIMConversationType[];
  marks: number[];
  isOnlyUnreadConversation: boolean;
  pinnedFilter: ZIMConversationPinnedFilter;
}

export interface ZIMConversationTotalUnreadMessageCountQueryConfig {
  conversationTypes: ZIMConversationType[];
  marks: number[];
}

export interface ZIMConversationDeleteConfig {
  isAlsoDeleteServerConversation: boolean;
}

export interface ZIMConversationChangeInfo {
  event: ZIMConversationEvent;
  conversation: ZIMConversation;
}

export interface ZIMConversationSearchConfig {
  mode: ZIMConversationSearchMode;
  nextFlag?: number;
  totalConversationCount: number;
  keywords: string[];
  conversationMessageCount: number;
  messageTypes: ZIMMessageType[];
  subMessageTypes: number[];
  senderUserIDs: string[];
  startTime: number;
  endTime: number;
}

export interface ZIMConversationSearchInfo {
  conversationID: string;
  conversationType: ZIMConversationType;
  conversation: ZIMConversation;
  totalMessageCount: number;
  messageList: ZIMMessage[];
}
