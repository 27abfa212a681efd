import { randomBytes } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseFacts, lockDataFolder, openStore } from '@magpie/store-sql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig, type ServerConfig } from '../config.ts';
import { backup } from './backup.ts';
import { takeAll, level } from './gather.ts';
import { restore, type RestoreOptions } from './restore.ts';

/** A data folder with rows of three uploads; opening a store is dear, so it is made once and copied. */
let template: string;
let epoch: string;
let folder: string;
let config: ServerConfig;
let copy: string;
const said: string[] = [];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'magpie-backup-'));
  await writeFile(join(template, 'master.key'), `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const store = await openStore(`sqlite:${join(template, 'magpie.db')}`);
  for (const n of [1, 2, 3]) await store.commit([{ op: 'file.create', row: { app: 'demo', id: idOf(n), owner: 'alice', use: 'file', name: 'a', size: 10, mime: 'text/plain', state: n === 1 ? 'finished' : 'granted', uploadKey: 'k', createdAt: 1, finishedAt: 1, usedAt: null, meta: '{}' } }]); // prettier-ignore
  epoch = await store.epoch();
  await store.close();
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-backup-'));
  config = readConfig({ MAGPIE_DATA: join(folder, 'live') });
  copy = join(folder, 'copies', 'one');
  said.length = 0;
  await cp(template, config.dataFolder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const idOf = (n: number) => `${n}`.padStart(2, '0').padEnd(32, 'x');

/** Bytes as an upload leaves them. */
async function upload(n: number, part = ''): Promise<void> {
  const id = idOf(n);
  const shard = join(config.files, 'demo', id.slice(0, 2));
  await mkdir(shard, { recursive: true });
  await writeFile(join(shard, `${id}${part}`), `bytes of ${n}`);
}

const make = (more = {}) => backup(config, { to: copy, withKey: true, filesOnly: false, version: '1', say: (line) => said.push(line), ...more }); // prettier-ignore
const fresh = () => readConfig({ MAGPIE_DATA: join(folder, 'fresh') });
const bring = (more: Partial<RestoreOptions> = {}, into = fresh()) => restore(into, { from: copy, force: false, key: undefined, newKey: false, now: () => 7, say: (line) => said.push(line), ...more }); // prettier-ignore
const filesIn = async (root: string) => (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name).sort(); // prettier-ignore

describe('a backup', () => {
  it('holds database, files, key and a manifest; restored it is the same, in a new epoch', async () => {
    await upload(1);
    await upload(2, '.sealed');
    await upload(3, '.part');
    await writeFile(join(config.files, '_signing'), 'sealed');
    await writeFile(join(config.files, 'demo', '01', `${idOf(1)}.thumb.jpg`), 'small');
    const manifest = await make();
    expect(manifest).toMatchObject({ store: 'sqlite', epoch, files: { count: 4, missing: 0 }, key: { included: true } }); // prettier-ignore
    expect(manifest.rows['files']).toBe(3);
    expect(JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8'))).toEqual(manifest);
    await bring();
    const restored = databaseFacts(join(folder, 'fresh', 'magpie.db'));
    expect(restored.rows).toEqual(manifest.rows);
    expect(restored.epoch).not.toBe(epoch);
    expect(await filesIn(join(folder, 'fresh', 'files'))).toEqual(['_signing', idOf(1), `${idOf(1)}.thumb.jpg`, `${idOf(2)}.sealed`].sort()); // prettier-ignore
    expect(await readFile(join(folder, 'fresh', 'master.key'), 'utf8')).toBe(await readFile(join(folder, 'live', 'master.key'), 'utf8')); // prettier-ignore
  });

  it('is not there before it is whole', async () => {
    await rm(join(config.dataFolder, 'master.key'));
    await expect(make()).rejects.toThrow('There is no master.key');
    expect(await readdir(join(folder, 'copies'))).toEqual([]);
  });

  it('goes into no folder that holds something, and not among the files', async () => {
    await mkdir(copy, { recursive: true });
    await make();
    await expect(make()).rejects.toThrow('is not empty');
    await expect(make({ to: join(config.files, 'copy') })).rejects.toThrow('must not lie within');
  });

  it('keeps its bytes when the live file is replaced or deleted', async () => {
    await upload(1);
    await make();
    const live = join(config.files, 'demo', '01', idOf(1));
    await writeFile(`${live}.new`, 'other');
    await rename(`${live}.new`, live);
    await rm(join(config.files, 'demo'), { recursive: true });
    expect(await readFile(join(copy, 'files', 'demo', '01', idOf(1)), 'utf8')).toBe('bytes of 1');
  });
});

describe('files gathered around the copying of the database', () => {
  const group = (ids: readonly number[], state = 'finished') => ids.map((n) => ({ app: 'demo', prefix: idOf(n).slice(0, 2), files: new Map([[idOf(n), state]]) })); // prettier-ignore
  const into = () => join(folder, 'gathered');

  it('has what was deleted meanwhile and what came meanwhile, and not what the database never knew', async () => {
    for (const n of [1, 2, 3]) await upload(n);
    await takeAll(config.files, into());
    await rm(join(config.files, 'demo', '01', idOf(1)));
    await upload(4);
    await upload(5);
    expect(await level(config.files, into(), group([1, 2, 4]))).toBe(0);
    expect(await filesIn(into())).toEqual([1, 2, 4].map(idOf));
  });

  it('says how many are gone', async () => {
    await upload(1);
    await takeAll(config.files, into());
    expect(await level(config.files, into(), [...group([1, 2]), ...group([3], 'granted')])).toBe(1);
  });

  it('drops the sealed upload of a file that is finished', async () => {
    await upload(1, '.sealed');
    await takeAll(config.files, into());
    const shard = join(config.files, 'demo', '01');
    await rename(join(shard, `${idOf(1)}.sealed`), join(shard, idOf(1)));
    await level(config.files, into(), group([1]));
    expect(await filesIn(into())).toEqual([idOf(1)]);
  });
});

describe('a restore refuses', () => {
  beforeEach(async () => {
    await upload(1);
    await make({ withKey: false });
  });
  const key = () => join(folder, 'live', 'master.key');
  const nothingThere = async () => {
    const there = await readdir(fresh().dataFolder).catch(() => []);
    expect(there.filter((name) => name.startsWith('magpie.db'))).toEqual([]);
  };

  it('a backup without its key, or with another; the right one, or none on purpose, will do', async () => {
    await expect(bring()).rejects.toThrow('holds no master key');
    await writeFile(join(folder, 'wrong.key'), randomBytes(32).toString('base64'));
    await expect(bring({ key: join(folder, 'wrong.key') })).rejects.toThrow(
      'is not the master key of this backup',
    );
    await nothingThere();
    await bring({ key: key() });
    const other = readConfig({ MAGPIE_DATA: join(folder, 'other') });
    await bring({ newKey: true }, other);
    expect(await readdir(other.dataFolder)).not.toContain('master.key');
  });

  it('a folder that holds something, unless forced; then the old database is kept beside', async () => {
    await bring({ key: key() });
    await expect(bring({ key: key() })).rejects.toThrow('is not empty');
    const { epoch: first } = databaseFacts(join(fresh().dataFolder, 'magpie.db'));
    await bring({ key: key(), force: true });
    expect(databaseFacts(join(fresh().dataFolder, 'magpie.db.before-7')).epoch).toBe(first);
    expect(databaseFacts(join(fresh().dataFolder, 'magpie.db')).epoch).not.toBe(first);
  });

  it('a folder that a server uses', async () => {
    const lock = lockDataFolder(fresh().dataFolder);
    await expect(bring({ key: key() })).rejects.toThrow('in use by');
    lock.release();
  });

  it.each<[string, string, (path: string) => Promise<unknown>]>([
    ['a database that is too short', 'bytes, the manifest says', (path) => truncate(join(path, 'magpie.db'), 4096)],
    ['a database with another byte', 'SHA-256 differs', async (path) => { const bytes = await readFile(join(path, 'magpie.db')); bytes[5000]! ^= 1; await writeFile(join(path, 'magpie.db'), bytes); }],
    ['a file that is too short', 'bytes, the list says 10', (path) => truncate(join(path, 'files', 'demo', '01', idOf(1)), 3)],
    ['a list that is not its own', 'files.list is not what the manifest says', (path) => writeFile(join(path, 'files.list'), '')],
    ['a list that leads elsewhere', 'has a line that is none', (path) => writeFile(join(path, 'files.list'), '3\t../../x\n')],
    ['a newer schema', 'version 9999 of the schema', (path) => manifestWith(path, { schema: 9999 })],
    ['an unknown form', 'has form 2', (path) => manifestWith(path, { format: 2 })],
    ['a folder without a manifest', 'is no backup', (path) => rm(join(path, 'manifest.json'))],
    ['another kind of store', 'MAGPIE_STORE names another kind', (path) => manifestWith(path, { store: 'postgres' })],
  ])('%s', async (_, message, damage) => {
    await damage(copy);
    await expect(bring({ key: key() })).rejects.toThrow(message);
    await nothingThere();
  }); // prettier-ignore

  async function manifestWith(path: string, change: object): Promise<void> {
    const file = join(path, 'manifest.json');
    const text = JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), ...change });
    await rm(file);
    await writeFile(file, text);
  }
});

it('links where it can: the backup costs no second copy of the bytes', async () => {
  await upload(1);
  await make();
  const [one, two] = await Promise.all([join(config.files, 'demo', '01', idOf(1)), join(copy, 'files', 'demo', '01', idOf(1))].map((path) => stat(path))); // prettier-ignore
  expect(two?.ino).toBe(one?.ino);
});
