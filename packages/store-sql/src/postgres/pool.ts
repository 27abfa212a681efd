import pg from 'pg';
import type { Execute } from '../kysely.ts';

/** int8 as a number: everything stored is within 2^53. */
const INT8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

export interface PostgresOptions {
  readonly url: string;
  /** Connections for reads; writes have one of their own. */
  readonly readers?: number;
}

/** A node that stands still in the middle of a batch holds the rows it locked no longer than this: the others write on. */
const STANDSTILL = 4_000;

const settings = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'magpie',
  types,
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  // A database that does not answer at all (a cut network) must not hold a batch for ever.
  query_timeout: 15_000,
});

export function createPool({ url, readers = 8 }: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({ ...settings(url), max: readers, idleTimeoutMillis: 60_000 });
  // Idle connections that break are replaced when the next read needs one.
  pool.on('error', () => undefined);
  return pool;
}

/** `patient`: waits for a statement however long it takes, as an upgrade of a large database does. */
export async function connect({ url }: PostgresOptions, patient = false): Promise<pg.Client> {
  const limits = patient ? { query_timeout: 0 } : { idle_in_transaction_session_timeout: STANDSTILL };
  const client = new pg.Client({ ...settings(url), ...limits });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

interface Queryable {
  query(text: string, values: unknown[]): Promise<pg.QueryResult>;
}

export function executeOn(connection: Queryable): Execute {
  return async (sql, parameters) => {
    const result = await connection.query(sql, parameters.map(withoutNul));
    return { rows: result.rows as unknown[], affected: result.rowCount ?? 0 };
  };
}

/** PostgreSQL refuses texts with a NUL. */
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value;
}
