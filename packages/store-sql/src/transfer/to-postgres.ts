import { existsSync } from 'node:fs';
import type pg from 'pg';
import { bindKysely } from '../kysely.ts';
import { migrate } from '../migrations/run.ts';
import { connect, executeOn } from '../postgres/pool.ts';
import { MIGRATION_LOCK } from '../postgres/prepare.ts';
import { openSqlite, type SqliteHandle } from '../sqlite/handle.ts';
import { Digest } from './digest.ts';
import { counterOf, pagesOf, versionOf } from './source.ts';
import { planTables, readSourceTables, TransferError, type TablePlan } from './tables.ts';
import { digestOf, dropIndexes, insertPage, insertStatement, lockTables, mustBeEmpty, mustBeUnused, readTargetTables, setCounters, unreachable } from './target.ts'; // prettier-ignore

export interface TransferOptions {
  /** The SQLite file. Nobody may write to it meanwhile: the caller holds its folder's lock. */
  readonly from: string;
  /** An empty database. */
  readonly to: string;
  readonly now?: () => number;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface TransferProgress {
  readonly step: 'copied' | 'indexed' | 'checked';
  readonly table: string;
  readonly rows: number;
  /** The table is finished. */
  readonly done: boolean;
}

export interface TransferSummary {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly digest: string }[];
  readonly version: number;
}

/**
 * Copies the database of a data folder into an empty PostgreSQL database and compares the two. All of it is one transaction, the
 * making of the tables too: whatever goes wrong, and whenever it is interrupted, the target is as it was.
 */
export async function copyToPostgres(options: TransferOptions): Promise<TransferSummary> {
  const { from, to, now = Date.now } = options;
  if (!existsSync(from)) throw new TransferError(`There is no database file ${from}.`);
  const source = openSqlite(from, { readOnly: true });
  try {
    const client = await connect({ url: to }, true).catch((error: unknown) => {
      throw unreachable(error);
    });
    try {
      return await inTransaction(source, client, () => transfer(source, client, now(), options));
    } finally {
      await client.end().catch(() => undefined);
    }
  } finally {
    source.close();
  }
}

async function inTransaction<T>(source: SqliteHandle, client: pg.Client, work: () => Promise<T>): Promise<T> {
  source.exec('begin');
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    // Without it the first queries would be planned as for empty tables.
    await client.query('analyze');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    source.exec('rollback');
  }
}

async function transfer(
  source: SqliteHandle,
  client: pg.Client,
  now: number,
  { onProgress = () => undefined }: TransferOptions,
): Promise<TransferSummary> {
  await client.query(`set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '10s'; set local maintenance_work_mem = '256MB'`); // prettier-ignore
  await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  await mustBeUnused(client);
  await mustBeEmpty(client);
  const { to: version } = await migrate(bindKysely('postgres', executeOn(client)), 'postgres', now);
  mustBeOfVersion(versionOf(source), version);
  const plans = planTables(readSourceTables(source), await readTargetTables(client));
  await lockTables(client, plans);
  // The epoch and the counters of the data folder go along: what clients believe to have stays true.
  await client.query('delete from meta');
  const indexes = await dropIndexes(client);
  const digests = new Map<string, Digest>();
  for (const plan of plans) digests.set(plan.name, await copyTable(source, client, plan, onProgress));
  for (const definition of indexes) await client.query(definition);
  onProgress({ step: 'indexed', table: '', rows: indexes.length, done: true });
  await compare(client, plans, digests, onProgress);
  return {
    version,
    tables: [...digests].map(([name, digest]) => ({ name, rows: digest.rows, digest: String(digest) })),
  };
}

function mustBeOfVersion(version: number, newest: number): void {
  if (version > newest) throw new TransferError(`The data folder has version ${version}, this program knows up to ${newest}. Use the newer program it was last run with.`); // prettier-ignore
  if (version < newest) throw new TransferError(`The data folder has version ${version}, this program makes ${newest}. Start this version's server on it once, then migrate.`); // prettier-ignore
}

async function copyTable(
  source: SqliteHandle,
  client: pg.Client,
  plan: TablePlan,
  onProgress: (progress: TransferProgress) => void,
): Promise<Digest> {
  const digest = new Digest();
  const statement = insertStatement(plan);
  let inserting: Promise<void> = Promise.resolve();
  for (const page of pagesOf(source, plan)) {
    for (const row of page) digest.add(row);
    // While PostgreSQL writes one page the next one is read.
    await inserting;
    inserting = insertPage(client, plan, statement, page);
    // Awaited in the next turn; reading that page may throw before.
    inserting.catch(() => undefined);
    onProgress({ step: 'copied', table: plan.name, rows: digest.rows, done: false });
  }
  await inserting;
  await setCounters(client, plan, counterOf(source, plan.name));
  onProgress({ step: 'copied', table: plan.name, rows: digest.rows, done: true });
  return digest;
}

async function compare(
  client: pg.Client,
  plans: readonly TablePlan[],
  digests: ReadonlyMap<string, Digest>,
  onProgress: (progress: TransferProgress) => void,
): Promise<void> {
  const wrong: string[] = [];
  for (const plan of plans) {
    const here = digests.get(plan.name);
    const there = await digestOf(client, plan);
    if (String(here) !== String(there)) wrong.push(`${plan.name} (${here?.rows} rows here, ${there.rows} there)`); // prettier-ignore
    onProgress({ step: 'checked', table: plan.name, rows: there.rows, done: true });
  }
  if (wrong.length > 0) throw new TransferError(`The copy differs from the data folder, nothing was kept: ${wrong.join(', ')}.`); // prettier-ignore
}
