import type pg from 'pg';
import { Digest } from './digest.ts';
import type { Row } from './source.ts';
import { columnList, quoted, TransferError, type PlanColumn, type TablePlan, type TargetTable } from './tables.ts'; // prettier-ignore

const FETCH = 4_000;

export function unreachable(error: unknown): TransferError {
  const why = error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
  return new TransferError(`PostgreSQL could not be reached${why}; is the address right?`, { cause: error });
}

/** Tables of the schema that the connection works in. */
export async function readTargetTables(client: pg.Client): Promise<TargetTable[]> {
  const { rows } = await client.query<{ table: string; name: string; type: string; counted: boolean }>(
    `select c.table_name as table, c.column_name as name, c.udt_name as type,
        pg_get_serial_sequence(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), c.column_name) is not null as counted
      from information_schema.columns c
      join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
      where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
      order by c.table_name, c.ordinal_position`,
  );
  const tables = new Map<string, TargetTable['columns'][number][]>();
  for (const { table, ...column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

/** What a fresh database of ours has before anybody used it. */
const FRESH = new Set(['meta', 'magpie_migrations']);

/** Throws when somebody's rows are there already. */
export async function mustBeEmpty(client: pg.Client): Promise<void> {
  const used: string[] = [];
  for (const { name } of await readTargetTables(client)) {
    if (FRESH.has(name)) continue;
    const { rows } = await client.query<{ used: boolean }>(`select exists (select from ${quoted(name)}) as used`); // prettier-ignore
    if (rows[0]?.used) used.push(name);
  }
  if (used.length > 0) throw new TransferError(`The PostgreSQL database is not empty: there are rows in ${used.join(', ')}. Give migrate a new database.`); // prettier-ignore
}

/** A server that works on the database read its epoch when it started, and has told it to clients. */
export async function mustBeUnused(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ others: number }>(`select count(*)::int4 as others from pg_stat_activity where datname = current_database() and application_name = 'magpie' and pid <> pg_backend_pid()`); // prettier-ignore
  if ((rows[0]?.others ?? 0) > 0) throw new TransferError('A server is running on the PostgreSQL database. Stop it first.'); // prettier-ignore
}

/** Nobody else gets at the tables until the copy ends. */
export async function lockTables(client: pg.Client, plans: readonly TablePlan[]): Promise<void> {
  await client.query(`lock table ${plans.map(({ name }) => quoted(name)).join(', ')} in access exclusive mode`); // prettier-ignore
}

/** Takes away the indexes that no constraint rests on and answers how to make them: building one at the end is far cheaper. */
export async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexname as name, i.indexdef as definition from pg_indexes i
      where i.schemaname = current_schema() and not exists (
        select from pg_constraint c join pg_class k on k.oid = c.conindid
          join pg_namespace n on n.oid = k.relnamespace where k.relname = i.indexname and n.nspname = i.schemaname)`,
  );
  for (const { name } of rows) await client.query(`drop index ${quoted(name)}`);
  return rows.map(({ definition }) => definition);
}

/** The statement that adds a page of rows, one parameter for each column. */
export function insertStatement({ name, columns }: TablePlan): string {
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  const overriding = columns.some(({ counted }) => counted) ? ' overriding system value' : '';
  return `insert into ${quoted(name)} (${columnList(columns)})${overriding} select * from unnest(${arrays})`;
}

/** A column of a page as one array in PostgreSQL's own notation. */
export function arrayText({ kind }: PlanColumn, values: readonly (string | number | null)[]): string {
  const items = values.map((value) => {
    if (value === null) return 'NULL';
    return kind === 'integer' ? String(value) : `"${String(value).replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

export async function insertPage(
  client: pg.Client,
  plan: TablePlan,
  statement: string,
  rows: readonly Row[],
): Promise<void> {
  const values = plan.columns.map((column, i) => arrayText(column, rows.map((row) => row[i] ?? null))); // prettier-ignore
  await client.query({ name: `copy ${plan.name}`.slice(0, 60), text: statement, values });
}

/** Counters go on after what was given, also where the rows themselves are gone. */
export async function setCounters(client: pg.Client, plan: TablePlan, given: number): Promise<void> {
  for (const { name } of plan.columns.filter(({ counted }) => counted)) {
    const { rows } = await client.query<{ most: string | null }>(`select max(${quoted(name)})::text as most from ${quoted(plan.name)}`); // prettier-ignore
    const most = Math.max(given, Number(rows[0]?.most ?? 0));
    if (most > 0) await client.query(`select setval(pg_get_serial_sequence(quote_ident($1), $2), $3)`, [plan.name, name, most]); // prettier-ignore
  }
}

/** What a table holds by now, read back through a cursor. */
export async function digestOf(client: pg.Client, plan: TablePlan): Promise<Digest> {
  const digest = new Digest();
  const columns = plan.columns.map(({ name }) => `${quoted(name)}::text`).join(', ');
  await client.query(`declare digest no scroll cursor for select ${columns} from ${quoted(plan.name)}`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({ text: `fetch ${FETCH} from digest`, rowMode: 'array' }); // prettier-ignore
    for (const row of rows) digest.add(row);
    if (rows.length < FETCH) break;
  }
  await client.query('close digest');
  return digest;
}
