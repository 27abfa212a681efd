/**
 * WebSocket close codes. 43xx: connect again and resume. 44xx: the session has ended, never reconnect with it.
 * `45xx`: this client did something wrong; reconnecting with the same behaviour will end the same way.
 */
export const CLOSE = {
  DRAINING: 4300,
  SLOW_CONSUMER: 4301,
  HEARTBEAT_MISSED: 4302,
  OVERLOADED: 4303,
  LOGGED_OUT: 4400,
  REPLACED: 4401,
  REPLACED_ELSEWHERE: 4402,
  OVER_LIMIT: 4403,
  KICKED_BY_ADMIN: 4404,
  BANNED: 4405,
  PASSWORD_CHANGED: 4406,
  ACCOUNT_DELETED: 4407,
  EXPIRED: 4408,
  APP_DELETED: 4409,
  FRAME_UNREADABLE: 4500,
  FRAME_TOO_LARGE: 4501,
  OPEN_TIMEOUT: 4502,
  UNSUPPORTED_PROTOCOL: 4503,
} as const;

export type CloseName = keyof typeof CLOSE;

/** Why a session ended for good, as clients and facades see it. */
export type KickReason =
  | 'replaced'
  | 'replacedElsewhere'
  | 'overLimit'
  | 'byAdmin'
  | 'banned'
  | 'passwordChanged'
  | 'accountDeleted'
  | 'expired'
  | 'appDeleted';

export const KICK_CLOSE: Readonly<Record<KickReason, CloseName>> = {
  replaced: 'REPLACED',
  replacedElsewhere: 'REPLACED_ELSEWHERE',
  overLimit: 'OVER_LIMIT',
  byAdmin: 'KICKED_BY_ADMIN',
  banned: 'BANNED',
  passwordChanged: 'PASSWORD_CHANGED',
  accountDeleted: 'ACCOUNT_DELETED',
  expired: 'EXPIRED',
  appDeleted: 'APP_DELETED',
};

const REASON_BY_CODE = new Map<number, KickReason>(
  (Object.keys(KICK_CLOSE) as KickReason[]).map((reason) => [CLOSE[KICK_CLOSE[reason]], reason]),
);

/** The kick a close code stands for, or undefined when the code is no kick. */
export function kickReasonOf(code: number): KickReason | undefined {
  return REASON_BY_CODE.get(code);
}

/** Whether a client may connect again by itself after this close code. */
export function mayReconnect(code: number): boolean {
  return code < 4400 || code > 4499 ? code < 4500 || code > 4599 : false;
}
