// Messages: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMConversationType } from '../enums/conversation.ts';
import type {
  ZIMMessageDirection,
  ZIMMessageMentionedType,
  ZIMMessageReceiptStatus,
  ZIMMessageRepliedInfoState,
  ZIMMessageRevokeStatus,
  ZIMMessageSentStatus,
  ZIMMessageType,
  ZIMRevokeType,
  ZIMTipsMessageChangeInfoType,
  ZIMTipsMessageEvent,
} from '../enums/message.ts';
import type { ZIMUserInfo } from './general.ts';
import type { ZIMGroupMemberSimpleInfo, ZIMGroupMuteInfo } from './group.ts';
import type { ZIMMessageReaction } from './message-config.ts';

/** The environment's `File`; where its types are not loaded, the part of it that is used. */
export type LocalFile = typeof globalThis extends { File: { prototype: infer F } }
  ? F
  : { readonly name: string; readonly size: number; readonly type: string };

export interface ZIMMessageLiteInfo {
  type: ZIMMessageType;
}

export interface ZIMTextMessageLiteInfo extends ZIMMessageLiteInfo {
  message: string;
  type: ZIMMessageType.Text;
}

export interface ZIMCustomMessageLiteInfo extends ZIMMessageLiteInfo {
  message: string;
  searchedContent: string;
  subType: number;
  type: ZIMMessageType.Custom;
}

export interface ZIMCombineMessageLiteInfo extends ZIMMessageLiteInfo {
  title: string;
  summary: string;
  type: ZIMMessageType.Combine;
}

export interface ZIMRevokeMessageLiteInfo extends ZIMMessageLiteInfo {
  type: ZIMMessageType.Revoke;
}

export interface ZIMMediaMessageLiteInfo extends ZIMMessageLiteInfo {
  fileSize?: number;
  fileName?: string;
  fileLocalPath?: LocalFile;
  fileDownloadUrl?: string;
}

export interface ZIMImageMessageLiteInfo extends ZIMMediaMessageLiteInfo {
  originalImageWidth?: number;
  originalImageHeight?: number;
  largeImageWidth?: number;
  largeImageHeight?: number;
  largeImageDownloadUrl?: string;
  thumbnailWidth?: number;
  thumbnailHeight?: number;
  thumbnailDownloadUrl?: string;
  type: ZIMMessageType.Image;
}

export interface ZIMFileMessageLiteInfo extends ZIMMediaMessageLiteInfo {
  type: ZIMMessageType.File;
}

export interface ZIMAudioMessageLiteInfo extends ZIMMediaMessageLiteInfo {
  audioDuration: number;
  type: ZIMMessageType.Audio;
}

export interface ZIMVideoMessageLiteInfo extends ZIMMediaMessageLiteInfo {
  videoDuration: number;
  videoFirstFrameWidth: number;
  videoFirstFrameHeight?: number;
  videoFirstFrameDownloadUrl?: string;
  type: ZIMMessageType.Video;
}

export interface ZIMMultipleMessageLiteInfo extends ZIMMessageLiteInfo {
  messageInfoList: ZIMMessageLiteInfo[];
  type: ZIMMessageType.Multiple;
}

export interface ZIMMessageRepliedInfo {
  state: ZIMMessageRepliedInfoState;
  messageInfo: ZIMMessageLiteInfo;
  senderUserID: string;
  sentTime: number;
  messageID: string;
  messageSeq: number;
}

export interface ZIMMessage {
  type: ZIMMessageType;
  messageID?: string;
  localMessageID?: string;
  messageSeq?: number;
  senderUserID?: string;
  conversationID?: string;
  conversationType?: ZIMConversationType;
  direction?: ZIMMessageDirection;
  sentStatus?: ZIMMessageSentStatus;
  timestamp?: number;
  orderKey?: number;
  isUserInserted?: boolean;
  receiptStatus?: ZIMMessageReceiptStatus;
  extendedData?: string;
  localExtendedData?: string;
  reactions?: ZIMMessageReaction[];
  isBroadcastMessage?: boolean;
  mentionedUserIDs?: string[];
  isMentionAll?: boolean;
  repliedInfo?: ZIMMessageRepliedInfo;
  rootRepliedCount?: number;
  isServerMessage?: boolean;
  editorUserID?: string;
  editedTime?: number;
  isGroupTargetedMessage?: boolean;
  pinnedUserID?: string;
  pinnedTime?: number;
}

export interface ZIMMediaMessage extends ZIMMessage {
  fileLocalPath?: LocalFile;
  fileDownloadUrl?: string;
  fileUID?: string;
  fileName?: string;
  fileSize?: number;
}

export interface ZIMTextMessage extends ZIMMessage {
  message: string;
  type: ZIMMessageType.Text;
}

export interface ZIMSystemMessage extends ZIMMessage {
  message: string;
  type: ZIMMessageType.System;
}

export interface ZIMCustomMessage extends ZIMMessage {
  message: string;
  searchedContent?: string;
  subType: number;
  type: ZIMMessageType.Custom;
}

export interface ZIMCommandMessage extends ZIMMessage {
  message: Uint8Array;
  type: ZIMMessageType.Command;
}

export interface ZIMBarrageMessage extends ZIMMessage {
  message: string;
  type: ZIMMessageType.Barrage;
}

export interface ZIMImageMessage extends ZIMMediaMessage {
  thumbnailDownloadUrl?: string;
  largeImageDownloadUrl?: string;
  originalImageWidth?: number;
  originalImageHeight?: number;
  largeImageWidth?: number;
  largeImageHeight?: number;
  thumbnailWidth?: number;
  thumbnailHeight?: number;
  type: ZIMMessageType.Image;
}

export interface ZIMFileMessage extends ZIMMediaMessage {
  type: ZIMMessageType.File;
}

export interface ZIMAudioMessage extends ZIMMediaMessage {
  audioDuration: number;
  type: ZIMMessageType.Audio;
}

export interface ZIMVideoMessage extends ZIMMediaMessage {
  videoDuration: number;
  videoFirstFrameDownloadUrl?: string;
  videoFirstFrameWidth?: number;
  videoFirstFrameHeight?: number;
  type: ZIMMessageType.Video;
}

export interface ZIMRevokeMessage extends ZIMMessage {
  revokeType: ZIMRevokeType;
  revokeTimestamp: number;
  operatedUserID: string;
  originalMessageType: ZIMMessageType;
  originalTextMessageContent: string;
  revokeExtendedData: string;
  revokeStatus: ZIMMessageRevokeStatus;
  type: ZIMMessageType.Revoke;
}

export interface ZIMCombineMessage extends ZIMMessage {
  title: string;
  summary: string;
  combineID?: string;
  messageList: ZIMMessage[];
  type: ZIMMessageType.Combine;
}

export interface ZIMTipsMessage extends ZIMMessage {
  event: ZIMTipsMessageEvent;
  operatedUser: ZIMUserInfo;
  targetUserList: ZIMUserInfo[];
  changeInfo?: ZIMTipsMessageChangeInfo;
  type: ZIMMessageType.Tips;
}

export interface ZIMMultipleMessage extends ZIMMessage {
  messageInfoList: ZIMMessageLiteInfo[];
  failedIndexList?: number[];
  type: ZIMMessageType.Multiple;
}

export interface ZIMMessageRootRepliedInfo {
  state: ZIMMessageRepliedInfoState;
  message?: ZIMMessage;
  senderUserID: string;
  sentTime: number;
  repliedCount: number;
}

export interface ZIMMessageRootRepliedCountInfo {
  messageID: string;
  conversationID: string;
  conversationType: ZIMConversationType;
  count: number;
}

export interface ZIMMessageMentionedInfo {
  messageID: string;
  messageSeq: number;
  fromUserID: string;
  type: ZIMMessageMentionedType;
}

export interface ZIMMessageReceivedInfo {
  isOfflineMessage: boolean;
}

export interface ZIMTipsMessageChangeInfo {
  type: ZIMTipsMessageChangeInfoType;
}

export interface ZIMTipsMessageGroupChangeInfo extends ZIMTipsMessageChangeInfo {
  groupDataFlag: number;
  groupName: string;
  groupNotice: string;
  groupAvatarUrl: string;
  groupMutedInfo?: ZIMGroupMuteInfo;
}

export interface ZIMTipsMessageGroupMemberChangeInfo extends ZIMTipsMessageChangeInfo {
  memberRole: number;
  muteExpiredTime: number;
  groupNewOwner?: ZIMGroupMemberSimpleInfo;
}

export interface ZIMTipsMessagePinStatusChangeInfo extends ZIMTipsMessageChangeInfo {
  isPinned: boolean;
}
