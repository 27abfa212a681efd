import { createCipheriv, createDecipheriv } from 'node:crypto';
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
import { type JsonObject, boundedToken, decodeCanonical, parseJsonObject } from './encoding.ts';
import { CredentialError } from './errors.ts';
import { type RandomBytes, systemRandom } from './random.ts';

/** The two published layouts. CBC carries no integrity tag, so tokens of ours are GCM unless asked otherwise. */
export type Token04Layout = 'gcm' | 'cbc';

/** What a verified Token04 says. Times are milliseconds UTC. */
export interface Token04Claims {
  readonly userId: string;
  readonly appId: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Empty for a plain login. */
  readonly payload: string;
  readonly layout: Token04Layout;
}

export interface SignToken04Input {
  readonly appId: number;
  readonly userId: string;
  /** The ServerSecret: 32 characters; with the CBC layout also 16 or 24. */
  readonly secret: string;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly effectiveSeconds: number;
  readonly payload?: string;
  readonly layout?: Token04Layout;
  readonly random?: RandomBytes;
}

export interface VerifyToken04Options extends VerifyOptions {
  readonly appId: number;
}

interface Sealed {
  readonly layout: Token04Layout;
  readonly expire: bigint;
  readonly iv: Uint8Array;
  readonly cipher: Uint8Array;
}

const PREFIX = '04';
const MODE_CBC = 0;
const MODE_GCM = 1;
const TAG_BYTES = 16;
const IV_BYTES = { gcm: 12, cbc: 16 } as const;
const MAX_UINT32 = 0xffff_ffff;
const IV_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Makes a Token04. Throws `CredentialError`: `keyNotFound` for a secret of the wrong length, else `malformed`. */
export function signToken04(input: SignToken04Input): string {
  const { layout = 'gcm', random = systemRandom } = input;
  usableSecrets([input.secret], (secret) => secretFits(secret, layout));
  const ctime = toSeconds(input.now);
  const expire = ctime + wholeNumber(input.effectiveSeconds, 'effectiveSeconds');
  if (expire === ctime) throw new CredentialError('malformed', 'effectiveSeconds is not positive');
  const plain = JSON.stringify({
    app_id: wholeNumber(input.appId, 'appId', MAX_UINT32),
    user_id: requireId(input.userId, 'userId'),
    nonce: Buffer.from(random(4)).readInt32BE(),
    ctime,
    expire,
    payload: input.payload ?? '',
  });
  const iv = layout === 'gcm' ? Buffer.from(random(IV_BYTES.gcm)) : createCbcIv(random);
  const block = pack({
    layout,
    expire: BigInt(expire),
    iv,
    cipher: encrypt(layout, input.secret, iv, plain),
  });
  return boundedToken(PREFIX + block.toString('base64'));
}

/** Checks a Token04 of either layout. Throws `CredentialError`. */
export function verifyToken04(token: string, options: VerifyToken04Options): Token04Claims {
  const sealed = readToken04(token);
  const object = open(sealed, options.secrets);
  const expire = wholeNumber(object['expire'], 'expire');
  if (BigInt(expire) !== sealed.expire) {
    throw new CredentialError('badSignature', 'the expiry outside is not the one inside');
  }
  const claims: Token04Claims = {
    userId: requireId(object['user_id'], 'user_id'),
    appId: requireNumber(object, 'app_id', MAX_UINT32),
    issuedAt: requireNumber(object, 'ctime') * 1000,
    expiresAt: requireNumber(object, 'expire') * 1000,
    payload: optionalString(object, 'payload') ?? '',
    layout: sealed.layout,
  };
  if (!Number.isInteger(object['nonce'])) throw new CredentialError('malformed', 'nonce is not a number');
  if (claims.appId !== options.appId) throw new CredentialError('wrongApp', 'token is for another appID');
  requireUser(claims.userId, options.userId);
  requireCurrent(claims, options);
  return claims;
}

/** Takes the envelope apart without opening it. */
export function readToken04(token: string): Sealed {
  const text = boundedToken(token);
  if (!text.startsWith(PREFIX)) {
    const isOther = /^0[0-9]/.test(text);
    throw new CredentialError(isOther ? 'versionUnsupported' : 'malformed', 'not a Token04');
  }
  const block = decodeCanonical(text.slice(PREFIX.length), 'base64');
  const iv = readField(block, 8);
  const cipher = readField(block, iv.end);
  const layout = readLayout(block.subarray(cipher.end));
  const whole = layout === 'cbc' ? cipher.bytes.length % 16 === 0 : cipher.bytes.length > TAG_BYTES;
  if (iv.bytes.length !== IV_BYTES[layout] || cipher.bytes.length === 0 || !whole) {
    throw new CredentialError('malformed', 'Token04 has fields of impossible length');
  }
  return { layout, expire: block.readBigInt64BE(0), iv: iv.bytes, cipher: cipher.bytes };
}

/** The byte after the cipher tells the layouts apart; the older one ends without it. */
function readLayout(rest: Uint8Array): Token04Layout {
  if (rest.length === 0) return 'cbc';
  if (rest.length > 1) throw new CredentialError('malformed', 'Token04 has bytes left over');
  if (rest[0] === MODE_CBC) return 'cbc';
  if (rest[0] === MODE_GCM) return 'gcm';
  throw new CredentialError('versionUnsupported', 'Token04 has an unknown mode');
}

function readField(block: Buffer, offset: number): { readonly bytes: Uint8Array; readonly end: number } {
  const start = offset + 2;
  const end = block.length < start ? Infinity : start + block.readUInt16BE(offset);
  if (block.length < end) throw new CredentialError('malformed', 'Token04 is cut short');
  return { bytes: block.subarray(start, end), end };
}

function pack(sealed: Sealed): Buffer {
  const expire = Buffer.alloc(8);
  expire.writeBigInt64BE(sealed.expire);
  const mode = sealed.layout === 'gcm' ? Buffer.of(MODE_GCM) : Buffer.alloc(0);
  return Buffer.concat([expire, withLength(sealed.iv), withLength(sealed.cipher), mode]);
}

function withLength(bytes: Uint8Array): Buffer {
  if (bytes.length > 0xffff) throw new CredentialError('malformed', 'payload is too long');
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function secretFits(secret: string, layout: Token04Layout): boolean {
  const size = Buffer.byteLength(secret);
  return size === 32 || (layout === 'cbc' && (size === 16 || size === 24));
}

function encrypt(layout: Token04Layout, secret: string, iv: Uint8Array, plain: string): Buffer {
  const key = Buffer.from(secret);
  if (layout === 'gcm') {
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/**
 * All ways in which opening can fail look alike. With CBC a wrong secret passes the padding check once in
 * 256 times and then yields no JSON; telling the two apart would also be a padding oracle.
 */
function open(sealed: Sealed, secrets: readonly string[]): JsonObject {
  for (const secret of usableSecrets(secrets, (candidate) => secretFits(candidate, sealed.layout))) {
    try {
      return parseJsonObject(decrypt(sealed, Buffer.from(secret)));
    } catch {
      continue;
    }
  }
  throw new CredentialError('badSignature', 'Token04 does not open with this secret');
}

function decrypt(sealed: Sealed, key: Buffer): Buffer {
  if (sealed.layout === 'cbc') {
    const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, sealed.iv);
    return Buffer.concat([decipher.update(sealed.cipher), decipher.final()]);
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.cipher.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.cipher.subarray(0, -TAG_BYTES)), decipher.final()]);
}

/** Strict where `wholeNumber` is lenient: without a tag, the types are part of what tells a token from noise. */
function requireNumber(object: JsonObject, key: string, max?: number): number {
  if (typeof object[key] !== 'number') throw new CredentialError('malformed', `${key} is not a number`);
  return wholeNumber(object[key], key, max);
}

/** The older generators write the IV as printable text, and some readers treat it as such. */
function createCbcIv(random: RandomBytes): Buffer {
  return Buffer.from([...random(IV_BYTES.cbc)].map((byte) => IV_ALPHABET.charCodeAt(byte % 36)));
}
