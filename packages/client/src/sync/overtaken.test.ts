import { expect, test } from 'vitest';
import { fakeWorld, wordsOf } from '../testing/world.ts';

const AB = 'd:alice bob';

test('a page that live events overtook says nothing of a gap that came after it was asked for: messages', async () => {
  const world = fakeWorld(['messages']);
  const { server, clock } = world;
  server.say('bob', 'alice', 'before');
  await world.login();
  server.delayReply = (op) => (op === 'message.list' ? 1_000 : 0);
  server.delayEvent = ({ n }) => (n === 2 ? 600 : 0);
  server.loseEvent = ({ n }) => n === 4;
  for (const words of ['late', 'early']) server.say('bob', 'alice', words);
  await clock.advance(900);
  expect(world.of('messages').flatMap(({ messages }) => messages.map(wordsOf))).toEqual(['late', 'early']);
  for (const words of ['lost', 'next']) server.say('bob', 'alice', words);
  await clock.advance(10_000);
  const heard = world.of('messages').flatMap(({ messages }) => messages.map(wordsOf));
  expect(heard).toEqual(['late', 'early', 'lost', 'next']);
});

test('the same: changes', async () => {
  const world = fakeWorld(['revoked']);
  const { server, clock } = world;
  for (let i = 1; i <= 4; i++) server.say('bob', 'alice', `${i}`);
  await world.login();
  server.delayReply = (op) => (op === 'message.changes' ? 1_000 : 0);
  server.delayEvent = ({ n }) => (n === 1 ? 600 : 0);
  server.loseEvent = ({ n }) => n === 3;
  const window = world.client.messages.window('u:bob');
  await clock.advance(100);
  for (const seq of [1, 2]) server.revoke(AB, seq);
  await clock.advance(900);
  for (const seq of [3, 4]) server.revoke(AB, seq);
  await clock.advance(10_000);
  expect(world.of('revoked').map(({ message }) => message.seq)).toEqual([1, 2, 3, 4]);
  expect(window.messages.every(({ revoked }) => revoked !== undefined)).toBe(true);
});

test('the same: the user’s own log', async () => {
  const world = fakeWorld(['blocked']);
  const { server, clock } = world;
  await world.login();
  server.delayReply = (op) => (op === 'sync.since' ? 1_000 : 0);
  server.delayEvent = ({ n }) => (n === 1 ? 600 : 0);
  server.loseEvent = ({ n }) => n === 3;
  const block = (...names: string[]): void => {
    for (const name of names)
      server.userEvent('alice', 'contact.blockChanged', { added: [name], removed: [] });
  };
  block('a', 'b');
  await clock.advance(900);
  block('c', 'd');
  await clock.advance(10_000);
  expect(world.of('blocked').flatMap(({ added }) => added)).toEqual(['a', 'b', 'c', 'd']);
});

test('what is told again is heard once', async () => {
  const world = fakeWorld(['messages']);
  const { server, client, clock } = world;
  await world.login();
  const message = server.say('bob', 'alice', 'hello');
  await clock.advance(100);
  server.push({ e: [{ e: 'message.created', c: AB, n: message.seq, d: { message } }] });
  await clock.advance(1_000);
  expect(world.of('messages').flatMap(({ messages }) => messages.map(wordsOf))).toEqual(['hello']);
  expect(client.conversations.get('u:bob')?.unread).toBe(1);
});

test('a conversation read before its first message is here is read when that comes', async () => {
  const world = fakeWorld(['messages']);
  const { server, client, clock } = world;
  await world.login();
  server.delayEvent = () => 500;
  server.say('bob', 'alice', 'late');
  await world.done(client.conversations.read('u:bob'));
  await clock.advance(1_000);
  expect(world.of('messages')).toHaveLength(1);
  expect(client.conversations.get('u:bob')?.unread).toBe(0);
});
