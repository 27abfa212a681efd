import type { OperationName } from '@magpie/protocol';

/**
 * Operations that must not be repeated when their answer was lost (`idempotency: 'no'` in the contract). Kept by hand so that
 * the contract's schemas stay out of a client bundle; a test compares it with the contract.
 */
export const ONCE: ReadonlySet<string> = new Set<OperationName>([
  'session.open',
  'user.register',
  'user.signIn',
  'group.create',
  'group.join',
  'group.leave',
  'group.invite',
  'group.kick',
  'group.dismiss',
  'room.create',
  'room.dismiss',
  'file.grant',
]);
