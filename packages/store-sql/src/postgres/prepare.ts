import type pg from 'pg';
import { bindKysely } from '../kysely.ts';
import { identify } from '../migrations/identity.ts';
import { migrate, MIGRATIONS } from '../migrations/run.ts';
import { isRetryable } from './errors.ts';
import { executeOn } from './pool.ts';

/** Any number that only we lock: migrations of two nodes starting together come one after the other. */
export const MIGRATION_LOCK = 7_305_808_869_231;

/**
 * Less than PostgreSQL's `deadlock_timeout`: where the nodes that still run and a migration wait for each other, it is the migration
 * that steps back; and less than anybody notices, for those who wait behind it.
 */
const LOCK_PATIENCE = 800;
const PAUSE = 250;
/** Some ten minutes: as long as a backup, or whatever else reads for long, may be waited for. */
const TRIES = 600;

/** Checks the server's durability, migrates, and answers the epoch. */
export async function prepareDatabase(client: pg.Client, now: number, force: boolean): Promise<string> {
  if (!force) await mustBeDurable(client);
  for (let tries = 1; ; tries++) {
    try {
      return await inTransaction(client, () => prepareTables(client, now));
    } catch (error) {
      if (!isRetryable(error) || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function prepareTables(client: pg.Client, now: number): Promise<string> {
  const db = bindKysely('postgres', executeOn(client));
  await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  await lockTables(client);
  await migrate(db, 'postgres', now);
  return identify(db);
}

/**
 * Before there is anything to migrate, everything is taken at once: nodes of the version before write on, and a migration that took
 * one table after the other would sooner or later stand across their way.
 */
async function lockTables(client: pg.Client): Promise<void> {
  const { rows: tables } = await client.query<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() order by tablename <> 'conversations', tablename"); // prettier-ignore
  if (!tables.some(({ name }) => name === 'magpie_migrations')) return;
  const { rows } = await client.query<{ version: number }>('select max(version) as version from magpie_migrations'); // prettier-ignore
  if ((rows[0]?.version ?? 0) >= MIGRATIONS.length) return;
  await client.query(`set local lock_timeout = ${LOCK_PATIENCE}`);
  // Batches lock conversations first, so does this.
  await client.query(`lock table ${tables.map(({ name }) => name).join(', ')} in access exclusive mode`);
}

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** An acknowledged message survives a power cut only if the database does its part. */
async function mustBeDurable(client: pg.Client): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const result = await client.query<Record<string, string>>(`show ${setting}`);
    if (result.rows[0]?.[setting] !== 'off') continue;
    throw new Error(
      `PostgreSQL runs with ${setting} = off: acknowledged messages would be lost in a power cut. Turn it on, or force the start.`,
    );
  }
}
