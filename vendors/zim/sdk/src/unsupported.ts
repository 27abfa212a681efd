import { unsupported } from './errors.ts';
import type { ZIMApi } from './types/api.ts';

/** Every method of the vendor that does nothing yet, and why. Calling one rejects with an error that says so. */
export const UNSUPPORTED = {
  uploadLog: 'logs are not collected',
  callExperimentalAPI: 'there are no private experiments',
  updateUserOfflinePushRule: 'offline push is not available yet',
  updateUserCustomStatus: 'presence is not available yet',
  updateUserBadge: 'offline push is not available yet',
  queryUsersStatus: 'presence is not available yet',
  querySelfUserInfo: 'presence is not available yet',
  subscribeUsersStatus: 'presence is not available yet',
  unsubscribeUsersStatus: 'presence is not available yet',
  querySubscribedUserStatusList: 'presence is not available yet',
  setConversationDraft: 'drafts are not available yet',
  setConversationMark: 'conversation marks are not available yet',
  searchLocalConversations: 'search is not available yet',
  insertMessageToLocalDB: 'this SDK keeps no local database',
  updateMessageLocalExtendedData: 'this SDK keeps no local database',
  editMessage: 'editing is not available yet',
  searchLocalMessages: 'search is not available yet',
  searchGlobalLocalMessages: 'search is not available yet',
  addMessageReaction: 'reactions are not available yet',
  deleteMessageReaction: 'reactions are not available yet',
  deleteMessageAllReactions: 'reactions are not available yet',
  queryMessageReactionUserList: 'reactions are not available yet',
  queryCombineMessageDetail: 'merged forwards are not available yet',
  replyMessage: 'replies are not available yet',
  queryMessageRepliedList: 'replies are not available yet',
  pinMessage: 'pinned messages are not available yet',
  queryPinnedMessageList: 'pinned messages are not available yet',
  createRoom: 'rooms are not available yet',
  joinRoom: 'rooms are not available yet',
  enterRoom: 'rooms are not available yet',
  switchRoom: 'rooms are not available yet',
  leaveRoom: 'rooms are not available yet',
  leaveAllRoom: 'rooms are not available yet',
  queryRoomMemberList: 'rooms are not available yet',
  queryRoomMembers: 'rooms are not available yet',
  queryRoomOnlineMemberCount: 'rooms are not available yet',
  setRoomAttributes: 'rooms are not available yet',
  deleteRoomAttributes: 'rooms are not available yet',
  beginRoomAttributesBatchOperation: 'rooms are not available yet',
  endRoomAttributesBatchOperation: 'rooms are not available yet',
  queryRoomAllAttributes: 'rooms are not available yet',
  setRoomMembersAttributes: 'rooms are not available yet',
  queryRoomMembersAttributes: 'rooms are not available yet',
  queryRoomMemberAttributesList: 'rooms are not available yet',
  updateGroupAlias: 'private names of groups are not available yet',
  updateGroupInviteMode: 'invite rules are not available yet',
  updateGroupBeInviteMode: 'invite rules are not available yet',
  setGroupAttributes: 'group attributes are not available yet',
  deleteGroupAttributes: 'group attributes are not available yet',
  queryGroupAttributes: 'group attributes are not available yet',
  queryGroupAllAttributes: 'group attributes are not available yet',
  setGroupMemberNickname: 'names inside groups are not available yet',
  muteGroup: 'muting is not available yet',
  muteGroupMembers: 'muting is not available yet',
  queryGroupMemberMutedList: 'muting is not available yet',
  searchLocalGroups: 'search is not available yet',
  searchLocalGroupMembers: 'search is not available yet',
  sendGroupJoinApplication: 'group applications are not available yet',
  acceptGroupJoinApplication: 'group applications are not available yet',
  rejectGroupJoinApplication: 'group applications are not available yet',
  sendGroupInviteApplications: 'group applications are not available yet',
  acceptGroupInviteApplication: 'group applications are not available yet',
  rejectGroupInviteApplication: 'group applications are not available yet',
  queryGroupApplicationList: 'group applications are not available yet',
  callInvite: 'call invitations are not available yet',
  callCancel: 'call invitations are not available yet',
  callAccept: 'call invitations are not available yet',
  callReject: 'call invitations are not available yet',
  callingInvite: 'call invitations are not available yet',
  callJoin: 'call invitations are not available yet',
  callQuit: 'call invitations are not available yet',
  callEnd: 'call invitations are not available yet',
  queryCallInvitationList: 'call invitations are not available yet',
  addFriend: 'friends are not available yet',
  deleteFriends: 'friends are not available yet',
  checkFriendsRelation: 'friends are not available yet',
  updateFriendAlias: 'friends are not available yet',
  updateFriendAttributes: 'friends are not available yet',
  queryFriendsInfo: 'friends are not available yet',
  queryFriendList: 'friends are not available yet',
  searchLocalFriends: 'search is not available yet',
  sendFriendApplication: 'friends are not available yet',
  acceptFriendApplication: 'friends are not available yet',
  rejectFriendApplication: 'friends are not available yet',
  queryFriendApplicationList: 'friends are not available yet',
} as const satisfies Partial<Record<keyof ZIMApi, string>>;

type Unsupported = keyof typeof UNSUPPORTED;

/** The one of them that is not a promise throws instead. */
const SYNCHRONOUS: ReadonlySet<string> = new Set(['beginRoomAttributesBatchOperation']);

export function createUnsupported(): Pick<ZIMApi, Unsupported> {
  const methods: Record<string, () => Promise<never>> = {};
  for (const [name, why] of Object.entries(UNSUPPORTED)) {
    methods[name] = () => {
      const error = unsupported(name, why);
      if (SYNCHRONOUS.has(name)) throw error;
      return Promise.reject(error);
    };
  }
  return methods as unknown as Pick<ZIMApi, Unsupported>;
}
