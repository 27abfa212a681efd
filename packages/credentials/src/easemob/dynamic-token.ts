import { createHash } from 'node:crypto';
import {
  optionalString,
  requireCurrent,
  requireId,
  toSeconds,
  usableSecrets,
  wholeNumber,
} from '../checks.ts';
import { boundedToken, decodeCanonical, parseJsonObject, sameBytes } from '../encoding.ts';
import { CredentialError } from '../errors.ts';
import { requireFoldedUser } from './fold.ts';

/** One pair of an Easemob door. */
export interface EasemobClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a verified dynamic token says. Times are milliseconds UTC. */
export interface DynamicTokenClaims {
  readonly userId: string;
  readonly appKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface SignDynamicTokenInput extends EasemobClient {
  /** `org#app`. */
  readonly appKey: string;
  readonly userId: string;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly ttlSeconds: number;
}

export interface VerifyDynamicTokenOptions {
  readonly appKey: string;
  /** All are tried, so that a secret can be rotated. */
  readonly clients: readonly EasemobClient[];
  /** Milliseconds UTC. */
  readonly now: number;
  /** When given, a token of another user (compared without case) is refused with `wrongUser`. */
  readonly userId?: string;
  readonly skewMs?: number;
  /** The longest `ttl` taken from a token; see {@link MAX_DYNAMIC_TTL_SECONDS}. */
  readonly maxTtlSeconds?: number;
}

/**
 * The signed text joins its fields without separators, so a token of `bob16` can be re-read as one of `bob`
 * with the digits 16 pushed into `curTime` and the end of `curTime` into `ttl`; and any token as one of the
 * same user with a huge `ttl`. Ten-digit times and a bounded ttl leave such a re-reading next to no room:
 * what is moved makes the ttl at least ten times longer per digit. Raise the bound only if user ids that
 * differ by trailing digits cannot be had for the asking.
 */
export const MAX_DYNAMIC_TTL_SECONDS = 31 * 86_400;

const MARK = 'dt-';
/** From 2001 to 2286 a time in seconds has exactly ten digits. */
const MIN_CUR_TIME = 1_000_000_000;
const MAX_CUR_TIME = 9_999_999_999;

interface Document {
  readonly appKey: string;
  readonly userId: string;
  readonly curTime: number;
  readonly ttl: number;
}

/** Makes the token an app's own server would make. Throws `CredentialError` on bad input. */
export function signDynamicToken(input: SignDynamicTokenInput): string {
  const document: Document = {
    appKey: requireId(input.appKey, 'appKey'),
    userId: requireId(input.userId, 'userId'),
    curTime: requireCurTime(toSeconds(input.now)),
    ttl: wholeNumber(input.ttlSeconds, 'ttlSeconds'),
  };
  usableSecrets([input.clientSecret]);
  const signature = digest(input, document).toString('hex');
  const json = JSON.stringify({
    signature,
    appkey: document.appKey,
    userId: document.userId,
    curTime: document.curTime,
    ttl: document.ttl,
  });
  return Buffer.from(MARK + json).toString('base64url');
}

/** Checks a self-signed user token. Throws `CredentialError`. */
export function verifyDynamicToken(token: string, options: VerifyDynamicTokenOptions): DynamicTokenClaims {
  const { document, signature } = readDynamicToken(token);
  if (document.appKey !== options.appKey) {
    throw new CredentialError('wrongApp', 'dynamic token is for another app key');
  }
  const clients = options.clients.filter((client) => client.clientSecret.length > 0);
  if (clients.length === 0) throw new CredentialError('keyNotFound', 'there is no secret for this app key');
  if (!clients.some((client) => sameBytes(digest(client, document), signature))) {
    throw new CredentialError('badSignature', 'dynamic token is not signed with this secret');
  }
  if (document.ttl > (options.maxTtlSeconds ?? MAX_DYNAMIC_TTL_SECONDS)) {
    throw new CredentialError('malformed', 'dynamic token has a longer ttl than is accepted');
  }
  const claims: DynamicTokenClaims = {
    userId: document.userId,
    appKey: document.appKey,
    issuedAt: document.curTime * 1000,
    expiresAt: (document.curTime + document.ttl) * 1000,
  };
  requireFoldedUser(claims.userId, options.userId);
  requireCurrent(claims, options);
  return claims;
}

/** Reads the claims without checking the signature. Padding may be there or not: issuers differ. */
export function readDynamicToken(token: string): {
  readonly document: Document;
  readonly signature: Uint8Array;
} {
  const text = boundedToken(token);
  const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  const bytes = decodeCanonical(bare, 'base64url');
  if (bytes.toString('latin1', 0, MARK.length) !== MARK) {
    throw new CredentialError('malformed', 'not a dynamic token');
  }
  const object = parseJsonObject(bytes.subarray(MARK.length));
  const signature = optionalString(object, 'signature') ?? '';
  if (!/^[0-9a-f]{64}$/i.test(signature)) throw new CredentialError('malformed', 'signature is not SHA-256');
  return {
    document: {
      appKey: requireId(object['appkey'], 'appkey'),
      userId: requireId(object['userId'], 'userId'),
      curTime: requireCurTime(wholeNumber(object['curTime'], 'curTime')),
      ttl: wholeNumber(object['ttl'], 'ttl'),
    },
    signature: Buffer.from(signature, 'hex'),
  };
}

function requireCurTime(seconds: number): number {
  if (seconds < MIN_CUR_TIME || seconds > MAX_CUR_TIME) {
    throw new CredentialError('malformed', 'curTime is not in seconds');
  }
  return seconds;
}

function digest(client: EasemobClient, document: Document): Buffer {
  const { appKey, userId, curTime, ttl } = document;
  const text = `${client.clientId}${appKey}${userId}${curTime}${ttl}${client.clientSecret}`;
  return createHash('sha256').update(text).digest();
}
