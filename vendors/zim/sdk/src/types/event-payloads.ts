// Longer than a file should be: one shape per event, and they are looked up together.
// What handlers get: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMCallInvitationMode } from '../enums/call.ts';
import type { ZIMConversationSyncState, ZIMConversationType } from '../enums/conversation.ts';
import type {
  ZIMBlacklistChangeAction,
  ZIMFriendApplicationListChangeAction,
  ZIMFriendListChangeAction,
} from '../enums/friend.ts';
import type { ZIMConnectionEvent, ZIMConnectionState } from '../enums/general.ts';
import type {
  ZIMGroupApplicationListChangeAction,
  ZIMGroupEvent,
  ZIMGroupMemberEvent,
  ZIMGroupMemberState,
  ZIMGroupState,
} from '../enums/group.ts';
import type { ZIMMessageDeleteType } from '../enums/message.ts';
import type { ZIMRoomEvent, ZIMRoomState } from '../enums/room.ts';
import type { ZIMCallUserInfo } from './call.ts';
import type { ZIMConversationChangeInfo } from './conversation.ts';
import type { ZIMFriendApplicationInfo, ZIMFriendInfo } from './friend.ts';
import type { ZIMUserFullInfo, ZIMUserInfo, ZIMUserRule, ZIMUserStatus } from './general.ts';
import type {
  ZIMGroupApplicationInfo,
  ZIMGroupAttributesUpdateInfo,
  ZIMGroupFullInfo,
  ZIMGroupMemberInfo,
  ZIMGroupMuteInfo,
  ZIMGroupOperatedInfo,
  ZIMGroupVerifyInfo,
} from './group.ts';
import type {
  ZIMMessagePinStatusChangeInfo,
  ZIMMessageReaction,
  ZIMMessageReactionChangeInfo,
  ZIMMessageReceiptInfo,
  ZIMMessageSentStatusChangeInfo,
} from './message-config.ts';
import type {
  ZIMMessage,
  ZIMMessageReceivedInfo,
  ZIMMessageRootRepliedCountInfo,
  ZIMRevokeMessage,
} from './message.ts';
import type {
  ZIMRoomAttributesUpdateInfo,
  ZIMRoomMemberAttributesUpdateInfo,
  ZIMRoomOperatedInfo,
} from './room.ts';
export interface ZIMEventOfTokenWillExpireResult {
  second: number;
}

export interface ZIMEventOfConnectionStateChangedResult {
  state: ZIMConnectionState;
  event: ZIMConnectionEvent;
  extendedData: string;
}

export interface ZIMEventOfUserInfoUpdatedResult {
  info: ZIMUserFullInfo;
}

export interface ZIMEventOfUserRuleUpdatedResult {
  userRule: ZIMUserRule;
}

export interface ZIMEventOfUserStatusUpdatedResult {
  userStatusList: ZIMUserStatus[];
}

export interface ZIMEventOfConversationChangedResult {
  infoList: ZIMConversationChangeInfo[];
}

export interface ZIMEventOfConversationTotalUnreadMessageCountUpdatedResult {
  totalUnreadMessageCount: number;
}

export interface ZIMEventOfConversationMessageReceiptChangedResult {
  infos: ZIMMessageReceiptInfo[];
}

export interface ZIMEventOfConversationsAllDeletedResult {
  count: number;
}

export interface ZIMEventOfConversationSyncStateChangedResult {
  state: ZIMConversationSyncState;
}

export interface ZIMEventOfReceiveConversationMessageResult {
  messageList: ZIMMessage[];
  fromConversationID: string;
}

export interface ZIMEventOfConversationMessageReceivedResult {
  messageList: ZIMMessage[];
  fromConversationID: string;
  info: ZIMMessageReceivedInfo;
}

export interface ZIMEventOfBroadcastMessageReceivedResult {
  message: ZIMMessage;
}

export interface ZIMEventOfMessageSentStatusChangedResult {
  infos: ZIMMessageSentStatusChangeInfo[];
}

export interface ZIMEventOfMessageReceiptChangedResult {
  infos: ZIMMessageReceiptInfo[];
}

export interface ZIMEventOfMessageRevokeReceivedResult {
  messageList: ZIMRevokeMessage[];
}

export interface ZIMEventOfMessageReactionsChangedResult {
  reactions: ZIMMessageReaction[];
  changeInfoList: ZIMMessageReactionChangeInfo[];
}

export interface ZIMEventOfMessageDeletedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
  isDeleteConversationAllMessage: boolean;
  messageDeleteType: ZIMMessageDeleteType;
  messageList: ZIMMessage[];
}

export interface ZIMEventOfMessageRepliedInfoChangedResult {
  messageList: ZIMMessage[];
}

export interface ZIMEventOfMessageRepliedCountChangedResult {
  infos: ZIMMessageRootRepliedCountInfo[];
}

export interface ZIMEventOfMessageEditedResult {
  messageList: ZIMMessage[];
}

export interface ZIMEventOfMessagePinStatusChangedResult {
  infos: ZIMMessagePinStatusChangeInfo[];
}

export interface ZIMEventOfRoomStateChangedResult {
  roomID: string;
  state: ZIMRoomState;
  event: ZIMRoomEvent;
  extendedData: string;
}

export interface ZIMEventOfRoomMemberChangedResult {
  roomID: string;
  memberList: ZIMUserInfo[];
}

export interface ZIMEventOfRoomAttributesUpdatedResult {
  roomID: string;
  infos: ZIMRoomAttributesUpdateInfo[];
}

export interface ZIMEventOfRoomMembersAttributesUpdatedResult {
  roomID: string;
  infos: ZIMRoomMemberAttributesUpdateInfo[];
  operatedInfo: ZIMRoomOperatedInfo;
}

export interface ZIMEventOfGroupStateChangedResult {
  state: ZIMGroupState;
  event: ZIMGroupEvent;
  operatedInfo: ZIMGroupOperatedInfo;
  groupInfo: ZIMGroupFullInfo;
}

export interface ZIMEventOfGroupNameUpdatedResult {
  groupID: string;
  groupName: string;
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupAvatarUrlUpdatedResult {
  groupID: string;
  groupAvatarUrl: string;
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupNoticeUpdatedResult {
  groupID: string;
  groupNotice: string;
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupAliasUpdatedResult {
  groupID: string;
  groupAlias: string;
  operatedUserID: string;
}

export interface ZIMEventOfGroupAttributesUpdatedResult {
  groupID: string;
  infoList: ZIMGroupAttributesUpdateInfo[];
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupMutedInfoUpdatedResult {
  groupID: string;
  mutedInfo: ZIMGroupMuteInfo;
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupVerifyInfoUpdatedResult {
  groupID: string;
  verifyInfo: ZIMGroupVerifyInfo;
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupMemberStateChangedResult {
  groupID: string;
  state: ZIMGroupMemberState;
  event: ZIMGroupMemberEvent;
  userList: ZIMGroupMemberInfo[];
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupMemberInfoUpdatedResult {
  groupID: string;
  userList: ZIMGroupMemberInfo[];
  operatedInfo: ZIMGroupOperatedInfo;
}

export interface ZIMEventOfGroupApplicationListChangedResult {
  action: ZIMGroupApplicationListChangeAction;
  applicationList: ZIMGroupApplicationInfo[];
}

export interface ZIMEventOfGroupApplicationUpdatedResult {
  applicationList: ZIMGroupApplicationInfo[];
}

export interface ZIMEventOfCallInvitationCreatedResult {
  callID: string;
  mode: ZIMCallInvitationMode;
  caller: string;
  extendedData: string;
  timeout: number;
  createTime: number;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMEventOfCallInvitationReceivedResult {
  callID: string;
  mode: ZIMCallInvitationMode;
  caller: string;
  inviter: string;
  extendedData: string;
  timeout: number;
  createTime: number;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMEventOfCallInvitationCancelledResult {
  callID: string;
  mode: ZIMCallInvitationMode;
  inviter: string;
  extendedData: string;
}

export interface ZIMEventOfCallInvitationEndedResult {
  callID: string;
  mode: ZIMCallInvitationMode;
  caller: string;
  operatedUserID: string;
  extendedData: string;
  endTime: number;
}

export interface ZIMEventOfCallInvitationRejectedResult {
  callID: string;
  invitee: string;
  extendedData: string;
}

export interface ZIMEventOfCallInvitationAcceptedResult {
  callID: string;
  invitee: string;
  extendedData: string;
}

export interface ZIMEventOfCallInvitationTimeoutResult {
  callID: string;
  mode: ZIMCallInvitationMode;
}

export interface ZIMEventOfCallInviteesAnsweredTimeoutResult {
  callID: string;
  invitees: string[];
}

export interface ZIMEventOfCallUserStateChangedResult {
  callID: string;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMEventOfFriendListChangedResult {
  friendList: ZIMFriendInfo[];
  action: ZIMFriendListChangeAction;
}

export interface ZIMEventOfFriendInfoUpdatedResult {
  friendList: ZIMFriendInfo[];
}

export interface ZIMEventOfFriendApplicationListChangedResult {
  applicationList: ZIMFriendApplicationInfo[];
  action: ZIMFriendApplicationListChangeAction;
}

export interface ZIMEventOfFriendApplicationUpdatedResult {
  applicationList: ZIMFriendApplicationInfo[];
}

export interface ZIMEventOfBlacklistChangedResult {
  userList: ZIMUserInfo[];
  action: ZIMBlacklistChangeAction;
}
