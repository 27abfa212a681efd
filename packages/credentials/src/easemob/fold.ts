import { CredentialError } from '../errors.ts';

/** Easemob compares user ids without regard to case: ASCII only, so that no locale or Unicode rule can merge two ids. */
export function foldUserId(userId: string): string {
  return userId.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** As {@link foldUserId} on both sides. */
export function requireFoldedUser(actual: string, expected: string | undefined): void {
  if (expected !== undefined && foldUserId(actual) !== foldUserId(expected)) {
    throw new CredentialError('wrongUser', 'token belongs to another user');
  }
}
