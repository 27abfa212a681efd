import type { JsonObject } from './encoding.ts';
import { CredentialError } from './errors.ts';

/** How far ahead an issuer's clock may be, unless a caller says otherwise. */
export const DEFAULT_SKEW_MS = 5 * 60_000;

/** Whole seconds up to the year 5138: the product with 1000 stays exact. */
const MAX_SECONDS = 1e11;
const MAX_ID_CHARS = 255;

/** What every `verify` needs to know from its caller. All secrets are tried, so that they can be rotated. */
export interface VerifyOptions {
  readonly secrets: readonly string[];
  /** Milliseconds UTC. */
  readonly now: number;
  /** When given, a token of another user is refused with `wrongUser`. */
  readonly userId?: string;
  /** Tolerated clock difference of the issuer, in milliseconds. */
  readonly skewMs?: number;
}

/**
 * Control characters would let one signed text be read as another (UserSig's is made of lines), and lone
 * surrogates are all the same once encoded.
 */
export function isCleanId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_ID_CHARS &&
    !/[\p{Cc}\p{Cs}]/u.test(value)
  );
}

/** An id about to be signed or just read from a token. */
export function requireId(value: unknown, name: string): string {
  if (!isCleanId(value)) throw new CredentialError('malformed', `${name} is missing or not a clean text`);
  return value;
}

/** A string member, or the default when it is absent. */
export function optionalString(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new CredentialError('malformed', `${key} is not a string`);
  return value;
}

/**
 * A whole, non-negative number. Issuers in loosely typed languages may write it as text; then only in the
 * spelling a number would have, so that the signed text stays the same.
 */
export function wholeNumber(value: unknown, name: string, max: number = MAX_SECONDS): number {
  const number = typeof value === 'string' && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > max) {
    throw new CredentialError('malformed', `${name} is not a whole number in range`);
  }
  return number;
}

/** Seconds of a wall clock given in milliseconds. */
export function toSeconds(now: number): number {
  return wholeNumber(Math.floor(now / 1000), 'now');
}

/** The secrets that can be used at all. An empty secret would verify what anybody can sign. */
export function usableSecrets(
  secrets: readonly string[],
  fits: (secret: string) => boolean = () => true,
): readonly string[] {
  const usable = secrets.filter((secret) => secret.length > 0 && fits(secret));
  if (usable.length === 0) throw new CredentialError('keyNotFound', 'there is no secret for this token');
  return usable;
}

/** Refuses what is over or has not begun. Written so that a clock of NaN refuses everything. */
export function requireCurrent(
  validity: { readonly issuedAt: number; readonly expiresAt: number | null },
  options: { readonly now: number; readonly skewMs?: number },
): void {
  const { now, skewMs = DEFAULT_SKEW_MS } = options;
  if (!(validity.issuedAt <= now + skewMs)) {
    throw new CredentialError('notYetValid', 'token was issued in the future');
  }
  if (validity.expiresAt !== null && !(validity.expiresAt > now)) {
    throw new CredentialError('expired', 'token has expired');
  }
}

/** Exact match; the formats that ignore case bring their own comparison. */
export function requireUser(actual: string, expected: string | undefined): void {
  if (expected !== undefined && actual !== expected) {
    throw new CredentialError('wrongUser', 'token belongs to another user');
  }
}
