import type { SqliteHandle, SqlValue } from '../sqlite/handle.ts';
import { columnList, quoted, TransferError, type TablePlan } from './tables.ts';

export type Row = readonly SqlValue[];

const PAGE = 2_000;

/** Rows of a table, page by page: each begins after the last one of the page before, so a page costs the same wherever it is. */
export function* pagesOf(handle: SqliteHandle, plan: TablePlan): Generator<readonly Row[]> {
  const order = plan.order?.map(quoted) ?? ['rowid'];
  const table = quoted(plan.name);
  const select = `select ${columnList(plan.columns)}, ${order.join(', ')} from ${table}`;
  const tail = `order by ${order.join(', ')} limit ${PAGE}`;
  const marks = order.map((_, i) => `?${i + 1}`).join(', ');
  const next = handle.prepare(`${select} where (${order.join(', ')}) > (${marks}) ${tail}`);
  const width = plan.columns.length;
  for (let page = handle.prepare(`${select} ${tail}`).rows(); page.length > 0;) {
    const rows = page.map((row) => checked(plan, row.slice(0, width)));
    yield rows;
    if (page.length < PAGE) return;
    page = next.rows(...(page.at(-1) ?? []).slice(width));
  }
}

/** SQLite keeps what it is given, whatever the column says; here that would end in a wrong value or half-way through. */
function checked(plan: TablePlan, row: Row): Row {
  plan.columns.forEach(({ name, kind }, i) => {
    const value = row[i] ?? null;
    const fits =
      value === null || (kind === 'text' ? typeof value === 'string' : Number.isSafeInteger(value));
    if (!fits) throw new TransferError(`"${plan.name}.${name}" holds a value that is no ${kind}: ${String(value).slice(0, 60)}`); // prettier-ignore
  });
  return row;
}

/** The highest number an autoincrement column ever gave. */
export function counterOf(handle: SqliteHandle, table: string): number {
  const [exists] = handle.prepare(`select 1 from sqlite_schema where name = 'sqlite_sequence'`).rows();
  if (!exists) return 0;
  return Number(handle.prepare('select seq from sqlite_sequence where name = ?1').one(table)?.[0] ?? 0);
}

/** Version of the schema, 0 in a file that is none of ours. */
export function versionOf(handle: SqliteHandle): number {
  const [exists] = handle.prepare(`select 1 from sqlite_schema where name = 'magpie_migrations'`).rows();
  return exists ? Number(handle.prepare('select max(version) from magpie_migrations').one()?.[0] ?? 0) : 0;
}
