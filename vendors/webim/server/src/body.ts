import { RestError } from './errors.ts';

type Body = Readonly<Record<string, unknown>>;

export function objectOf(body: unknown): Body {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RestError(400, 'json_parse', 'the body is not a JSON object');
  }
  return body as Body;
}

export function textOf(body: Body, name: string, max = 512): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '' || value.length > max) {
    throw new RestError(400, 'illegal_argument', `${name} must be provided`);
  }
  return value;
}

export function optionalText(body: Body, name: string, max = 512): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length > max)
    throw new RestError(400, 'illegal_argument', `${name} is not legal`);
  return value;
}

const MAX_TTL = 3_153_600_000;

/** Seconds; 0 is for ever; absent is the app's own. */
export function ttlOf(body: Body): number | undefined {
  const value = body['ttl'];
  if (value === undefined || value === null) return undefined;
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 0 || seconds > MAX_TTL) {
    throw new RestError(400, 'illegal_argument', 'ttl is not legal');
  }
  return seconds;
}

const USER_NAME = /^[a-z0-9_.-]{1,64}$/;

/** The vendor's ids: folded, and of its narrower alphabet when one is made here. */
export function newUserName(body: Body): string {
  const given = body['username'];
  if (typeof given !== 'string' || given === '') {
    throw new RestError(400, 'illegal_argument', 'Entity user requires a property named username');
  }
  if (given.length > 64) throw new RestError(400, 'illegal_argument', 'USERNAME_TOO_LONG');
  const name = given.toLowerCase();
  if (!USER_NAME.test(name)) throw new RestError(400, 'illegal_argument', 'username is not legal');
  return name;
}
