import { timError, unsupported } from './errors.ts';
import type { EventHub } from './emitter.ts';

/** Documented methods that this SDK does not offer yet. They exist, and refuse by name: never a silent success. */
export const UNSUPPORTED = [
  'createMergerMessage', 'downloadMergerMessage', 'createForwardMessage',
  'modifyMessage', 'clearHistoryMessage', 'setMessageExtensions', 'getMessageExtensions', 'deleteMessageExtensions', 'translateText', 'convertVoiceToText',
  'addMessageReaction', 'removeMessageReaction', 'getMessageReactions', 'getAllUserListOfMessageReaction',
  'pinGroupMessage', 'getPinnedGroupMessageList', 'searchCloudMessages', 'searchCloudUsers', 'searchCloudGroups', 'searchCloudGroupMembers',
  'setAllMessageRead', 'setConversationCustomData', 'markConversation', 'getConversationGroupList', 'createConversationGroup', 'deleteConversationGroup', 'renameConversationGroup', 'addConversationsToGroup', 'deleteConversationsFromGroup',
  'setConversationDraft', 'setAllReceiveMessageOpt', 'getAllReceiveMessageOpt',
  'setSelfStatus', 'getUserStatus', 'subscribeUserStatus', 'unsubscribeUserStatus',
  'getFriendList', 'addFriend', 'deleteFriend', 'checkFriend', 'getFriendProfile', 'updateFriend', 'getFriendApplicationList', 'acceptFriendApplication', 'refuseFriendApplication', 'deleteFriendApplication', 'setFriendApplicationRead',
  'getFriendGroupList', 'createFriendGroup', 'deleteFriendGroup', 'addToFriendGroup', 'removeFromFriendGroup', 'renameFriendGroup',
  'followUser', 'unfollowUser', 'getMyFollowersList', 'getMyFollowingList', 'getMutualFollowersList', 'getUserFollowInfo', 'checkFollowType',
  'getGroupOnlineMemberCount', 'handleGroupApplication', 'getGroupApplicationList', 'initGroupAttributes', 'setGroupAttributes', 'deleteGroupAttributes', 'getGroupAttributes', 'setGroupCounters', 'increaseGroupCounter', 'decreaseGroupCounter', 'getGroupCounters', 'getJoinedCommunityList',
  'setGroupMemberMuteTime', 'setGroupMemberNameCard', 'setGroupMemberCustomField', 'markGroupMemberList',
  'createTopicInCommunity', 'deleteTopicFromCommunity', 'updateTopicProfile', 'getTopicList',
  'invite', 'inviteSync', 'inviteInGroup', 'inviteInGroupSync', 'cancel', 'accept', 'reject', 'modifyInvitation', 'getSignalingInfo',
] as const; // prettier-ignore

export type UnsupportedMethod = (...args: unknown[]) => Promise<never>;

/** One refusing function for each name; synchronous ones hand back a rejected promise too, as the vendor does before login. */
export function unsupportedApi(): Readonly<Record<(typeof UNSUPPORTED)[number], UnsupportedMethod>> {
  const refuse = (method: string): UnsupportedMethod => () => Promise.reject(unsupported(method)); // prettier-ignore
  return Object.fromEntries(UNSUPPORTED.map((name) => [name, refuse(name)])) as Record<(typeof UNSUPPORTED)[number], UnsupportedMethod>; // prettier-ignore
}

/** Half there: listeners are kept, though nobody can be called yet; the experimental door has nothing behind it. */
export function partialApi(hub: EventHub) {
  return {
    addSignalingListener: (eventName: string, handler: (event: never) => unknown, context?: unknown): void => hub.add(eventName, handler, context, false),
    removeSignalingListener: (eventName: string, handler: (event: never) => unknown, context?: unknown): void => hub.remove(eventName, handler, context),
    callExperimentalAPI: (key: string, _options?: unknown): Promise<never> => Promise.reject(timError(2905, `callExperimentalAPI: unknown key ${String(key)}.`)),
  }; // prettier-ignore
}
