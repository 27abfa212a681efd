import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bindKysely } from '../kysely.ts';
import type { Schema } from '../schema.ts';
import { openSqlite, type SqliteHandle } from '../sqlite/handle.ts';
import { openSqliteWriter } from '../sqlite/writer.ts';
import type { Migration } from './dialect.ts';
import { migrate, MIGRATIONS } from './run.ts';

let folder = '';
let path = '';
let handle: SqliteHandle;
let db: Kysely<Schema>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'magpie-migrations-'));
  path = join(folder, 'm.db');
  handle = openSqlite(path);
  db = bindKysely('sqlite', handle.execute);
});

afterEach(() => {
  handle.close();
  rmSync(folder, { recursive: true });
});

const versions = (): unknown[] =>
  handle.prepare('select version from magpie_migrations order by version').rows().flat();

/** What an upgrade will look like: a column more, filled from what is there. */
const next: Migration = {
  version: MIGRATIONS.length + 1,
  name: 'next',
  up: async (m) => {
    await m.run('alter table apps add column label text');
    await m.run("update apps set label = id || '!'");
  },
};

async function fill(): Promise<void> {
  const apps = Array.from({ length: 500 }, (_, i) => ({
    id: `a${i}`,
    name: 'x',
    settings: '{}',
    created_at: i,
  }));
  await db.insertInto('apps').values(apps).execute();
}

it('numbers follow one another', () => {
  expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});

it('upgrades a database that is in use, and does it once', async () => {
  expect(await migrate(db, 'sqlite', 5)).toEqual({ from: 0, to: MIGRATIONS.length });
  await fill();
  const all = [...MIGRATIONS, next];
  expect(await migrate(db, 'sqlite', 6, all)).toEqual({ from: MIGRATIONS.length, to: next.version });
  expect(await migrate(db, 'sqlite', 7, all)).toEqual({ from: next.version, to: next.version });
  const labels = await sql<{ label: string }>`select label from apps order by created_at`.execute(db);
  expect(labels.rows.map((row) => row.label)).toEqual(Array.from({ length: 500 }, (_, i) => `a${i}!`));
  expect(versions()).toEqual(all.map((migration) => migration.version));
});

it('a database of the first version keeps what is in it and takes what is new', async () => {
  await migrate(db, 'sqlite', 5, MIGRATIONS.slice(0, 1));
  await fill();
  await db.insertInto('meta').values([{ name: 'epoch', value: 'kept' }, { name: 'numbers', value: '7' }]).execute(); // prettier-ignore
  const writer = await openSqliteWriter(path, 6);
  expect(writer.epoch).toBe('kept');
  const append = { op: 'append', app: 'a1', conv: 7, sender: 'u', clientId: '1', fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{"content":{}}', at: 1, hooks: ['h'] } as const; // prettier-ignore
  const create = { op: 'conversation.create', conv: 7, app: 'a1', key: 'g:1', kind: 'group', at: 1 } as const;
  const [outcome] = await writer.write([[create, append]]);
  expect(outcome).toMatchObject({ results: [undefined, { seq: 1 }] });
  writer.close();
  expect(versions()).toEqual(MIGRATIONS.map((migration) => migration.version));
  expect(handle.prepare('select count(*) from apps').one()).toEqual([500]);
  expect(handle.prepare('select hook, lane, waiting from outbox_lanes').rows()).toEqual([['h', 'g:1', 1]]);
});

it('files that are stored already know the entries that hold them', async () => {
  await migrate(db, 'sqlite', 5, MIGRATIONS.slice(0, 3));
  const image = (file: string) => `{"type":"image","file":{"fileId":"${file}","name":"x"}}`;
  const bodies = [
    `{"content":${image('one')}}`,
    `{"content":{"type":"multi","items":[${image('one')},${image('two')},${image('two')}]}}`,
    // Somebody's words about such a thing are none.
    JSON.stringify({ content: { type: 'custom', data: '{"fileId":"three"}' }, extra: '"fileId":"four"' }),
    '{"content":{"type":"text","text":"plain"}}',
  ];
  handle.exec(`insert into conversations values (7, 'a', 'g:1', 'group', 4, 0, 0, 1, 1, 1, 4, 4, 4, 4, 0)`);
  for (const [i, body] of bodies.entries())
    handle.prepare(`insert into messages values (7, ?1, 'u', 1, ?2, 'text', ?3, 0, 1, 1, null, 1)`).run(i + 1, `c${i}`, body); // prettier-ignore
  await migrate(db, 'sqlite', 6);
  const refs = handle.prepare('select app, file, conv, seq from file_refs order by file, seq').rows();
  expect(refs).toEqual([
    ['a', 'one', 7, 1],
    ['a', 'one', 7, 2],
    ['a', 'two', 7, 2],
  ]);
});

it('refuses a database of a newer server', async () => {
  await migrate(db, 'sqlite', 5, [...MIGRATIONS, next]);
  await expect(openSqliteWriter(path, 6)).rejects.toThrow(
    `The database has version ${next.version}, this server knows up to ${MIGRATIONS.length}`,
  );
});

it('an upgrade that breaks off leaves everything as it was', async () => {
  await migrate(db, 'sqlite', 5);
  await fill();
  const broken: Migration = { ...next, up: async (m) => next.up(m).then(() => m.run('select nonsense')) };
  handle.exec('begin');
  await expect(migrate(db, 'sqlite', 6, [...MIGRATIONS, broken])).rejects.toThrow('nonsense');
  handle.exec('rollback');
  expect(versions()).toEqual(MIGRATIONS.map((migration) => migration.version));
  await expect(sql`select label from apps`.execute(db)).rejects.toThrow('label');
  const writer = await openSqliteWriter(path, 7);
  writer.close();
});
