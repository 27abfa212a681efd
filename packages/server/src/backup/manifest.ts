import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { absent, BackupError } from './disk.ts';

/** Form of a backup folder; a restore refuses forms it does not know. */
export const FORMAT = 1;

/** What lies where in a backup folder. */
export const PARTS = {
  manifest: 'manifest.json',
  sqlite: 'magpie.db',
  dump: 'magpie.pgdump',
  files: 'files',
  /** One line for each file: its size, a tab, its path. */
  list: 'files.list',
  key: 'master.key',
} as const;

/** Written last: a folder without it is no backup. */
export interface Manifest {
  readonly format: number;
  /** Version of the program that made it. */
  readonly version: string;
  /** When the copy of the database was begun, ISO 8601. All that was acknowledged before is in it. */
  readonly createdAt: string;
  readonly store: 'sqlite' | 'postgres';
  /** Version of the database's schema. */
  readonly schema: number;
  readonly epoch: string;
  /** Rows by table; empty where the database was dumped by its own tools. */
  readonly rows: Readonly<Record<string, number>>;
  /** Null: the database is not in the folder and is backed up by other means. */
  readonly database: { readonly name: string; readonly bytes: number; readonly sha256: string } | null;
  /** Null: files lie in an object store, which keeps its own copies. */
  readonly files: FilesFacts | null;
  readonly key: {
    readonly included: boolean;
    /** Tells whether a key is the one that secrets were sealed with, and nothing else. */
    readonly check: string;
  };
}

export interface FilesFacts {
  readonly count: number;
  readonly bytes: number;
  /** Of the list. */
  readonly sha256: string;
  /** Files that the database knows as finished and whose bytes were gone when they were looked for. */
  readonly missing: number;
}

export const keyCheck = (key: Uint8Array): string =>
  createHmac('sha256', key).update('magpie backup').digest('base64url').slice(0, 22);

export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, PARTS.manifest), 'utf8').catch(absent);
  if (text === undefined) throw new BackupError(`${folder} is no backup: it has no ${PARTS.manifest}.`);
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(text) as Partial<Manifest>;
  } catch {
    throw new BackupError(`${join(folder, PARTS.manifest)} can’t be read: it is not JSON.`);
  }
  if (manifest.format !== FORMAT) throw new BackupError(`${folder} has form ${String(manifest.format)} of a backup, this program knows ${FORMAT}.`); // prettier-ignore
  for (const field of ['createdAt', 'store', 'schema', 'rows', 'database', 'files', 'key'] as const)
    if (manifest[field] === undefined) throw new BackupError(`${join(folder, PARTS.manifest)} lacks "${field}".`); // prettier-ignore
  return manifest as Manifest;
}
