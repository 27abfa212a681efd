import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { decodeCanonical } from './encoding.ts';
import { CredentialError } from './errors.ts';
import { type RandomBytes, systemRandom } from './random.ts';

/** Where a sealed value lives. It opens nowhere else, so nobody can copy it into another row or column. */
export interface SealPlace {
  readonly appId: string | number;
  readonly field: string;
}

/** Seals texts at rest. */
export interface Sealer {
  /** `seal1.<key id>.<base64url>`; two seals of one text differ. */
  seal(plain: string, place: SealPlace): string;
  /**
   * Throws `CredentialError`: `keyNotFound` when it was sealed under a key this sealer does not have,
   * `badSignature` when altered or moved, else `malformed` or `versionUnsupported`.
   */
  unseal(sealed: string, place: SealPlace): string;
  /** Whether a value was sealed under another key than the current one. */
  needsReseal(sealed: string): boolean;
}

export const MASTER_KEY_BYTES = 32;

const VERSION = 'seal1';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_SEALED_CHARS = 65_536;

interface Key {
  readonly id: string;
  readonly secret: Buffer;
}

/** The first master key seals; all of them unseal, so that a key can be replaced without stopping. */
export function createSealer(masterKeys: readonly Uint8Array[], random: RandomBytes = systemRandom): Sealer {
  const keys = masterKeys.map(deriveKey);
  const [current] = keys;
  if (current === undefined) throw new CredentialError('keyNotFound', 'a sealer needs a master key');

  return {
    seal(plain, place) {
      const iv = random(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.secret, iv);
      cipher.setAAD(associatedData(current, place));
      const body = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      const sealed = `${VERSION}.${current.id}.${body.toString('base64url')}`;
      if (sealed.length > MAX_SEALED_CHARS)
        throw new CredentialError('malformed', 'text is too long to seal');
      return sealed;
    },
    unseal(sealed, place) {
      const { keyId, body } = readSealed(sealed);
      const key = keys.find((candidate) => candidate.id === keyId);
      if (key === undefined) throw new CredentialError('keyNotFound', 'sealed under another master key');
      return open(key, body, place);
    },
    needsReseal(sealed) {
      return readSealed(sealed).keyId !== current.id;
    },
  };
}

/** The master key itself never touches data: its use and its public name are both derived from it. */
function deriveKey(masterKey: Uint8Array): Key {
  if (masterKey.byteLength !== MASTER_KEY_BYTES) {
    throw new CredentialError('malformed', `a master key has ${MASTER_KEY_BYTES} bytes`);
  }
  const derive = (purpose: string, size: number): Buffer =>
    Buffer.from(hkdfSync('sha256', masterKey, '', `magpie ${VERSION} ${purpose}`, size));
  return { id: derive('key id', 6).toString('hex'), secret: derive('encryption', 32) };
}

function associatedData(key: Key, place: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, key.id, String(place.appId), place.field]));
}

function readSealed(sealed: string): { readonly keyId: string; readonly body: Buffer } {
  if (typeof sealed !== 'string' || sealed.length > MAX_SEALED_CHARS) {
    throw new CredentialError('malformed', 'not a sealed value');
  }
  const [version = '', keyId = '', text = '', ...rest] = sealed.split('.', 4);
  if (!/^seal\d+$/.test(version)) throw new CredentialError('malformed', 'not a sealed value');
  if (version !== VERSION) throw new CredentialError('versionUnsupported', 'sealed by another version');
  const body = decodeCanonical(text, 'base64url');
  if (rest.length > 0 || !/^[0-9a-f]{12}$/.test(keyId) || body.length < IV_BYTES + TAG_BYTES) {
    throw new CredentialError('malformed', 'sealed value is cut short');
  }
  return { keyId, body };
}

function open(key: Key, body: Buffer, place: SealPlace): string {
  const decipher = createDecipheriv('aes-256-gcm', key.secret, body.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(key, place));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(body.subarray(IV_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    throw new CredentialError('badSignature', 'sealed value was altered or moved');
  }
}
