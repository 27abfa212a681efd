/** Why a credential was refused; a closed list, so that callers can map it exhaustively. */
export const CREDENTIAL_REASONS = [
  'malformed',
  'badSignature',
  'wrongApp',
  'wrongUser',
  'expired',
  'notYetValid',
  'wrongKind',
  'keyNotFound',
  'versionUnsupported',
] as const;

/** One of {@link CREDENTIAL_REASONS}. */
export type CredentialReason = (typeof CREDENTIAL_REASONS)[number];

/** The only error that signing, verifying and unsealing throw. The message never holds a secret or a token. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly reason: CredentialReason;

  constructor(reason: CredentialReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
