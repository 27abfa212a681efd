import type { SqliteHandle } from '../sqlite/handle.ts';

/** What stops a copy; the message is for the operator. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

export type ColumnKind = 'text' | 'integer';

export interface SourceColumn {
  readonly name: string;
  readonly type: string;
  /** Place in the primary key, from 1; 0: not in it. */
  readonly key: number;
}

export interface SourceTable {
  readonly name: string;
  /** `table`, or something that holds more than rows: `virtual`, `shadow`, `view`. */
  readonly type: string;
  readonly withoutRowid: boolean;
  readonly columns: readonly SourceColumn[];
}

export interface TargetColumn {
  readonly name: string;
  /** PostgreSQL's own name of the type: `int8`, `text` … */
  readonly type: string;
  /** Has a counter that must not give a number again. */
  readonly counted: boolean;
}

export interface TargetTable {
  readonly name: string;
  readonly columns: readonly TargetColumn[];
}

export interface PlanColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Type of the array that its values travel in. */
  readonly type: string;
  readonly counted: boolean;
}

/** How one table is copied. */
export interface TablePlan {
  readonly name: string;
  readonly columns: readonly PlanColumn[];
  /** Columns that order the rows for reading page by page; undefined: the rowid does. */
  readonly order: readonly string[] | undefined;
}

/** Belongs to each database by itself. */
const OWN = new Set(['magpie_migrations']);

/** SQLite's word for a column, and the types of PostgreSQL that can take it. The schema has no others (`schema.ts`). */
const KINDS: Readonly<Record<string, { readonly kind: ColumnKind; readonly types: readonly string[] }>> = {
  text: { kind: 'text', types: ['text'] },
  integer: { kind: 'integer', types: ['int8', 'int4', 'int2'] },
};

/** The tables of an SQLite database as it describes them itself. */
export function readSourceTables(handle: SqliteHandle): SourceTable[] {
  const tables = handle
    .prepare(
      `select name, type, wr from pragma_table_list where schema = 'main' and name not like 'sqlite\\_%' escape '\\' order by name`,
    ) // prettier-ignore
    .rows();
  const columns = handle.prepare('select name, type, pk from pragma_table_info(?1) order by cid');
  return tables.map(([name, type, wr]) => ({
    name: String(name),
    type: String(type),
    withoutRowid: wr === 1,
    columns: columns
      .rows(name ?? null)
      .map(([column, kind, key]) => ({ name: String(column), type: String(kind), key: Number(key) })),
  }));
}

/**
 * Pairs every table with its twin. Whatever has none, or is of a sort that cannot be copied row by row, is an error and not left
 * out: a table that somebody adds is copied without a line here, or stops the copy.
 */
export function planTables(source: readonly SourceTable[], target: readonly TargetTable[]): TablePlan[] {
  const twins = new Map(target.map((table) => [table.name, table]));
  const plans = source.filter(({ name }) => !OWN.has(name)).map((table) => planTable(table, twins.get(table.name))); // prettier-ignore
  const known = new Set(source.map(({ name }) => name));
  const extra = target.find(({ name }) => !known.has(name) && !OWN.has(name));
  if (extra) throw new TransferError(`PostgreSQL has a table "${extra.name}" that the data folder lacks; give migrate a database of its own.`); // prettier-ignore
  return plans;
}

function planTable(table: SourceTable, twin: TargetTable | undefined): TablePlan {
  const { name } = table;
  if (table.type !== 'table') throw new TransferError(`"${name}" is a ${table.type} table: migrate does not know how to copy it.`); // prettier-ignore
  if (!twin) throw new TransferError(`The data folder has a table "${name}" that PostgreSQL lacks: migrate does not know how to copy it.`); // prettier-ignore
  const columns = table.columns.map((column) => planColumn(name, column, twin));
  const lacking = twin.columns.find((column) => !table.columns.some((other) => other.name === column.name));
  if (lacking) throw new TransferError(`"${name}.${lacking.name}" is in PostgreSQL only: migrate does not know what to put there.`); // prettier-ignore
  const key = table.columns.filter((column) => column.key > 0).sort((a, b) => a.key - b.key);
  return { name, columns, order: table.withoutRowid ? key.map((column) => column.name) : undefined };
}

function planColumn(table: string, column: SourceColumn, twin: TargetTable): PlanColumn {
  const other = twin.columns.find(({ name }) => name === column.name);
  if (!other) throw new TransferError(`"${table}.${column.name}" is in the data folder only: migrate does not know where to put it.`); // prettier-ignore
  const known = KINDS[column.type.toLowerCase()];
  if (!known?.types.includes(other.type)) throw new TransferError(`"${table}.${column.name}" is ${column.type || 'without a type'} here and ${other.type} in PostgreSQL: migrate does not know how to copy it.`); // prettier-ignore
  return { name: column.name, kind: known.kind, type: other.type, counted: other.counted };
}

/** A name as both databases quote it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Columns as a list for SQL. */
export const columnList = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => quoted(name)).join(', ');
