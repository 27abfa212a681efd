import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Store } from '@magpie/domain';
import type { OnBatch } from './queue.ts';
import { createPostgresStore } from './postgres/store.ts';
import { createSqliteStore } from './sqlite/store.ts';

export interface OpenStoreOptions {
  /** PostgreSQL: starts although the database does not write durably. */
  readonly force?: boolean;
  readonly now?: () => number;
  /** Hears of each batch that was written: its units, and the ms it took. */
  readonly onBatch?: OnBatch | undefined;
}

/** Opens the store an address names: `sqlite:PATH` (its folder is made) or `postgres://…`. */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    if (path === '') throw new Error('MAGPIE_STORE names no file: write sqlite:PATH.');
    mkdirSync(dirname(path), { recursive: true });
    return createSqliteStore({
      path,
      onBatch: options.onBatch,
      ...(options.now ? { now: options.now } : {}),
    });
  }
  if (/^postgres(ql)?:\/\//.test(url)) return createPostgresStore({ url, ...options });
  throw new Error('MAGPIE_STORE must be sqlite:PATH or postgres://…');
}
