import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteOp } from '@magpie/domain';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite, type SqliteHandle } from './sqlite/handle.ts';
import { openSqliteWriter, type SqliteWriter } from './sqlite/writer.ts';

let folder = '';
let writer: SqliteWriter;
let handle: SqliteHandle;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magpie-purge-'));
  const path = join(folder, 'm.db');
  writer = await openSqliteWriter(path, 1);
  handle = openSqlite(path, { readOnly: true });
});

afterEach(() => {
  handle.close();
  writer.close();
  rmSync(folder, { recursive: true });
});

async function write(ops: readonly WriteOp[]): Promise<unknown> {
  const [outcome] = await writer.write([ops]);
  if (!outcome || !('results' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.results[0];
}

const at = 1;

/** Rows of one app in every table. */
const fill = (app: string, conv: number): readonly WriteOp[] => [
  { op: 'app.create', row: { id: app, name: '', settings: {}, createdAt: 1 } },
  { op: 'door.put', row: { kind: 'tim', vendorId: `${conv}`, app, clientId: null, sealedSecret: '', sealedOldSecret: null, oldUntil: null } },
  { op: 'user.create', app, id: 'u', fold: 'u', unique: true, profile: {}, passwordHash: null, at },
  { op: 'conversation.create', conv, app, key: 'g:1', kind: 'group', at },
  { op: 'group.create', row: { conv, app, id: '1', kind: 'work', name: '', avatar: null, intro: null, announcement: null, ext: null, owner: null, join: 'open', maxMembers: 9, createdAt: 1 } },
  { op: 'member.put', conv, app, user: 'u', state: 'member', role: 'member', at },
  { op: 'file.create', row: { app, id: 'f', owner: 'u', use: 'image', name: '', size: 1, mime: '', state: 'finished', uploadKey: '', createdAt: 1, finishedAt: 1, usedAt: null, meta: '{}' } },
  { op: 'append', app, conv, sender: 'u', clientId: '1', fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at, files: ['f'] },
  { op: 'change', app, conv, event: 'e', payload: '{}', at },
  { op: 'log', app, user: 'u', event: 'e', convKey: null, payload: '{}', at },
  { op: 'deleted.add', conv, user: 'u', seqs: [1], at },
  { op: 'receipt.add', conv, user: 'u', seqs: [1], content: null, at },
  { op: 'block.put', app, user: 'u', targets: ['x'], at, max: 9 },
  { op: 'instance.put', app, user: 'u', instance: 'i', platform: 'web', userSeq: 1, at, seenAt: 1 },
  { op: 'timer.put', id: `t ${app}`, app, kind: 'k', dueAt: 1, payload: '' },
  { op: 'presence.put', app, user: 'u', set: { at } },
  { op: 'subscription.put', app, watcher: 'u', targets: ['x'], expiresAt: null, untilLogout: false, at, max: 9 },
  { op: 'room.create', row: { conv, app, id: 'r', kind: 'live', name: '', avatar: null, intro: null, announcement: null, ext: null, owner: null, mutedAll: false, endDelay: 0, createdAt: 1 } },
  { op: 'room.users.put', conv, app, users: ['u'], set: { role: 'admin' }, at },
  { op: 'hook.put', row: { app, id: 'h', url: '', events: [], before: [], active: true, sealedSecret: '', createdAt: 1 } },
  { op: 'outbox.add', app, hooks: ['h'], lane: 'l', event: '{}', at },
  { op: 'word.put', app, words: [{ word: 'w', action: 'mask' }], max: 9 },
  { op: 'audit.add', row: { app, at, id: 'a', by: '', address: null, operation: 'o', user: null, target: null, outcome: null, input: '{}' } },
  { op: 'erasure.put', app, user: 'u', set: { startedAt: 1 } },
]; // prettier-ignore

/** Rows that name an app or hang on its conversation, by table; as the database tells its tables, so that a new one is looked at. */
function rowsOf(app: string, conv: number): Record<string, number> {
  const tables = handle.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").rows().flat(); // prettier-ignore
  const found: Record<string, number> = {};
  for (const table of tables.map(String)) {
    const columns = handle.prepare(`select name from pragma_table_info('${table}')`).rows().flat();
    const [column, value] = table === 'apps' ? ['id', app] : columns.includes('app') ? ['app', app] : ['conv', conv]; // prettier-ignore
    if (columns.includes(String(column)))
      found[table] = Number(handle.prepare(`select count(*) from "${table}" where ${column} = ?1`).one(value!)?.[0]); // prettier-ignore
  }
  return found;
}

it('an app that is deleted leaves no row in any table, and takes none of another', async () => {
  await write(fill('gone', 11));
  await write(fill('kept', 22));
  const [before, others] = [rowsOf('gone', 11), rowsOf('kept', 22)];
  expect(Object.keys(before).length).toBeGreaterThan(24);
  // Whoever adds a table fills it above: what is not filled is not seen to be emptied.
  expect(Object.entries(before).filter(([, count]) => count === 0)).toEqual([]);
  await write([{ op: 'app.delete', id: 'gone', at }]);
  expect(rowsOf('gone', 11)).toMatchObject({ apps: 1, doors: 0, hooks: 0, timers: 0, messages: 1 });
  let rounds = 0;
  for (let more = true; more; rounds++)
    ({ more } = (await write([{ op: 'app.purge', id: 'gone', max: 2, last: true }])) as { more: boolean });
  expect(rounds).toBeGreaterThan(5);
  expect(Object.entries(rowsOf('gone', 11)).filter(([, count]) => count > 0)).toEqual([]);
  expect(rowsOf('kept', 22)).toEqual(others);
});

it('an app is purged only after it was deleted, and its id is taken until it is gone', async () => {
  const [create] = fill('again', 33);
  await write(fill('again', 33));
  const [refused] = await writer.write([[{ op: 'app.purge', id: 'again', max: 9, last: true }]]);
  expect(refused).toEqual({ conflict: 'stale', op: 0 });
  await write([{ op: 'app.delete', id: 'again', at }]);
  expect((await writer.write([[{ op: 'app.delete', id: 'again', at }]]))[0]).toEqual({
    conflict: 'missing',
    op: 0,
  });
  for (let more = true; more;)
    ({ more } = (await write([{ op: 'app.purge', id: 'again', max: 9, last: false }])) as { more: boolean });
  expect((await writer.write([[create!]]))[0]).toEqual({ conflict: 'exists', op: 0 });
  await write([{ op: 'app.purge', id: 'again', max: 9, last: true }]);
  await write([create!]);
});
