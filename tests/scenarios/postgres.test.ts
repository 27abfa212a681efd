import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import type { Message } from '@magpie/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let postgres: TestPostgres;
let server: TestServer;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await createTestServer({ env: { MAGPIE_STORE: await postgres.createDatabase() } });
}, 60_000);
afterAll(async () => {
  await server?.close();
  await postgres?.close();
});

it('the whole server runs on PostgreSQL: send, unread, revoke, groups, restart', async () => {
  await using alice = await signIn(server, 'alice');
  await using bob = await signIn(server, 'bob');
  const message = textTo('u:bob', 'on PostgreSQL 你好');
  const [first, again] = await Promise.all([
    alice.request('message.send', message),
    alice.request('message.send', message),
  ]);
  expect(again).toEqual(first);
  await bob.event('message.created', (event) => event.n === first.seq);
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => alice.request('message.send', textTo('u:bob', `m${i}`))),
  );
  const { conversations } = await bob.request('conversation.list', { limit: 10 });
  expect(conversations[0]).toMatchObject({ conv: 'd:alice bob', unread: 51, lastSeq: 51 });
  await alice.request('message.revoke', { id: first.id });
  expect((await bob.request('conversation.read', { ref: 'u:alice', upTo: 10, report: true })).unread).toBe(
    41,
  );
  const { group } = await alice.request('group.create', { kind: 'work', members: ['bob', 'carol'] });
  await bob.request('group.leave', { id: group.id });
  await server.restart();
  await using later = await signIn(server, 'bob');
  const page = await later.request('message.list', { ref: 'u:alice', direction: 'newer', limit: 100 });
  expect((page.entries as Message[]).map((entry) => entry.seq)).toEqual(
    Array.from({ length: 51 }, (_, i) => i + 1),
  );
  expect((await later.refused('message.send', textTo(`g:${group.id}`, 'x'))).code).toBe('NOT_MEMBER');
}, 60_000);

it('while the database is away sends are refused, retryable; then they go through, once', async () => {
  await using alice = await signIn(server, 'alice');
  const message = textTo('u:dave', 'held up');
  await alice.request('message.send', textTo('u:dave', 'before'));
  await postgres.halt();
  const error = await alice.refused('message.send', message);
  expect(error.code).toBe('STORE_UNAVAILABLE');
  await postgres.resume();
  const sent = await alice
    .request('message.send', message)
    .catch(() => alice.request('message.send', message));
  expect(sent.seq).toBe(2);
  const page = await alice.request('message.list', { ref: 'u:dave', direction: 'older', limit: 10 });
  expect(page.entries).toHaveLength(2);
}, 60_000);
