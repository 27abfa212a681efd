import { sqliteHotWriter } from '../hot/sqlite.ts';
import { bindKysely } from '../kysely.ts';
import { identify } from '../migrations/identity.ts';
import { migrate } from '../migrations/run.ts';
import { runBatch, type Unit, type UnitOutcome, type WriteConnection } from '../write/batch.ts';
import { isUnavailable, openSqlite, type SqliteHandle } from './handle.ts';

export interface LogState {
  /** All of the log is in the database file: what is written next begins it anew. */
  readonly whole: boolean;
}

/** The one writing connection of a database file. */
export interface SqliteWriter {
  readonly epoch: string;
  write(units: readonly Unit[]): Promise<readonly UnitOutcome[]>;
  /** Moves of the log into the database file what can be moved at once. Not within a batch. */
  checkpoint(): LogState;
  /** Frames of the log at which a commit checkpoints although there is work. */
  boundLog(frames: number): void;
  close(): void;
}

/** What the file of the log is cut to when the log begins anew: above the usual, for a file that grows makes its syncs dearer. */
const LOG_FILE = 128 * 1024 * 1024;

/** `open` is for tests that listen to the statements. */
export async function openSqliteWriter(path: string, now: number, open = openSqlite): Promise<SqliteWriter> {
  const handle = open(path);
  try {
    // FULL: a commit returns after the log's fsync. That is promise 1, and group commit makes it cheap.
    handle.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = off;
      pragma cache_size = -65536; pragma temp_store = memory; pragma journal_size_limit = ${LOG_FILE}`);
    const epoch = await prepareDatabase(handle, now);
    return writerOver(handle, epoch);
  } catch (error) {
    handle.close();
    throw error;
  }
}

async function prepareDatabase(handle: SqliteHandle, now: number): Promise<string> {
  const db = bindKysely('sqlite', handle.execute);
  handle.exec('begin immediate');
  try {
    await migrate(db, 'sqlite', now);
    const epoch = await identify(db);
    handle.exec('commit');
    return epoch;
  } catch (error) {
    if (handle.inTransaction) handle.exec('rollback');
    throw error;
  }
}

function writerOver(handle: SqliteHandle, epoch: string): SqliteWriter {
  const begin = handle.prepare('begin immediate');
  const commit = handle.prepare('commit');
  const savepoint = handle.prepare('savepoint unit');
  const release = handle.prepare('release unit');
  const connection: WriteConnection = {
    dialect: 'sqlite',
    db: bindKysely('sqlite', handle.execute),
    hot: sqliteHotWriter(handle),
    begin: () => void begin.run(),
    commit: () => void commit.run(),
    rollback: () => {
      if (handle.inTransaction) handle.exec('rollback');
    },
    savepoint: () => void savepoint.run(),
    release: () => void release.run(),
    rollbackToSavepoint: () => handle.exec('rollback to unit; release unit'),
    endsBatch: (error) => isUnavailable(error) || !handle.inTransaction,
  };
  const checkpoint = handle.prepare('pragma wal_checkpoint(passive)');
  return {
    epoch,
    write: (units) => writeUnits(connection, units),
    checkpoint: () => {
      const [busy, frames, moved] = checkpoint.one() ?? [];
      return { whole: busy === 0 && frames === moved };
    },
    boundLog: (frames) => handle.exec(`pragma wal_autocheckpoint = ${frames}`),
    close: () => {
      handle.close();
    },
  };
}

/** All at once; if that fails, one by one, so that who fails alone fails alone. */
async function writeUnits(
  connection: WriteConnection,
  units: readonly Unit[],
): Promise<readonly UnitOutcome[]> {
  try {
    return await runBatch(connection, units);
  } catch (error) {
    if (units.length === 1) return [failure(error)];
  }
  const outcomes: UnitOutcome[] = [];
  let last: UnitOutcome | undefined;
  for (const unit of units) {
    // With the disk full, the rest would only fail the same way.
    if (!last || !('unavailable' in last)) {
      last = await runBatch(connection, [unit]).then(([outcome]) => outcome, failure);
    }
    outcomes.push(last ?? { error: 'no outcome' });
  }
  return outcomes;
}

function failure(error: unknown): UnitOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return isUnavailable(error) ? { unavailable: message } : { error: message };
}
