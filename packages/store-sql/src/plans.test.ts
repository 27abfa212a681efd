import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParticipantRow, WriteOp } from '@magpie/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sqliteHotReads } from './hot/sqlite.ts';
import { bindKysely } from './kysely.ts';
import { createReads, type Reads } from './read/reads.ts';
import { openSqlite, type SqliteHandle } from './sqlite/handle.ts';
import { openSqliteWriter } from './sqlite/writer.ts';

/**
 * Every statement the store sends is explained: nothing that grows with use may be read from one end to the other. Left out are the
 * counts that operators ask for: `timers.count` and `webhooks.totals`.
 */

const folder = mkdtempSync(join(tmpdir(), 'magpie-plans-'));
const path = join(folder, 'plans.db');
const statements = new Set<string>();

function listening(file: string): SqliteHandle {
  const handle = openSqlite(file);
  return {
    ...handle,
    get inTransaction() {
      return handle.inTransaction;
    },
    prepare: (sql) => {
      statements.add(sql);
      return handle.prepare(sql);
    },
    execute: (sql, parameters) => {
      statements.add(sql);
      return handle.execute(sql, parameters);
    },
  };
}

const at = 1;
const app = 'a';
const [conv, user] = [1, 'alice'];
const file = { app, id: 'f', owner: user, use: 'message', name: '', size: 1, mime: '', state: 'granted', uploadKey: '', createdAt: 1, finishedAt: null, usedAt: null, meta: '{}' } as never; // prettier-ignore
const ops: readonly WriteOp[] = [
  { op: 'app.create', row: { id: app, name: '', settings: {}, createdAt: 1 } },
  { op: 'app.set', id: app, set: { name: 'x' } },
  { op: 'door.put', row: { kind: 'tim' as never, vendorId: '1', app, clientId: null, sealedSecret: '', sealedOldSecret: null, oldUntil: null } }, // prettier-ignore
  { op: 'door.remove', app, kind: 'tim' as never, vendorId: '2' },
  {
    op: 'user.create',
    app,
    id: user,
    fold: user,
    unique: true,
    profile: {} as never,
    passwordHash: null,
    at,
  },
  { op: 'user.set', app, id: user, set: { updatedAt: 2 } },
  { op: 'user.set', app, id: user, set: {} },
  { op: 'conversation.create', conv, app, key: 'g:1', kind: 'group', at },
  { op: 'group.create', row: { conv, app, id: '1', kind: 'work', name: '', avatar: null, intro: null, announcement: null, ext: null, owner: null, join: 'free' as never, maxMembers: 9, createdAt: 1 } }, // prettier-ignore
  { op: 'group.set', conv, set: { name: 'x' } },
  { op: 'group.set', conv, set: {} },
  { op: 'participant.put', conv, app, user, set: {}, at },
  { op: 'member.put', conv, app, user: 'bob', state: 'member', role: 'member', at },
  { op: 'member.role', conv, user: 'bob', role: 'admin', at },
  { op: 'append', app, conv, sender: user, clientId: '1', fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at }, // prettier-ignore
  { op: 'change', app, conv, event: 'e', payload: '{}', at },
  { op: 'log', app, user, event: 'e', convKey: null, payload: '{}', at },
  { op: 'message.replace', conv, seq: 1, type: 'text', body: '{}', revoked: true },
  { op: 'deleted.add', conv, user, seqs: [1], at },
  { op: 'receipt.add', conv, user, seqs: [1], content: null, at },
  { op: 'block.put', app, user, targets: ['bob'], at, max: 9 },
  { op: 'block.remove', app, user, targets: ['bob'] },
  { op: 'instance.put', app, user, instance: 'i', platform: 'web', userSeq: 1, at, seenAt: 1 },
  { op: 'file.create', row: file },
  { op: 'file.set', app, id: 'f', set: { size: 2 } },
  { op: 'file.use', app, ids: ['f'], at },
  { op: 'file.remove', app, ids: ['f'] },
  { op: 'timer.put', id: 't', app, kind: 'k', dueAt: 1, payload: '' },
  { op: 'timer.claim', owner: 'n', kinds: ['k'], now: 1, leaseUntil: 2, limit: 9 },
  { op: 'timer.later', id: 't', owner: 'n', dueAt: 1 },
  { op: 'timer.claim', owner: 'n', kinds: ['k'], now: 1, leaseUntil: 2, limit: 9 },
  { op: 'timer.done', id: 't', owner: 'n' },
  { op: 'timer.remove', id: 't' },
  { op: 'presence.put', app, user, set: { at } },
  { op: 'subscription.put', app, watcher: user, targets: ['bob', 'carol'], expiresAt: null, untilLogout: true, at, max: 1 }, // prettier-ignore
  { op: 'subscription.remove', app, watcher: user, targets: ['bob'], untilLogout: true },
  { op: 'subscription.remove', app, watcher: user },
  { op: 'room.create', row: { conv, app, id: 'r', kind: 'live', name: '', avatar: null, intro: null, announcement: null, ext: null, owner: null, mutedAll: false, endDelay: 0, createdAt: 1 } }, // prettier-ignore
  { op: 'room.set', conv, set: { name: 'x' } },
  { op: 'room.set', conv, set: {} },
  { op: 'room.users.put', conv, app, users: ['bob'], set: { role: 'admin' }, at, maxAdmins: 9 },
  { op: 'hook.put', row: { app, id: 'h', url: '', events: [], before: [], active: true, sealedSecret: '', createdAt: 1 }, max: 9 }, // prettier-ignore
  { op: 'outbox.add', app, hooks: ['h'], lane: 'l', event: '{}', at },
  { op: 'outbox.claim', owner: 'n', now: 1, leaseUntil: 2, lanes: 9, perLane: 9, paused: [] },
  {
    op: 'outbox.settle',
    app,
    hook: 'h',
    lane: 'l',
    owner: 'n',
    at,
    delivered: [9],
    park: { id: 1, error: '' },
  },
  { op: 'outbox.unpark', app, hook: 'h', forget: false, at, max: 9 },
  { op: 'hook.remove', app, id: 'h' },
  { op: 'word.put', app, words: [{ word: 'w', action: 'mask' }], max: 9 },
  { op: 'word.remove', app, words: ['w'] },
  { op: 'member.dismissAll', conv, at },
  { op: 'file.create', row: { ...(file as object), id: 'g', state: 'finished' } as never },
  { op: 'append', app, conv, sender: user, clientId: '2', fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at, files: ['g'] }, // prettier-ignore
  { op: 'message.erase', app, conv, entries: [{ seq: 2, type: 'revoked', body: '{}' }], hide: true },
  { op: 'purge.trim', conv, upTo: 1, max: 9 },
  { op: 'purge.entries', app, conv, upTo: 1 },
  { op: 'purge.looked', places: [{ conv, oldestAt: 5 }] },
  { op: 'file.doom', app, ids: ['g'] },
  { op: 'file.disown', app, owner: user, max: 9 },
  { op: 'erasure.put', app, user, set: { startedAt: 1 } },
  { op: 'user.wipe', app, user, max: 99 },
  { op: 'audit.add', row: { app, at, id: 'i', by: 'x', address: null, operation: 'o', user, target: null, outcome: null, input: '{}' } }, // prettier-ignore
  { op: 'audit.end', app, at, id: 'i', outcome: 'ok' },
  { op: 'audit.prune', app, before: 1, max: 9 },
  { op: 'prune', changesBefore: 9, logBefore: 9, now: 9, max: 9 },
];

async function readEverything(reads: Reads): Promise<void> {
  const { apps, users, conversations, messages, groups, receipts, files } = reads;
  const { rooms, presences, timers, webhooks, words, upkeep } = reads;
  const row = (await conversations.participant(conv, user)) as ParticipantRow;
  await Promise.all([
    apps.all(), users.get(app, user), users.many(app, [user]), users.byFold(app, user), users.log(app, user, 0, 9),
    users.standing(app, user, 'i'), users.blocked(app, user), users.isBlocked(app, user, 'bob'),
    conversations.members(conv, { limit: 9 }), conversations.members(conv, { role: 'admin', after: row, limit: 9 }),
    groups.byId(app, '1'), groups.many(app, ['1']), groups.byConversations([conv]), groups.ofUser(app, user, { limit: 9 }),
    receipts.counts(conv, [1]), receipts.readers(conv, 1, { limit: 9 }), receipts.of(conv, user, [1]),
    files.get(app, 'f'), files.usedBytes(app), files.unused(9, 9), files.grantedSince(app, user, 0), messages.changes(conv, 0, 9),
    users.blocksAmong(app, [user], ['bob']), rooms.byId(app, 'r'), rooms.many(app, ['r']), rooms.list(app, { limit: 9 }), rooms.user(conv, user),
    rooms.users(conv, { what: 'muted', now: 1, limit: 9 }), rooms.users(conv, { what: 'banned', now: 1, limit: 9 }),
    rooms.users(conv, { what: 'admins', now: 1, limit: 9 }), presences.many(app, [user]), presences.lastSeen(app, [user]),
    presences.watchers(app, [user], { now: 1, limit: 9 }), presences.subscriptions(app, user, { now: 1, limit: 9 }),
    presences.countSubscriptions(app, user, 1), timers.nextDue(1, ['k']), webhooks.stats(app), webhooks.parked(app, 'h', { limit: 9 }),
    webhooks.nextDue(1), words.all(app), words.page(app, { limit: 9 }), words.count(app),
    upkeep.aged(app, 'group', 9, 9), upkeep.oldest(conv, 0), upkeep.sent(conv, user, 1, 9, 9), upkeep.rooms(app, '', 9), upkeep.instances(app, user),
    upkeep.filesOf(app, user, { createdAt: 0, id: '' }, 9), upkeep.removedFiles(9), upkeep.erasure(app, user),
    upkeep.audit(app, { from: 0, to: 9, limit: 9 }), upkeep.audit(app, { user, from: 0, to: 9, limit: 9 }),
    upkeep.audit(app, { operation: 'o', from: 0, to: 9, before: { at: 5, id: 'i' }, limit: 9 }),
  ]); // prettier-ignore
}

beforeAll(async () => {
  const writer = await openSqliteWriter(path, 1, listening);
  const write = async (op: WriteOp): Promise<void> => {
    const [outcome] = await writer.write([[op]]);
    if (!outcome || !('results' in outcome)) throw new Error(`${op.op}: ${JSON.stringify(outcome)}`);
  };
  for (const op of ops) await write(op);
  const handle = listening(path);
  await readEverything(
    createReads(bindKysely('sqlite', handle.execute), sqliteHotReads(handle), (error) => error),
  );
  handle.close();
  await write({ op: 'app.delete', id: app, at });
  await write({ op: 'app.purge', id: app, max: 9999, last: true });
  writer.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

const SETUP = /^\s*(create|alter|insert into file_refs|begin|commit|savepoint|release|pragma|insert into "?(meta|magpie_migrations))|from (apps|"apps"|"doors"|magpie_migrations|meta|"meta")|update meta/i; // prettier-ignore

/** Walks along an index that end at the first entry that will do. */
const FIRST_ENTRY: readonly (readonly [RegExp, string])[] = [
  [/from outbox_lanes order by app, hook limit 1/, 'SCAN outbox_lanes USING COVERING INDEX outbox_lanes_due'],
  // Holds nothing but what is asked for.
  [/select \* from "files" where "state" = 'removed'/, 'SCAN files USING INDEX files_removed'],
  [/select "ready_at" from "timers".* order by "ready_at" limit/, 'SCAN timers USING INDEX timers_ready'],
];

it('no statement scans a table that grows', () => {
  const handle = openSqlite(path);
  const scans: string[] = [];
  let explained = 0;
  for (const sql of statements) {
    if (SETUP.test(sql)) continue;
    explained += 1;
    const filled = sql.replaceAll(/\?\d*/g, 'null');
    for (const cells of handle.prepare(`explain query plan ${filled}`).rows()) {
      const detail = String(cells[3]);
      if (FIRST_ENTRY.some(([asked, plan]) => asked.test(sql) && detail === plan)) continue;
      // These are made within the statement and small.
      if (/^SCAN (?!s$|s\b|old\b|first\b|f\b|h\b|firsts\b|\(subquery|CONSTANT|\d+ CONSTANT)/.test(detail))
        scans.push(`${detail}: ${sql}`);
    }
  }
  handle.close();
  expect(explained).toBeGreaterThan(190);
  expect(scans).toEqual([]);
});

it('the outbox is read along its lanes, and what is parked apart from them', () => {
  const handle = openSqlite(path);
  const plan = (needle: RegExp): string[] =>
    [...statements]
      .filter((sql) => needle.test(sql))
      .flatMap((sql) => handle.prepare(`explain query plan ${sql.replaceAll(/\?\d*/g, '1')}`).rows().map((cells) => String(cells[3]))); // prettier-ignore
  expect(plan(/^select id, event, at from outbox/)).toEqual([
    'SEARCH outbox USING INDEX outbox_waiting (app=? AND hook=? AND lane=?)',
  ]);
  expect(plan(/^select app, hook, lane, due_at.* from outbox_lanes/s)).toEqual([
    'SEARCH outbox_lanes USING INDEX outbox_lanes_due (app=? AND hook=? AND due_at<?)',
  ]);
  expect(plan(/select \* from "outbox".*"parked_at" is not null.*order by "id"/)).toEqual([
    'SEARCH outbox USING INDEX outbox_parked (app=? AND hook=? AND id>?)',
  ]);
  expect(plan(/from timers where ready_at/).join()).toContain('timers_ready (ready_at<?)');
  expect(plan(/select \* from "room_users".*role = 1/)[0]).toContain('room_users_admins');
  expect(plan(/select \* from "room_users".*muted_until is not null/)[0]).toContain('room_users_muted');
  expect(plan(/delete from room_users/).join()).toContain('room_users_over');
  handle.close();
});

it('a history page is one range of one index, and unread is counted in an index alone', () => {
  const handle = openSqlite(path);
  const plans = (needle: RegExp): string[] =>
    [...statements]
      .filter((sql) => needle.test(sql))
      .flatMap((sql) => handle.prepare(`explain query plan ${sql.replaceAll(/\?\d*/g, '1')}`).rows().map((cells) => String(cells[3]))); // prettier-ignore
  expect(plans(/from messages m where m\.conv = \?1 and m\.seq <= \?2 and m\.seq >= \?3 order/)).toEqual([
    'SEARCH m USING INDEX messages_place (conv=? AND seq>? AND seq<?)',
  ]);
  expect(plans(/count\(\*\) from messages/)).toContain(
    'SEARCH messages USING COVERING INDEX messages_place (conv=? AND seq>? AND seq<?)',
  );
  expect(plans(/from messages m where m\.conv = \?1 and m\.sender = \?2 and m\.client_id = \?3/)).toEqual([
    'SEARCH m USING INDEX messages_name (client_id=? AND sender=? AND conv=?)',
  ]);
  expect(plans(/from messages m where.*\(m\.flags & 16\)/)[0]).toContain('messages_mentions');
  handle.close();
});
