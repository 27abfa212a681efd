import Libsql from 'libsql';
import type { Execute } from '../kysely.ts';

export type SqlValue = string | number | null;

/** A statement prepared once. Parameters are positional (`?1` …). */
export interface Prepared {
  /** Rows changed. */
  run(...parameters: readonly SqlValue[]): number;
  /** First row as an array of columns. */
  one(...parameters: readonly SqlValue[]): readonly SqlValue[] | undefined;
  rows(...parameters: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

/** What the store needs of an SQLite driver; the one place that knows libsql. */
export interface SqliteHandle {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): Prepared;
  /** Rows as objects, through a bounded cache of statements. */
  readonly execute: Execute;
  close(): void;
}

const MAX_STATEMENTS = 400;

export interface OpenOptions {
  /** Reads only: a write through this handle is an error. */
  readonly readOnly?: boolean;
  readonly busyTimeout?: number;
}

export function openSqlite(path: string, options: OpenOptions = {}): SqliteHandle {
  const db = open(path);
  db.exec(`pragma busy_timeout = ${options.busyTimeout ?? 5000}`);
  if (options.readOnly) db.exec('pragma query_only = 1');
  const cache = new Map<string, Libsql.Statement>();

  const cached = (sql: string): Libsql.Statement => {
    const known = cache.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    cache.set(sql, statement);
    if (cache.size > MAX_STATEMENTS) cache.delete(cache.keys().next().value ?? '');
    return statement;
  };

  return {
    get inTransaction() {
      return db.inTransaction;
    },
    exec: (sql) => {
      db.exec(sql);
    },
    prepare: (sql) => prepared(db, sql),
    execute: async (sql, parameters) => {
      const statement = cached(sql);
      const values = parameters.map(bindable);
      if (statement.reader) return { rows: statement.all(values), affected: 0 };
      return { rows: [], affected: statement.run(values).changes };
    },
    close: () => {
      cache.clear();
      if (db.open) db.close();
    },
  };
}

function open(path: string): Libsql.Database {
  try {
    return new Libsql(path);
  } catch (error) {
    throw new Error(
      `The database file ${path} could not be opened; does its folder exist and may it be written?`,
      { cause: error },
    );
  }
}

function prepared(db: Libsql.Database, sql: string): Prepared {
  const statement = db.prepare(sql);
  // Raw rows are cheaper, and free of the `_metadata` that libsql adds to the objects of `get`.
  if (statement.reader) statement.raw();
  return {
    run: (...parameters) => statement.run(parameters).changes,
    // Not `get`: right after an `all` of the same statement it runs once more with the parameters of that `all`.
    one: (...parameters) => (statement.all(parameters) as (readonly SqlValue[])[])[0],
    rows: (...parameters) => statement.all(parameters) as (readonly SqlValue[])[],
  };
}

/** libsql ends the process on a boolean and reads `undefined` as NULL, and SQLite ends texts at a NUL: none may get there. */
function bindable(value: unknown): SqlValue {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value;
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TypeError(`a value of type ${typeof value} cannot be bound`);
}

/** Codes of an error that mean the file cannot be used at present, rather than that the statement was wrong. */
const UNAVAILABLE =
  /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB|NOMEM|PERM|PROTOCOL|NOLFS)/;

export function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && UNAVAILABLE.test(code);
}
