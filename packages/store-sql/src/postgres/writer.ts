import type pg from 'pg';
import { postgresHotWriter, type PostgresHotWriter } from '../hot/postgres-writer.ts';
import { bindKysely } from '../kysely.ts';
import { runBatch, type Unit, type UnitOutcome, type WriteConnection } from '../write/batch.ts';
import { isKnownName, isRetryable, isUnavailable } from './errors.ts';
import { connect, executeOn, type PostgresOptions } from './pool.ts';

export interface PostgresWriter {
  write(units: readonly Unit[]): Promise<readonly UnitOutcome[]>;
  close(): Promise<void>;
}

const ATTEMPTS = 8;

interface Link {
  readonly client: pg.Client;
  readonly hot: PostgresHotWriter;
  readonly connection: WriteConnection;
  /** Set while a commit is on its way: losing the connection then leaves its outcome unknown. */
  committing: boolean;
  busy: boolean;
}

/** The writing connection of this process. Lost, it is made again by the batch that needs it. */
export function postgresWriter(options: PostgresOptions): PostgresWriter {
  let link: Link | undefined;

  const linked = async (): Promise<Link> => {
    if (link) return link;
    const client = await connect(options);
    const made = createLink(client);
    // Cut while idle: the next batch simply makes a new one.
    client.once('end', () => {
      if (link === made && !made.busy) link = undefined;
    });
    link = made;
    return made;
  };
  const drop = (): void => {
    const client = link?.client;
    link = undefined;
    client?.end().catch(() => undefined);
  };

  const attempt = async (units: readonly Unit[], checkNames: boolean): Promise<readonly UnitOutcome[]> => {
    const current = await linked();
    current.hot.reset(checkNames);
    current.busy = true;
    try {
      return await runBatch(current.connection, units);
    } finally {
      current.busy = false;
    }
  };

  const writeAll = async (units: readonly Unit[]): Promise<readonly UnitOutcome[]> => {
    let checkNames = false;
    for (let i = 1; ; i++) {
      try {
        return await attempt(units, checkNames);
      } catch (error) {
        const unknown = link?.committing === true;
        if (isKnownName(error) && !checkNames) {
          checkNames = true;
        } else if (isRetryable(error) && i < ATTEMPTS) {
          await pause(i);
        } else if (isUnavailable(error) || unknown) {
          drop();
          return units.map(() => away(error, unknown));
        } else if (isRetryable(error)) {
          return units.map(() => away(error, false));
        } else {
          if (units.length === 1) return [{ error: messageOf(error) }];
          throw error;
        }
      }
    }
  };

  return {
    write: async (units) => {
      try {
        return await writeAll(units);
      } catch {
        const outcomes: UnitOutcome[] = [];
        for (const unit of units) outcomes.push(...(await writeAll([unit])));
        return outcomes;
      }
    },
    close: async () => {
      const client = link?.client;
      link = undefined;
      await client?.end().catch(() => undefined);
    },
  };
}

function createLink(client: pg.Client): Link {
  const hot = postgresHotWriter(client);
  const run = async (text: string): Promise<void> => {
    await client.query(text);
  };
  const connection: WriteConnection = {
    dialect: 'postgres',
    db: bindKysely('postgres', executeOn(client)),
    hot,
    begin: () => {
      link.committing = false;
      return run('begin');
    },
    commit: async () => {
      link.committing = true;
      await run('commit');
      link.committing = false;
    },
    // A connection that can't even roll back is of no use; the error that led here says why.
    rollback: () => run('rollback').catch(() => undefined),
    savepoint: () => run('savepoint unit'),
    release: () => run('release savepoint unit'),
    rollbackToSavepoint: () => run('rollback to savepoint unit; release savepoint unit'),
    endsBatch: (error) => isRetryable(error) || isKnownName(error) || isUnavailable(error),
  };
  const link: Link = { client, hot, connection, committing: false, busy: false };
  return link;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function away(error: unknown, unknown: boolean): UnitOutcome {
  return unknown ? { unavailable: messageOf(error), unknown } : { unavailable: messageOf(error) };
}

/** Two that met in a deadlock should not meet again. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** attempt));
}
