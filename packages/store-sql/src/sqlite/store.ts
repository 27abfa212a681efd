import type { Store } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { sqliteHotReads } from '../hot/sqlite.ts';
import { bindKysely } from '../kysely.ts';
import { CommitQueue, numberSource, unavailable, type OnBatch } from '../queue.ts';
import { createReads } from '../read/reads.ts';
import { isUnavailable, openSqlite } from './handle.ts';
import { startWriter } from './writer-client.ts';

export interface SqliteStoreOptions {
  /** The database file; made if missing, its folder is not. */
  readonly path: string;
  readonly now?: () => number;
  readonly onBatch?: OnBatch | undefined;
}

/** A store in one SQLite file. Reads run on the calling thread over a connection of their own and see every commit answered. */
export async function createSqliteStore({
  path,
  now = Date.now,
  onBatch,
}: SqliteStoreOptions): Promise<Store> {
  const writer = await startWriter({ path, now: now() });
  const handle = openSqlite(path, { readOnly: true });
  const queue = new CommitQueue({
    run: (units) => writer.write(units),
    depth: 3,
    ...(onBatch ? { onBatch } : {}),
  });
  const reads = createReads(bindKysely('sqlite', handle.execute), sqliteHotReads(handle), readError);
  return {
    ...reads,
    waiting: () => queue.length,
    commit: (ops) => queue.commit(ops),
    conversationNumber: numberSource(queue),
    epoch: async () => writer.epoch,
    health: () => {
      const reason = writer.trouble() ?? queue.trouble;
      if (reason === undefined) return { ok: true };
      return writer.ended ? { ok: false, reason, fatal: true } : { ok: false, reason };
    },
    close: async () => {
      await queue.close();
      handle.close();
      await writer.close();
    },
  };
}

function readError(error: unknown): unknown {
  if (error instanceof MagpieError) return error;
  return isUnavailable(error) ? unavailable(error instanceof Error ? error.message : String(error)) : error;
}
