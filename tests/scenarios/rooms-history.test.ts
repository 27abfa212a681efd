import type { Conversation, EventEnvelope, Message } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import type { RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ settings: { 'rooms.history': true, 'rooms.recent': 5, 'limits.rate.room': 0 } }); // prettier-ignore
});
afterAll(() => server.close());

const say = (id: string, words: string) => ({ ...textTo(`r:${id}`, words), priority: 'high' as const });
const wordsOf = ({ content }: Message) => (content.type === 'text' ? content.text : content.type);

async function enter(id: string, user: string): Promise<RawClient> {
  const client = await signIn(server, user);
  await client.request('room.enter', { id });
  return client;
}

it('with history, messages of a room are stored, numbered and paged for those present', async () => {
  await server.admin('room.create', { id: 'h', kind: 'hall', owner: 'alice' });
  await using alice = await enter('h', 'alice');
  await using bob = await enter('h', 'bob');
  const clientIds = [];
  for (let i = 1; i <= 12; i++) {
    const message = say('h', `m${i}`);
    clientIds.push(message.clientId);
    expect(await alice.request('message.send', message)).toMatchObject({ seq: i, stored: true });
  }
  for (let i = 1; i <= 12; i++)
    expect((await bob.event('message.created', ({ n }) => n === i)).c).toBe('r:h');
  // Tried again: the first result, told to nobody.
  expect(await alice.request('message.send', { ...say('h', 'm3'), clientId: clientIds[2] ?? '' })).toMatchObject({ seq: 3 }); // prettier-ignore

  await using carol = await signIn(server, 'carol');
  expect((await carol.refused('message.list', { ref: 'r:h', direction: 'older', limit: 5 })).code).toBe('NOT_MEMBER'); // prettier-ignore
  const entered = await carol.request('room.enter', { id: 'h' });
  expect(entered).toMatchObject({ lastSeq: 12, changeSeq: 0, room: { history: true } });
  expect(entered.recent.map(wordsOf)).toEqual(['m8', 'm9', 'm10', 'm11', 'm12']);
  const page = await carol.request('message.list', { ref: 'r:h', direction: 'older', limit: 50 });
  expect((page.entries as Message[]).map(wordsOf)).toEqual(Array.from({ length: 12 }, (_, i) => `m${i + 1}`));
  const [first] = page.entries as Message[];
  expect((await carol.request('message.get', { ids: [first?.id ?? ''] })).messages).toHaveLength(1);

  // Over a restart they are still there, and the sender takes one back.
  await server.restart();
  await using again = await enter('h', 'alice');
  await using reader = await enter('h', 'bob');
  expect(await again.request('message.revoke', { id: first?.id ?? '' })).toMatchObject({ seq: 1 });
  const revoked = (await reader.event('message.revoked')) as EventEnvelope;
  expect(revoked).toMatchObject({ c: 'r:h', n: 1, d: { by: 'alice', message: { seq: 1 } } });
  const { events } = await reader.request('message.changes', { ref: 'r:h', after: 0, limit: 10 });
  expect(events).toMatchObject([{ e: 'message.revoked', n: 1 }]);
});

it('the owner takes back what others said; an admin not what the owner said', async () => {
  await server.admin('room.create', { id: 'o', kind: 'hall', owner: 'alice' });
  await server.admin('room.setRole', { id: 'o', users: ['carol'], role: 'admin' });
  await using alice = await enter('o', 'alice');
  await using bob = await enter('o', 'bob');
  await using carol = await enter('o', 'carol');
  const [mine, bobs, bobsToo] = [await alice.request('message.send', say('o', 'a')), await bob.request('message.send', say('o', 'b')), await bob.request('message.send', say('o', 'c'))]; // prettier-ignore
  expect((await carol.refused('message.revoke', { id: mine.id })).code).toBe('FORBIDDEN');
  await carol.request('message.revoke', { id: bobs.id });
  await alice.request('message.revoke', { id: bobsToo.id });
  expect((await bob.event('message.revoked', ({ n }) => n === 1)).d).toMatchObject({ message: { revoked: { role: 'admin' } } }); // prettier-ignore
  expect((await bob.event('message.revoked', ({ n }) => n === 2)).d).toMatchObject({ message: { revoked: { role: 'owner' } } }); // prettier-ignore
});

it('what is meant for some leaves a hole for others; nothing is unread, listed or synchronised', async () => {
  await server.admin('room.create', { id: 'q', kind: 'hall', owner: 'alice' });
  await using alice = await enter('q', 'alice');
  await using bob = await enter('q', 'bob');
  await using carol = await enter('q', 'carol');
  await alice.request('message.send', { ...say('q', 'psst'), audience: ['bob'], receipt: true });
  await bob.event('message.created', ({ c }) => c === 'r:q');
  expect((await carol.event('message.hidden', ({ c }) => c === 'r:q')).n).toBe(1);
  const { entries } = await carol.request('message.list', { ref: 'r:q', direction: 'older', limit: 5 });
  expect(entries).toEqual([{ seq: 1, hole: true }]);
  const list = await bob.request('conversation.list', { limit: 100 });
  const sync = await bob.request('sync.since', { position: { userSeq: 0, at: 0 } });
  const rooms = (conversations: readonly Conversation[]) => conversations.filter(({ conv }) => conv.startsWith('r:')); // prettier-ignore
  expect([rooms(list.conversations), rooms(sync.conversations)]).toEqual([[], []]);
  const id = (await bob.request('message.list', { ref: 'r:q', direction: 'older', limit: 1 })).entries[0] as Message; // prettier-ignore
  expect((await bob.refused('receipt.send', { ref: 'r:q', ids: [id.id] })).code).toBe(
    'CONVERSATION_NOT_FOUND',
  );
  expect((await alice.refused('receipt.readers', { id: id.id, read: true, limit: 5 })).code).toBe('RECEIPT_NOT_ASKED'); // prettier-ignore
});
