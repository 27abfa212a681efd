import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RandomBytes, systemRandom } from './random.ts';
import { MASTER_KEY_BYTES } from './seal.ts';

/** The master key cannot be used; the message is for the operator and never holds the key. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/** A key file is one line of 44 or 64 characters. */
const MAX_FILE_BYTES = 256;
const OTHERS_MAY = 0o077;

/** Reads 32 bytes written as hex, base64 or base64url. Throws `MasterKeyError`. */
export function parseMasterKey(text: string): Uint8Array {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const key = Buffer.from(trimmed, 'base64');
  const canonical = key.toString('base64url');
  const given = trimmed.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '');
  if (key.length === MASTER_KEY_BYTES && canonical === given) return key;
  throw new MasterKeyError(`a master key is ${MASTER_KEY_BYTES} bytes as hex or base64`);
}

/**
 * Reads the key file, or makes one that only its owner can read (mode 0600). `created` tells the caller to
 * warn when sealed values exist already: none of them will open. Throws `MasterKeyError`.
 */
export async function loadOrCreateMasterKey(
  path: string,
  random: RandomBytes = systemRandom,
): Promise<{ readonly key: Uint8Array; readonly created: boolean }> {
  const existing = await readKeyFile(path);
  if (existing !== undefined) return { key: existing, created: false };
  const created = await createKeyFile(path, random);
  const key = await readKeyFile(path);
  if (key === undefined) throw new MasterKeyError(`the master key file ${path} vanished`);
  return { key, created };
}

async function readKeyFile(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new MasterKeyError(`the master key file ${path} cannot be read: ${codeOf(error)}`);
  });
  if (file === undefined) return undefined;
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) {
      throw new MasterKeyError(`the master key file ${path} is not a key file`);
    }
    // Windows has no such bits; there the folder's access list has to do.
    if (process.platform !== 'win32' && (stat.mode & OTHERS_MAY) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
      throw new MasterKeyError(
        `the master key file ${path} is open to others (mode ${mode}); run: chmod 600 ${path}`,
      );
    }
    return parseKeyFile(path, await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

function parseKeyFile(path: string, text: string): Uint8Array {
  try {
    return parseMasterKey(text);
  } catch {
    throw new MasterKeyError(`the master key file ${path} does not hold ${MASTER_KEY_BYTES} bytes as base64`);
  }
}

/**
 * Written aside and linked into place: a crash never leaves half a key, and of two processes that start
 * together one wins and both read the winner's. Answers whether this one won.
 */
async function createKeyFile(path: string, random: RandomBytes): Promise<boolean> {
  const aside = `${path}.${Buffer.from(systemRandom(6)).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(aside, `${Buffer.from(random(MASTER_KEY_BYTES)).toString('base64')}\n`);
    try {
      await link(aside, path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await unlink(aside);
    }
  } catch (error) {
    throw new MasterKeyError(`the master key file ${path} cannot be made: ${codeOf(error)}`);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}
