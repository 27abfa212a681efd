import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  beginEpochSqlite,
  COUNTER_LEAP,
  databaseFacts,
  fileGroups,
  SCHEMA_VERSION,
  snapshotSqlite,
} from './backup.ts';
import { openSqlite, type SqliteHandle } from './handle.ts';
import { openSqliteWriter, type SqliteWriter } from './writer.ts';

let folder: string;
let path: string;
let copy: string;
let writer: SqliteWriter;
let other: SqliteHandle;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magpie-snapshot-'));
  path = join(folder, 'magpie.db');
  copy = join(folder, 'copy.db');
  writer = await openSqliteWriter(path, 0);
  other = openSqlite(path);
});
afterEach(() => {
  other.close();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

const fill = (from: number, to: number) => other.exec(`with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to}) insert into words select 'app', 'w' || i, 'drop' from n`); // prettier-ignore

it('a snapshot has what is still in the log, and nothing of a transaction under way', () => {
  fill(1, 500);
  other.exec('begin immediate');
  fill(501, 600);
  snapshotSqlite(path, copy);
  other.exec('commit');
  expect(databaseFacts(copy)).toMatchObject({ version: SCHEMA_VERSION, epoch: writer.epoch, rows: { words: 500, meta: 2 } }); // prettier-ignore
});

it('makes no file of nothing and none over another', () => {
  expect(() => snapshotSqlite(join(folder, 'none.db'), copy)).toThrow('There is no database file');
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
  snapshotSqlite(path, copy);
  expect(() => snapshotSqlite(path, copy)).toThrow('exists already');
});

it('a new epoch, and counters beyond whatever was given', () => {
  other.exec(`insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1)`);
  snapshotSqlite(path, copy);
  const { ended, epoch } = beginEpochSqlite(copy);
  expect(ended).toBe(writer.epoch);
  expect(databaseFacts(copy).epoch).toBe(epoch);
  expect(existsSync(`${copy}-wal`)).toBe(false);
  const handle = openSqlite(copy);
  expect(handle.prepare(`insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1) returning id`).rows()).toEqual([[COUNTER_LEAP + 2]]); // prettier-ignore
  expect(handle.prepare(`select value from meta where name = 'numbers'`).one()).toEqual([
    String(COUNTER_LEAP),
  ]);
  handle.close();
});

it('also where nothing was ever put into the outbox; not in a file of somebody else', () => {
  snapshotSqlite(path, copy);
  beginEpochSqlite(copy);
  const handle = openSqlite(copy);
  expect(handle.prepare(`insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'l', '{}', 1) returning id`).rows()).toEqual([[COUNTER_LEAP + 1]]); // prettier-ignore
  handle.exec(`delete from meta where name = 'epoch'`);
  handle.close();
  expect(() => beginEpochSqlite(copy)).toThrow('has no epoch');
});

it('files come in groups as they lie in folders', () => {
  const ids = ['aa1', 'aa2', 'ab1', 'Zz9'];
  for (const app of ['one', 'two'])
    for (const id of ids) other.exec(`insert into files values ('${app}', '${id}', 'o', 'file', 'n', 1, 'm', 'finished', 'k', 1, 1, null, '{}')`); // prettier-ignore
  expect([...fileGroups(path)].map(({ app, prefix, files }) => [app, prefix, [...files.keys()]])).toEqual(
    ['one', 'two'].flatMap((app) => [
      [app, 'Zz', ['Zz9']],
      [app, 'aa', ['aa1', 'aa2']],
      [app, 'ab', ['ab1']],
    ]),
  );
});
