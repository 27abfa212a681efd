import type { ErrorCode } from '@magpie/client';
import { statusCode } from './constants.ts';

/** What every rejection and error callback receives. A plain class, as the vendor's: not an `Error`. */
export class ErrorEvent {
  type: number;
  message: string;
  data?: unknown;

  constructor(parameters: { type: number; message: string; data?: unknown }) {
    this.type = parameters.type;
    this.message = parameters.message;
    if (parameters.data !== undefined) this.data = parameters.data;
  }

  static create(parameters: { type: number; message: string; data?: unknown }): ErrorEvent {
    return new ErrorEvent(parameters);
  }
}

interface Row {
  readonly type: number;
  /** Where sending a message has a number of its own. */
  readonly send?: number;
  /** `error` and `error_description` of the vendor's REST bodies, which applications read out of `data`. */
  readonly rest?: readonly [error: string, description: string];
}

const S = statusCode;

/** The one table from our codes to theirs. */
export const ERROR_TABLE: Readonly<Record<ErrorCode, Row>> = {
  BAD_REQUEST: {
    type: S.REQUEST_PARAMETER_ERROR,
    send: S.MESSAGE_PARAMETER_ERROR,
    rest: ['illegal_argument', ''],
  },
  FRAME_UNREADABLE: { type: S.REQUEST_PARAMETER_ERROR, rest: ['json_parse', ''] },
  UNKNOWN_OPERATION: { type: S.OPERATION_UNSUPPORTED },
  TOO_LARGE: { type: S.MESSAGE_SIZE_LIMIT, rest: ['illegal_argument', 'message is too large'] },
  UNAUTHENTICATED: {
    type: S.WEBIM_CONNECTION_CLOSED,
    rest: ['unauthorized', 'Unable to authenticate (OAuth)'],
  },
  TOKEN_MALFORMED: {
    type: S.WEBIM_CONNCTION_AUTH_ERROR,
    rest: ['auth_bad_access_token', 'Unable to authenticate'],
  },
  TOKEN_INVALID: {
    type: S.WEBIM_CONNCTION_AUTH_ERROR,
    rest: ['auth_bad_access_token', 'Unable to authenticate'],
  },
  TOKEN_EXPIRED: {
    type: S.WEBIM_TOKEN_EXPIRED,
    rest: ['unauthorized', 'Unable to authenticate due to expired access token'],
  },
  TOKEN_WRONG_APP: {
    type: S.WEBIM_CONNCTION_AUTH_ERROR,
    rest: ['auth_bad_access_token', 'Unable to authenticate'],
  },
  TOKEN_WRONG_USER: {
    type: S.WEBIM_CONNCTION_AUTH_ERROR,
    rest: ['auth_bad_access_token', 'Unable to authenticate'],
  },
  TOKEN_REVOKED: {
    type: S.WEBIM_CONNCTION_AUTH_ERROR,
    rest: ['auth_bad_access_token', 'Unable to authenticate'],
  },
  PASSWORD_WRONG: { type: S.WEBIM_CONNCTION_OPEN_ERROR, rest: ['invalid_grant', 'invalid password'] },
  SESSION_ALREADY_OPEN: { type: S.WEBIM_USER_ALREADY_LOGIN },
  SESSION_GONE: { type: S.WEBIM_CONNECTION_CLOSED },
  FORBIDDEN: { type: S.PERMISSION_DENIED, rest: ['forbidden_op', ''] },
  APP_NOT_FOUND: {
    type: S.WEBIM_CONNCTION_APPKEY_NOT_ASSIGN_ERROR,
    rest: ['organization_application_not_found', 'could not find application'],
  },
  APP_EXISTS: { type: S.WEBIM_CONNCTION_AJAX_ERROR },
  USER_NOT_FOUND: { type: S.USER_NOT_FOUND, rest: ['service_resource_not_found', 'user not found'] },
  USER_EXISTS: {
    type: S.WEBIM_CONNCTION_AJAX_ERROR,
    rest: ['duplicate_unique_property_exists', 'username must be unique'],
  },
  USER_ID_TAKEN: {
    type: S.WEBIM_CONNCTION_AJAX_ERROR,
    rest: ['duplicate_unique_property_exists', 'username must be unique'],
  },
  USER_BANNED: { type: S.WEBIM_CONNCTION_OPEN_ERROR, rest: ['invalid_grant', 'user not activated'] },
  REGISTRATION_CLOSED: {
    type: S.WEBIM_CONNCTION_AJAX_ERROR,
    rest: ['unauthorized', 'registration is not open'],
  },
  CONVERSATION_NOT_FOUND: { type: S.CONVERSATION_NOT_EXIST },
  MESSAGE_NOT_FOUND: { type: S.MESSAGE_NOT_FOUND },
  NOT_MEMBER: { type: S.GROUP_NOT_JOINED },
  BLOCKED: { type: S.PERMISSION_DENIED },
  MUTED: { type: S.SERVICE_NOT_ALLOW_MESSAGING_MUTE },
  IDEMPOTENCY_CONFLICT: { type: S.OPERATION_NOT_ALLOWED },
  REVOKE_TOO_LATE: { type: S.MESSAGE_RECALL_TIME_LIMIT },
  ALREADY_REVOKED: { type: S.MESSAGE_NOT_FOUND },
  RECEIPT_NOT_ASKED: { type: S.OPERATION_NOT_ALLOWED },
  GROUP_NOT_FOUND: {
    type: S.GROUP_NOT_EXIST,
    rest: ['service_resource_not_found', 'Service resource not found'],
  },
  GROUP_EXISTS: { type: S.WEBIM_CONNCTION_AJAX_ERROR, rest: ['duplicate_unique_property_exists', ''] },
  GROUP_FULL: { type: S.GROUP_MEMBERS_FULL },
  ALREADY_MEMBER: {
    type: S.GROUP_ALREADY_JOINED,
    rest: ['forbidden_op', 'can not join this group, reason: already in group'],
  },
  JOIN_CLOSED: { type: S.PERMISSION_DENIED, rest: ['forbidden_op', ''] },
  JOIN_NEEDS_APPROVAL: { type: S.OPERATION_UNSUPPORTED },
  OWNER_MUST_STAY: {
    type: S.PERMISSION_DENIED,
    rest: ['forbidden_op', 'forbidden operation on group owner!'],
  },
  ROOM_NOT_FOUND: {
    type: S.CHATROOM_NOT_EXIST,
    rest: ['service_resource_not_found', 'Service resource not found'],
  },
  ROOM_EXISTS: { type: S.WEBIM_CONNCTION_AJAX_ERROR, rest: ['duplicate_unique_property_exists', ''] },
  ROOM_FULL: { type: S.CHATROOM_MEMBERS_FULL },
  BANNED: { type: S.PERMISSION_DENIED, rest: ['forbidden_op', ''] },
  WORDS_REFUSED: { type: S.MESSAGE_MODERATION_BLOCKED },
  REFUSED_BY_HOOK: { type: S.MESSAGE_EXTERNAL_LOGIC_BLOCKED },
  WEBHOOK_NOT_FOUND: { type: S.REQUEST_PARAMETER_ERROR },
  ADDRESS_REFUSED: { type: S.REQUEST_PARAMETER_ERROR },
  FILE_NOT_FOUND: { type: S.WEBIM_DOWNLOADFILE_ERROR, send: S.WEBIM_UPLOADFILE_ERROR },
  FILE_TYPE_REFUSED: { type: S.WEBIM_UPLOADFILE_ERROR },
  FILE_UNFINISHED: { type: S.WEBIM_UPLOADFILE_ERROR },
  QUOTA_EXCEEDED: { type: S.MAX_LIMIT },
  RATE_LIMITED: {
    type: S.MESSAGE_CURRENT_LIMITING,
    rest: ['reach_limit', 'This request has reached api limit'],
  },
  OVERLOADED: { type: S.SERVER_BUSY },
  STORE_UNAVAILABLE: { type: S.SERVER_BUSY },
  DRAINING: { type: S.SERVER_BUSY },
  NOT_READY: { type: S.SERVER_BUSY },
  TIMEOUT: { type: S.REQUEST_TIMEOUT, send: S.MESSAGE_SEND_TIMEOUT },
  OFFLINE: { type: S.WEBIM_CONNCTION_DISCONNECTED, send: S.MESSAGE_WEBSOCKET_DISCONNECTED },
  INTERNAL: { type: S.SERVER_UNKNOWN_ERROR },
};

interface CoreError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string | undefined;
  readonly detail?: unknown;
}

function isCoreError(thrown: unknown): thrown is CoreError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    Object.hasOwn(ERROR_TABLE, String(thrown.code))
  );
}

/** Anything thrown below becomes the vendor's event; `data` reads like the REST answer it would have carried. */
export function toErrorEvent(thrown: unknown, scope: 'request' | 'send' = 'request'): ErrorEvent {
  if (thrown instanceof ErrorEvent) return thrown;
  if (!isCoreError(thrown)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ErrorEvent({ type: S.REQUEST_UNKNOWN, message });
  }
  const row = ERROR_TABLE[thrown.code];
  const [error, description] = row.rest ?? [thrown.code.toLowerCase(), ''];
  const body = { error, error_description: description || thrown.message };
  return new ErrorEvent({
    type: (scope === 'send' ? row.send : undefined) ?? row.type,
    message: thrown.message,
    data: { ...body, code: thrown.code, field: thrown.field, detail: thrown.detail, data: body },
  });
}

/** Refused here, before anything is sent. */
export function refuse(type: number, message: string): ErrorEvent {
  return new ErrorEvent({ type, message });
}

/** The answer of every documented method there is nothing behind yet. */
export function unsupported(name: string, why = 'is not available on this server'): ErrorEvent {
  return new ErrorEvent({
    type: S.OPERATION_UNSUPPORTED,
    message: `${name}: ${why}`,
    data: { method: name, error: 'service_not_supported', error_description: why },
  });
}
