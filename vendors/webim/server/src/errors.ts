import { MagpieError, type ErrorCode } from '@magpie/protocol';
import type { WebimReply } from './ports.ts';

/** A failure in the vendor's own words. */
export class RestError extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.status = status;
    this.error = error;
  }
}

interface Row {
  readonly status: number;
  readonly error: string;
  readonly description?: string;
}

const badToken: Row = { status: 401, error: 'auth_bad_access_token', description: 'Unable to authenticate' };
const taken: Row = {
  status: 400,
  error: 'duplicate_unique_property_exists',
  description: 'Entity user requires that property named username be unique',
};
const unavailable: Row = { status: 503, error: 'service_unavailable' };
const notFound: Row = {
  status: 404,
  error: 'service_resource_not_found',
  description: 'Service resource not found',
};

/** Our codes as REST bodies; codes without a row are the generic bad argument or the server's own failure, by status. */
const ROWS: Partial<Record<ErrorCode, Row>> = {
  UNAUTHENTICATED: { status: 401, error: 'unauthorized', description: 'Unable to authenticate (OAuth)' },
  TOKEN_MALFORMED: { ...badToken, description: 'Unable to authenticate due to corrupt access token' },
  TOKEN_INVALID: badToken,
  TOKEN_WRONG_APP: badToken,
  TOKEN_WRONG_USER: badToken,
  TOKEN_REVOKED: badToken,
  TOKEN_EXPIRED: {
    status: 401,
    error: 'unauthorized',
    description: 'Unable to authenticate due to expired access token',
  },
  PASSWORD_WRONG: { status: 400, error: 'invalid_grant', description: 'invalid username or password' },
  USER_BANNED: { status: 400, error: 'invalid_grant', description: 'user not activated' },
  APP_NOT_FOUND: {
    status: 404,
    error: 'organization_application_not_found',
    description: 'could not find application',
  },
  USER_EXISTS: taken,
  USER_ID_TAKEN: taken,
  USER_NOT_FOUND: notFound,
  FILE_NOT_FOUND: notFound,
  REGISTRATION_CLOSED: { status: 401, error: 'unauthorized', description: 'registration is not open' },
  FORBIDDEN: { status: 403, error: 'forbidden_op' },
  TOO_LARGE: { status: 413, error: 'request_entity_too_large', description: 'Request Entity Too Large' },
  FILE_TYPE_REFUSED: { status: 415, error: 'web_application', description: 'Unsupported Media Type' },
  QUOTA_EXCEEDED: { status: 429, error: 'resource_limited' },
  RATE_LIMITED: { status: 429, error: 'reach_limit', description: 'This request has reached api limit' },
  OVERLOADED: unavailable,
  STORE_UNAVAILABLE: unavailable,
  DRAINING: unavailable,
  NOT_READY: unavailable,
};

/** The vendor's error body. */
function errorBody(row: Row, message: string, startedAt: number, now: number): WebimReply {
  return {
    status: row.status,
    body: {
      error: row.error,
      exception: row.error,
      timestamp: now,
      duration: Math.max(0, now - startedAt),
      error_description: row.description ?? message,
    },
  };
}

/** Whatever was thrown, as a reply; `internal` is called for what is the server's own fault. */
export function errorReply(
  thrown: unknown,
  startedAt: number,
  now: number,
  internal: (error: MagpieError) => void,
): WebimReply {
  if (thrown instanceof RestError) {
    return errorBody({ status: thrown.status, error: thrown.error }, thrown.message, startedAt, now);
  }
  const error = MagpieError.from(thrown);
  if (error.code === 'INTERNAL') internal(error);
  const { status } = error;
  const fallback: Row = { status, error: status >= 500 ? 'web_application' : 'illegal_argument' };
  // Whatever happened inside is not for the caller's eyes.
  return errorBody(ROWS[error.code] ?? fallback, error.toShape().message, startedAt, now);
}
