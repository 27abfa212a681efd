// Longer than a file should be: the vendor has one class of 140 methods, and they are looked up together.
import type { ZIMConversationNotificationStatus, ZIMConversationType } from '../enums/conversation.ts';
import type { ZIMGroupBeInviteMode, ZIMGroupInviteMode, ZIMGroupJoinMode } from '../enums/group.ts';
import type {
  ZIMCallAcceptConfig,
  ZIMCallCancelConfig,
  ZIMCallEndConfig,
  ZIMCallInvitationQueryConfig,
  ZIMCallInviteConfig,
  ZIMCallJoinConfig,
  ZIMCallQuitConfig,
  ZIMCallRejectConfig,
  ZIMCallingInviteConfig,
} from './call.ts';
import type {
  ZIMConversationBaseInfo,
  ZIMConversationDeleteConfig,
  ZIMConversationFilterOption,
  ZIMConversationQueryConfig,
  ZIMConversationSearchConfig,
  ZIMConversationTotalUnreadMessageCountQueryConfig,
} from './conversation.ts';
import type {
  ZIMBlacklistQueryConfig,
  ZIMFriendAddConfig,
  ZIMFriendApplicationAcceptConfig,
  ZIMFriendApplicationListQueryConfig,
  ZIMFriendApplicationRejectConfig,
  ZIMFriendApplicationSendConfig,
  ZIMFriendDeleteConfig,
  ZIMFriendListQueryConfig,
  ZIMFriendRelationCheckConfig,
  ZIMFriendSearchConfig,
} from './friend.ts';
import type {
  ZIMLogConfig,
  ZIMLoginConfig,
  ZIMLogoutConfig,
  ZIMSubscribedUserStatusQueryConfig,
  ZIMUserCustomStatusUpdateConfig,
  ZIMUserInfo,
  ZIMUserStatusSubscribeConfig,
  ZIMUsersInfoQueryConfig,
} from './general.ts';
import type {
  ZIMGroupAdvancedConfig,
  ZIMGroupApplicationListQueryConfig,
  ZIMGroupInfo,
  ZIMGroupInviteApplicationAcceptConfig,
  ZIMGroupInviteApplicationRejectConfig,
  ZIMGroupInviteApplicationSendConfig,
  ZIMGroupJoinApplicationAcceptConfig,
  ZIMGroupJoinApplicationRejectConfig,
  ZIMGroupJoinApplicationSendConfig,
  ZIMGroupListQueryConfig,
  ZIMGroupMemberMuteConfig,
  ZIMGroupMemberQueryConfig,
  ZIMGroupMemberSearchConfig,
  ZIMGroupMessageReceiptMemberQueryConfig,
  ZIMGroupMuteConfig,
  ZIMGroupSearchConfig,
} from './group.ts';
import type {
  ZIMMessageDeleteConfig,
  ZIMMessageEditConfig,
  ZIMMessagePinConfig,
  ZIMMessageQueryConfig,
  ZIMMessageReactionAddConfig,
  ZIMMessageReactionUserQueryConfig,
  ZIMMessageRepliedListQueryConfig,
  ZIMMessageRevokeConfig,
  ZIMMessageSearchConfig,
  ZIMMessageSendConfig,
  ZIMMessageSendNotification,
  ZIMSendingMessageCancelConfig,
} from './message-config.ts';
import type { ZIMCombineMessage, ZIMMessage } from './message.ts';
import type { ZIMUserOfflinePushRule } from './push.ts';
import type {
  ZIMBlacklistCheckedResult,
  ZIMBlacklistQueriedResult,
  ZIMBlacklistUsersAddedResult,
  ZIMBlacklistUsersRemovedResult,
  ZIMCallAcceptanceSentResult,
  ZIMCallCancelSentResult,
  ZIMCallEndSentResult,
  ZIMCallInvitationListQueriedResult,
  ZIMCallInvitationSentResult,
  ZIMCallJoinSentResult,
  ZIMCallQuitSentResult,
  ZIMCallRejectionSentResult,
  ZIMCallingInvitationSentResult,
  ZIMCombineMessageDetailQueriedResult,
  ZIMConversationDeletedResult,
  ZIMConversationDraftSetResult,
  ZIMConversationListQueriedResult,
  ZIMConversationMarkSetResult,
  ZIMConversationMessageReceiptReadSentResult,
  ZIMConversationNotificationStatusSetResult,
  ZIMConversationPinnedListQueriedResult,
  ZIMConversationPinnedStateUpdatedResult,
  ZIMConversationQueriedResult,
  ZIMConversationTotalUnreadMessageCountQueriedResult,
  ZIMConversationUnreadMessageCountClearedResult,
  ZIMConversationsSearchedResult,
  ZIMFriendAddedResult,
  ZIMFriendAliasUpdatedResult,
  ZIMFriendApplicationAcceptedResult,
  ZIMFriendApplicationListQueriedResult,
  ZIMFriendApplicationRejectedResult,
  ZIMFriendApplicationSentResult,
  ZIMFriendAttributesUpdatedResult,
  ZIMFriendListQueriedResult,
  ZIMFriendsDeletedResult,
  ZIMFriendsInfoQueriedResult,
  ZIMFriendsRelationCheckedResult,
  ZIMFriendsSearchedResult,
  ZIMGroupAliasUpdatedResult,
  ZIMGroupApplicationListQueriedResult,
  ZIMGroupAttributesOperatedResult,
  ZIMGroupAttributesQueriedResult,
  ZIMGroupAvatarUrlUpdatedResult,
  ZIMGroupBeInviteModeUpdatedResult,
  ZIMGroupCreatedResult,
  ZIMGroupDismissedResult,
  ZIMGroupInfoQueriedResult,
  ZIMGroupInviteApplicationAcceptedResult,
  ZIMGroupInviteApplicationRejectedResult,
  ZIMGroupInviteApplicationsSentResult,
  ZIMGroupInviteModeUpdatedResult,
  ZIMGroupJoinApplicationAcceptedResult,
  ZIMGroupJoinApplicationRejectedResult,
  ZIMGroupJoinApplicationSentResult,
  ZIMGroupJoinModeUpdatedResult,
  ZIMGroupJoinedResult,
  ZIMGroupLeftResult,
  ZIMGroupListQueriedResult,
  ZIMGroupMemberCountQueriedResult,
  ZIMGroupMemberInfoQueriedResult,
  ZIMGroupMemberKickedResult,
  ZIMGroupMemberListQueriedResult,
  ZIMGroupMemberMutedListQueriedResult,
  ZIMGroupMemberNicknameUpdatedResult,
  ZIMGroupMemberRoleUpdatedResult,
  ZIMGroupMembersMutedResult,
  ZIMGroupMembersSearchedResult,
  ZIMGroupMessageReceiptMemberListQueriedResult,
  ZIMGroupMutedResult,
  ZIMGroupNameUpdatedResult,
  ZIMGroupNoticeUpdatedResult,
  ZIMGroupOwnerTransferredResult,
  ZIMGroupUsersInvitedResult,
  ZIMGroupsSearchedResult,
  ZIMMessageDeletedResult,
  ZIMMessageEditedResult,
  ZIMMessageInsertedResult,
  ZIMMessageLocalExtendedDataUpdatedResult,
  ZIMMessageQueriedResult,
  ZIMMessageReactionAddedResult,
  ZIMMessageReactionDeletedResult,
  ZIMMessageReactionUserListQueriedResult,
  ZIMMessageReceiptsInfoQueriedResult,
  ZIMMessageReceiptsReadSentResult,
  ZIMMessageRepliedListQueriedResult,
  ZIMMessageRevokedResult,
  ZIMMessageSentResult,
  ZIMMessagesGlobalSearchedResult,
  ZIMMessagesSearchedResult,
  ZIMPinnedMessageListQueriedResult,
  ZIMRoomAllLeftResult,
  ZIMRoomAttributesBatchOperatedResult,
  ZIMRoomAttributesOperatedResult,
  ZIMRoomAttributesQueriedResult,
  ZIMRoomCreatedResult,
  ZIMRoomEnteredResult,
  ZIMRoomJoinedResult,
  ZIMRoomLeftResult,
  ZIMRoomMemberAttributesListQueriedResult,
  ZIMRoomMemberQueriedResult,
  ZIMRoomMembersAttributesOperatedResult,
  ZIMRoomMembersAttributesQueriedResult,
  ZIMRoomMembersQueriedResult,
  ZIMRoomOnlineMemberCountQueriedResult,
  ZIMRoomSwitchedResult,
  ZIMSelfUserInfoQueriedResult,
  ZIMSubscribedUserStatusListQueriedResult,
  ZIMTokenRenewedResult,
  ZIMUserAvatarUrlUpdatedResult,
  ZIMUserCustomStatusUpdatedResult,
  ZIMUserExtendedDataUpdatedResult,
  ZIMUserNameUpdatedResult,
  ZIMUserOfflinePushRuleUpdatedResult,
  ZIMUsersInfoQueriedResult,
  ZIMUsersStatusQueriedResult,
  ZIMUsersStatusSubscribedResult,
  ZIMUsersStatusUnsubscribedResult,
} from './results.ts';
import type {
  ZIMRoomAdvancedConfig,
  ZIMRoomAttributesBatchOperationConfig,
  ZIMRoomAttributesDeleteConfig,
  ZIMRoomAttributesSetConfig,
  ZIMRoomInfo,
  ZIMRoomMemberAttributesQueryConfig,
  ZIMRoomMemberAttributesSetConfig,
  ZIMRoomMemberQueryConfig,
} from './room.ts';
import type { ZIMEventHandler } from './event-handler.ts';
/** Every instance method of the vendor. Slices implement parts of it; `unsupported.ts` the rest. */
export interface ZIMApi {
  setLogConfig(config: ZIMLogConfig): void;
  destroy(): void;
  on<K extends keyof ZIMEventHandler>(type: K, listener: ZIMEventHandler[K]): void;
  off<K extends keyof ZIMEventHandler>(type: K): void;
  uploadLog(): Promise<void>;
  callExperimentalAPI(params: string): Promise<string>;
  login(userInfo: ZIMUserInfo, token: string): Promise<void>;
  login(userID: string, config: ZIMLoginConfig): Promise<void>;
  logout(config?: ZIMLogoutConfig): void;
  renewToken(token: string): Promise<ZIMTokenRenewedResult>;
  updateUserName(userName: string): Promise<ZIMUserNameUpdatedResult>;
  updateUserAvatarUrl(userAvatarUrl: string): Promise<ZIMUserAvatarUrlUpdatedResult>;
  updateUserExtendedData(extendedData: string): Promise<ZIMUserExtendedDataUpdatedResult>;
  updateUserOfflinePushRule(
    offlinePushRule: ZIMUserOfflinePushRule,
  ): Promise<ZIMUserOfflinePushRuleUpdatedResult>;
  updateUserCustomStatus(
    customStatus: string,
    config?: ZIMUserCustomStatusUpdateConfig,
  ): Promise<ZIMUserCustomStatusUpdatedResult>;
  updateUserBadge(badge: number): Promise<void>;
  queryUsersInfo(userIDs: string[], config: ZIMUsersInfoQueryConfig): Promise<ZIMUsersInfoQueriedResult>;
  queryUsersStatus(userIDs: string[]): Promise<ZIMUsersStatusQueriedResult>;
  querySelfUserInfo(): Promise<ZIMSelfUserInfoQueriedResult>;
  subscribeUsersStatus(
    userIDs: string[],
    config: ZIMUserStatusSubscribeConfig,
  ): Promise<ZIMUsersStatusSubscribedResult>;
  unsubscribeUsersStatus(userIDs: string[]): Promise<ZIMUsersStatusUnsubscribedResult>;
  querySubscribedUserStatusList(
    config: ZIMSubscribedUserStatusQueryConfig,
  ): Promise<ZIMSubscribedUserStatusListQueriedResult>;
  queryConversationList(
    config: ZIMConversationQueryConfig,
    option?: ZIMConversationFilterOption,
  ): Promise<ZIMConversationListQueriedResult>;
  queryConversation(
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationQueriedResult>;
  queryConversationPinnedList(
    config: ZIMConversationQueryConfig,
  ): Promise<ZIMConversationPinnedListQueriedResult>;
  updateConversationPinnedState(
    isPinned: boolean,
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationPinnedStateUpdatedResult>;
  deleteConversation(
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMConversationDeleteConfig,
  ): Promise<ZIMConversationDeletedResult>;
  deleteAllConversations(config: ZIMConversationDeleteConfig): Promise<void>;
  clearConversationUnreadMessageCount(
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationUnreadMessageCountClearedResult>;
  clearConversationTotalUnreadMessageCount(): Promise<void>;
  queryConversationTotalUnreadMessageCount(
    config: ZIMConversationTotalUnreadMessageCountQueryConfig,
  ): Promise<ZIMConversationTotalUnreadMessageCountQueriedResult>;
  setConversationNotificationStatus(
    status: ZIMConversationNotificationStatus,
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationNotificationStatusSetResult>;
  sendConversationMessageReceiptRead(
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationMessageReceiptReadSentResult>;
  setConversationDraft(
    draft: string,
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMConversationDraftSetResult>;
  setConversationMark(
    markType: number,
    enable: boolean,
    conversationInfos: ZIMConversationBaseInfo[],
  ): Promise<ZIMConversationMarkSetResult>;
  searchLocalConversations(config: ZIMConversationSearchConfig): Promise<ZIMConversationsSearchedResult>;
  sendMessage(
    message: ZIMMessage,
    toConversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageSendConfig,
    notification?: ZIMMessageSendNotification,
  ): Promise<ZIMMessageSentResult>;
  queryHistoryMessage(
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageQueryConfig,
  ): Promise<ZIMMessageQueriedResult>;
  queryMessages(
    messageSeqs: number[],
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMMessageQueriedResult>;
  deleteMessages(
    messageList: ZIMMessage[],
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageDeleteConfig,
  ): Promise<ZIMMessageDeletedResult>;
  deleteAllMessage(
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageDeleteConfig,
  ): Promise<ZIMMessageDeletedResult>;
  deleteAllConversationMessages(config: ZIMMessageDeleteConfig): Promise<void>;
  insertMessageToLocalDB(
    message: ZIMMessage,
    conversationID: string,
    conversationType: ZIMConversationType,
    senderUserID: string,
  ): Promise<ZIMMessageInsertedResult>;
  sendMessageReceiptsRead(
    messageList: ZIMMessage[],
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMMessageReceiptsReadSentResult>;
  queryMessageReceiptsInfo(
    messageList: ZIMMessage[],
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMMessageReceiptsInfoQueriedResult>;
  revokeMessage(message: ZIMMessage, config?: ZIMMessageRevokeConfig): Promise<ZIMMessageRevokedResult>;
  updateMessageLocalExtendedData(
    localExtendedData: string,
    message: ZIMMessage,
  ): Promise<ZIMMessageLocalExtendedDataUpdatedResult>;
  editMessage(
    message: ZIMMessage,
    config: ZIMMessageEditConfig,
    notification?: ZIMMessageSendNotification,
  ): Promise<ZIMMessageEditedResult>;
  cancelSendingMessage(message: ZIMMessage, config: ZIMSendingMessageCancelConfig): Promise<void>;
  searchLocalMessages(
    conversationID: string,
    conversationType: ZIMConversationType,
    config: ZIMMessageSearchConfig,
  ): Promise<ZIMMessagesSearchedResult>;
  searchGlobalLocalMessages(config: ZIMMessageSearchConfig): Promise<ZIMMessagesGlobalSearchedResult>;
  addMessageReaction(
    reactionType: string,
    message: ZIMMessage,
    config?: ZIMMessageReactionAddConfig,
  ): Promise<ZIMMessageReactionAddedResult>;
  deleteMessageReaction(reactionType: string, message: ZIMMessage): Promise<ZIMMessageReactionDeletedResult>;
  deleteMessageAllReactions(message: ZIMMessage): Promise<void>;
  queryMessageReactionUserList(
    message: ZIMMessage,
    config: ZIMMessageReactionUserQueryConfig,
  ): Promise<ZIMMessageReactionUserListQueriedResult>;
  queryCombineMessageDetail(message: ZIMCombineMessage): Promise<ZIMCombineMessageDetailQueriedResult>;
  replyMessage(
    message: ZIMMessage,
    toOriginalMessage: ZIMMessage,
    config: ZIMMessageSendConfig,
    notification?: ZIMMessageSendNotification,
  ): Promise<ZIMMessageSentResult>;
  queryMessageRepliedList(
    message: ZIMMessage,
    config: ZIMMessageRepliedListQueryConfig,
  ): Promise<ZIMMessageRepliedListQueriedResult>;
  pinMessage(message: ZIMMessage, isPinned: boolean, config?: ZIMMessagePinConfig): Promise<void>;
  queryPinnedMessageList(
    conversationID: string,
    conversationType: ZIMConversationType,
  ): Promise<ZIMPinnedMessageListQueriedResult>;
  createRoom(roomInfo: ZIMRoomInfo, config?: ZIMRoomAdvancedConfig): Promise<ZIMRoomCreatedResult>;
  joinRoom(roomID: string): Promise<ZIMRoomJoinedResult>;
  enterRoom(roomInfo: ZIMRoomInfo, config?: ZIMRoomAdvancedConfig): Promise<ZIMRoomEnteredResult>;
  switchRoom(
    fromRoomID: string,
    toRoomInfo: ZIMRoomInfo,
    isCreateWhenRoomNotExisted: boolean,
    config?: ZIMRoomAdvancedConfig,
  ): Promise<ZIMRoomSwitchedResult>;
  leaveRoom(roomID: string): Promise<ZIMRoomLeftResult>;
  leaveAllRoom(): Promise<ZIMRoomAllLeftResult>;
  queryRoomMemberList(roomID: string, config: ZIMRoomMemberQueryConfig): Promise<ZIMRoomMemberQueriedResult>;
  queryRoomMembers(userIDs: string[], roomID: string): Promise<ZIMRoomMembersQueriedResult>;
  queryRoomOnlineMemberCount(roomID: string): Promise<ZIMRoomOnlineMemberCountQueriedResult>;
  setRoomAttributes(
    roomAttributes: Record<string, string>,
    roomID: string,
    config: ZIMRoomAttributesSetConfig,
  ): Promise<ZIMRoomAttributesOperatedResult>;
  deleteRoomAttributes(
    keys: string[],
    roomID: string,
    config: ZIMRoomAttributesDeleteConfig,
  ): Promise<ZIMRoomAttributesOperatedResult>;
  beginRoomAttributesBatchOperation(roomID: string, config: ZIMRoomAttributesBatchOperationConfig): void;
  endRoomAttributesBatchOperation(roomID: string): Promise<ZIMRoomAttributesBatchOperatedResult>;
  queryRoomAllAttributes(roomID: string): Promise<ZIMRoomAttributesQueriedResult>;
  setRoomMembersAttributes(
    attributes: Record<string, string>,
    userIDs: string[],
    roomID: string,
    config: ZIMRoomMemberAttributesSetConfig,
  ): Promise<ZIMRoomMembersAttributesOperatedResult>;
  queryRoomMembersAttributes(
    userIDs: string[],
    roomID: string,
  ): Promise<ZIMRoomMembersAttributesQueriedResult>;
  queryRoomMemberAttributesList(
    roomID: string,
    config: ZIMRoomMemberAttributesQueryConfig,
  ): Promise<ZIMRoomMemberAttributesListQueriedResult>;
  createGroup(
    groupInfo: ZIMGroupInfo,
    userIDs: string[],
    config?: ZIMGroupAdvancedConfig,
  ): Promise<ZIMGroupCreatedResult>;
  dismissGroup(groupID: string): Promise<ZIMGroupDismissedResult>;
  joinGroup(groupID: string): Promise<ZIMGroupJoinedResult>;
  leaveGroup(groupID: string): Promise<ZIMGroupLeftResult>;
  inviteUsersIntoGroup(userIDs: string[], groupID: string): Promise<ZIMGroupUsersInvitedResult>;
  kickGroupMembers(userIDs: string[], groupID: string): Promise<ZIMGroupMemberKickedResult>;
  transferGroupOwner(toUserID: string, groupID: string): Promise<ZIMGroupOwnerTransferredResult>;
  queryGroupInfo(groupID: string): Promise<ZIMGroupInfoQueriedResult>;
  queryGroupMemberInfo(userID: string, groupID: string): Promise<ZIMGroupMemberInfoQueriedResult>;
  queryGroupList(): Promise<ZIMGroupListQueriedResult>;
  queryGroupList(count: number, config: ZIMGroupListQueryConfig): Promise<ZIMGroupListQueriedResult>;
  queryGroupMemberList(
    groupID: string,
    config: ZIMGroupMemberQueryConfig,
  ): Promise<ZIMGroupMemberListQueriedResult>;
  queryGroupMemberCount(groupID: string): Promise<ZIMGroupMemberCountQueriedResult>;
  updateGroupName(groupName: string, groupID: string): Promise<ZIMGroupNameUpdatedResult>;
  updateGroupAvatarUrl(groupAvatarUrl: string, groupID: string): Promise<ZIMGroupAvatarUrlUpdatedResult>;
  updateGroupNotice(groupNotice: string, groupID: string): Promise<ZIMGroupNoticeUpdatedResult>;
  updateGroupAlias(groupAlias: string, groupID: string): Promise<ZIMGroupAliasUpdatedResult>;
  updateGroupJoinMode(mode: ZIMGroupJoinMode, groupID: string): Promise<ZIMGroupJoinModeUpdatedResult>;
  updateGroupInviteMode(mode: ZIMGroupInviteMode, groupID: string): Promise<ZIMGroupInviteModeUpdatedResult>;
  updateGroupBeInviteMode(
    mode: ZIMGroupBeInviteMode,
    groupID: string,
  ): Promise<ZIMGroupBeInviteModeUpdatedResult>;
  setGroupAttributes(
    groupAttributes: Record<string, string>,
    groupID: string,
  ): Promise<ZIMGroupAttributesOperatedResult>;
  deleteGroupAttributes(keys: string[], groupID: string): Promise<ZIMGroupAttributesOperatedResult>;
  queryGroupAttributes(keys: string[], groupID: string): Promise<ZIMGroupAttributesQueriedResult>;
  queryGroupAllAttributes(groupID: string): Promise<ZIMGroupAttributesQueriedResult>;
  setGroupMemberRole(
    role: number,
    forUserID: string,
    groupID: string,
  ): Promise<ZIMGroupMemberRoleUpdatedResult>;
  setGroupMemberNickname(
    nickname: string,
    forUserID: string,
    groupID: string,
  ): Promise<ZIMGroupMemberNicknameUpdatedResult>;
  muteGroup(isMute: boolean, groupID: string, config: ZIMGroupMuteConfig): Promise<ZIMGroupMutedResult>;
  muteGroupMembers(
    isMute: boolean,
    userIDs: string[],
    groupID: string,
    config: ZIMGroupMemberMuteConfig,
  ): Promise<ZIMGroupMembersMutedResult>;
  queryGroupMemberMutedList(
    groupID: string,
    config: ZIMGroupMemberQueryConfig,
  ): Promise<ZIMGroupMemberMutedListQueriedResult>;
  queryGroupMessageReceiptReadMemberList(
    message: ZIMMessage,
    groupID: string,
    config: ZIMGroupMessageReceiptMemberQueryConfig,
  ): Promise<ZIMGroupMessageReceiptMemberListQueriedResult>;
  queryGroupMessageReceiptUnreadMemberList(
    message: ZIMMessage,
    groupID: string,
    config: ZIMGroupMessageReceiptMemberQueryConfig,
  ): Promise<ZIMGroupMessageReceiptMemberListQueriedResult>;
  searchLocalGroups(config: ZIMGroupSearchConfig): Promise<ZIMGroupsSearchedResult>;
  searchLocalGroupMembers(
    groupID: string,
    config: ZIMGroupMemberSearchConfig,
  ): Promise<ZIMGroupMembersSearchedResult>;
  sendGroupJoinApplication(
    groupID: string,
    config: ZIMGroupJoinApplicationSendConfig,
  ): Promise<ZIMGroupJoinApplicationSentResult>;
  acceptGroupJoinApplication(
    userID: string,
    groupID: string,
    config: ZIMGroupJoinApplicationAcceptConfig,
  ): Promise<ZIMGroupJoinApplicationAcceptedResult>;
  rejectGroupJoinApplication(
    userID: string,
    groupID: string,
    config: ZIMGroupJoinApplicationRejectConfig,
  ): Promise<ZIMGroupJoinApplicationRejectedResult>;
  sendGroupInviteApplications(
    userIDs: string[],
    groupID: string,
    config: ZIMGroupInviteApplicationSendConfig,
  ): Promise<ZIMGroupInviteApplicationsSentResult>;
  acceptGroupInviteApplication(
    inviterUserID: string,
    groupID: string,
    config: ZIMGroupInviteApplicationAcceptConfig,
  ): Promise<ZIMGroupInviteApplicationAcceptedResult>;
  rejectGroupInviteApplication(
    inviterUserID: string,
    groupID: string,
    config: ZIMGroupInviteApplicationRejectConfig,
  ): Promise<ZIMGroupInviteApplicationRejectedResult>;
  queryGroupApplicationList(
    config: ZIMGroupApplicationListQueryConfig,
  ): Promise<ZIMGroupApplicationListQueriedResult>;
  callInvite(invitees: string[], config: ZIMCallInviteConfig): Promise<ZIMCallInvitationSentResult>;
  callCancel(
    invitees: string[],
    callID: string,
    config: ZIMCallCancelConfig,
  ): Promise<ZIMCallCancelSentResult>;
  callAccept(callID: string, config: ZIMCallAcceptConfig): Promise<ZIMCallAcceptanceSentResult>;
  callReject(callID: string, config: ZIMCallRejectConfig): Promise<ZIMCallRejectionSentResult>;
  callingInvite(
    invitees: string[],
    callID: string,
    config: ZIMCallingInviteConfig,
  ): Promise<ZIMCallingInvitationSentResult>;
  callJoin(callID: string, config: ZIMCallJoinConfig): Promise<ZIMCallJoinSentResult>;
  callQuit(callID: string, config: ZIMCallQuitConfig): Promise<ZIMCallQuitSentResult>;
  callEnd(callID: string, config: ZIMCallEndConfig): Promise<ZIMCallEndSentResult>;
  queryCallInvitationList(config: ZIMCallInvitationQueryConfig): Promise<ZIMCallInvitationListQueriedResult>;
  addFriend(userID: string, config: ZIMFriendAddConfig): Promise<ZIMFriendAddedResult>;
  deleteFriends(userIDs: string[], config: ZIMFriendDeleteConfig): Promise<ZIMFriendsDeletedResult>;
  checkFriendsRelation(
    userIDs: string[],
    config: ZIMFriendRelationCheckConfig,
  ): Promise<ZIMFriendsRelationCheckedResult>;
  updateFriendAlias(friendAlias: string, userID: string): Promise<ZIMFriendAliasUpdatedResult>;
  updateFriendAttributes(
    friendAttributes: Record<string, string>,
    userID: string,
  ): Promise<ZIMFriendAttributesUpdatedResult>;
  queryFriendsInfo(userIDs: string[]): Promise<ZIMFriendsInfoQueriedResult>;
  queryFriendList(config: ZIMFriendListQueryConfig): Promise<ZIMFriendListQueriedResult>;
  searchLocalFriends(config: ZIMFriendSearchConfig): Promise<ZIMFriendsSearchedResult>;
  sendFriendApplication(
    userID: string,
    config: ZIMFriendApplicationSendConfig,
  ): Promise<ZIMFriendApplicationSentResult>;
  acceptFriendApplication(
    userID: string,
    config: ZIMFriendApplicationAcceptConfig,
  ): Promise<ZIMFriendApplicationAcceptedResult>;
  rejectFriendApplication(
    userID: string,
    config: ZIMFriendApplicationRejectConfig,
  ): Promise<ZIMFriendApplicationRejectedResult>;
  queryFriendApplicationList(
    config: ZIMFriendApplicationListQueryConfig,
  ): Promise<ZIMFriendApplicationListQueriedResult>;
  addUsersToBlacklist(userIDs: string[]): Promise<ZIMBlacklistUsersAddedResult>;
  removeUsersFromBlacklist(userIDs: string[]): Promise<ZIMBlacklistUsersRemovedResult>;
  queryBlacklist(config: ZIMBlacklistQueryConfig): Promise<ZIMBlacklistQueriedResult>;
  checkUserIsInBlacklist(userID: string): Promise<ZIMBlacklistCheckedResult>;
}
