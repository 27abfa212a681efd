import { sql, type CreateTableBuilder, type Kysely, type RawBuilder } from 'kysely';

export type DialectName = 'sqlite' | 'postgres';

/** What a migration may use: the schema builder, and the few words in which the two databases differ. */
export interface MigrationContext {
  readonly db: Kysely<unknown>;
  readonly dialect: DialectName;
  /** Type of keys: compared by bytes on both, so that order and indexes agree. */
  readonly id: RawBuilder<unknown>;
  readonly text: RawBuilder<unknown>;
  /** Times, seqs and sizes: up to 2^53. */
  readonly int: RawBuilder<unknown>;
  readonly small: RawBuilder<unknown>;
  /** A table found only by its primary key is stored in that key's tree on SQLite. */
  keyed<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
  run(statement: string): Promise<void>;
}

export function migrationContext(db: Kysely<unknown>, dialect: DialectName): MigrationContext {
  const sqlite = dialect === 'sqlite';
  return {
    db,
    dialect,
    id: sqlite ? sql`text` : sql`text collate "C"`,
    text: sql`text`,
    int: sqlite ? sql`integer` : sql`bigint`,
    small: sqlite ? sql`integer` : sql`smallint`,
    keyed: (table) => (sqlite ? table.modifyEnd(sql`without rowid`) : table),
    run: async (statement) => {
      await sql.raw(statement).execute(db);
    },
  };
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  /**
   * Takes away what older versions use (ADR 0039): the version from which on nothing uses it. Absent: only adds, so that nodes of
   * the version before go on beside it.
   */
  readonly contracts?: string;
  up(context: MigrationContext): Promise<void>;
}
