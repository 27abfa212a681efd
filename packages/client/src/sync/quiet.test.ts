import { MagpieError } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { fakeWorld, wordsOf } from '../testing/world.ts';
import { QuietCheck } from './quiet.ts';

const MINUTE = 60_000;

test('checks soon after something was heard, then less and less often', async () => {
  const clock = new FakeClock();
  const start = clock.now();
  const at: number[] = [];
  const quiet = new QuietCheck(clock, () => at.push((clock.now() - start) / MINUTE));
  quiet.start();
  await clock.advance(60 * MINUTE);
  expect(at).toEqual([0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5]);
  quiet.heard();
  at.length = 0;
  await clock.advance(2 * MINUTE);
  expect(at).toEqual([61, 62]);
  quiet.stop();
  await clock.advance(60 * MINUTE);
  expect(at).toEqual([61, 62]);
});

/** One that counts. */
function counted() {
  const clock = new FakeClock();
  const checks = { count: 0 };
  const quiet = new QuietCheck(clock, () => checks.count++);
  return { clock, quiet, checks };
}

test('told that events were lost, it checks after the time given, also while something is heard', async () => {
  const { clock, quiet, checks } = counted();
  quiet.start();
  quiet.after(1_000);
  quiet.heard();
  await clock.advance(999);
  expect(checks.count).toBe(0);
  await clock.advance(1);
  expect(checks.count).toBe(1);
  await clock.advance(30_000);
  expect(checks.count).toBe(2);
  quiet.stop();
});

test('told again and again, it does not put off what it was told to do', async () => {
  const { clock, quiet, checks } = counted();
  quiet.start();
  for (let i = 0; i < 10; i++) {
    quiet.after(1_000);
    await clock.advance(500);
  }
  expect(checks.count).toBe(5);
  quiet.stop();
});

test('told while not everything is read yet, it checks after that', async () => {
  const { clock, quiet, checks } = counted();
  quiet.after(1_000);
  await clock.advance(MINUTE);
  expect(checks.count).toBe(0);
  quiet.start();
  await clock.advance(1_000);
  expect(checks.count).toBe(1);
  quiet.stop();
  quiet.after(1_000);
  // Whoever connects anew asks for everything anyway.
  quiet.stop();
  quiet.start();
  await clock.advance(1_000);
  expect(checks.count).toBe(1);
  quiet.stop();
});

test('a server that cannot say now is asked again', async () => {
  const world = fakeWorld(['messages']);
  const { server, clock } = world;
  await world.login();
  server.loseEvent = () => true;
  server.say('bob', 'alice', 'lost');
  server.loseEvent = () => false;
  server.refuse = (op) => (op === 'sync.since' ? new MagpieError('STORE_UNAVAILABLE') : undefined);
  server.push({ e: [{ e: 'sync.missed', d: { within: 100 } }] });
  await clock.advance(3_000);
  expect(world.of('messages')).toEqual([]);
  server.refuse = () => undefined;
  await clock.advance(5_000);
  expect(world.of('messages').flatMap(({ messages }) => messages.map(wordsOf))).toEqual(['lost']);
});

test('a server that says it lost events is asked at once', async () => {
  const world = fakeWorld(['messages']);
  const { server, clock } = world;
  await world.login();
  server.loseEvent = () => true;
  server.say('bob', 'alice', 'lost');
  server.loseEvent = () => false;
  server.push({ e: [{ e: 'sync.missed', d: { within: 500 } }] });
  await clock.advance(600);
  expect(world.of('messages').flatMap(({ messages }) => messages.map(wordsOf))).toEqual(['lost']);
});

test('the last event of all, lost, is found when it is quiet: messages, changes, the user’s log', async () => {
  const world = fakeWorld(['messages', 'revoked', 'conversations', 'profile', 'roomOut']);
  const { server, client, clock } = world;
  server.rooms.make('1', { history: true });
  server.rooms.make('2');
  await world.login();
  for (const id of ['1', '2']) await world.done(client.rooms.enter(id));
  server.say('bob', 'alice', 'heard');
  await clock.advance(10);
  server.loseEvent = () => true;
  server.revoke('d:alice bob', 1);
  server.say('bob', 'alice', 'lost');
  server.say('carol', 'alice', 'lost too');
  server.sayIn('1', 'bob', 'lost in a room');
  server.rooms.out('2', 'alice', 'kicked');
  server.userEvent('alice', 'user.updated', { user: { id: 'alice', name: 'A' } });
  await clock.advance(10);
  server.loseEvent = () => false;
  await clock.advance(MINUTE);
  const heard = world.of('messages').flatMap(({ messages }) => messages.map(wordsOf));
  expect(heard.sort()).toEqual(['heard', 'lost', 'lost in a room', 'lost too']);
  expect([world.of('revoked').length, client.session.profile?.name]).toEqual([1, 'A']);
  expect(world.of('roomOut')).toMatchObject([{ ref: 'r:2', reason: 'kicked' }]);
  expect(client.conversations.get('u:bob')?.unread).toBe(server.row('alice', 'd:alice bob').unread);
});

test('an idle client asks little and tells nothing', async () => {
  const world = fakeWorld(['messages', 'conversations', 'unread', 'roomMembers', 'room', 'ready', 'error']);
  const { server, client, clock } = world;
  server.rooms.make('1');
  server.say('bob', 'alice', 'hi');
  await world.login();
  await world.done(client.rooms.enter('1'));
  await clock.advance(MINUTE);
  world.told.length = server.calls.length = 0;
  await clock.advance(60 * MINUTE);
  expect(world.told).toEqual([]);
  const asked = server.calls.map(({ op }) => op);
  expect(new Set(asked)).toEqual(new Set(['sync.since', 'room.resume']));
  expect(asked.length).toBeLessThanOrEqual(14);
});
