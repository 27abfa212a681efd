import type pg from 'pg';
import { connect } from '../postgres/pool.ts';
import { COUNTER_LEAP, newEpoch } from '../sqlite/backup.ts';
import { mustBeUnused, readTargetTables, unreachable } from './target.ts';
import { quoted, TransferError } from './tables.ts';

export interface PostgresFacts {
  /** Version of the schema; 0: none of ours. */
  readonly version: number;
  readonly epoch: string;
  /** Major version of the database server. */
  readonly major: number;
}

export function postgresFacts(url: string): Promise<PostgresFacts> {
  return connected(url, async (client) => {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    const tables = new Set((await readTargetTables(client)).map(({ name }) => name));
    if (!tables.has('magpie_migrations')) return { version: 0, epoch: '', major };
    const version = await client.query<{ version: number | null }>('select max(version) as version from magpie_migrations'); // prettier-ignore
    const epoch = await client.query<{ value: string }>(`select value from meta where name = 'epoch'`);
    return { version: version.rows[0]?.version ?? 0, epoch: epoch.rows[0]?.value ?? '', major };
  });
}

/** Throws when there are tables in the database already: a dump makes its own. */
export function mustBeFree(url: string): Promise<void> {
  return connected(url, async (client) => {
    const [table] = await readTargetTables(client);
    if (table) throw new TransferError(`The PostgreSQL database has tables already ("${table.name}"). Restore into a new, empty database.`); // prettier-ignore
  });
}

/** As `beginEpochSqlite`, for a PostgreSQL database that was put back by whatever means. No server may work on it. */
export function beginEpochPostgres(url: string): Promise<string> {
  return connected(url, async (client) => {
    await mustBeUnused(client);
    const epoch = newEpoch();
    await client.query('begin');
    const { rowCount } = await client.query(`update meta set value = $1 where name = 'epoch'`, [epoch]);
    if (rowCount !== 1) throw new TransferError('The PostgreSQL database has no epoch: it is not one of this program.'); // prettier-ignore
    await client.query(`update meta set value = (value::int8 + ${COUNTER_LEAP})::text where name = 'numbers'`); // prettier-ignore
    for (const { name, columns } of await readTargetTables(client))
      for (const column of columns.filter(({ counted }) => counted)) await leap(client, name, column.name);
    await client.query('commit');
    return epoch;
  });
}

async function leap(client: pg.Client, table: string, column: string): Promise<void> {
  const { rows } = await client.query<{ sequence: string }>('select pg_get_serial_sequence(quote_ident($1), $2) as sequence', [table, column]); // prettier-ignore
  const [row] = rows;
  if (!row) throw new TransferError(`${quoted(table)} has no counter`);
  await client.query(`select setval($1::regclass, (select last_value from ${row.sequence}) + ${COUNTER_LEAP})`, [row.sequence]); // prettier-ignore
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect({ url }, true).catch((error: unknown) => {
    throw unreachable(error);
  });
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
