import { sql, type Kysely } from 'kysely';
import { migrationContext, type DialectName, type Migration } from './dialect.ts';
import type { Schema } from '../schema.ts';
import { initial } from './m0001-initial.ts';
import { slices } from './m0002-slices.ts';
import { namesByTime } from './m0003-names-by-time.ts';
import { upkeep } from './m0004-upkeep.ts';

/** In order, without gaps; forward only. */
export const MIGRATIONS: readonly Migration[] = [initial, slices, namesByTime, upkeep];

/**
 * Brings a database to the newest version. The caller holds a transaction that no other migrator can hold at the same time,
 * and rolls it back when this throws. Throws on a database newer than the code: it would be misread.
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: DialectName,
  now: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<{ readonly from: number; readonly to: number }> {
  const context = migrationContext(db as unknown as Kysely<unknown>, dialect);
  await context.run(
    `create table if not exists magpie_migrations (version integer primary key, name text not null, applied_at ${dialect === 'sqlite' ? 'integer' : 'bigint'} not null)`,
  );
  const result = await sql<{ version: number | null }>`select max(version) as version from magpie_migrations`.execute(context.db); // prettier-ignore
  const from = result.rows[0]?.version ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (from > newest) {
    throw new Error(
      `The database has version ${from}, this server knows up to ${newest}. Run the newer server it was last used with, or restore a backup.`,
    );
  }
  for (const migration of migrations) {
    if (migration.version <= from) continue;
    await migration.up(context);
    await sql`insert into magpie_migrations (version, name, applied_at) values (${migration.version}, ${migration.name}, ${now})`.execute(context.db); // prettier-ignore
  }
  return { from, to: newest };
}
