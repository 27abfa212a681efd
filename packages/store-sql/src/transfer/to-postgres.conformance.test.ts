import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openStore } from '../factory.ts';
import { openSqlite } from '../sqlite/handle.ts';
import { openSqliteWriter } from '../sqlite/writer.ts';
import { beginEpochPostgres, postgresFacts } from './postgres-facts.ts';
import { copyToPostgres } from './to-postgres.ts';

let postgres: TestPostgres;
let folder: string;
let from: string;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magpie-transfer-'));
  from = join(folder, 'magpie.db');
  (await openSqliteWriter(from, 0)).close();
  change(`insert into meta values ('other', 'q"b\\c''{}, 鹊桥')`);
  change(
    `insert into messages values (1, 1, 'a', 5, 'c1', 'text', '{"text":"NULL"}', 0, 1, 17, null, 9007199254740991)`,
  );
  change(`insert into messages values (1, 2, 'a', 5, 'c2', 'text', '{"text":"\\u0000"}', 0, 1, 1, '', -1)`);
  change(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000) insert into words select 'app', 'w' || i, 'drop' from n`); // prettier-ignore
  change(
    `insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1), ('a', 'h', 'l', '{}', 2)`,
  );
  change(`delete from outbox where id = 2`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function change(sql: string): void {
  const handle = openSqlite(from);
  handle.exec(sql);
  handle.close();
}

async function ask<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const tables = `select tablename from pg_tables where schemaname = 'public'`;
const indexes = `select indexdef from pg_indexes where schemaname = 'public' order by 1`;

it('copies everything: values, epoch, counters; indexes are those of a fresh database', async () => {
  const to = await postgres.createDatabase();
  const fresh = await postgres.createDatabase();
  const { tables: copied } = await copyToPostgres({ from, to });
  expect(Object.fromEntries(copied.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]))).toEqual({ meta: 3, messages: 2, words: 5000, outbox: 1 }); // prettier-ignore
  expect(await ask(to, 'select * from messages order by seq')).toMatchObject([
    { body: '{"text":"NULL"}', audience: null, fp: '9007199254740991', flags: 17 },
    { body: '{"text":"\\u0000"}', audience: '', fp: '-1' },
  ]);
  expect(await ask(to, `select value from meta where name = 'other'`)).toEqual([
    { value: `q"b\\c'{}, 鹊桥` },
  ]);
  expect(await ask(to, `insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1) returning id`)).toEqual([{ id: '3' }]); // prettier-ignore
  const [store, source, other] = await Promise.all([openStore(to), openStore(`sqlite:${from}`), openStore(fresh)]); // prettier-ignore
  expect(await store.epoch()).toBe(await source.epoch());
  await Promise.all([store.close(), source.close(), other.close()]);
  expect(await ask(to, indexes)).toEqual(await ask(fresh, indexes));
});

it('takes a database that a server has only been started on, and no other', async () => {
  const to = await postgres.createDatabase();
  await (await openStore(to)).close();
  await copyToPostgres({ from, to });
  await expect(copyToPostgres({ from, to })).rejects.toThrow(/not empty: there are rows in messages, outbox, words/); // prettier-ignore
});

it('a copy that differs, or breaks off, leaves nothing', async () => {
  const to = await postgres.createDatabase();
  await (await openStore(to)).close();
  const epoch = await ask(to, 'select * from meta order by name');
  await ask(to, `create function spoil() returns trigger language plpgsql as $$ begin new.action := 'other'; return new; end $$`); // prettier-ignore
  await ask(to, `create trigger spoil before insert on words for each row when (new.word = 'w4711') execute function spoil()`); // prettier-ignore
  await expect(copyToPostgres({ from, to })).rejects.toThrow('words (5000 rows here, 5000 there)');
  expect(await ask(to, 'select count(*)::int as n from words')).toEqual([{ n: 0 }]);
  expect(await ask(to, 'select * from meta order by name')).toEqual(epoch);
  const empty = await postgres.createDatabase();
  const stop = new Error('interrupted');
  await expect(copyToPostgres({ from, to: empty, onProgress: ({ table }) => { if (table === 'words') throw stop; } })).rejects.toBe(stop); // prettier-ignore
  expect(await ask(empty, tables)).toEqual([]);
});

it('refuses a table it does not know, another version, a file that is not there', async () => {
  const to = await postgres.createDatabase();
  change('create table extra (id text primary key)');
  await expect(copyToPostgres({ from, to })).rejects.toThrow('a table "extra" that PostgreSQL lacks');
  change('drop table extra');
  change(`insert into magpie_migrations values (9999, 'later', 1)`);
  await expect(copyToPostgres({ from, to })).rejects.toThrow('version 9999, this program knows up to');
  change('delete from magpie_migrations where version > 1');
  await expect(copyToPostgres({ from, to })).rejects.toThrow('Start this version');
  await expect(copyToPostgres({ from: join(folder, 'none.db'), to })).rejects.toThrow(
    'There is no database file',
  );
  expect(await ask(to, tables)).toEqual([]);
});

it('a new epoch comes with numbers that were never given', async () => {
  const to = await postgres.createDatabase();
  await copyToPostgres({ from, to });
  const before = await postgresFacts(to);
  const epoch = await beginEpochPostgres(to);
  expect(epoch).not.toBe(before.epoch);
  expect((await postgresFacts(to)).epoch).toBe(epoch);
  const [row] = await ask<{ id: string }>(to, `insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1) returning id`); // prettier-ignore
  expect(Number(row?.id)).toBeGreaterThan(1_000_000_000);
});
