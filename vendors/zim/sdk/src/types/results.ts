// Longer than a file should be: one small shape per method, and they are looked up together.
// What calls resolve to: the shapes apps use, with the vendor’s names. Times are ms, durations s, unless a name says otherwise.
import type { ZIMConversationType } from '../enums/conversation.ts';
import type { ZIMGroupBeInviteMode, ZIMGroupInviteMode, ZIMGroupJoinMode } from '../enums/group.ts';
import type { ZIMCallInfo, ZIMCallUserInfo } from './call.ts';
import type { ZIMConversation, ZIMConversationBaseInfo, ZIMConversationSearchInfo } from './conversation.ts';
import type { ZIMFriendApplicationInfo, ZIMFriendInfo, ZIMFriendRelationInfo } from './friend.ts';
import type {
  ZIMErrorUserInfo,
  ZIMSelfUserInfo,
  ZIMUserFullInfo,
  ZIMUserInfo,
  ZIMUserStatus,
  ZIMUserStatusSubscription,
} from './general.ts';
import type {
  ZIMGroup,
  ZIMGroupApplicationInfo,
  ZIMGroupFullInfo,
  ZIMGroupMemberInfo,
  ZIMGroupMuteInfo,
  ZIMGroupSearchInfo,
} from './group.ts';
import type {
  ZIMMessageReaction,
  ZIMMessageReactionUserFullInfo,
  ZIMMessageReactionUserInfo,
  ZIMMessageReceiptInfo,
} from './message-config.ts';
import type { ZIMCombineMessage, ZIMMessage, ZIMMessageRootRepliedInfo } from './message.ts';
import type { ZIMUserOfflinePushRule } from './push.ts';
import type {
  ZIMRoomFullInfo,
  ZIMRoomMemberAttributesInfo,
  ZIMRoomMemberAttributesOperatedInfo,
  ZIMRoomMemberInfo,
} from './room.ts';
export interface ZIMTokenRenewedResult {
  token: string;
}

export interface ZIMUserNameUpdatedResult {
  userName: string;
}

export interface ZIMUserAvatarUrlUpdatedResult {
  userAvatarUrl: string;
}

export interface ZIMUserExtendedDataUpdatedResult {
  extendedData: string;
}

export interface ZIMUserOfflinePushRuleUpdatedResult {
  offlinePushRule: ZIMUserOfflinePushRule;
}

export interface ZIMUserCustomStatusUpdatedResult {
  customStatus: string;
}

export interface ZIMUsersInfoQueriedResult {
  userList: ZIMUserFullInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMUsersStatusQueriedResult {
  userStatusList: ZIMUserStatus[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMSelfUserInfoQueriedResult {
  selfUserInfo: ZIMSelfUserInfo;
}

export interface ZIMUsersStatusSubscribedResult {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMUsersStatusUnsubscribedResult {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMSubscribedUserStatusListQueriedResult {
  userStatusSubscriptionList: ZIMUserStatusSubscription[];
}

export interface ZIMConversationListQueriedResult {
  conversationList: ZIMConversation[];
}

export interface ZIMConversationQueriedResult {
  conversation: ZIMConversation;
}

export interface ZIMConversationPinnedListQueriedResult {
  conversationList: ZIMConversation[];
}

export interface ZIMConversationPinnedStateUpdatedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationDeletedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationUnreadMessageCountClearedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationTotalUnreadMessageCountQueriedResult {
  unreadMessageCount: number;
}

export interface ZIMConversationNotificationStatusSetResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationMessageReceiptReadSentResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationDraftSetResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMConversationMarkSetResult {
  failedConversationInfos: ZIMConversationBaseInfo[];
}

export interface ZIMConversationsSearchedResult {
  conversationSearchInfoList: ZIMConversationSearchInfo[];
  nextFlag: number;
}

export interface ZIMMessageSentResult {
  message: ZIMMessage;
}

export interface ZIMMessageQueriedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
  messageList: ZIMMessage[];
}

export interface ZIMMessageDeletedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
}

export interface ZIMMessageInsertedResult {
  message: ZIMMessage;
}

export interface ZIMMessageReceiptsReadSentResult {
  conversationID: string;
  conversationType: ZIMConversationType;
  errorMessageIDs: string[];
}

export interface ZIMMessageReceiptsInfoQueriedResult {
  infos: ZIMMessageReceiptInfo[];
  errorMessageIDs: string[];
}

export interface ZIMMessageRevokedResult {
  message: ZIMMessage;
}

export interface ZIMMessageLocalExtendedDataUpdatedResult {
  message: ZIMMessage;
}

export interface ZIMMessageEditedResult {
  message: ZIMMessage;
}

export interface ZIMMessagesSearchedResult {
  conversationID: string;
  conversationType: ZIMConversationType;
  messageList: ZIMMessage[];
  nextMessage?: ZIMMessage;
}

export interface ZIMMessagesGlobalSearchedResult {
  messageList: ZIMMessage[];
  nextMessage?: ZIMMessage;
}

export interface ZIMMessageReactionAddedResult {
  reaction: ZIMMessageReaction;
}

export interface ZIMMessageReactionDeletedResult {
  reaction: ZIMMessageReaction;
}

export interface ZIMMessageReactionUserListQueriedResult {
  message: ZIMMessage;
  userInfoList: ZIMMessageReactionUserFullInfo[];
  reactionType: string;
  nextFlag: number;
  totalCount: number;
  userList: ZIMMessageReactionUserInfo[];
}

export interface ZIMCombineMessageDetailQueriedResult {
  message: ZIMCombineMessage;
}

export interface ZIMMessageRepliedListQueriedResult {
  messageList: ZIMMessage[];
  nextFlag: number;
  rootRepliedInfo: ZIMMessageRootRepliedInfo;
}

export interface ZIMPinnedMessageListQueriedResult {
  messageList: ZIMMessage[];
}

export interface ZIMRoomCreatedResult {
  roomInfo: ZIMRoomFullInfo;
}

export interface ZIMRoomJoinedResult {
  roomInfo: ZIMRoomFullInfo;
}

export interface ZIMRoomEnteredResult {
  roomInfo: ZIMRoomFullInfo;
}

export interface ZIMRoomSwitchedResult {
  roomInfo: ZIMRoomFullInfo;
}

export interface ZIMRoomLeftResult {
  roomID: string;
}

export interface ZIMRoomAllLeftResult {
  roomIDs: string[];
}

export interface ZIMRoomMemberQueriedResult {
  roomID: string;
  memberList: ZIMUserInfo[];
  nextFlag: string;
}

export interface ZIMRoomMembersQueriedResult {
  roomID: string;
  memberList: ZIMRoomMemberInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMRoomOnlineMemberCountQueriedResult {
  roomID: string;
  count: number;
}

export interface ZIMRoomAttributesOperatedResult {
  roomID: string;
  errorKeys: string[];
}

export interface ZIMRoomAttributesBatchOperatedResult {
  roomID: string;
}

export interface ZIMRoomAttributesQueriedResult {
  roomID: string;
  roomAttributes: Record<string, string>;
}

export interface ZIMRoomMembersAttributesOperatedResult {
  roomID: string;
  infos: ZIMRoomMemberAttributesOperatedInfo[];
  errorUserList: string[];
}

export interface ZIMRoomMembersAttributesQueriedResult {
  roomID: string;
  infos: ZIMRoomMemberAttributesInfo[];
}

export interface ZIMRoomMemberAttributesListQueriedResult {
  roomID: string;
  infos: ZIMRoomMemberAttributesInfo[];
  nextFlag: string;
}

export interface ZIMGroupCreatedResult {
  groupInfo: ZIMGroupFullInfo;
  userList: ZIMGroupMemberInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMGroupDismissedResult {
  groupID: string;
}

export interface ZIMGroupJoinedResult {
  groupInfo: ZIMGroupFullInfo;
}

export interface ZIMGroupLeftResult {
  groupID: string;
}

export interface ZIMGroupUsersInvitedResult {
  groupID: string;
  userList: ZIMGroupMemberInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMGroupMemberKickedResult {
  groupID: string;
  kickedUserIDs: string[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMGroupOwnerTransferredResult {
  groupID: string;
  toUserID: string;
}

export interface ZIMGroupInfoQueriedResult {
  groupInfo: ZIMGroupFullInfo;
}

export interface ZIMGroupMemberInfoQueriedResult {
  groupID: string;
  userInfo: ZIMGroupMemberInfo;
}

export interface ZIMGroupListQueriedResult {
  groupList: ZIMGroup[];
  nextFlag: number;
}

export interface ZIMGroupMemberListQueriedResult {
  groupID: string;
  userList: ZIMGroupMemberInfo[];
  nextFlag: number;
}

export interface ZIMGroupMemberCountQueriedResult {
  groupID: string;
  count: number;
}

export interface ZIMGroupNameUpdatedResult {
  groupID: string;
  groupName: string;
}

export interface ZIMGroupAvatarUrlUpdatedResult {
  groupID: string;
  groupAvatarUrl: string;
}

export interface ZIMGroupNoticeUpdatedResult {
  groupID: string;
  groupNotice: string;
}

export interface ZIMGroupAliasUpdatedResult {
  groupID: string;
  groupAlias: string;
}

export interface ZIMGroupJoinModeUpdatedResult {
  groupID: string;
  mode: ZIMGroupJoinMode;
}

export interface ZIMGroupInviteModeUpdatedResult {
  groupID: string;
  mode: ZIMGroupInviteMode;
}

export interface ZIMGroupBeInviteModeUpdatedResult {
  groupID: string;
  mode: ZIMGroupBeInviteMode;
}

export interface ZIMGroupAttributesOperatedResult {
  groupID: string;
  errorKeys: string[];
}

export interface ZIMGroupAttributesQueriedResult {
  groupID: string;
  groupAttributes: Record<string, string>;
}

export interface ZIMGroupMemberRoleUpdatedResult {
  groupID: string;
  forUserID: string;
  role: number;
}

export interface ZIMGroupMemberNicknameUpdatedResult {
  groupID: string;
  forUserID: string;
  nickname: string;
}

export interface ZIMGroupMutedResult {
  groupID: string;
  isMute: boolean;
  mutedInfo: ZIMGroupMuteInfo;
}

export interface ZIMGroupMembersMutedResult {
  groupID: string;
  isMute: boolean;
  duration: number;
  mutedUserIDs: string[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMGroupMemberMutedListQueriedResult {
  groupID: string;
  nextFlag: number;
  userList: ZIMGroupMemberInfo[];
}

export interface ZIMGroupMessageReceiptMemberListQueriedResult {
  groupID: string;
  userList: ZIMGroupMemberInfo[];
  nextFlag: number;
}

export interface ZIMGroupsSearchedResult {
  groupSearchInfoList: ZIMGroupSearchInfo[];
  nextFlag: number;
}

export interface ZIMGroupMembersSearchedResult {
  groupID: string;
  userList: ZIMGroupMemberInfo[];
  nextFlag: number;
}

export interface ZIMGroupJoinApplicationSentResult {
  groupID: string;
}

export interface ZIMGroupJoinApplicationAcceptedResult {
  groupID: string;
  userID: string;
}

export interface ZIMGroupJoinApplicationRejectedResult {
  groupID: string;
  userID: string;
}

export interface ZIMGroupInviteApplicationsSentResult {
  groupID: string;
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMGroupInviteApplicationAcceptedResult {
  groupInfo: ZIMGroupFullInfo;
  inviterUserID: string;
}

export interface ZIMGroupInviteApplicationRejectedResult {
  groupID: string;
  inviterUserID: string;
}

export interface ZIMGroupApplicationListQueriedResult {
  applicationList: ZIMGroupApplicationInfo[];
  nextFlag: number;
}

export interface ZIMCallInvitationSentResult {
  callID: string;
  timeout: number;
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMCallCancelSentResult {
  callID: string;
  errorInvitees: string[];
}

export interface ZIMCallAcceptanceSentResult {
  callID: string;
}

export interface ZIMCallRejectionSentResult {
  callID: string;
}

export interface ZIMCallingInvitationSentResult {
  callID: string;
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMCallJoinSentResult {
  callID: string;
  createTime: number;
  joinTime: number;
  extendedData: string;
  callUserList: ZIMCallUserInfo[];
}

export interface ZIMCallQuitSentResult {
  callID: string;
  createTime: number;
  acceptTime: number;
  quitTime: number;
}

export interface ZIMCallEndSentResult {
  callID: string;
  createTime: number;
  acceptTime: number;
  endTime: number;
}

export interface ZIMCallInvitationListQueriedResult {
  callList: ZIMCallInfo[];
  nextFlag: number;
}

export interface ZIMFriendAddedResult {
  friendInfo: ZIMFriendInfo;
}

export interface ZIMFriendsDeletedResult {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMFriendsRelationCheckedResult {
  relationInfos: ZIMFriendRelationInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMFriendAliasUpdatedResult {
  friendInfo: ZIMFriendInfo;
}

export interface ZIMFriendAttributesUpdatedResult {
  friendInfo: ZIMFriendInfo;
}

export interface ZIMFriendsInfoQueriedResult {
  friendInfos: ZIMFriendInfo[];
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMFriendListQueriedResult {
  friendList: ZIMFriendInfo[];
  nextFlag: number;
}

export interface ZIMFriendsSearchedResult {
  friendInfoList: ZIMFriendInfo[];
  nextFlag: number;
}

export interface ZIMFriendApplicationSentResult {
  applicationInfo: ZIMFriendApplicationInfo;
}

export interface ZIMFriendApplicationAcceptedResult {
  friendInfo: ZIMFriendInfo;
}

export interface ZIMFriendApplicationRejectedResult {
  userInfo: ZIMUserInfo;
}

export interface ZIMFriendApplicationListQueriedResult {
  applicationList: ZIMFriendApplicationInfo[];
  nextFlag: number;
}

export interface ZIMBlacklistUsersAddedResult {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMBlacklistUsersRemovedResult {
  errorUserList: ZIMErrorUserInfo[];
}

export interface ZIMBlacklistQueriedResult {
  blacklist: ZIMUserInfo[];
  nextFlag: number;
}

export interface ZIMBlacklistCheckedResult {
  isUserInBlacklist: boolean;
}

export type ZIMLogUploadedResult = void;

export type ZIMLoggedInResult = void;

export type ZIMConversationsAllDeletedResult = void;

export type ZIMConversationTotalUnreadMessageCountClearedResult = void;

export type ZIMConversationMessagesAllDeletedResult = void;

export type ZIMSendingMessageCancelledResult = void;

export type ZIMMessagePinnedResult = void;
