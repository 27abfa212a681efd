import type { Store } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { postgresHotReads } from '../hot/postgres-reads.ts';
import { bindKysely } from '../kysely.ts';
import { CommitQueue, numberSource, unavailable, type OnBatch } from '../queue.ts';
import { createReads } from '../read/reads.ts';
import { isUnavailable } from './errors.ts';
import { connect, createPool, executeOn, type PostgresOptions } from './pool.ts';
import { prepareDatabase } from './prepare.ts';
import { Probe } from './probe.ts';
import { postgresWriter } from './writer.ts';

export interface PostgresStoreOptions extends PostgresOptions {
  /** Starts although the database does not write durably. */
  readonly force?: boolean;
  readonly now?: () => number;
  readonly onBatch?: OnBatch | undefined;
}

/** A store in a PostgreSQL database, which any number of nodes may share. */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { force = false, now = Date.now } = options;
  const epoch = await prepare(options, now(), force);
  const pool = createPool(options);
  const probe = new Probe(pool);
  const writer = postgresWriter(options);
  const queue = new CommitQueue({
    run: (units) => writer.write(units),
    ...(options.onBatch ? { onBatch: options.onBatch } : {}),
  });
  const reads = createReads(bindKysely('postgres', executeOn(pool)), postgresHotReads(pool), readError);
  return {
    ...reads,
    waiting: () => queue.length,
    commit: (ops) => queue.commit(ops),
    conversationNumber: numberSource(queue),
    epoch: async () => epoch,
    health: () => {
      const reason = queue.trouble ?? probe.trouble;
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
    close: async () => {
      probe.close();
      await queue.close();
      await writer.close();
      await pool.end();
    },
  };
}

async function prepare(options: PostgresOptions, now: number, force: boolean): Promise<string> {
  const client = await connect(options, true).catch((error: unknown) => {
    throw new Error('PostgreSQL could not be reached; is the address in MAGPIE_STORE right?', {
      cause: error,
    });
  });
  try {
    return await prepareDatabase(client, now, force);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function readError(error: unknown): unknown {
  if (error instanceof MagpieError) return error;
  return isUnavailable(error) ? unavailable(error instanceof Error ? error.message : String(error)) : error;
}
