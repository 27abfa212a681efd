import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sealer } from '@magpie/domain';
import type { FileStorage } from './port.ts';

/** Signs addresses of files of apps that ask for it (`files.signed`). */
export interface FileSigner {
  /** Value of `?sig=`, good for at most `life` ms. The same for a while, so that what a browser kept is found again. */
  sign(app: string, fileId: string, now: number, life: number): string;
  /** Until when (ms) a signature holds; undefined if it is false or over. */
  verify(app: string, fileId: string, sig: string, now: number): number | undefined;
}

const CONTEXT = '-/files.signing';

/** The key lies sealed beside the files: whoever serves them from there has the same one. */
export async function createFileSigner(storage: FileStorage, sealer: Sealer): Promise<FileSigner> {
  const sealed = await storage.note('signing', () =>
    sealer.seal(randomBytes(32).toString('base64url'), CONTEXT),
  );
  const secret = Buffer.from(sealer.open(sealed, CONTEXT), 'base64url');
  const keyOf = (app: string) => createHmac('sha256', secret).update(app).digest();
  return {
    sign: (app, fileId, now, life) => signFile(keyOf(app), fileId, expiry(now, life)),
    verify: (app, fileId, sig, now) => verifyFileSig(keyOf(app), fileId, sig, now),
  };
}

/** On a grid of an eighth of the life, in whole seconds. */
function expiry(now: number, life: number): number {
  const step = Math.max(1_000, Math.floor(life / 8_000) * 1_000);
  return Math.floor((now + life) / step) * step;
}

/** `<seconds since 1970>.<HMAC-SHA256>` over the file and the time. */
export function signFile(key: Uint8Array, fileId: string, expiresAt: number): string {
  const seconds = Math.floor(expiresAt / 1000);
  return `${seconds}.${createHmac('sha256', key).update(`${fileId}.${seconds}`).digest('base64url')}`;
}

export function verifyFileSig(key: Uint8Array, fileId: string, sig: string, now: number): number | undefined {
  const match = /^(\d{1,12})\.[\w-]{43}$/.exec(sig);
  if (!match) return undefined;
  const expiresAt = Number(match[1]) * 1000;
  const right = Buffer.from(signFile(key, fileId, expiresAt));
  const given = Buffer.from(sig);
  return right.length === given.length && timingSafeEqual(right, given) && expiresAt > now
    ? expiresAt
    : undefined;
}
