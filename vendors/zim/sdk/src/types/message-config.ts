// What goes with messages: settings of calls, receipts, reactions: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMConversationType } from '../enums/conversation.ts';
import type {
  ZIMMessageOrder,
  ZIMMessagePinStatus,
  ZIMMessagePriority,
  ZIMMessageQueryMode,
  ZIMMessageReactionUserChangeAction,
  ZIMMessageReceiptStatus,
  ZIMMessageSentStatus,
  ZIMMessageType,
} from '../enums/message.ts';
import type { ZIMMediaMessage, ZIMMessage, ZIMMultipleMessage } from './message.ts';
import type { ZIMPushConfig } from './push.ts';
export interface ZIMMessageReactionAddConfig {
  increaseCount: number;
}

export interface ZIMMessageReactionUserInfo {
  userID: string;
}

export interface ZIMMessageReaction {
  reactionType: string;
  conversationID: string;
  conversationType: ZIMConversationType;
  messageID: string;
  totalCount: number;
  isSelfIncluded: boolean;
  userList: ZIMMessageReactionUserInfo[];
  sumCount: number;
}

export interface ZIMMessageReactionSimpleInfo {
  reactionType: string;
  sumCount: number;
}

export interface ZIMMessageReactionUserFullInfo {
  userID: string;
  reactions: ZIMMessageReactionSimpleInfo[];
}

export interface ZIMMessageReactionUserChangeInfo {
  userID: string;
  reactionType: string;
  action: ZIMMessageReactionUserChangeAction;
  sumCount: number;
}

export interface ZIMMessageReactionChangeInfo {
  message: ZIMMessage;
  userChangeInfoList: ZIMMessageReactionUserChangeInfo[];
}

export interface ZIMMessageSendConfig {
  pushConfig?: ZIMPushConfig;
  priority: ZIMMessagePriority;
  hasReceipt?: boolean;
  isNotifyMentionedUsers?: boolean;
  isRetrySend?: boolean;
  disableUnreadMessageCount?: boolean;
  isAllowMultipleMessagePartialFailed?: boolean;
}

export interface ZIMMessageQueryConfig {
  nextMessage?: ZIMMessage;
  count: number;
  reverse: boolean;
  mode: ZIMMessageQueryMode;
}

export interface ZIMMessageRevokeConfig {
  pushConfig?: ZIMPushConfig;
  revokeExtendedData?: string;
}

export interface ZIMMessageDeleteConfig {
  isAlsoDeleteServerMessage: boolean;
}

export interface ZIMMessageSendNotification {
  onMessageAttached?: ZIMMessageAttachedResult;
  onMediaUploadingProgress?: ZIMMediaUploadingProgress;
  onMultipleMediaUploadingProgress?: ZIMMultipleMediaUploadingProgress;
}

export interface ZIMMediaMessageSendNotification {
  onMessageAttached?: ZIMMessageAttachedResult;
  onMediaUploadingProgress?: ZIMMediaUploadingProgress;
}

export interface ZIMMessageReceiptInfo {
  status: ZIMMessageReceiptStatus;
  messageID: string;
  conversationID: string;
  conversationType: ZIMConversationType;
  readMemberCount: number;
  unreadMemberCount: number;
  isSelfOperated: boolean;
  readTime: number;
}

export interface ZIMMessageReactionUserQueryConfig {
  nextFlag: number;
  count: number;
  reactionType: string;
}

export interface ZIMMessageSentStatusChangeInfo {
  status: ZIMMessageSentStatus;
  message: ZIMMessage;
  reason: string;
}

export interface ZIMMessageSearchConfig {
  nextMessage?: ZIMMessage;
  count: number;
  order: ZIMMessageOrder;
  keywords: string[];
  messageTypes: ZIMMessageType[];
  subMessageTypes: number[];
  senderUserIDs: string[];
  startTime: number;
  endTime: number;
}

export interface ZIMMessageRepliedListQueryConfig {
  nextFlag: number;
  count: number;
}

export type ZIMMessageEditConfig = Record<string, never>;

export type ZIMSendingMessageCancelConfig = Record<string, never>;

export interface ZIMMessagePinConfig {
  disableAutoReplace: boolean;
}

export interface ZIMMessagePinStatusChangeInfo {
  pinStatus: ZIMMessagePinStatus;
  message: ZIMMessage;
}

export interface ZIMMessageAttachedResult {
  (message: ZIMMessage): void;
}

export interface ZIMMediaUploadingProgress {
  (message: ZIMMediaMessage, currentFileSize: number, totalFileSize: number): void;
}

export interface ZIMMultipleMediaUploadingProgress {
  (
    message: ZIMMultipleMessage,
    currentFileSize: number,
    totalFileSize: number,
    messageInfoIndex: number,
    currentIndexFileSize: number,
    totalIndexFileSize: number,
  ): void;
}
