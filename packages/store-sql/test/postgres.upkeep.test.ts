import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresStore } from '../src/index.ts';
import { bindKysely } from '../src/kysely.ts';
import { migrate, MIGRATIONS } from '../src/migrations/run.ts';
import { executeOn } from '../src/postgres/pool.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.close());

it('files that are stored already know the entries that hold them', async () => {
  const client = new pg.Client({ connectionString: await postgres.createDatabase() });
  await client.connect();
  const db = bindKysely('postgres', executeOn(client));
  await migrate(db, 'postgres', 1, MIGRATIONS.slice(0, 3));
  const image = (file: string) => `{"type":"image","file":{"fileId":"${file}","name":"x"}}`;
  const bodies = [
    `{"content":${image('one')}}`,
    `{"content":{"type":"multi","items":[${image('one')},${image('two')},${image('two')}]}}`,
    JSON.stringify({ content: { type: 'custom', data: '{"fileId":"three"}' }, extra: '"fileId":"four"' }),
  ];
  await client.query(`insert into conversations values (7, 'a', 'g:1', 'group', 4, 0, 0, 1, 1, 1, 4, 4, 4, 4, 0)`); // prettier-ignore
  for (const [i, body] of bodies.entries())
    await client.query(`insert into messages values (7, $1, 'u', 1, $2, 'text', $3, 0, 1, 1, null, 1)`, [i + 1, `c${i}`, body]); // prettier-ignore
  await migrate(db, 'postgres', 2);
  const { rows } = await client.query('select app, file, conv::int, seq::int from file_refs order by file, seq'); // prettier-ignore
  await client.end();
  expect(rows).toEqual([
    { app: 'a', file: 'one', conv: 7, seq: 1 },
    { app: 'a', file: 'one', conv: 7, seq: 2 },
    { app: 'a', file: 'two', conv: 7, seq: 2 },
  ]);
});

it('a file is either held by an entry or gone, whichever of two nodes comes first', async () => {
  const url = await postgres.createDatabase();
  const [one, two] = await Promise.all([createPostgresStore({ url }), createPostgresStore({ url })]);
  const [old, fresh] = [await one.conversationNumber(), await one.conversationNumber()];
  await one.commit([
    { op: 'conversation.create', conv: old, app: 'a', key: 'g:old', kind: 'group', at: 1 },
    { op: 'conversation.create', conv: fresh, app: 'a', key: 'g:new', kind: 'group', at: 1 },
  ]);
  const append = (conv: number, name: string, file: string) => ({ op: 'append', app: 'a', conv, sender: 'u', clientId: name, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at: 1, files: [file] }) as const; // prettier-ignore
  const outcomes = new Set<string>();
  for (let i = 1; i <= 40; i++) {
    const id = `f${i}`;
    await one.commit([
      { op: 'file.create', row: { app: 'a', id, owner: 'u', use: 'file', name: '', size: 1, mime: '', state: 'finished', uploadKey: '', createdAt: 1, finishedAt: 1, usedAt: null, meta: '{}' } },
    ]); // prettier-ignore
    await one.commit([append(old, `old ${i}`, id)]);
    const [sent] = await Promise.allSettled([
      two.commit([append(fresh, `new ${i}`, id)]),
      one.commit([{ op: 'purge.entries', app: 'a', conv: old, upTo: i }]),
    ]);
    const state = (await one.files.get('a', id))?.state;
    outcomes.add(`${sent.status} ${state}`);
  }
  await Promise.all([one.close(), two.close()]);
  expect([...outcomes].filter((outcome) => !['fulfilled finished', 'rejected removed'].includes(outcome))).toEqual([]); // prettier-ignore
});
