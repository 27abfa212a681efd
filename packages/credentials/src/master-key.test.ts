import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterKeyError, loadOrCreateMasterKey, parseMasterKey } from './master-key.ts';

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('parseMasterKey', () => {
  it('reads hex and both alphabets of base64, with or without padding', () => {
    const base64 = key.toString('base64');
    expect(base64).toMatch(/[+/]/);
    const spellings = [key.toString('hex'), key.toString('hex').toUpperCase(), base64, base64.slice(0, -1)];
    for (const text of [...spellings, key.toString('base64url'), `  ${base64}\n`]) {
      expect(Buffer.from(parseMasterKey(text)).equals(key)).toBe(true);
    }
  });

  it('refuses anything else without repeating it', () => {
    const wrong = [
      '',
      'secret',
      key.toString('hex').slice(2),
      key.subarray(1).toString('base64'),
      `${key.toString('base64')}A`,
    ];
    for (const text of wrong) {
      expect(() => parseMasterKey(text)).toThrow(MasterKeyError);
      expect(() => parseMasterKey(text)).toThrow(/^a master key is 32 bytes as hex or base64$/);
    }
  });
});

describe('loadOrCreateMasterKey', () => {
  it('makes a private file once, and reads it from then on', async () => {
    const path = join(folder, 'data', 'master.key');
    const first = await loadOrCreateMasterKey(path);
    expect(first.created).toBe(true);
    expect(first.key).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const second = await loadOrCreateMasterKey(path);
    expect(second).toEqual({ key: first.key, created: false });
    expect(await readdir(join(folder, 'data'))).toEqual(['master.key']);
  });

  it('gives everybody who starts together the same key', async () => {
    const path = join(folder, 'master.key');
    const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(path)));
    expect(new Set(all.map((one) => Buffer.from(one.key).toString('hex'))).size).toBe(1);
    expect(all.filter((one) => one.created)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['master.key']);
  });

  it('refuses a file that others can read, and says what to do', async () => {
    const path = join(folder, 'master.key');
    await writeFile(path, key.toString('base64'));
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      await chmod(path, mode);
      await expect(loadOrCreateMasterKey(path)).rejects.toThrow(
        /open to others \(mode 06\d\d\); run: chmod 600/,
      );
    }
    await chmod(path, 0o400);
    expect(Buffer.from((await loadOrCreateMasterKey(path)).key).equals(key)).toBe(true);
  });

  it('refuses what is no key, and leaves it as it is', async () => {
    const path = join(folder, 'master.key');
    for (const text of ['', 'not a key', 'x'.repeat(300)]) {
      await writeFile(path, text, { mode: 0o600 });
      await expect(loadOrCreateMasterKey(path)).rejects.toBeInstanceOf(MasterKeyError);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
    await expect(loadOrCreateMasterKey(folder)).rejects.toBeInstanceOf(MasterKeyError);
    await expect(loadOrCreateMasterKey(join(path, 'below'))).rejects.toBeInstanceOf(MasterKeyError);
  });
});
