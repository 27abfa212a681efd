import { createHmac } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import {
  type VerifyOptions,
  optionalString,
  requireCurrent,
  requireId,
  requireUser,
  toSeconds,
  usableSecrets,
  wholeNumber,
} from './checks.ts';
import { boundedToken, decodeCanonical, parseJsonObject, sameBytes } from './encoding.ts';
import { CredentialError } from './errors.ts';

/** What a verified UserSig says. Times are milliseconds UTC. */
export interface UserSigClaims {
  readonly userId: string;
  readonly sdkAppId: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Present in signatures that also carry room rights; see `private-map-key.ts`. */
  readonly userbuf?: Uint8Array;
}

export interface SignUserSigInput {
  readonly sdkAppId: number;
  /** The secret key as the console shows it; its characters are the HMAC key. */
  readonly secret: string;
  readonly userId: string;
  /** Milliseconds UTC. */
  readonly now: number;
  /** Default 180 days. */
  readonly expireSeconds?: number;
  readonly userbuf?: Uint8Array;
}

export interface VerifyUserSigOptions extends VerifyOptions {
  readonly sdkAppId: number;
}

const VERSION = '2.0';
const DEFAULT_EXPIRE_SECONDS = 180 * 86_400;
const MAX_UINT32 = 0xffff_ffff;
/** Deflate can grow a thousandfold; a real document is under one kilobyte plus its userbuf. */
const MAX_DOCUMENT_BYTES = 16_384;

interface Document {
  readonly userId: string;
  readonly sdkAppId: number;
  readonly time: number;
  readonly expire: number;
  /** As base64, the form that is signed. */
  readonly userbuf?: string;
}

/** What is signed: one line per field, in this order, each ended by LF. */
function hmac(secret: string, document: Document): Buffer {
  const lines = [
    `TLS.identifier:${document.userId}`,
    `TLS.sdkappid:${document.sdkAppId}`,
    `TLS.time:${document.time}`,
    `TLS.expire:${document.expire}`,
  ];
  if (document.userbuf !== undefined) lines.push(`TLS.userbuf:${document.userbuf}`);
  return createHmac('sha256', secret)
    .update(`${lines.join('\n')}\n`)
    .digest();
}

/** Makes a UserSig v2 for a user of a TIM door. Throws `CredentialError` (`malformed`, `keyNotFound`) on bad input. */
export function signUserSig(input: SignUserSigInput): string {
  usableSecrets([input.secret]);
  const document: Document = {
    userId: requireId(input.userId, 'userId'),
    sdkAppId: wholeNumber(input.sdkAppId, 'sdkAppId', MAX_UINT32),
    time: toSeconds(input.now),
    expire: wholeNumber(input.expireSeconds ?? DEFAULT_EXPIRE_SECONDS, 'expireSeconds'),
    ...(input.userbuf && { userbuf: Buffer.from(input.userbuf).toString('base64') }),
  };
  const json = JSON.stringify({
    'TLS.ver': VERSION,
    'TLS.identifier': document.userId,
    'TLS.sdkappid': document.sdkAppId,
    'TLS.time': document.time,
    'TLS.expire': document.expire,
    'TLS.userbuf': document.userbuf,
    'TLS.sig': hmac(input.secret, document).toString('base64'),
  });
  const token = toTokenAlphabet(deflateSync(json).toString('base64'));
  return boundedToken(token);
}

/** Checks a UserSig v2. Throws `CredentialError`; nothing but an authentic token is told that it is expired. */
export function verifyUserSig(token: string, options: VerifyUserSigOptions): UserSigClaims {
  return verifyReadUserSig(readUserSig(token), options);
}

/** The same for one that was read already, to find its door. */
export function verifyReadUserSig(
  { document, signature }: ReadUserSig,
  options: VerifyUserSigOptions,
): UserSigClaims {
  if (document.sdkAppId !== options.sdkAppId) {
    throw new CredentialError('wrongApp', 'UserSig is for another SDKAppID');
  }
  if (!usableSecrets(options.secrets).some((secret) => sameBytes(hmac(secret, document), signature))) {
    throw new CredentialError('badSignature', 'UserSig is not signed with this secret');
  }
  const claims: UserSigClaims = {
    userId: document.userId,
    sdkAppId: document.sdkAppId,
    issuedAt: document.time * 1000,
    expiresAt: (document.time + document.expire) * 1000,
    ...(document.userbuf !== undefined && { userbuf: Buffer.from(document.userbuf, 'base64') }),
  };
  requireUser(claims.userId, options.userId);
  requireCurrent(claims, options);
  return claims;
}

/** A UserSig taken out of its envelope, its signature not checked. */
export interface ReadUserSig {
  readonly document: Document;
  readonly signature: Uint8Array;
}

/** Opens the envelope without checking the signature. */
export function readUserSig(token: string): ReadUserSig {
  const object = parseJsonObject(inflate(decodeCanonical(fromTokenAlphabet(boundedToken(token)), 'base64')));
  const version = optionalString(object, 'TLS.ver');
  if (version === undefined) throw new CredentialError('malformed', 'UserSig has no version');
  if (version !== VERSION) throw new CredentialError('versionUnsupported', 'UserSig is not version 2.0');
  const userbuf = optionalString(object, 'TLS.userbuf');
  if (userbuf) decodeCanonical(userbuf, 'base64');
  return {
    document: {
      userId: requireId(object['TLS.identifier'], 'TLS.identifier'),
      sdkAppId: wholeNumber(object['TLS.sdkappid'], 'TLS.sdkappid', MAX_UINT32),
      time: wholeNumber(object['TLS.time'], 'TLS.time'),
      expire: wholeNumber(object['TLS.expire'], 'TLS.expire'),
      ...(userbuf !== undefined && { userbuf }),
    },
    signature: decodeCanonical(optionalString(object, 'TLS.sig') ?? '', 'base64'),
  };
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES });
  } catch {
    throw new CredentialError('malformed', 'UserSig does not inflate');
  }
}

function toTokenAlphabet(base64: string): string {
  return base64.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}

function fromTokenAlphabet(token: string): string {
  if (!/^[A-Za-z0-9*-]+_{0,2}$/.test(token)) throw new CredentialError('malformed', 'not a UserSig');
  return token.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
}
