import type { ErrorCode, MagpieError } from '@magpie/protocol';

/** What every rejected promise of this SDK rejects with: an `Error` with the vendor's number. */
export interface TimError extends Error {
  code: number;
  data: Record<string, unknown>;
}

export function timError(
  code: number,
  message: string,
  data: Record<string, unknown> = {},
  cause?: unknown,
): TimError {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code, data });
}

/** Plan or server lacks the feature: the vendor's own answer to calls it does not offer. */
export const NOT_SUPPORTED = 3122;

export function unsupported(method: string, detail = ''): TimError {
  return timError(
    NOT_SUPPORTED,
    `${method} is not supported by Magpie${detail === '' ? '' : ` (${detail})`}.`,
  );
}

/** Where an error happened: the vendor numbers the same thing differently in each place. */
export type Scope = 'login' | 'c2c' | 'group' | 'c2cRevoke' | 'groupRevoke' | 'pin' | 'receipt' | 'profile' | 'block' | 'create' | 'image' | 'audio' | 'video' | 'file'; // prettier-ignore

type Row = { readonly else: number } & Partial<Record<Scope, number>>;

/** Our codes in the vendor's numbers (tim.md §7). */
export const TIM_CODES: Readonly<Record<ErrorCode, Row>> = {
  BAD_REQUEST: { else: 70402, file: 2400, image: 2251, video: 2350, audio: 2300, group: 10004, groupRevoke: 10032, create: 10004, c2c: 20001, c2cRevoke: 20001, login: 70402, profile: 40001, block: 30001, pin: 50002, receipt: 10004 },
  FRAME_UNREADABLE: { else: 60003 },
  UNKNOWN_OPERATION: { else: 60009 },
  TOO_LARGE: { else: 80002, image: 2253, audio: 2301, video: 2351, file: 2402 },
  UNAUTHENTICATED: { else: 2024 },
  TOKEN_MALFORMED: { else: 70003 },
  TOKEN_INVALID: { else: 70009 },
  TOKEN_EXPIRED: { else: 70001 },
  TOKEN_WRONG_APP: { else: 70014 },
  TOKEN_WRONG_USER: { else: 70013 },
  TOKEN_REVOKED: { else: 70052 },
  PASSWORD_WRONG: { else: 70013 },
  SESSION_ALREADY_OPEN: { else: 2025 },
  SESSION_GONE: { else: 2024 },
  FORBIDDEN: { else: 10007, c2c: 20006, c2cRevoke: 2110, profile: 40008, block: 30004, login: 70403 },
  APP_NOT_FOUND: { else: 70020 },
  APP_EXISTS: { else: 60006 },
  USER_NOT_FOUND: { else: 70107, c2c: 20003, c2cRevoke: 20003, group: 10019, create: 10019, profile: 40003, block: 31804, pin: 50001 },
  USER_EXISTS: { else: 70402 },
  USER_ID_TAKEN: { else: 70402 },
  USER_BANNED: { else: 70051 },
  REGISTRATION_CLOSED: { else: 70107 },
  CONVERSATION_NOT_FOUND: { else: 2500 },
  MESSAGE_NOT_FOUND: { else: 20026, c2cRevoke: 20022, groupRevoke: 10030, receipt: 10062 },
  NOT_MEMBER: { else: 10007 },
  BLOCKED: { else: 20007 },
  MUTED: { else: 10017, c2c: 20012 },
  IDEMPOTENCY_CONFLICT: { else: 2100 },
  REVOKE_TOO_LATE: { else: 20016, groupRevoke: 10031 },
  ALREADY_REVOKED: { else: 20023 },
  RECEIPT_NOT_ASKED: { else: 10062 },
  GROUP_NOT_FOUND: { else: 10010 },
  GROUP_EXISTS: { else: 10021 },
  GROUP_FULL: { else: 10014 },
  ALREADY_MEMBER: { else: 10013 },
  JOIN_CLOSED: { else: 10007 },
  JOIN_NEEDS_APPROVAL: { else: 10007 },
  OWNER_MUST_STAY: { else: 10009 },
  ROOM_NOT_FOUND: { else: 10010 },
  ROOM_EXISTS: { else: 10021 },
  ROOM_FULL: { else: 10014 },
  BANNED: { else: 10007 },
  WORDS_REFUSED: { else: 80001 },
  REFUSED_BY_HOOK: { else: 10016, c2c: 20006 },
  WEBHOOK_NOT_FOUND: { else: 60009 },
  ADDRESS_REFUSED: { else: 70402 },
  FILE_NOT_FOUND: { else: 2403 },
  FILE_TYPE_REFUSED: { else: 2400, image: 2252, audio: 2300, video: 2352 },
  FILE_UNFINISHED: { else: 2403 },
  QUOTA_EXCEEDED: { else: 10037, pin: 51012, receipt: 10060, profile: 40601, block: 30013, image: 2041, audio: 2041, video: 2041, file: 2041 },
  RATE_LIMITED: { else: 60018, group: 10023, login: 70114 },
  OVERLOADED: { else: 60008 },
  STORE_UNAVAILABLE: { else: 60008 },
  DRAINING: { else: 60008 },
  NOT_READY: { else: 60008 },
  TIMEOUT: { else: 2801 },
  OFFLINE: { else: 2800 },
  INTERNAL: { else: 60008, group: 10002, c2c: 20005 },
}; // prettier-ignore

/** An error of the client, known by its code: more than one copy of the class may be in a page. */
export function coreError(thrown: unknown): MagpieError | undefined {
  const { code } = (thrown instanceof Error ? thrown : {}) as { code?: unknown };
  return typeof code === 'string' && Object.hasOwn(TIM_CODES, code) ? (thrown as MagpieError) : undefined;
}

export function hasCode(thrown: unknown, code: ErrorCode): boolean {
  return coreError(thrown)?.code === code;
}

/** Anything thrown, as this SDK's errors; of several places the first that has its own number. The vendor's own pass through. */
export function toTimError(thrown: unknown, ...scopes: readonly (Scope | undefined)[]): TimError {
  if (isTimError(thrown)) return thrown;
  const error = coreError(thrown);
  const row: Row = TIM_CODES[error?.code ?? 'INTERNAL'];
  const said = error?.message ?? 'Something went wrong in the SDK.';
  const message = error?.field === undefined ? said : `${said} (${error.field})`;
  const place = scopes.find((scope) => scope !== undefined && row[scope] !== undefined);
  return timError((place && row[place]) ?? row.else, message, {}, thrown);
}

export function isTimError(thrown: unknown): thrown is TimError {
  return thrown instanceof Error && typeof (thrown as { code?: unknown }).code === 'number';
}

/** The one error without a number: thrown on the spot by calls with unusable arguments. */
export function badParams(): Error {
  return new Error('Params validate failed.');
}

/** Runs something whose failures belong to one place. */
export async function scoped<T>(scope: Scope, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw toTimError(thrown, scope);
  }
}
