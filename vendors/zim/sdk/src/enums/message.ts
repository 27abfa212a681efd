import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Media part selector (native download API; unused on web). */
export const ZIMMediaFileType = /* @__PURE__ */ vendorEnum({
  OriginalFile: 1,
  LargeImage: 2,
  Thumbnail: 3,
  VideoFirstFrame: 4,
});
export type ZIMMediaFileType = EnumValue<typeof ZIMMediaFileType>;
export declare namespace ZIMMediaFileType {
  type OriginalFile = 1;
  type LargeImage = 2;
  type Thumbnail = 3;
  type VideoFirstFrame = 4;
}

/** Direction. */
export const ZIMMessageDirection = /* @__PURE__ */ vendorEnum({
  Send: 0,
  Receive: 1,
});
export type ZIMMessageDirection = EnumValue<typeof ZIMMessageDirection>;
export declare namespace ZIMMessageDirection {
  type Send = 0;
  type Receive = 1;
}

/** Search order. */
export const ZIMMessageOrder = /* @__PURE__ */ vendorEnum({
  Descending: 0,
  Ascending: 1,
});
export type ZIMMessageOrder = EnumValue<typeof ZIMMessageOrder>;
export declare namespace ZIMMessageOrder {
  type Descending = 0;
  type Ascending = 1;
}

/** Priority. */
export const ZIMMessagePriority = /* @__PURE__ */ vendorEnum({
  Low: 1,
  Medium: 2,
  High: 3,
});
export type ZIMMessagePriority = EnumValue<typeof ZIMMessagePriority>;
export declare namespace ZIMMessagePriority {
  type Low = 1;
  type Medium = 2;
  type High = 3;
}

/** Receipt state. */
export const ZIMMessageReceiptStatus = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  None: 0,
  Processing: 1,
  Done: 2,
  Expired: 3,
  Failed: 4,
});
export type ZIMMessageReceiptStatus = EnumValue<typeof ZIMMessageReceiptStatus>;
export declare namespace ZIMMessageReceiptStatus {
  type Unknown = -1;
  type None = 0;
  type Processing = 1;
  type Done = 2;
  type Expired = 3;
  type Failed = 4;
}

/** Who revoked. */
export const ZIMMessageRevokeStatus = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  SelfRevoke: 0,
  SystemRevoke: 1,
  ServerAPIRevoke: 2,
  GroupAdminRevoke: 3,
  GroupOwnerRevoke: 4,
  AuditRejectRevoke: 5,
});
export type ZIMMessageRevokeStatus = EnumValue<typeof ZIMMessageRevokeStatus>;
export declare namespace ZIMMessageRevokeStatus {
  type Unknown = -1;
  type SelfRevoke = 0;
  type SystemRevoke = 1;
  type ServerAPIRevoke = 2;
  type GroupAdminRevoke = 3;
  type GroupOwnerRevoke = 4;
  type AuditRejectRevoke = 5;
}

/** Send state. */
export const ZIMMessageSentStatus = /* @__PURE__ */ vendorEnum({
  Sending: 0,
  Success: 1,
  Failed: 2,
});
export type ZIMMessageSentStatus = EnumValue<typeof ZIMMessageSentStatus>;
export declare namespace ZIMMessageSentStatus {
  type Sending = 0;
  type Success = 1;
  type Failed = 2;
}

/** Message kind. */
export const ZIMMessageType = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  Text: 1,
  Command: 2,
  Multiple: 10,
  Image: 11,
  File: 12,
  Audio: 13,
  Video: 14,
  Barrage: 20,
  System: 30,
  Revoke: 31,
  Tips: 32,
  Combine: 100,
  Custom: 200,
});
export type ZIMMessageType = EnumValue<typeof ZIMMessageType>;
export declare namespace ZIMMessageType {
  type Unknown = 0;
  type Text = 1;
  type Command = 2;
  type Multiple = 10;
  type Image = 11;
  type File = 12;
  type Audio = 13;
  type Video = 14;
  type Barrage = 20;
  type System = 30;
  type Revoke = 31;
  type Tips = 32;
  type Combine = 100;
  type Custom = 200;
}

/** Scope of a revoke. */
export const ZIMRevokeType = /* @__PURE__ */ vendorEnum({
  Unknown: -1,
  TwoWay: 0,
  OneWay: 1,
});
export type ZIMRevokeType = EnumValue<typeof ZIMRevokeType>;
export declare namespace ZIMRevokeType {
  type Unknown = -1;
  type TwoWay = 0;
  type OneWay = 1;
}

/** Tips event. */
export const ZIMTipsMessageEvent = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  GroupCreated: 1,
  GroupDismissed: 2,
  GroupJoined: 3,
  GroupInvited: 4,
  GroupLeft: 5,
  GroupKickedOut: 6,
  GroupInfoChanged: 7,
  GroupMemberInfoChanged: 8,
  GroupMessagePinned: 9,
  CommunityCreated: 101,
  CommunityJoined: 103,
  CommunityInvited: 104,
  CommunityChannelCreated: 151,
});
export type ZIMTipsMessageEvent = EnumValue<typeof ZIMTipsMessageEvent>;
export declare namespace ZIMTipsMessageEvent {
  type Unknown = 0;
  type GroupCreated = 1;
  type GroupDismissed = 2;
  type GroupJoined = 3;
  type GroupInvited = 4;
  type GroupLeft = 5;
  type GroupKickedOut = 6;
  type GroupInfoChanged = 7;
  type GroupMemberInfoChanged = 8;
  type GroupMessagePinned = 9;
  type CommunityCreated = 101;
  type CommunityJoined = 103;
  type CommunityInvited = 104;
  type CommunityChannelCreated = 151;
}

/** Tips detail. */
export const ZIMTipsMessageChangeInfoType = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  GroupDataChanged: 1,
  GroupNoticeChanged: 2,
  GroupNameChanged: 3,
  GroupAvatarUrlChanged: 4,
  GroupMuteChanged: 5,
  GroupOwnerTransferred: 10,
  GroupMemberRoleChanged: 11,
  GroupMemberMuteChanged: 12,
  GroupMessagePinInfoChanged: 21,
});
export type ZIMTipsMessageChangeInfoType = EnumValue<typeof ZIMTipsMessageChangeInfoType>;
export declare namespace ZIMTipsMessageChangeInfoType {
  type Unknown = 0;
  type GroupDataChanged = 1;
  type GroupNoticeChanged = 2;
  type GroupNameChanged = 3;
  type GroupAvatarUrlChanged = 4;
  type GroupMuteChanged = 5;
  type GroupOwnerTransferred = 10;
  type GroupMemberRoleChanged = 11;
  type GroupMemberMuteChanged = 12;
  type GroupMessagePinInfoChanged = 21;
}

/** Mention kind. */
export const ZIMMessageMentionedType = /* @__PURE__ */ vendorEnum({
  Unknown: 0,
  MentionMe: 1,
  MentionAll: 2,
  MentionAllAndMe: 3,
});
export type ZIMMessageMentionedType = EnumValue<typeof ZIMMessageMentionedType>;
export declare namespace ZIMMessageMentionedType {
  type Unknown = 0;
  type MentionMe = 1;
  type MentionAll = 2;
  type MentionAllAndMe = 3;
}

/** Scope of a deletion event. */
export const ZIMMessageDeleteType = /* @__PURE__ */ vendorEnum({
  MessageListDeleted: 0,
  ConversationAllMessagesDeleted: 1,
  AllConversationMessagesDeleted: 2,
});
export type ZIMMessageDeleteType = EnumValue<typeof ZIMMessageDeleteType>;
export declare namespace ZIMMessageDeleteType {
  type MessageListDeleted = 0;
  type ConversationAllMessagesDeleted = 1;
  type AllConversationMessagesDeleted = 2;
}

/** State of the quoted source. */
export const ZIMMessageRepliedInfoState = /* @__PURE__ */ vendorEnum({
  Normal: 0,
  Deleted: 1,
  NotFound: 2,
});
export type ZIMMessageRepliedInfoState = EnumValue<typeof ZIMMessageRepliedInfoState>;
export declare namespace ZIMMessageRepliedInfoState {
  type Normal = 0;
  type Deleted = 1;
  type NotFound = 2;
}

/** Pin change. */
export const ZIMMessagePinStatus = /* @__PURE__ */ vendorEnum({
  NotPinned: 0,
  Pinned: 1,
  Updated: 2,
});
export type ZIMMessagePinStatus = EnumValue<typeof ZIMMessagePinStatus>;
export declare namespace ZIMMessagePinStatus {
  type NotPinned = 0;
  type Pinned = 1;
  type Updated = 2;
}

/** Reaction action. */
export const ZIMMessageReactionUserChangeAction = /* @__PURE__ */ vendorEnum({
  Added: 0,
  Deleted: 1,
});
export type ZIMMessageReactionUserChangeAction = EnumValue<typeof ZIMMessageReactionUserChangeAction>;
export declare namespace ZIMMessageReactionUserChangeAction {
  type Added = 0;
  type Deleted = 1;
}

/** History source (2.29.0). */
export const ZIMMessageQueryMode = /* @__PURE__ */ vendorEnum({
  General: 0,
  PreferServer: 1,
  OnlyLocal: 2,
});
export type ZIMMessageQueryMode = EnumValue<typeof ZIMMessageQueryMode>;
export declare namespace ZIMMessageQueryMode {
  type General = 0;
  type PreferServer = 1;
  type OnlyLocal = 2;
}
