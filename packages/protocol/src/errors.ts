/** One row of the error table. `message` is safe to show to anybody. */
export interface ErrorRow {
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly message: string;
}

/** The one error table. Facades map these codes to their vendor's; nothing else is ever answered. */
export const ERRORS = {
  BAD_REQUEST: { status: 400, retryable: false, message: 'The request does not fit the contract.' },
  FRAME_UNREADABLE: {
    status: 400,
    retryable: false,
    message: 'The frame is not readable JSON of the expected form.',
  },
  UNKNOWN_OPERATION: { status: 404, retryable: false, message: 'There is no operation of that name.' },
  TOO_LARGE: { status: 413, retryable: false, message: 'The request or its content is larger than allowed.' },
  UNAUTHENTICATED: { status: 401, retryable: false, message: 'Open a session or send a token first.' },
  TOKEN_MALFORMED: { status: 401, retryable: false, message: 'The token is not in a known format.' },
  TOKEN_INVALID: { status: 401, retryable: false, message: 'The token is not signed with this app’s key.' },
  TOKEN_EXPIRED: { status: 401, retryable: false, message: 'The token has expired; get a new one.' },
  TOKEN_WRONG_APP: { status: 401, retryable: false, message: 'The token belongs to another app.' },
  TOKEN_WRONG_USER: { status: 401, retryable: false, message: 'The token belongs to another user.' },
  TOKEN_REVOKED: {
    status: 401,
    retryable: false,
    message: 'The token was made before this user’s credentials were renewed.',
  },
  PASSWORD_WRONG: { status: 401, retryable: false, message: 'User id or password is wrong.' },
  SESSION_ALREADY_OPEN: { status: 409, retryable: false, message: 'This connection already has a session.' },
  SESSION_GONE: { status: 401, retryable: false, message: 'The session has ended; log in again.' },
  FORBIDDEN: { status: 403, retryable: false, message: 'The caller may not do this.' },
  APP_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such app.' },
  APP_EXISTS: { status: 409, retryable: false, message: 'One of these app ids is already taken.' },
  USER_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such user.' },
  USER_EXISTS: { status: 409, retryable: false, message: 'That user already exists.' },
  USER_ID_TAKEN: { status: 409, retryable: false, message: 'That user id is taken in another spelling.' },
  USER_BANNED: { status: 403, retryable: false, message: 'This user may not log in.' },
  REGISTRATION_CLOSED: { status: 403, retryable: false, message: 'Registration is not open in this app.' },
  CONVERSATION_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is no such conversation for the caller.',
  },
  MESSAGE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such message for the caller.' },
  NOT_MEMBER: { status: 403, retryable: false, message: 'The caller is not a member of this conversation.' },
  BLOCKED: {
    status: 403,
    retryable: false,
    message: 'The other side does not accept messages from the caller.',
  },
  MUTED: { status: 403, retryable: false, message: 'The caller may not speak here at present.' },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    retryable: false,
    message: 'That clientId was already used for another message.',
  },
  REVOKE_TOO_LATE: { status: 409, retryable: false, message: 'The message is too old to be revoked.' },
  ALREADY_REVOKED: { status: 409, retryable: false, message: 'The message was revoked before.' },
  RECEIPT_NOT_ASKED: {
    status: 409,
    retryable: false,
    message: 'The message was sent without asking for receipts.',
  },
  GROUP_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such group for the caller.' },
  GROUP_EXISTS: { status: 409, retryable: false, message: 'That group id is or was in use.' },
  GROUP_FULL: { status: 409, retryable: false, message: 'The group has as many members as it may have.' },
  ALREADY_MEMBER: { status: 409, retryable: false, message: 'That user is a member already.' },
  JOIN_CLOSED: { status: 403, retryable: false, message: 'This group does not take join requests.' },
  JOIN_NEEDS_APPROVAL: {
    status: 403,
    retryable: false,
    message: 'This group is joined by approval; ask a member to invite you.',
  },
  OWNER_MUST_STAY: {
    status: 409,
    retryable: false,
    message: 'The owner must hand the group over before leaving.',
  },
  ROOM_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such room.' },
  ROOM_EXISTS: { status: 409, retryable: false, message: 'That room id is or was in use.' },
  ROOM_FULL: { status: 409, retryable: false, message: 'The room has as many people as it may have.' },
  BANNED: { status: 403, retryable: false, message: 'The caller is kept out of here at present.' },
  WORDS_REFUSED: {
    status: 403,
    retryable: false,
    message: 'The message holds words that are not allowed here.',
  },
  REFUSED_BY_HOOK: { status: 403, retryable: false, message: 'The app refused this.' },
  WEBHOOK_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such webhook.' },
  ADDRESS_REFUSED: {
    status: 400,
    retryable: false,
    message: 'The server does not call this address.',
  },
  FILE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such file.' },
  FILE_TYPE_REFUSED: { status: 415, retryable: false, message: 'Files of this type are not accepted.' },
  FILE_UNFINISHED: { status: 409, retryable: false, message: 'The upload of this file is not finished.' },
  QUOTA_EXCEEDED: { status: 409, retryable: false, message: 'A limit of the app or user is used up.' },
  RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests; wait before trying again.' },
  OVERLOADED: { status: 503, retryable: true, message: 'The server is busy; try again shortly.' },
  STORE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'Nothing can be stored at present; try again shortly.',
  },
  DRAINING: { status: 503, retryable: true, message: 'The server is shutting down; connect again.' },
  NOT_READY: { status: 503, retryable: true, message: 'The server is starting; try again shortly.' },
  TIMEOUT: { status: 504, retryable: true, message: 'No answer in time; the outcome is unknown.' },
  OFFLINE: { status: 503, retryable: true, message: 'There is no connection to the server.' },
  INTERNAL: { status: 500, retryable: false, message: 'Something went wrong on the server.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Errors any operation may answer; not repeated in each definition. */
export const COMMON_ERRORS = [
  'BAD_REQUEST', 'UNKNOWN_OPERATION', 'TOO_LARGE', 'UNAUTHENTICATED', 'SESSION_GONE', 'FORBIDDEN', 'APP_NOT_FOUND',
  'TOKEN_MALFORMED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'TOKEN_WRONG_APP', 'TOKEN_REVOKED', 'RATE_LIMITED',
  'REFUSED_BY_HOOK', 'OVERLOADED', 'STORE_UNAVAILABLE', 'DRAINING', 'NOT_READY', 'TIMEOUT', 'OFFLINE', 'INTERNAL',
] as const satisfies readonly ErrorCode[]; // prettier-ignore

/** What travels for an error, in frames and REST bodies alike. */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
  /** Path of the field at fault, e.g. `content.text`. */
  readonly field?: string;
  /** Milliseconds to wait before a retry can help. */
  readonly retryAfter?: number;
  /** Small machine-readable particulars, never secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface MagpieErrorOptions {
  readonly message?: string;
  readonly field?: string;
  readonly retryAfter?: number;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of both ends. `message` names what to do; for INTERNAL it is withheld from the wire. */
export class MagpieError extends Error {
  override readonly name = 'MagpieError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  readonly detail: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, options: MagpieErrorOptions = {}) {
    super(
      options.message ?? ERRORS[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.field = options.field;
    this.retryAfter = options.retryAfter;
    this.detail = options.detail;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  toShape(): ErrorShape {
    return {
      code: this.code,
      message: this.code === 'INTERNAL' ? ERRORS.INTERNAL.message : this.message,
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.retryAfter === undefined ? {} : { retryAfter: this.retryAfter }),
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }

  /** The funnel: whatever was thrown becomes an error of the table; unknown things become INTERNAL with the cause kept. */
  static from(thrown: unknown): MagpieError {
    return thrown instanceof MagpieError ? thrown : new MagpieError('INTERNAL', { cause: thrown });
  }

  /** Rebuilds an error from the wire; a code of a newer server reads as INTERNAL and keeps its text. */
  static fromShape(shape: ErrorShape): MagpieError {
    const code: ErrorCode = Object.hasOwn(ERRORS, shape.code) ? shape.code : 'INTERNAL';
    const { code: _, ...options } = shape;
    return new MagpieError(code, options);
  }
}
