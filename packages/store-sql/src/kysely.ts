import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type DatabaseConnection, type Dialect, type Driver, type QueryResult } from 'kysely'; // prettier-ignore
import type { DialectName } from './migrations/dialect.ts';
import type { Schema } from './schema.ts';

/** Runs one statement. `affected`: rows changed by a write. */
export type Execute = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<{ readonly rows: readonly unknown[]; readonly affected: number }>;

/**
 * A query builder over one way to run statements: a connection, or a pool. Transactions are the caller's business (units are
 * savepoints inside one transaction), so the builder's own are refused.
 */
export function bindKysely(dialect: DialectName, execute: Execute): Kysely<Schema> {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: { sql: string; parameters: readonly unknown[] }): Promise<QueryResult<R>> {
      const { rows, affected } = await execute(query.sql, query.parameters);
      return { rows: rows as R[], numAffectedRows: BigInt(affected) };
    },
    // oxlint-disable-next-line require-yield -- kysely asks for a generator; nothing is streamed
    async *streamQuery() {
      throw new Error('streaming is not supported');
    },
  };
  const refuse = async (): Promise<void> => {
    throw new Error('transactions are made by the store');
  };
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => undefined,
    destroy: async () => undefined,
  };
  const kyselyDialect: Dialect =
    dialect === 'sqlite'
      ? {
          createAdapter: () => new SqliteAdapter(),
          createDriver: () => driver,
          createIntrospector: (db) => new SqliteIntrospector(db),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        }
      : {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => driver,
          createIntrospector: (db) => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        };
  return new Kysely<Schema>({ dialect: kyselyDialect });
}
