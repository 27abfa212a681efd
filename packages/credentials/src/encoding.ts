import { timingSafeEqual } from 'node:crypto';
import { CredentialError } from './errors.ts';

/** No format has a legitimate token near this size; longer ones are refused before any work. */
export const MAX_TOKEN_CHARS = 8192;

/** A parsed JSON object whose members are still unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bounds the size of whatever arrived in place of a token. */
export function boundedToken(token: unknown): string {
  if (typeof token !== 'string' || token.length === 0) throw new CredentialError('malformed', 'no token');
  if (token.length > MAX_TOKEN_CHARS) throw new CredentialError('malformed', 'token is too long');
  return token;
}

/**
 * Decodes only the one canonical spelling of some bytes: Node skips characters it does not know and
 * ignores left-over bits, which would make many different strings the same token.
 */
export function decodeCanonical(text: string, encoding: 'base64' | 'base64url'): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (text.length === 0 || bytes.toString(encoding) !== text) {
    throw new CredentialError('malformed', 'token is not canonical base64');
  }
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8, then JSON, then: is it an object? */
export function parseJsonObject(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new CredentialError('malformed', 'token does not hold JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialError('malformed', 'token does not hold a JSON object');
  }
  return value as JsonObject;
}

/** Constant-time comparison; only the (public) lengths decide early. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
