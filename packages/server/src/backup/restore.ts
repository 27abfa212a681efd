import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { storeTools } from '../compose.ts';
import type { ServerConfig } from '../config.ts';
import { isAddress, isPostgres, sqlitePath, type Say } from './backup.ts';
import { BackupError, namesIn, sizeOf, sync, writeFileDurably } from './disk.ts';
import { configuredKey, keyIn } from './key.ts';
import { keyCheck, PARTS, readManifest, type Manifest } from './manifest.ts';
import { pgRestore } from './postgres-tools.ts';
import { checkFiles, placeFiles } from './restore-files.ts';

export interface RestoreOptions {
  readonly from: string;
  /** Put it over what is there; the database that was there is kept beside it under another name. */
  readonly force: boolean;
  /** A file with the master key, where the backup has none. */
  readonly key: string | undefined;
  /** Go on without the key: what was sealed with it stays shut. */
  readonly newKey: boolean;
  readonly now: () => number;
  readonly say: Say;
}

/**
 * Puts a backup in place of an empty data folder. Everything is checked first; the database comes last and by its name, so that a
 * restore that broke off has left no database. It begins a new epoch: clients that saw what came after the backup fetch anew.
 */
export async function restore(config: ServerConfig, options: RestoreOptions): Promise<Manifest> {
  const from = resolve(options.from);
  const manifest = await readManifest(from);
  mustFit(manifest, config);
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  const lock = storeTools.lockDataFolder(config.dataFolder);
  try {
    if (!options.force) await mustBeFreeToUse(config);
    const key = await keyFor(manifest, from, config, options);
    options.say('checking  sizes and the database’s hash');
    await check(manifest, from, config);
    if (manifest.files) await placeFiles(from, config.files, { signing: !options.newKey });
    if (key !== undefined) await placeKey(config, key, options);
    await (manifest.store === 'postgres' ? restorePostgres : placeDatabase)(manifest, from, config, options);
    return manifest;
  } finally {
    lock.release();
  }
}

function mustFit(manifest: Manifest, config: ServerConfig): void {
  if (manifest.schema > storeTools.SCHEMA_VERSION) throw new BackupError(`The backup has version ${manifest.schema} of the schema, this program knows up to ${storeTools.SCHEMA_VERSION}. Use Magpie ${manifest.version} or newer.`); // prettier-ignore
  if (isPostgres(config.store) !== (manifest.store === 'postgres')) throw new BackupError(`The backup is of a ${manifest.store} store, MAGPIE_STORE names another kind.`); // prettier-ignore
  if (manifest.files && isAddress(config.files)) throw new BackupError('The backup holds files, and MAGPIE_FILES names an object store: restore into a folder, then move them there.'); // prettier-ignore
}

/** Not in the way: the lock we hold, and what an operator put there for us. */
const MAY_BE_THERE = /^(magpie\.lock.*|lost\+found|master\.key|admin\.token)$/;

async function mustBeFreeToUse(config: ServerConfig): Promise<void> {
  const files = isAddress(config.files) ? [] : await namesIn(config.files);
  const there = (await namesIn(config.dataFolder)).filter((name) => !MAY_BE_THERE.test(name) && !(join(config.dataFolder, name) === config.files && files.length === 0)); // prettier-ignore
  if (there.length > 0) throw new BackupError(`The data folder ${config.dataFolder} is not empty (${there.slice(0, 5).join(', ')}). Choose another with MAGPIE_DATA, or --force.`); // prettier-ignore
  if (files.length > 0) throw new BackupError(`The folder of files ${config.files} is not empty. Choose another with MAGPIE_FILES, or --force.`); // prettier-ignore
  if (!isPostgres(config.store) && (await sizeOf(sqlitePath(config.store))) !== undefined) throw new BackupError(`${sqlitePath(config.store)} exists. Choose another with MAGPIE_STORE, or --force.`); // prettier-ignore
}

/** Text of the key to put into the folder; undefined: the right one is there, or a new one shall be made. */
async function keyFor(manifest: Manifest, from: string, config: ServerConfig, options: RestoreOptions): Promise<string | undefined> {
  const fits = (found: { key: Uint8Array } | undefined) => found !== undefined && keyCheck(found.key) === manifest.key.check;
  const configured = await configuredKey(config);
  if (fits(configured) || options.newKey) return undefined;
  if (configured?.from === 'environment') throw new BackupError('MAGPIE_MASTER_KEY is not the key of this backup: its secrets could not be opened.');
  const given = options.key === undefined ? await keyIn(join(from, PARTS.key)) : await keyIn(options.key);
  if (fits(given)) return given?.text;
  if (options.key !== undefined) throw new BackupError(`${options.key} ${given ? 'is not the master key of this backup' : 'does not exist'}.`);
  throw new BackupError('The backup holds no master key, and without it the secrets of apps cannot be opened. Name its file with --key, or set MAGPIE_MASTER_KEY; if it is lost, --new-key goes on without it (then every door and webhook needs a new secret).');
} // prettier-ignore

async function check(manifest: Manifest, from: string, config: ServerConfig): Promise<void> {
  const { database, files } = manifest;
  if (files) await checkFiles(from, files);
  if (!database) return;
  const path = join(from, basename(database.name));
  const bytes = await sizeOf(path);
  if (bytes !== database.bytes) throw new BackupError(`${path} has ${bytes ?? 'no'} bytes, the manifest says ${database.bytes}.`); // prettier-ignore
  // An SQLite file is hashed while it is copied, still before it gets its name.
  if (manifest.store === 'sqlite') return;
  await storeTools.mustBeFree(config.store);
  if ((await copyHashed(path)) !== database.sha256) throw new BackupError(damaged(path));
}

const damaged = (path: string): string => `${path} is not what the manifest says: its SHA-256 differs. The backup is damaged.`; // prettier-ignore

async function placeDatabase(manifest: Manifest, from: string, config: ServerConfig, { now, say }: RestoreOptions): Promise<void> {
  if (!manifest.database) throw new BackupError('The backup holds no database.');
  const target = sqlitePath(config.store);
  const draft = `${target}.restoring`;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  for (const end of ['', '-journal', '-wal', '-shm']) await rm(`${draft}${end}`, { force: true });
  try {
    const source = join(from, PARTS.sqlite);
    if ((await copyHashed(source, draft)) !== manifest.database.sha256) throw new BackupError(damaged(source));
    if (storeTools.beginEpochSqlite(draft).ended !== manifest.epoch) throw new BackupError('The database is not the one the manifest tells of.');
    await sync(draft);
    await setAside(target, `${target}.before-${now()}`, say);
    await rename(draft, target);
    await sync(dirname(target));
  } finally {
    await rm(draft, { force: true });
  }
} // prettier-ignore

/** The log belongs to its file: left behind, it would be played into the new one. */
async function setAside(target: string, aside: string, say: Say): Promise<void> {
  if ((await sizeOf(target)) !== undefined) say(`kept      the database that was there: ${aside}`);
  for (const end of ['', '-journal', '-wal', '-shm'])
    if ((await sizeOf(`${target}${end}`)) !== undefined) await rename(`${target}${end}`, `${aside}${end}`);
}

async function restorePostgres(
  manifest: Manifest,
  from: string,
  config: ServerConfig,
  { say }: RestoreOptions,
): Promise<void> {
  if (!manifest.database) return say('database  not in this backup: bring it back by your own means, then run: magpie epoch'); // prettier-ignore
  const { major } = await storeTools.postgresFacts(config.store);
  say('database  pg_restore…');
  await pgRestore(config.store, join(from, PARTS.dump), major);
  await storeTools.beginEpochPostgres(config.store);
}

async function placeKey(config: ServerConfig, text: string, { now, say }: RestoreOptions): Promise<void> {
  const path = join(config.dataFolder, PARTS.key);
  await setAside(path, `${path}.before-${now()}`, say);
  await writeFileDurably(path, `${text.trim()}\n`);
  await sync(config.dataFolder);
}

/** Answers the SHA-256 of a file, and copies it on the way. */
async function copyHashed(from: string, to?: string): Promise<string> {
  const hash = createHash('sha256');
  const target = to === undefined ? undefined : await open(to, 'wx', 0o600);
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      await target?.writeFile(chunk as Buffer);
    }
    await target?.sync();
  } finally {
    await target?.close();
  }
  return hash.digest('hex');
}
