import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite, type SqliteHandle } from '../sqlite/handle.ts';
import { openSqliteWriter } from '../sqlite/writer.ts';
import { Digest } from './digest.ts';
import { counterOf, pagesOf } from './source.ts';
import { planTables, readSourceTables, type SourceTable, type TargetTable } from './tables.ts';
import { arrayText, insertStatement } from './target.ts';

let folder: string;
let handle: SqliteHandle;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magpie-transfer-'));
  const path = join(folder, 'magpie.db');
  (await openSqliteWriter(path, 0)).close();
  handle = openSqlite(path);
});
afterEach(() => {
  handle.close();
  rmSync(folder, { recursive: true, force: true });
});

/** PostgreSQL's side as the migrations make it. */
function twins(tables: readonly SourceTable[]): TargetTable[] {
  return tables.map(({ name, columns }) => ({
    name,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type.toLowerCase() === 'text' ? 'text' : 'int8',
      counted: false,
    })),
  }));
}

it('knows how to copy every table that the migrations make', () => {
  const source = readSourceTables(handle);
  const plans = planTables(source, twins(source));
  expect(plans.map(({ name }) => name)).toEqual(
    source.map(({ name }) => name).filter((name) => name !== 'magpie_migrations'),
  );
  expect(plans.length).toBeGreaterThan(20);
  for (const plan of plans) expect([...pagesOf(handle, plan)].flat().length).toBe(plan.name === 'meta' ? 2 : 0); // prettier-ignore
});

it('refuses a table that one side lacks, or that is no plain table', () => {
  const before = twins(readSourceTables(handle));
  handle.exec('create table extra (id text primary key)');
  const source = readSourceTables(handle);
  expect(() => planTables(source, before)).toThrow(/"extra".*does not know how to copy it/);
  handle.exec('drop table extra');
  expect(() => planTables(readSourceTables(handle), [...before, { name: 'theirs', columns: [] }])).toThrow(/"theirs"/); // prettier-ignore
  handle.exec('create virtual table notes using fts5(text)');
  expect(() => planTables(readSourceTables(handle), twins(readSourceTables(handle)))).toThrow(/"notes" is a virtual table/); // prettier-ignore
});

it('refuses columns that do not match, and types it does not know', () => {
  const before = twins(readSourceTables(handle));
  handle.exec('alter table words add column note text');
  expect(() => planTables(readSourceTables(handle), before)).toThrow(
    '"words.note" is in the data folder only',
  );
  const source = readSourceTables(handle);
  const more = twins(source).map((table) => table.name === 'users' ? { ...table, columns: [...table.columns, { name: 'age', type: 'int4', counted: false }] } : table); // prettier-ignore
  expect(() => planTables(source, more)).toThrow('"users.age" is in PostgreSQL only');
  handle.exec('create table odd (id text, part blob)');
  expect(() => planTables(readSourceTables(handle), twins(readSourceTables(handle)))).toThrow(/"odd.part" is BLOB here/); // prettier-ignore
});

it('reads every row once, page after page, whatever the key; and the counter', () => {
  handle.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 4500)
    insert into words select 'a' || (i % 3), 'w' || i, 'drop' from n`);
  handle.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 4500)
    insert into changes select i % 7, i, i, 'e', '{}' from n`);
  handle.exec(
    `insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1); delete from outbox`,
  );
  const source = readSourceTables(handle);
  const plans = new Map(planTables(source, twins(source)).map((plan) => [plan.name, plan]));
  for (const table of ['words', 'changes']) {
    const pages = [...pagesOf(handle, plans.get(table)!)];
    expect(pages.map((page) => page.length)).toEqual([2000, 2000, 500]);
    expect(new Set(pages.flat().map((row) => JSON.stringify(row))).size).toBe(4500);
  }
  expect(counterOf(handle, 'outbox')).toBe(1);
  expect(counterOf(handle, 'words')).toBe(0);
});

it('refuses a value that is not what its column says', () => {
  const source = readSourceTables(handle);
  const plans = planTables(source, twins(source));
  handle.exec(`insert into blocks values ('a', 'b', 'c', 'soon')`);
  expect(() => [...pagesOf(handle, plans.find(({ name }) => name === 'blocks')!)]).toThrow('"blocks.at" holds a value that is no integer: soon'); // prettier-ignore
  handle.exec(`insert into deleted values (1, 'b', 1, 9007199254740993)`);
  expect(() => [
    ...pagesOf(
      handle,
      plans.find(({ name }) => name === 'deleted')!,
    ),
  ]).toThrow('"deleted.at"');
});

it('writes arrays as PostgreSQL reads them', () => {
  const text = { name: 't', kind: 'text', type: 'text', counted: false } as const;
  const int = { name: 'n', kind: 'integer', type: 'int8', counted: true } as const;
  expect(arrayText(text, ['a', null, 'NULL', '', 'q"b\\c,{}\n鹊'])).toBe(
    '{"a",NULL,"NULL","","q\\"b\\\\c,{}\n鹊"}',
  );
  expect(arrayText(int, [1, null, -9007199254740991])).toBe('{1,NULL,-9007199254740991}');
  expect(insertStatement({ name: 'x', columns: [int, text], order: undefined })).toBe(
    'insert into "x" ("n", "t") overriding system value select * from unnest($1::int8[], $2::text[])',
  );
});

it('a digest is of the rows and not of their order', () => {
  const of = (...rows: (string | number | null)[][]) => {
    const digest = new Digest();
    for (const row of rows) digest.add(row);
    return String(digest);
  };
  expect(of(['a', 1], ['b', 2])).toBe(of(['b', '2'], ['a', '1']));
  const all = [of(['a', 1], ['b', 2]), of(['a', 2], ['b', 1]), of(['a', 1]), of(['a', 1], ['a', 1]), of(['a', null]), of(['a', 'n']), of(['a1', ''])]; // prettier-ignore
  expect(new Set(all).size).toBe(all.length);
});
