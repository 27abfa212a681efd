import { expect } from 'vitest';
import { CredentialError, type CredentialReason } from './errors.ts';
import type { RandomBytes } from './random.ts';

/** The clock of the published vectors. */
export const NOW = 1_700_000_000_000;

/** The reason for which a call is refused; fails when it is not, or not with a `CredentialError`. */
export function reasonOf(call: () => unknown): CredentialReason {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(CredentialError);
    return (error as CredentialError).reason;
  }
  throw new Error('the credential was accepted');
}

/** Either a value or a `CredentialError`; anything else thrown fails the test. */
export function valueOrRefusal<T>(call: () => T): T | CredentialError {
  try {
    return call();
  } catch (error) {
    if (error instanceof CredentialError) return error;
    throw error;
  }
}

/** Hands out the given byte strings in turn. */
export function scriptedRandom(...chunks: readonly Uint8Array[]): RandomBytes {
  const left = [...chunks];
  return (size) => {
    const chunk = left.shift();
    if (chunk?.length !== size) throw new Error(`the script has no ${size} bytes next`);
    return chunk;
  };
}

/** All strings that differ from a token in one character, one per position. */
export function singleCharacterChanges(token: string): readonly string[] {
  return [...token].map((character, at) => {
    const other = character === 'A' ? 'B' : 'A';
    return token.slice(0, at) + other + token.slice(at + 1);
  });
}
