import { chmod, mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { DatabaseFacts } from '@magpie/store-sql';
import { storeTools } from '../compose.ts';
import type { ServerConfig } from '../config.ts';
import { BackupError, codeOf, namesIn, sha256Of, sizeOf, sync, writeFileDurably } from './disk.ts';
import { level, takeAll, writeList } from './gather.ts';
import { configuredKey } from './key.ts';
import { FORMAT, keyCheck, PARTS, type FilesFacts, type Manifest } from './manifest.ts';
import { pgDump } from './postgres-tools.ts';

export type Say = (line: string) => void;

export interface BackupOptions {
  /** A folder that does not exist yet, or is empty. */
  readonly to: string;
  /** Put the master key beside what it opens. */
  readonly withKey: boolean;
  /** PostgreSQL: the database is backed up by other means. */
  readonly filesOnly: boolean;
  readonly version: string;
  readonly say: Say;
}

/**
 * Copies what a server stands on while it runs. Written under another name and renamed when every byte is on the disk: a folder of
 * the right name with a manifest is a whole backup.
 */
export async function backup(config: ServerConfig, options: BackupOptions): Promise<Manifest> {
  const target = resolve(options.to);
  if (`${target}${sep}`.startsWith(`${config.files}${sep}`)) throw new BackupError('The backup must not lie within the folder of files.'); // prettier-ignore
  if ((await namesIn(target)).length > 0) throw new BackupError(`${target} is not empty: name a new folder for each backup.`); // prettier-ignore
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(`${target}.unfinished-`);
  try {
    const manifest = await fill(draft, config, options);
    await writeFileDurably(join(draft, PARTS.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
    await sync(draft);
    // An empty folder of that name may have been made for us.
    await rmdir(target).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
    await rename(draft, target);
    await sync(dirname(target));
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function fill(draft: string, config: ServerConfig, options: BackupOptions): Promise<Manifest> {
  const { say } = options;
  const inStore = isAddress(config.files);
  const files = join(draft, PARTS.files);
  if (inStore) say(`files     in ${config.files}: not copied, its own copies have to do`);
  else await takeAll(config.files, files);
  const createdAt = new Date().toISOString();
  const copied = await copyDatabase(draft, config, options);
  let taken: FilesFacts | null = null;
  if (!inStore) {
    const missing = await levelled(draft, config, copied.database?.name === PARTS.sqlite);
    taken = await writeList(files, join(draft, PARTS.list), missing);
    say(`files     ${taken.count}, ${megabytes(taken.bytes)}`);
    if (missing > 0)
      say(`          the bytes of ${missing} were not there: deleted meanwhile, or lost before`);
  }
  return {
    format: FORMAT,
    version: options.version,
    createdAt,
    store: isPostgres(config.store) ? 'postgres' : 'sqlite',
    schema: copied.facts.version,
    epoch: copied.facts.epoch,
    rows: copied.facts.rows,
    database: copied.database,
    files: taken,
    key: await copyKey(draft, config, options),
  };
}

interface Copied {
  readonly facts: DatabaseFacts;
  readonly database: Manifest['database'];
}

async function copyDatabase(draft: string, config: ServerConfig, options: BackupOptions): Promise<Copied> {
  if (isPostgres(config.store)) return await dumpPostgres(draft, config.store, options);
  options.say('database  copying…');
  const path = join(draft, PARTS.sqlite);
  storeTools.snapshotSqlite(sqlitePath(config.store), path);
  const facts = storeTools.databaseFacts(path);
  if (facts.version === 0) throw new BackupError(`${sqlitePath(config.store)} is no database of this program.`); // prettier-ignore
  return { facts, database: await described(path, PARTS.sqlite, options.say) };
}

async function dumpPostgres(draft: string, url: string, { filesOnly, say }: BackupOptions): Promise<Copied> {
  const { major, version, epoch } = await storeTools.postgresFacts(url);
  if (version === 0) throw new BackupError('The PostgreSQL database is not one of this program.');
  const facts = { version, epoch, rows: {} };
  if (filesOnly) return { facts, database: null };
  say('database  pg_dump…');
  const path = join(draft, PARTS.dump);
  await pgDump(url, path, major);
  await sync(path);
  return { facts, database: await described(path, PARTS.dump, say) };
}

async function described(path: string, name: string, say: Say): Promise<NonNullable<Manifest['database']>> {
  // The tools made it as the process may make files; what is in it is for its owner alone.
  await chmod(path, 0o600);
  const bytes = (await sizeOf(path)) ?? 0;
  say(`database  ${megabytes(bytes)}`);
  return { name, bytes, sha256: await sha256Of(path) };
}

/** What came while the database was copied; of an SQLite copy we can also tell what it does not know. */
async function levelled(draft: string, config: ServerConfig, snapshot: boolean): Promise<number> {
  const files = join(draft, PARTS.files);
  if (snapshot) return await level(config.files, files, storeTools.fileGroups(join(draft, PARTS.sqlite)));
  await takeAll(config.files, files);
  return 0;
}

async function copyKey(
  draft: string,
  config: ServerConfig,
  options: BackupOptions,
): Promise<Manifest['key']> {
  const found = await configuredKey(config);
  if (!found) throw new BackupError(`There is no ${PARTS.key} in ${config.dataFolder} and MAGPIE_MASTER_KEY is not set: run with the server’s own environment.`); // prettier-ignore
  const included = options.withKey;
  if (included) await writeFileDurably(join(draft, PARTS.key), `${found.text.trim()}\n`);
  return { included, check: keyCheck(found.key) };
}

export const isPostgres = (store: string): boolean => /^postgres(ql)?:/.test(store);
export const sqlitePath = (store: string): string => resolve(store.slice('sqlite:'.length));
/** Of an object store, not a folder. */
export const isAddress = (files: string): boolean => /^[a-z0-9]+:\/\//i.test(files);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
