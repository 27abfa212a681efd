import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type SqliteHandle } from './handle.ts';

export interface FolderLock {
  /** Tells who would be asked: the server's address, once it is known. */
  describe(url: string): void;
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly url: string;
  readonly since: string;
}

/** Another process has the folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
}

/**
 * Makes this process the only one to use a data folder; throws `FolderLockedError` saying who has it. The lock is the
 * operating system's, on a file: it ends with the process however that ends, so nothing stale is ever met.
 */
export function lockDataFolder(
  dir: string,
  { url = '', now = Date.now }: { url?: string; now?: () => number } = {},
): FolderLock {
  mkdirSync(dir, { recursive: true });
  const info = join(dir, 'magpie.lock.json');
  const handle = openSqlite(join(dir, 'magpie.lock'), { busyTimeout: 0 });
  take(handle, dir, info);
  const since = new Date(now()).toISOString();
  const describe = (address: string): void => {
    const holder: Holder = { pid: process.pid, url: address, since };
    writeFileSync(info, `${JSON.stringify(holder)}\n`);
  };
  describe(url);
  return {
    describe,
    release: () => {
      rmSync(info, { force: true });
      handle.close();
    },
  };
}

function take(handle: SqliteHandle, dir: string, info: string): void {
  try {
    handle.exec('begin exclusive');
  } catch (error) {
    handle.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new FolderLockedError(
      `The data folder ${dir} is in use by ${describeHolder(info)}. Stop it, or choose another folder with MAGPIE_DATA.`,
    );
  }
}

function describeHolder(info: string): string {
  try {
    const { pid, url, since } = JSON.parse(readFileSync(info, 'utf8')) as Holder;
    return `a server with process id ${pid}${url === '' ? '' : ` at ${url}`}, running since ${since}`;
  } catch {
    // It holds the lock but has not written its description yet.
    return 'another server';
  }
}
