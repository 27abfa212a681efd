import type { EventEnvelope, Message, Output, Priority } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import type { RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

type Status = Output<'node.status'>;

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ settings: { 'limits.rate.user': 0, 'limits.rate.room': 40 } });
});
afterAll(() => server.close());

const ROOM = 'arena';
const MIX: readonly Priority[] = ['high', 'normal', 'low', 'lowest'];

async function enter(user: string, id: string): Promise<RawClient> {
  const client = await signIn(server, user);
  await client.request('room.enter', { id });
  return client;
}

const messageOf = (event: EventEnvelope) => (event.d as { message: Message }).message;

it('three times the limit, priorities mixed: every reply is kept, low goes first, and nothing is left waiting', async () => {
  await server.admin('room.create', { id: ROOM, kind: 'hall', owner: 'alice' });
  const senders = await Promise.all(['bob', 'carol', 'dave'].map((user) => enter(user, ROOM)));
  const listeners = await Promise.all(['erin', 'frank'].map((user) => enter(user, ROOM)));
  const replies: { priority: Priority; id: string; dropped: string | undefined }[] = [];
  const send = async (client: RawClient, priority: Priority) => {
    const { id, dropped } = await client.request('message.send', {
      ...textTo(`r:${ROOM}`, priority),
      priority,
    });
    replies.push({ priority, id, dropped });
  };
  // 120 a second for three seconds: 30 of them high.
  const asked: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    let tick = 0;
    const beat = setInterval(() => {
      for (const [index, client] of senders.entries()) asked.push(send(client, MIX[(tick * 3 + index) % 4] as Priority)); // prettier-ignore
      if (++tick < 120) return;
      clearInterval(beat);
      resolve();
    }, 25);
  });
  await Promise.all(asked);
  const kept = replies.filter(({ dropped }) => dropped === undefined);
  const shares = Object.fromEntries(MIX.map((priority) => [priority, kept.filter((one) => one.priority === priority).length])) as Record<Priority, number>; // prettier-ignore
  expect(replies).toHaveLength(360);
  expect(shares.high).toBe(90);
  // A machine that is busy itself may shed more, but in the same order.
  expect(shares.normal).toBeGreaterThanOrEqual(shares.low);
  expect(shares.low).toBeGreaterThanOrEqual(shares.lowest);
  expect(shares.lowest).toBeLessThan(45);
  // Those who listened heard what was kept and nothing else, each once.
  await server.admin('message.send', { ...textTo(`r:${ROOM}`, 'end'), priority: 'high' }, { user: 'alice' });
  for (const client of [...listeners, ...senders]) {
    await client.event('message.transient', (event) => messageOf(event).from === 'alice');
    const heard = client.events.filter(({ e }) => e === 'message.transient').map(messageOf);
    expect(heard.map(({ id }) => id).slice(0, -1).sort()).toEqual(kept.map(({ id }) => id).sort()); // prettier-ignore
  }
  const { rooms, queues } = (await server.admin('node.status')) as Status;
  const dropped = Object.values(rooms.dropped).reduce((sum, n) => sum + n, 0);
  expect(rooms).toMatchObject({ count: 1, members: 5, sent: kept.length + 1 });
  expect(dropped).toBe(360 - kept.length);
  expect(Object.keys(rooms.dropped).filter((what) => what.endsWith('/high'))).toEqual([]);
  expect(queues).toMatchObject({ append: 0, outbound: 0 });
  await Promise.all([...senders, ...listeners].map((client) => client.close()));
  await expect
    .poll(async () => ((await server.admin('node.status')) as Status).sessions, { timeout: 10_000 })
    .toBe(0);
});

it('a listener that does not read is not closed for it, and misses only what may be missed', async () => {
  await server.admin('app.update', { id: 'demo', settings: { 'limits.rate.room': 0 } });
  await server.admin('room.create', { id: 'den', kind: 'hall' });
  const speaker = await enter('bob', 'den');
  const slow = await enter('frank', 'den');
  slow.pause();
  const congested = async () =>
    ((await server.admin('node.status')) as Status).rooms.dropped['congested'] ?? 0;
  const body = 'x'.repeat(11_000);
  for (let i = 0; i < 200 && (await congested()) === 0; i++)
    await Promise.all(Array.from({ length: 20 }, () => send(body, 'normal')));
  expect(await congested()).toBeGreaterThan(0);
  const last = await send('urgent', 'high');
  slow.resume();
  await slow.event('message.transient', (event) => messageOf(event).id === last.id);
  expect((await slow.request('room.members', { id: 'den', limit: 10 })).memberCount).toBe(2);
  await Promise.all([speaker.close(), slow.close()]);

  function send(words: string, priority: Priority) {
    return speaker.request('message.send', { ...textTo('r:den', words), priority });
  }
});
