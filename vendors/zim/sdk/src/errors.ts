import type { ErrorCode, MagpieError } from '@magpie/protocol';
import { ZIMErrorCode } from './enums/error-code.ts';
import type { ZIMError } from './types/general.ts';

/** Our codes in the vendor's numbers. */
export const ERROR_CODES: Readonly<Record<ErrorCode, number>> = {
  BAD_REQUEST: ZIMErrorCode.CommonModuleParamsInvalid,
  FRAME_UNREADABLE: ZIMErrorCode.CommonModuleParamsInvalid,
  UNKNOWN_OPERATION: ZIMErrorCode.CommonModuleUnsupportedRequest,
  TOO_LARGE: ZIMErrorCode.CommonModuleParamsInvalid,
  UNAUTHENTICATED: ZIMErrorCode.NetworkModuleUserIsNotLogged,
  TOKEN_MALFORMED: ZIMErrorCode.NetworkModuleTokenInvalid,
  TOKEN_INVALID: ZIMErrorCode.NetworkModuleTokenInvalid,
  TOKEN_EXPIRED: ZIMErrorCode.NetworkModuleTokenExpired,
  TOKEN_WRONG_APP: ZIMErrorCode.NetworkModuleTokenInvalid,
  TOKEN_WRONG_USER: ZIMErrorCode.NetworkModuleTokenInvalid,
  TOKEN_REVOKED: ZIMErrorCode.NetworkModuleTokenInvalid,
  PASSWORD_WRONG: ZIMErrorCode.NetworkModuleCommonError,
  SESSION_ALREADY_OPEN: ZIMErrorCode.NetworkModuleUserHasAlreadyLogged,
  SESSION_GONE: ZIMErrorCode.NetworkModuleUserIsNotLogged,
  FORBIDDEN: ZIMErrorCode.CommonModuleUnsupportedRequest,
  APP_NOT_FOUND: ZIMErrorCode.CommonModuleInvalidAppID,
  APP_EXISTS: ZIMErrorCode.CommonModuleInvalidAppID,
  USER_NOT_FOUND: ZIMErrorCode.CommonModuleUserIsNotExist,
  USER_EXISTS: ZIMErrorCode.CommonModuleParamsInvalid,
  USER_ID_TAKEN: ZIMErrorCode.NetworkModuleUserIDError,
  USER_BANNED: ZIMErrorCode.NetworkModuleCommonError,
  REGISTRATION_CLOSED: ZIMErrorCode.NetworkModuleCommonError,
  CONVERSATION_NOT_FOUND: ZIMErrorCode.ConversationModuleConversationDoesNotExist,
  MESSAGE_NOT_FOUND: ZIMErrorCode.CommonModuleParamsInvalid,
  NOT_MEMBER: ZIMErrorCode.GroupModuleUserIsNotInTheGroup,
  BLOCKED: ZIMErrorCode.MessageModuleSenderInBlacklist,
  MUTED: ZIMErrorCode.GroupModuleGroupNoCorrespondingOperationAuthority,
  IDEMPOTENCY_CONFLICT: ZIMErrorCode.CommonModuleParamsInvalid,
  REVOKE_TOO_LATE: ZIMErrorCode.MessageModuleMessageExceedsRevokeTime,
  ALREADY_REVOKED: ZIMErrorCode.MessageModuleMessageHasBeenRevoked,
  RECEIPT_NOT_ASKED: ZIMErrorCode.MessageModuleReceiptReadError,
  GROUP_NOT_FOUND: ZIMErrorCode.GroupModuleGroupDoesNotExist,
  GROUP_EXISTS: ZIMErrorCode.GroupModuleGroupAlreadyExists,
  GROUP_FULL: ZIMErrorCode.GroupModuleGroupMemberHasReachedLimit,
  ALREADY_MEMBER: ZIMErrorCode.GroupModuleMemberIsAlreadyInTheGroup,
  JOIN_CLOSED: ZIMErrorCode.GroupModuleForbidJoinGroupError,
  JOIN_NEEDS_APPROVAL: ZIMErrorCode.GroupModuleNeedApplyJoinGroupError,
  OWNER_MUST_STAY: ZIMErrorCode.GroupModuleLeaveGroupError,
  ROOM_NOT_FOUND: ZIMErrorCode.RoomModuleTheRoomDoesNotExist,
  ROOM_EXISTS: ZIMErrorCode.RoomModuleTheRoomAlreadyExists,
  ROOM_FULL: ZIMErrorCode.RoomModuleJoinRoomError,
  BANNED: ZIMErrorCode.RoomModuleRoomMemberIsBlocked,
  WORDS_REFUSED: ZIMErrorCode.MessageModuleAuditRejected,
  REFUSED_BY_HOOK: ZIMErrorCode.MessageModuleAuditCustomSentRejected,
  WEBHOOK_NOT_FOUND: ZIMErrorCode.CommonModuleParamsInvalid,
  ADDRESS_REFUSED: ZIMErrorCode.CommonModuleParamsInvalid,
  FILE_NOT_FOUND: ZIMErrorCode.MessageModuleFileNotExist,
  FILE_TYPE_REFUSED: ZIMErrorCode.MessageModuleFileTypeUnsupported,
  FILE_UNFINISHED: ZIMErrorCode.MessageModuleFileServerError,
  QUOTA_EXCEEDED: ZIMErrorCode.CommonModuleUnsupportedRequest,
  RATE_LIMITED: ZIMErrorCode.CommonModuleTriggerServerFrequencyLimit,
  OVERLOADED: ZIMErrorCode.CommonModuleIMServerError,
  STORE_UNAVAILABLE: ZIMErrorCode.CommonModuleIMDatabaseError,
  DRAINING: ZIMErrorCode.CommonModuleIMServerDisconnect,
  NOT_READY: ZIMErrorCode.CommonModuleIMServerError,
  TIMEOUT: ZIMErrorCode.NetworkModuleRequestTimeout,
  OFFLINE: ZIMErrorCode.NetworkModuleNetworkError,
  INTERNAL: ZIMErrorCode.CommonModuleIMServerError,
};

/** Where the vendor has a number of its own for a code, by the kind of call. */
export const ERROR_CODES_BY_AREA = {
  login: {
    OFFLINE: ZIMErrorCode.NetworkModuleNetworkError,
    INTERNAL: ZIMErrorCode.NetworkModuleServerError,
    QUOTA_EXCEEDED: ZIMErrorCode.CommonModuleExceedDAULimit,
  },
  send: {
    USER_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    CONVERSATION_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    GROUP_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    ROOM_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    FORBIDDEN: ZIMErrorCode.GroupModuleGroupNoCorrespondingOperationAuthority,
    QUOTA_EXCEEDED: ZIMErrorCode.MessageModuleSendMessageFailed,
    INTERNAL: ZIMErrorCode.MessageModuleServerError,
  },
  media: {
    TOO_LARGE: ZIMErrorCode.MessageModuleFileSizeInvalid,
    USER_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    CONVERSATION_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    GROUP_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    ROOM_NOT_FOUND: ZIMErrorCode.MessageModuleTargetDoesNotExist,
    FORBIDDEN: ZIMErrorCode.GroupModuleGroupNoCorrespondingOperationAuthority,
    QUOTA_EXCEEDED: ZIMErrorCode.MessageModuleFileServerError,
    INTERNAL: ZIMErrorCode.MessageModuleFileServerError,
  },
  revoke: {
    FORBIDDEN: ZIMErrorCode.GroupModuleGroupNoCorrespondingOperationAuthority,
  },
  receipt: {
    FORBIDDEN: ZIMErrorCode.MessageModuleReceiptReadError,
    MESSAGE_NOT_FOUND: ZIMErrorCode.MessageModuleReceiptReadError,
  },
  conversation: {
    USER_NOT_FOUND: ZIMErrorCode.ConversationModuleConversationDoesNotExist,
    GROUP_NOT_FOUND: ZIMErrorCode.ConversationModuleConversationDoesNotExist,
    QUOTA_EXCEEDED: ZIMErrorCode.ConversationModuleConversationPinnedListReachedLimit,
    INTERNAL: ZIMErrorCode.ConversationModuleServerError,
  },
  group: {
    FORBIDDEN: ZIMErrorCode.GroupModuleGroupNoCorrespondingOperationAuthority,
    CONVERSATION_NOT_FOUND: ZIMErrorCode.GroupModuleGroupDoesNotExist,
    INTERNAL: ZIMErrorCode.GroupModuleServerError,
  },
  createGroup: {
    QUOTA_EXCEEDED: ZIMErrorCode.GroupModuleCreateGroupError,
    INTERNAL: ZIMErrorCode.GroupModuleCreateGroupError,
  },
  blacklist: {
    QUOTA_EXCEEDED: ZIMErrorCode.FriendModuleBlacklistListQuantityLimit,
  },
} as const satisfies Record<string, Partial<Record<ErrorCode, number>>>;

export type ErrorArea = keyof typeof ERROR_CODES_BY_AREA;

/** What promises reject with: a plain object, as the vendor's. */
export function zimError(code: number, message: string): ZIMError {
  return { code: code as ZIMErrorCode, message };
}

export function isZimError(thrown: unknown): thrown is ZIMError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    !(thrown instanceof Error) &&
    typeof (thrown as { code?: unknown }).code === 'number'
  );
}

function isMagpieError(thrown: unknown): thrown is MagpieError {
  return thrown instanceof Error && thrown.name === 'MagpieError';
}

/** The vendor's number for one of our codes in a kind of call. */
export function zimCode(code: string, area?: ErrorArea): number {
  const byArea: Partial<Record<string, number>> = area === undefined ? {} : ERROR_CODES_BY_AREA[area];
  return byArea[code] ?? (ERROR_CODES as Partial<Record<string, number>>)[code] ?? ZIMErrorCode.Failed;
}

/** Whatever was thrown, as the vendor would reject with it. */
export function toZimError(thrown: unknown, area?: ErrorArea): ZIMError {
  if (isZimError(thrown)) return thrown;
  if (isMagpieError(thrown)) {
    const field = thrown.field === undefined ? '' : ` (${thrown.field})`;
    return zimError(zimCode(thrown.code, area), `${thrown.message}${field}`);
  }
  return zimError(ZIMErrorCode.Failed, thrown instanceof Error ? thrown.message : String(thrown));
}

export function invalid(message: string): ZIMError {
  return zimError(ZIMErrorCode.CommonModuleParamsInvalid, message);
}

export function unsupported(name: string, why: string): ZIMError {
  return zimError(ZIMErrorCode.CommonModuleUnsupportedRequest, `${name} is not supported: ${why}`);
}
