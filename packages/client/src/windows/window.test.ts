import { MagpieError } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { FakeServer } from '../testing/fake-server.ts';
import type { MessageWindow } from '../types.ts';

const AB = 'd:alice bob';

async function world(messages: number) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  for (let i = 1; i <= messages; i++) server.say('bob', 'alice', `${i}`);
  const client = createClient({ platform: createFakePlatform(clock, server.connect) });
  const opened = client.session.open({ token: 'alice' });
  await clock.advance(100);
  await opened;
  return { clock, server, client };
}

const seqs = (window: MessageWindow): (number | undefined)[] => window.messages.map(({ seq }) => seq);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('opens at the newest, pages older, and keeps the identity of what did not change', async () => {
  const { clock, client } = await world(25);
  const window = client.messages.window('u:bob', { limit: 10 });
  expect(window.loading).toBe('first');
  await clock.advance(10);
  expect([seqs(window), window.hasOlder, window.hasNewer]).toEqual([range(16, 25), true, false]);
  const before = window.messages;
  void window.loadOlder();
  await clock.advance(10);
  expect(seqs(window)).toEqual(range(6, 25));
  expect(window.messages).not.toBe(before);
  expect(window.messages[10]).toBe(before[0]);
  void window.loadOlder();
  await clock.advance(10);
  expect([seqs(window), window.hasOlder]).toEqual([range(1, 25), false]);
});

test('a window in the past stays there, and grows with the end once it has reached it', async () => {
  const { clock, server, client } = await world(30);
  const window = client.messages.window('u:bob', { limit: 5, seq: 10 });
  await clock.advance(10);
  expect([seqs(window), window.hasOlder, window.hasNewer]).toEqual([range(6, 15), true, true]);
  server.say('bob', 'alice', 'live');
  await clock.advance(10);
  expect(seqs(window)).toEqual(range(6, 15));
  void window.loadNewer(50);
  await clock.advance(10);
  expect([seqs(window), window.hasNewer]).toEqual([range(6, 31), false]);
  server.say('bob', 'alice', 'live');
  await clock.advance(10);
  expect(seqs(window).at(-1)).toBe(32);
});

test('an entry that comes while the first page is under way is neither lost nor doubled', async () => {
  const { clock, server, client } = await world(3);
  for (const delay of [0, 1, 2, 3]) {
    const window = client.messages.window('u:bob', { limit: 50 });
    await clock.advance(delay);
    server.say('bob', 'alice', 'meanwhile');
    await clock.advance(500);
    expect(seqs(window)).toEqual(range(1, server.log(AB).length));
    window.close();
  }
});

test('a revoked message changes in place, a closed window hears nothing', async () => {
  const { clock, server, client } = await world(3);
  const window = client.messages.window('u:bob');
  const closed = client.messages.window('u:bob');
  await clock.advance(10);
  const told: number[] = [];
  window.onChange(({ messages }) => told.push(messages.length));
  closed.onChange(() => told.push(-1));
  closed.close();
  server.revoke(AB, 2);
  await clock.advance(10);
  expect(window.messages.map(({ content }) => content.type)).toEqual(['text', 'revoked', 'text']);
  expect(told).toEqual([3]);
});

test('a page that cannot be had shows as an error, and the next try mends it', async () => {
  const { clock, server, client } = await world(3);
  server.refuse = (op) => (op === 'message.list' ? new MagpieError('STORE_UNAVAILABLE') : undefined);
  const window = client.messages.window('u:bob');
  await clock.advance(10);
  expect([window.loading, window.error?.code]).toEqual(['none', 'STORE_UNAVAILABLE']);
  server.refuse = () => undefined;
  void window.jumpTo('newest');
  await clock.advance(10);
  expect([window.error, seqs(window)]).toEqual([undefined, [1, 2, 3]]);
});

test('what is being sent stands at the end, once', async () => {
  const { clock, client } = await world(2);
  const window = client.messages.window('u:bob');
  await clock.advance(10);
  const snapshots: string[] = [];
  window.onChange(({ messages }) =>
    snapshots.push(messages.map(({ status, seq }) => `${seq ?? '-'}${status[3]}`).join(' ')),
  );
  void client.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'mine' } });
  await clock.advance(100);
  expect(snapshots[0]).toBe('1t 2t -d');
  expect(snapshots.at(-1)).toBe('1t 2t 3t');
  expect(snapshots.every((one) => one.split(' ').length === 3)).toBe(true);
});

test('a page read before a revocation and answered after it does not bring the message back', async () => {
  const { clock, server, client } = await world(3);
  server.delayReply = (op) => (op === 'message.list' ? 50 : 0);
  const window = client.messages.window('u:bob');
  await clock.advance(10);
  server.revoke(AB, 3);
  await clock.advance(100);
  expect(window.messages.map(({ content }) => content.type)).toEqual(['text', 'text', 'revoked']);
});
