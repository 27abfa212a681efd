import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from './handle.ts';

describe('two connections to one file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magpie-handle-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('a reader sees every commit, whatever it read just before (a kicked member could still send)', async () => {
    const path = join(folder, 'a.db');
    const writer = openSqlite(path);
    writer.exec(
      'pragma journal_mode = wal; create table t (id integer primary key, v integer); insert into t values (1, 0), (2, 0)',
    );
    const reader = openSqlite(path, { readOnly: true });
    const update = writer.prepare('update t set v = ?1 where id = 1');
    const read = reader.prepare('select v from t where id = ?1');
    const before = [
      () => read.one(2),
      () => read.rows(2),
      () => reader.execute('select v from t', []),
      () => reader.execute('select count(*) from t', []),
    ];
    let v = 0;
    for (const first of before) {
      for (const second of before) {
        await first();
        await second();
        update.run(++v);
        expect(read.one(1)).toEqual([v]);
        update.run(++v);
        expect(read.rows(1)).toEqual([[v]]);
      }
    }
    reader.close();
    writer.close();
  });

  it('each call of a statement uses its own parameters, also after an error', async () => {
    const handle = openSqlite(join(folder, 'b.db'));
    handle.exec('create table t (id integer primary key); insert into t values (1), (2), (3)');
    const read = handle.prepare('select id from t where id = ?1');
    expect([read.rows(1), read.one(2), read.rows(3), read.one(9), read.one(1)]).toEqual([
      [[1]],
      [2],
      [[3]],
      undefined,
      [1],
    ]);
    const insert = handle.prepare('insert into t values (?1)');
    expect(() => insert.run(1)).toThrow('UNIQUE');
    expect([insert.run(4), read.one(4)]).toEqual([1, [4]]);
    const built = async (id: number): Promise<readonly unknown[]> =>
      (await handle.execute('select id from t where id = ?', [id])).rows;
    expect([await built(1), await built(2)]).toEqual([[{ id: 1 }], [{ id: 2 }]]);
    handle.close();
  });
});
