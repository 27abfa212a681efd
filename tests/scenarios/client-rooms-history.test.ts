import type { Client } from '@magpie/client';
import { expect, test } from 'vitest';
import { next, record, text, textOf, useWorld } from './support/clients.ts';

const world = useWorld({ settings: { 'rooms.history': true, 'rooms.recent': 2 } });
const { login } = world;

let made = 0;
async function room(): Promise<{ id: string; ref: string; alice: Client }> {
  const alice = await login('alice');
  const id = `kept-${++made}`;
  await alice.rooms.create({ id, kind: 'live', name: 'Bridge' });
  await alice.rooms.enter(id);
  return { id, ref: `r:${id}`, alice };
}

async function drawn(client: Client, ref: string) {
  const window = client.messages.window(ref, { limit: 3 });
  while (window.loading !== 'none') await new Promise<void>((resolve) => window.onChange(() => resolve()));
  return window;
}

test('a room that keeps what is said: paged from its beginning, followed at its end, counted nowhere', async () => {
  const { id, ref, alice } = await room();
  for (const words of ['1', '2', '3', '4']) {
    const sent = await alice.messages.send({ ref, content: text(words) });
    expect(sent).toMatchObject({ stored: true, seq: Number(words) });
  }
  const bob = await login('bob');
  const entered = await bob.rooms.enter(id);
  expect([entered.recent.map(textOf), entered.lastSeq, entered.room.history]).toEqual([['3', '4'], 4, true]);
  const window = await drawn(bob, ref);
  expect(window.messages.map(textOf)).toEqual(['2', '3', '4']);
  await window.loadOlder();
  expect([window.messages.map(textOf), window.hasOlder]).toEqual([['1', '2', '3', '4'], false]);
  const heard = record(bob);
  await alice.messages.send({ ref, content: text('5') });
  await heard.of(1);
  expect(window.messages.map(textOf)).toEqual(['1', '2', '3', '4', '5']);
  const own = bob.messages.send({ ref, content: text('6') });
  expect(window.messages.at(-1)).toMatchObject({ status: 'sending', stored: true });
  await own;
  expect(window.messages.map(textOf).at(-1)).toBe('6');

  const revoked = next(bob, 'revoked');
  await alice.messages.revoke(entered.recent[0]?.id ?? '');
  expect((await revoked).message.seq).toBe(3);
  expect(window.messages.map(textOf)).toEqual(['1', '2', 'revoked', '4', '5', '6']);
  expect(bob.rooms.recent(id).map(textOf)).toEqual(['revoked', '4', '5', '6']);
  for (const client of [alice, bob]) {
    expect(client.conversations.list().filter(({ kind }) => kind === 'room')).toEqual([]);
    expect(client.conversations.totalUnread()).toBe(0);
  }
  await bob.rooms.leave(id);
  await expect(bob.messages.list({ ref })).rejects.toMatchObject({
    code: expect.stringMatching(/NOT_MEMBER|CONVERSATION_NOT_FOUND/) as string,
  });
});

test('what was missed over a lost connection is raised in order, before ready, with what was taken back', async () => {
  const { id, ref, alice } = await room();
  const proxy = await world.server.proxy();
  const bob = await login('bob', { server: proxy.url });
  const first = await alice.messages.send({ ref, content: text('1') });
  await bob.rooms.enter(id);
  const heard = record(bob);
  const told: string[] = [];
  bob.on('messages', () => told.push('messages'));
  bob.on('revoked', () => told.push('revoked'));
  bob.on('roomOut', () => told.push('out'));
  const back = next(bob, 'ready');
  bob.on('ready', () => told.push('ready'));
  proxy.block();
  const waiting = bob.messages.send({ ref, content: text('written away') });
  for (const words of ['2', '3', '4']) await alice.messages.send({ ref, content: text(words) });
  await alice.messages.revoke(first.id);
  proxy.restore();
  await back;
  expect(heard.texts).toEqual(['2', '3', '4']);
  expect(told.at(-1)).toBe('ready');
  expect([...told].sort()).toEqual(['messages', 'ready', 'revoked']);
  expect((await waiting).seq).toBe(5);
  await alice.messages.send({ ref, content: text('6') });
  expect(await heard.of(4)).toEqual(['2', '3', '4', '6']);
});

test('a send whose answer was lost is there once', async () => {
  const { id, ref, alice } = await room();
  const proxy = await world.server.proxy();
  const bob = await login('bob', { server: proxy.url });
  await bob.rooms.enter(id);
  const heard = record(alice);
  proxy.hold('toClient');
  const sending = bob.messages.send({ ref, content: text('once') });
  await heard.of(1);
  proxy.cut();
  proxy.release();
  expect(await sending).toMatchObject({ stored: true, seq: 1 });
  await bob.messages.send({ ref, content: text('next') });
  expect(await heard.of(2)).toEqual(['once', 'next']);
  expect((await alice.messages.list({ ref })).messages.map(textOf)).toEqual(['once', 'next']);
});

test('a server that was started anew takes back who was there, and what is sent meanwhile follows', async () => {
  const { id, ref, alice } = await room();
  const bob = await login('bob');
  await bob.rooms.enter(id);
  const heard = record(bob);
  let outs = 0;
  for (const client of [alice, bob]) client.on('roomOut', () => outs++);
  const back = [alice, bob].map((client) => next(client, 'ready'));
  const lost = next(alice, 'state', ({ state }) => state !== 'online');
  const restarting = world.server.restart();
  await lost;
  const waiting = alice.messages.send({ ref, content: text('written meanwhile') });
  await restarting;
  await Promise.all(back);
  expect([alice.rooms.joined().length, bob.rooms.joined().length, outs]).toEqual([1, 1, 0]);
  expect((await waiting).status).toBe('sent');
  expect(await heard.of(1)).toEqual(['written meanwhile']);
});
