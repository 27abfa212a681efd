// The vendor's list is longer than a file should be; it is data, and belongs together.
import { vendorEnum, type EnumValue } from './vendor-enum.ts';

/** Every error code of the vendor; `errors.ts` says which of them we answer. */
export const ZIMErrorCode = /* @__PURE__ */ vendorEnum({
  Success: 0,
  Failed: 1,
  CommonModuleParamsInvalid: 6000001,
  CommonModuleNotInit: 6000002,
  CommonModuleInvalidAppID: 6000003,
  CommonModuleTriggerSDKFrequencyLimit: 6000004,
  CommonModuleTriggerServerFrequencyLimit: 6000005,
  CommonModuleSwitchServerError: 6000006,
  CommonModuleIMServerError: 6000007,
  CommonModuleIMDatabaseError: 6000008,
  CommonModuleIMServerDisconnect: 6000009,
  CommonModuleUploadLogError: 6000010,
  CommonModuleUserIsNotExist: 6000011,
  CommonModuleUserInfoQueriedLimit: 6000012,
  CommonModuleUnsupportedRequest: 6000013,
  CommonModuleUnactivatedIMServer: 6000014,
  CommonModuleExceedDAULimit: 6000015,
  CommonModuleExceedMAULimit: 6000016,
  CommonModuleBlacklistLimit: 6000021,
  NetworkModuleCommonError: 6000101,
  NetworkModuleServerError: 6000102,
  NetworkModuleTokenInvalid: 6000103,
  NetworkModuleNetworkError: 6000104,
  NetworkModuleRequestTimeout: 6000105,
  NetworkModuleTokenExpired: 6000106,
  NetworkModuleTokenVersionError: 6000107,
  NetworkModuleTokenTimeIsTooShort: 6000108,
  NetworkModuleRspProtoParseError: 6000109,
  NetworkModuleUserHasAlreadyLogged: 6000111,
  NetworkModuleUserIsNotLogged: 6000121,
  NetworkModuleUserHasAlreadyLoggedOut: 6000122,
  NetworkModuleUserOffline: 6000123,
  NetworkModuleUserIDError: 6000124,
  MessageModuleCommonError: 6000201,
  MessageModuleServerError: 6000202,
  MessageModuleSendMessageFailed: 6000203,
  MessageModuleTargetDoesNotExist: 6000204,
  MessageModuleEditMessageFailed: 6000205,
  MessageModuleSendMessageFailedForCancelled: 6000206,
  MessageModuleCancelSendingMessageFailed: 6000207,
  MessageModuleMessageIsNotPinned: 6000208,
  MessageModuleFileError: 6000210,
  MessageModuleFileNotExist: 6000211,
  MessageModuleFileServerError: 6000212,
  MessageModuleFileTypeUnsupported: 6000213,
  MessageModuleFileSizeInvalid: 6000214,
  MessageModuleFileDurationInvalid: 6000215,
  MessageModuleFilePermissionDenied: 6000216,
  MessageModuleFileDownloadFailed: 6000217,
  MessageModuleFileDownloadLimit: 6000218,
  MessageModuleFileDownloadUrlNotFound: 6000219,
  MessageModuleFileDownloadHttpRequestServerError: 6000220,
  MessageModuleAuditRejected: 6000221,
  MessageModuleAuditFailed: 6000222,
  MessageModuleAuditCustomSentRejected: 6000230,
  MessageModuleCacheFileOpenFailed: 6000240,
  MessageModuleCacheFileExportOrImportIsInProgressCurrently: 6000241,
  MessageModuleCacheFileOnlyCanImportCacheOfOneself: 6000242,
  MessageModuleCacheFileExportFailed: 6000243,
  MessageModuleCacheFileImportFailed: 6000244,
  MessageModuleCacheFileJsonParseFailed: 6000245,
  MessageModuleFileConnectError: 6000251,
  MessageModuleFileHttpError: 6000252,
  MessageModuleFileVerificationError: 6000253,
  MessageModuleFileClientError: 6000254,
  CallModuleCommonError: 6000270,
  CallModuleCancelError: 6000271,
  CallModuleServerError: 6000272,
  CallModuleIsNotInvitor: 6000273,
  CallModuleIsNotInvitee: 6000274,
  CallModuleAlreadyExists: 6000275,
  CallModuleDoesNotExist: 6000276,
  MessageModuleReceiptReadError: 6000277,
  MessageModuleMessageExceedsRevokeTime: 6000278,
  MessageModuleMessageHasBeenRevoked: 6000279,
  MessageModuleMessageReactionTypeExisted: 6000280,
  CallModuleInviteUserDoesNotExist: 6000281,
  MessageModuleMessageReceiptLimit: 6000282,
  CallModuleUserAlreadyInTheCall: 6000283,
  MessageModuleSenderInBlacklist: 6000284,
  MessageModuleEditNoCorrespondingOperationAuthority: 6000285,
  MessageModuleMessageExceedsEditTime: 6000286,
  MessageModuleTheNumberOfPinnedMessagesExceedsLimit: 6000287,
  RoomModuleCommonError: 6000301,
  RoomModuleServerError: 6000302,
  RoomModuleCreateRoomError: 6000303,
  RoomModuleJoinRoomError: 6000304,
  RoomModuleLeaveRoomError: 6000306,
  RoomModuleTheRoomMemberQueryFailed: 6000310,
  RoomModuleTheRoomMembersQueryFailedCompletely: 6000311,
  RoomModuleUserIsAlreadyInTheRoom: 6000320,
  RoomModuleUserIsNotInTheRoom: 6000321,
  RoomModuleTheRoomDoesNotExist: 6000322,
  RoomModuleTheRoomAlreadyExists: 6000323,
  RoomModuleTheNumberOfExistingRoomsHasReachedLimit: 6000324,
  RoomModuleTheNumberOfJoinedRoomsHasReachedLimit: 6000325,
  RoomModuleTheRoomIsConnecting: 6000326,
  RoomModuleRoomMemberIsBlocked: 6000327,
  RoomModuleRoomAttributesCommonError: 6000330,
  RoomModuleRoomAttributesOperationFailedCompletely: 6000331,
  RoomModuleRoomAttributesOperationFailedPartly: 6000332,
  RoomModuleRoomAttributesQueryFailed: 6000333,
  RoomModuleTheNumberOfRoomAttributesExceedsLimit: 6000334,
  RoomModuleTheLengthOfRoomAttributeKeyExceedsLimit: 6000335,
  RoomModuleTheLengthOfRoomAttributeValueExceedsLimit: 6000336,
  RoomModuleTheTotalLengthOfRoomAttributesValueExceedsLimit: 6000337,
  RoomModuleRoomMemberAttributesCommonError: 6000350,
  RoomModuleTheTotalLengthOfRoomMemberAttributesExceedsLimit: 6000351,
  RoomModuleTheLengthOfRoomMemberAttributesKeyExceedsLimit: 6000352,
  RoomModuleTheLengthOfRoomMemberAttributesValueExceedsLimit: 6000353,
  RoomModuleTheMemberNumberOfRoomMemberAttributesExceedsLimit: 6000357,
  ZpnsModulePushIDInvalid: 6000401,
  GroupModuleCommonError: 6000501,
  GroupModuleServerError: 6000502,
  GroupModuleCreateGroupError: 6000503,
  GroupModuleDismissGroupError: 6000504,
  GroupModuleJoinGroupError: 6000505,
  GroupModuleLeaveGroupError: 6000506,
  GroupModuleKickoutGroupMemberError: 6000507,
  GroupModuleInviteUserIntoGroupError: 6000508,
  GroupModuleTransferOwnerError: 6000509,
  GroupModuleUpdateGroupInfoError: 6000510,
  GroupModuleQueryGroupInfoError: 6000511,
  GroupModuleGroupAttributesOperationFailed: 6000512,
  GroupModuleGroupAttributesQueryFailed: 6000513,
  GroupModuleUpdateGroupMemberInfoError: 6000514,
  GroupModuleQueryGroupMemberInfoError: 6000515,
  GroupModuleQueryGroupListError: 6000516,
  GroupModuleQueryGroupMemberListError: 6000517,
  GroupModuleUserIsNotInTheGroup: 6000521,
  GroupModuleMemberIsAlreadyInTheGroup: 6000522,
  GroupModuleGroupDoesNotExist: 6000523,
  GroupModuleGroupAlreadyExists: 6000524,
  GroupModuleGroupMemberHasReachedLimit: 6000525,
  GroupModuleGroupAttributeDoesNotExist: 6000526,
  GroupModuleCreateGroupWithDismissed: 6000527,
  GroupModuleTheNumberOfGroupAttributesExceedsLimit: 6000531,
  GroupModuleTheLengthOfGroupAttributeKeyExceedsLimit: 6000532,
  GroupModuleTheLengthOfGroupAttributeValueExceedsLimit: 6000533,
  GroupModuleTheTotalLengthOfGroupAttributesValueExceedsLimit: 6000534,
  GroupModuleGroupNoCorrespondingOperationAuthority: 6000541,
  GroupModuleForbidJoinGroupError: 6000542,
  GroupModuleNeedApplyJoinGroupError: 6000543,
  GroupModuleNeedApplyInviteGroupError: 6000544,
  ConversationModuleCommonError: 6000601,
  ConversationModuleServerError: 6000602,
  ConversationModuleConversationDoesNotExist: 6000603,
  ConversationModuleConversationPinnedListReachedLimit: 6000604,
  DatabaseModuleOpenDatabaseError: 6000701,
  DatabaseModuleModifyDatabaseError: 6000702,
  DatabaseModuleDeleteDatabaseError: 6000703,
  DatabaseModuleSeleteDatabaseError: 6000704,
  DatabaseModuleDbIsNotOpened: 6000710,
  FriendModuleFriendNumsLimit: 6000801,
  FriendModuleFriendApplicationStatusError: 6000802,
  FriendModuleIsAlreadyYourFriend: 6000803,
  FriendModuleAlreadyAddToBlacklist: 6000804,
  FriendModuleCannotAddSelfToBlacklist: 6000805,
  FriendModuleAlreadyDeleteFromBlacklist: 6000806,
  FriendModuleUserNotInBlacklist: 6000807,
  FriendModuleBlacklistListQuantityLimit: 6000808,
  FriendModuleFriendOperationLimitExceeded: 6000809,
  FriendModuleCannotAddSelfToFriendList: 6000810,
  FriendModuleFriendAreUnregistered: 6000811,
  FriendModuleNotYourFriend: 6000812,
  FriendModuleCannotDeleteSelf: 6000813,
  FriendModuleFriendApplicationExpired: 6000814,
  FriendModuleAddBlacklistFail: 6000815,
  FriendModuleDelBlacklistFail: 6000816,
});
export type ZIMErrorCode = EnumValue<typeof ZIMErrorCode>;
export declare namespace ZIMErrorCode {
  type Success = 0;
  type Failed = 1;
  type CommonModuleParamsInvalid = 6000001;
  type CommonModuleNotInit = 6000002;
  type CommonModuleInvalidAppID = 6000003;
  type CommonModuleTriggerSDKFrequencyLimit = 6000004;
  type CommonModuleTriggerServerFrequencyLimit = 6000005;
  type CommonModuleSwitchServerError = 6000006;
  type CommonModuleIMServerError = 6000007;
  type CommonModuleIMDatabaseError = 6000008;
  type CommonModuleIMServerDisconnect = 6000009;
  type CommonModuleUploadLogError = 6000010;
  type CommonModuleUserIsNotExist = 6000011;
  type CommonModuleUserInfoQueriedLimit = 6000012;
  type CommonModuleUnsupportedRequest = 6000013;
  type CommonModuleUnactivatedIMServer = 6000014;
  type CommonModuleExceedDAULimit = 6000015;
  type CommonModuleExceedMAULimit = 6000016;
  type CommonModuleBlacklistLimit = 6000021;
  type NetworkModuleCommonError = 6000101;
  type NetworkModuleServerError = 6000102;
  type NetworkModuleTokenInvalid = 6000103;
  type NetworkModuleNetworkError = 6000104;
  type NetworkModuleRequestTimeout = 6000105;
  type NetworkModuleTokenExpired = 6000106;
  type NetworkModuleTokenVersionError = 6000107;
  type NetworkModuleTokenTimeIsTooShort = 6000108;
  type NetworkModuleRspProtoParseError = 6000109;
  type NetworkModuleUserHasAlreadyLogged = 6000111;
  type NetworkModuleUserIsNotLogged = 6000121;
  type NetworkModuleUserHasAlreadyLoggedOut = 6000122;
  type NetworkModuleUserOffline = 6000123;
  type NetworkModuleUserIDError = 6000124;
  type MessageModuleCommonError = 6000201;
  type MessageModuleServerError = 6000202;
  type MessageModuleSendMessageFailed = 6000203;
  type MessageModuleTargetDoesNotExist = 6000204;
  type MessageModuleEditMessageFailed = 6000205;
  type MessageModuleSendMessageFailedForCancelled = 6000206;
  type MessageModuleCancelSendingMessageFailed = 6000207;
  type MessageModuleMessageIsNotPinned = 6000208;
  type MessageModuleFileError = 6000210;
  type MessageModuleFileNotExist = 6000211;
  type MessageModuleFileServerError = 6000212;
  type MessageModuleFileTypeUnsupported = 6000213;
  type MessageModuleFileSizeInvalid = 6000214;
  type MessageModuleFileDurationInvalid = 6000215;
  type MessageModuleFilePermissionDenied = 6000216;
  type MessageModuleFileDownloadFailed = 6000217;
  type MessageModuleFileDownloadLimit = 6000218;
  type MessageModuleFileDownloadUrlNotFound = 6000219;
  type MessageModuleFileDownloadHttpRequestServerError = 6000220;
  type MessageModuleAuditRejected = 6000221;
  type MessageModuleAuditFailed = 6000222;
  type MessageModuleAuditCustomSentRejected = 6000230;
  type MessageModuleCacheFileOpenFailed = 6000240;
  type MessageModuleCacheFileExportOrImportIsInProgressCurrently = 6000241;
  type MessageModuleCacheFileOnlyCanImportCacheOfOneself = 6000242;
  type MessageModuleCacheFileExportFailed = 6000243;
  type MessageModuleCacheFileImportFailed = 6000244;
  type MessageModuleCacheFileJsonParseFailed = 6000245;
  type MessageModuleFileConnectError = 6000251;
  type MessageModuleFileHttpError = 6000252;
  type MessageModuleFileVerificationError = 6000253;
  type MessageModuleFileClientError = 6000254;
  type CallModuleCommonError = 6000270;
  type CallModuleCancelError = 6000271;
  type CallModuleServerError = 6000272;
  type CallModuleIsNotInvitor = 6000273;
  type CallModuleIsNotInvitee = 6000274;
  type CallModuleAlreadyExists = 6000275;
  type CallModuleDoesNotExist = 6000276;
  type MessageModuleReceiptReadError = 6000277;
  type MessageModuleMessageExceedsRevokeTime = 6000278;
  type MessageModuleMessageHasBeenRevoked = 6000279;
  type MessageModuleMessageReactionTypeExisted = 6000280;
  type CallModuleInviteUserDoesNotExist = 6000281;
  type MessageModuleMessageReceiptLimit = 6000282;
  type CallModuleUserAlreadyInTheCall = 6000283;
  type MessageModuleSenderInBlacklist = 6000284;
  type MessageModuleEditNoCorrespondingOperationAuthority = 6000285;
  type MessageModuleMessageExceedsEditTime = 6000286;
  type MessageModuleTheNumberOfPinnedMessagesExceedsLimit = 6000287;
  type RoomModuleCommonError = 6000301;
  type RoomModuleServerError = 6000302;
  type RoomModuleCreateRoomError = 6000303;
  type RoomModuleJoinRoomError = 6000304;
  type RoomModuleLeaveRoomError = 6000306;
  type RoomModuleTheRoomMemberQueryFailed = 6000310;
  type RoomModuleTheRoomMembersQueryFailedCompletely = 6000311;
  type RoomModuleUserIsAlreadyInTheRoom = 6000320;
  type RoomModuleUserIsNotInTheRoom = 6000321;
  type RoomModuleTheRoomDoesNotExist = 6000322;
  type RoomModuleTheRoomAlreadyExists = 6000323;
  type RoomModuleTheNumberOfExistingRoomsHasReachedLimit = 6000324;
  type RoomModuleTheNumberOfJoinedRoomsHasReachedLimit = 6000325;
  type RoomModuleTheRoomIsConnecting = 6000326;
  type RoomModuleRoomMemberIsBlocked = 6000327;
  type RoomModuleRoomAttributesCommonError = 6000330;
  type RoomModuleRoomAttributesOperationFailedCompletely = 6000331;
  type RoomModuleRoomAttributesOperationFailedPartly = 6000332;
  type RoomModuleRoomAttributesQueryFailed = 6000333;
  type RoomModuleTheNumberOfRoomAttributesExceedsLimit = 6000334;
  type RoomModuleTheLengthOfRoomAttributeKeyExceedsLimit = 6000335;
  type RoomModuleTheLengthOfRoomAttributeValueExceedsLimit = 6000336;
  type RoomModuleTheTotalLengthOfRoomAttributesValueExceedsLimit = 6000337;
  type RoomModuleRoomMemberAttributesCommonError = 6000350;
  type RoomModuleTheTotalLengthOfRoomMemberAttributesExceedsLimit = 6000351;
  type RoomModuleTheLengthOfRoomMemberAttributesKeyExceedsLimit = 6000352;
  type RoomModuleTheLengthOfRoomMemberAttributesValueExceedsLimit = 6000353;
  type RoomModuleTheMemberNumberOfRoomMemberAttributesExceedsLimit = 6000357;
  type ZpnsModulePushIDInvalid = 6000401;
  type GroupModuleCommonError = 6000501;
  type GroupModuleServerError = 6000502;
  type GroupModuleCreateGroupError = 6000503;
  type GroupModuleDismissGroupError = 6000504;
  type GroupModuleJoinGroupError = 6000505;
  type GroupModuleLeaveGroupError = 6000506;
  type GroupModuleKickoutGroupMemberError = 6000507;
  type GroupModuleInviteUserIntoGroupError = 6000508;
  type GroupModuleTransferOwnerError = 6000509;
  type GroupModuleUpdateGroupInfoError = 6000510;
  type GroupModuleQueryGroupInfoError = 6000511;
  type GroupModuleGroupAttributesOperationFailed = 6000512;
  type GroupModuleGroupAttributesQueryFailed = 6000513;
  type GroupModuleUpdateGroupMemberInfoError = 6000514;
  type GroupModuleQueryGroupMemberInfoError = 6000515;
  type GroupModuleQueryGroupListError = 6000516;
  type GroupModuleQueryGroupMemberListError = 6000517;
  type GroupModuleUserIsNotInTheGroup = 6000521;
  type GroupModuleMemberIsAlreadyInTheGroup = 6000522;
  type GroupModuleGroupDoesNotExist = 6000523;
  type GroupModuleGroupAlreadyExists = 6000524;
  type GroupModuleGroupMemberHasReachedLimit = 6000525;
  type GroupModuleGroupAttributeDoesNotExist = 6000526;
  type GroupModuleCreateGroupWithDismissed = 6000527;
  type GroupModuleTheNumberOfGroupAttributesExceedsLimit = 6000531;
  type GroupModuleTheLengthOfGroupAttributeKeyExceedsLimit = 6000532;
  type GroupModuleTheLengthOfGroupAttributeValueExceedsLimit = 6000533;
  type GroupModuleTheTotalLengthOfGroupAttributesValueExceedsLimit = 6000534;
  type GroupModuleGroupNoCorrespondingOperationAuthority = 6000541;
  type GroupModuleForbidJoinGroupError = 6000542;
  type GroupModuleNeedApplyJoinGroupError = 6000543;
  type GroupModuleNeedApplyInviteGroupError = 6000544;
  type ConversationModuleCommonError = 6000601;
  type ConversationModuleServerError = 6000602;
  type ConversationModuleConversationDoesNotExist = 6000603;
  type ConversationModuleConversationPinnedListReachedLimit = 6000604;
  type DatabaseModuleOpenDatabaseError = 6000701;
  type DatabaseModuleModifyDatabaseError = 6000702;
  type DatabaseModuleDeleteDatabaseError = 6000703;
  type DatabaseModuleSeleteDatabaseError = 6000704;
  type DatabaseModuleDbIsNotOpened = 6000710;
  type FriendModuleFriendNumsLimit = 6000801;
  type FriendModuleFriendApplicationStatusError = 6000802;
  type FriendModuleIsAlreadyYourFriend = 6000803;
  type FriendModuleAlreadyAddToBlacklist = 6000804;
  type FriendModuleCannotAddSelfToBlacklist = 6000805;
  type FriendModuleAlreadyDeleteFromBlacklist = 6000806;
  type FriendModuleUserNotInBlacklist = 6000807;
  type FriendModuleBlacklistListQuantityLimit = 6000808;
  type FriendModuleFriendOperationLimitExceeded = 6000809;
  type FriendModuleCannotAddSelfToFriendList = 6000810;
  type FriendModuleFriendAreUnregistered = 6000811;
  type FriendModuleNotYourFriend = 6000812;
  type FriendModuleCannotDeleteSelf = 6000813;
  type FriendModuleFriendApplicationExpired = 6000814;
  type FriendModuleAddBlacklistFail = 6000815;
  type FriendModuleDelBlacklistFail = 6000816;
}
