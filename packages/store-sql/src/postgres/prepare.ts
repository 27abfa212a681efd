import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { bindKysely } from '../kysely.ts';
import { migrate } from '../migrations/run.ts';
import { executeOn } from './pool.ts';

/** Any number that only we lock: migrations of two nodes starting together come one after the other. */
export const MIGRATION_LOCK = 7_305_808_869_231;

/** Checks the server's durability, migrates, and answers the epoch. */
export async function prepareDatabase(client: pg.Client, now: number, force: boolean): Promise<string> {
  if (!force) await mustBeDurable(client);
  const db = bindKysely('postgres', executeOn(client));
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await migrate(db, 'postgres', now);
    await db.insertInto('meta').values([{ name: 'epoch', value: randomBytes(9).toString('base64url') }, { name: 'numbers', value: '0' }]).onConflict((o) => o.doNothing()).execute(); // prettier-ignore
    const { value } = await db
      .selectFrom('meta')
      .select('value')
      .where('name', '=', 'epoch')
      .executeTakeFirstOrThrow();
    await client.query('commit');
    return value;
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
