import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { MIGRATIONS } from '../migrations/run.ts';
import { versionOf } from '../transfer/source.ts';
import { readSourceTables, quoted } from '../transfer/tables.ts';
import { openSqlite, type SqliteHandle } from './handle.ts';

/** Version of the schema that this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** What a database file says of itself. */
export interface DatabaseFacts {
  /** Version of its schema; 0: none of ours. */
  readonly version: number;
  readonly epoch: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Writes a consistent copy of a database that is in use, log included, into a new file, and makes it durable. The reader it works
 * with never makes the writer wait; until it ends, the log cannot begin anew and grows by what is written meanwhile.
 */
export function snapshotSqlite(from: string, to: string): void {
  // Opening makes a file that is missing, and then the copy would be of nothing.
  if (!existsSync(from)) throw new Error(`There is no database file ${from}.`);
  if (existsSync(to)) throw new Error(`${to} exists already.`);
  const handle = openSqlite(from);
  try {
    handle.prepare('vacuum into ?1').run(to);
  } finally {
    handle.close();
  }
  sync(to);
  sync(dirname(to));
}

export function databaseFacts(path: string): DatabaseFacts {
  return reading(path, (handle) => {
    const version = versionOf(handle);
    if (version === 0) return { version, epoch: '', rows: {} };
    const epoch = handle.prepare(`select value from meta where name = 'epoch'`).one()?.[0];
    const rows = readSourceTables(handle).map(({ name }): [string, number] => [
      name,
      Number(handle.prepare(`select count(*) from ${quoted(name)}`).one()?.[0]),
    ]);
    return { version, epoch: String(epoch ?? ''), rows: Object.fromEntries(rows) };
  });
}

export interface FileGroup {
  readonly app: string;
  /** Where ids of the group begin. */
  readonly prefix: string;
  /** Ids and the state of their upload. */
  readonly files: ReadonlyMap<string, string>;
}

const PREFIX = 2;
const PAGE = 1_000;

/** Files that a database knows, in groups as they lie in folders; memory for one group. */
export function* fileGroups(path: string): Generator<FileGroup> {
  const handle = openSqlite(path, { readOnly: true });
  try {
    const page = handle.prepare('select app, id, state from files where (app, id) > (?1, ?2) order by app, id limit ?3'); // prettier-ignore
    let group: { app: string; prefix: string; files: Map<string, string> } | undefined;
    let last: readonly [string, string] = ['', ''];
    for (;;) {
      const rows = page.rows(...last, PAGE).map((row) => row.map(String));
      for (const [app = '', id = '', state = ''] of rows) {
        const prefix = id.slice(0, PREFIX);
        if (group && (group.app !== app || group.prefix !== prefix)) {
          yield group;
          group = undefined;
        }
        group ??= { app, prefix, files: new Map() };
        group.files.set(id, state);
        last = [app, id];
      }
      if (rows.length < PAGE) break;
    }
    if (group) yield group;
  } finally {
    handle.close();
  }
}

/** How far counters jump when an older state is put back: more than can have been given since it was taken. */
export const COUNTER_LEAP = 1_000_000_000;

/**
 * A database that goes back in time begins a new epoch, so that clients that were ahead of it fetch everything anew. Numbers that
 * were given since and told to others are not given again: receivers of webhooks would take new events for old ones.
 */
export function beginEpochSqlite(path: string): { readonly ended: string; readonly epoch: string } {
  const epoch = newEpoch();
  let ended: string;
  const handle = openSqlite(path);
  try {
    // Without a log of its own, which would be left behind when the file gets its name.
    handle.exec('pragma journal_mode = delete; pragma synchronous = full; begin immediate');
    ended = String(handle.prepare(`select value from meta where name = 'epoch'`).one()?.[0] ?? '');
    if (ended === '') throw new Error(`${path} has no epoch: it is not a database of this program.`);
    handle.prepare(`update meta set value = ?1 where name = 'epoch'`).run(epoch);
    // Written out: the driver binds numbers as floating ones, and the text of such a one ends in ".0".
    handle.prepare(`update meta set value = cast(cast(value as integer) + ${COUNTER_LEAP} as text) where name = 'numbers'`).run(); // prettier-ignore
    const counted = handle.prepare(`select name from sqlite_schema where type = 'table' and sql like '%autoincrement%'`).rows(); // prettier-ignore
    for (const [table = null] of counted) {
      const leapt = handle.prepare(`update sqlite_sequence set seq = seq + ${COUNTER_LEAP} where name = ?1`).run(table); // prettier-ignore
      if (leapt === 0) handle.prepare(`insert into sqlite_sequence (name, seq) values (?1, ${COUNTER_LEAP})`).run(table); // prettier-ignore
    }
    handle.exec('commit');
  } finally {
    handle.close();
  }
  sync(path);
  return { ended, epoch };
}

export const newEpoch = (): string => randomBytes(9).toString('base64url');

function reading<T>(path: string, read: (handle: SqliteHandle) => T): T {
  const handle = openSqlite(path, { readOnly: true });
  try {
    return read(handle);
  } finally {
    handle.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
