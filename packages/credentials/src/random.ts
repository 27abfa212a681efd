import { randomBytes } from 'node:crypto';

/** Where random bytes come from; a port, so that published vectors can be reproduced. */
export type RandomBytes = (size: number) => Uint8Array;

/** The operating system's generator. */
export const systemRandom: RandomBytes = (size) => randomBytes(size);

/** A TIM secret key as the vendor's console shows it: 64 hex characters, used as text. */
export function createUserSigSecret(random: RandomBytes = systemRandom): string {
  return Buffer.from(random(32)).toString('hex');
}

/** A ZIM ServerSecret: 32 characters, whose bytes are the AES-256 key (128 random bits). */
export function createServerSecret(random: RandomBytes = systemRandom): string {
  return Buffer.from(random(16)).toString('hex');
}

/** An Easemob client id and client secret. */
export function createClientCredentials(random: RandomBytes = systemRandom): {
  readonly clientId: string;
  readonly clientSecret: string;
} {
  return {
    clientId: Buffer.from(random(12)).toString('base64url'),
    clientSecret: Buffer.from(random(32)).toString('base64url'),
  };
}
