import type Libsql from 'libsql';

type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** The only row that a condition finds: what the real server wrote serves as the pattern for all that is written here. */
export function template(db: Libsql.Database, table: string, condition: string, ...values: Value[]): Row {
  const rows = db.prepare(`select * from ${table} where ${condition}`).all(values) as Row[];
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new Error(`${rows.length} rows of ${table} where ${condition}`);
  return row;
}

const PARAMETERS = 900;

/** Writes rows like a pattern, many in one statement. */
export class RowWriter {
  private readonly table: string;
  private readonly columns: readonly string[];
  private readonly pattern: Row;
  private readonly db: Libsql.Database;
  private readonly full: Libsql.Statement;
  private readonly perStatement: number;
  private values: Value[] = [];
  private waiting = 0;

  constructor(db: Libsql.Database, table: string, pattern: Row) {
    this.db = db;
    this.table = table;
    this.pattern = pattern;
    this.columns = Object.keys(pattern);
    this.perStatement = Math.floor(PARAMETERS / this.columns.length);
    this.full = this.prepare(this.perStatement);
  }

  /** `own`: the columns in which the row differs from the pattern; each of them must be a column. */
  write(own: Row): void {
    for (const name in own)
      if (!(name in this.pattern)) throw new Error(`${this.table} has no column ${name}`);
    for (const name of this.columns)
      this.values.push(name in own ? (own[name] ?? null) : (this.pattern[name] ?? null));
    if (++this.waiting < this.perStatement) return;
    this.full.run(this.values);
    this.values = [];
    this.waiting = 0;
  }

  flush(): void {
    if (this.waiting > 0) this.prepare(this.waiting).run(this.values);
    this.values = [];
    this.waiting = 0;
  }

  private prepare(rows: number): Libsql.Statement {
    const row = `(${this.columns.map(() => '?').join(', ')})`;
    const text = `insert into ${this.table} (${this.columns.join(', ')}) values ${Array.from({ length: rows }, () => row).join(', ')}`;
    return this.db.prepare(text);
  }
}
