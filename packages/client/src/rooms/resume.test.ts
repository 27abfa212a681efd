import { MagpieError } from '@magpie/protocol';
import { describe, expect, test } from 'vitest';
import { fakeWorld, wordsOf, type FakeWorld } from '../testing/world.ts';
import type { ClientEvents } from '../types.ts';

const EVENTS = ['state', 'syncing', 'ready', 'messages', 'revoked', 'room', 'roomMembers', 'roomOut', 'error'] as const satisfies readonly (keyof ClientEvents)[]; // prettier-ignore

const heard = (world: FakeWorld): string[] =>
  world.of('messages').flatMap(({ messages }) => messages.map(wordsOf));
const resumes = ({ server }: FakeWorld) =>
  server.calls.filter(({ op }) => op === 'room.resume').map((call) => call.in);
const told = (world: FakeWorld) => world.told.map(({ event }) => event).filter((event) => event !== 'state');

async function inRooms(...rooms: { id: string; history?: true }[]): Promise<FakeWorld> {
  const world = fakeWorld(EVENTS);
  for (const { id, ...fields } of rooms) world.server.rooms.make(id, fields);
  await world.login();
  for (const { id } of rooms) await world.done(world.client.rooms.enter(id));
  world.told.length = 0;
  return world;
}

describe('after a lost connection', () => {
  test('a room that kept the place goes on without a word, and says how long it was', async () => {
    const world = await inRooms({ id: '1' });
    await world.away(10_000);
    expect(told(world)).toEqual(['syncing', 'ready']);
    expect(resumes(world)).toHaveLength(1);
    expect(resumes(world)[0]).toMatchObject({ rooms: ['1'] });
    const { away } = resumes(world)[0] as { away: number };
    expect(away).toBeGreaterThanOrEqual(10_000);
    expect(away).toBeLessThan(11_000);
    world.server.rooms.say('1', 'bob', 'still there?');
    await world.clock.advance(10);
    expect(heard(world)).toEqual(['still there?']);
  });

  test('it is the first thing asked, before what waited', async () => {
    const world = await inRooms({ id: '1' });
    world.server.down = true;
    world.server.drop();
    await world.clock.advance(10);
    void world.client.rooms.get(['1']).catch(() => undefined);
    const from = world.server.calls.length;
    world.server.down = false;
    await world.clock.advance(5_000);
    expect(world.server.calls.slice(from, from + 3).map(({ op }) => op)).toEqual(['session.open', 'room.resume', 'room.get']); // prettier-ignore
  });

  test('a place that was given up is told with its reason, before ready, and what is said there is not heard', async () => {
    const world = await inRooms({ id: '1' }, { id: '2' });
    world.server.rooms.silence = 5_000;
    world.server.rooms.end('2');
    await world.away(20_000);
    expect(told(world)).toEqual(['syncing', 'roomOut', 'roomOut', 'ready']);
    expect(world.of('roomOut').map(({ ref, reason }) => [ref, reason])).toEqual([
      ['r:1', 'timeout'],
      ['r:2', 'dismissed'],
    ]);
    expect(world.client.rooms.joined()).toEqual([]);
    world.server.rooms.say('1', 'bob', 'unheard');
    await world.away(1_000);
    expect(heard(world)).toEqual([]);
    expect(resumes(world)).toHaveLength(1);
  });

  test('with history, what was missed is raised in order before ready, and so is what was taken back', async () => {
    const world = await inRooms({ id: '1', history: true });
    const { server, clock } = world;
    server.sayIn('1', 'bob', 'one');
    await clock.advance(10);
    server.down = true;
    server.drop();
    await clock.advance(2_000);
    server.revoke('r:1', 1);
    for (const words of ['two', 'three']) server.sayIn('1', 'bob', words);
    await world.away(2_000);
    expect(heard(world)).toEqual(['one', 'two', 'three']);
    expect(told(world)).toEqual(['messages', 'syncing', 'messages', 'revoked', 'ready']);
    expect(world.client.rooms.recent('1').map(wordsOf)).toEqual(['revoked', 'two', 'three']);
  });

  test('without it what was missed stays missed, but the room is as it is now', async () => {
    const world = await inRooms({ id: '1' });
    const { server } = world;
    server.down = true;
    server.drop();
    server.rooms.say('1', 'bob', 'missed');
    server.rooms.change('1', { name: 'New', owner: 'alice', mutedAll: true, memberCount: 9 });
    await world.away(2_000);
    expect(heard(world)).toEqual([]);
    expect(world.of('room').map(({ change, actor, mine }) => [change, actor, mine])).toEqual([
      ['profileChanged', '', false],
      ['ownerChanged', '', true],
      ['mutedAll', '', false],
    ]);
    expect(world.client.rooms.current('1')).toMatchObject({ name: 'New', mutedAll: true });
    expect(told(world).at(-1)).toBe('ready');
  });

  test('a server that was started anew takes the device back', async () => {
    const world = await inRooms({ id: '1' });
    world.server.rooms.forget();
    await world.away(3_000);
    expect(world.of('roomOut')).toEqual([]);
    expect(world.server.rooms.has('1', 'alice')).toBe(true);
  });

  test('the time away counts from the first loss, however often the connection comes and goes', async () => {
    const world = await inRooms({ id: '1' });
    const { server, clock } = world;
    server.loseReply = (op) => op === 'room.resume';
    await world.away(5_000);
    server.loseReply = () => false;
    await world.away(5_000);
    expect((resumes(world).at(-1) as { away: number }).away).toBeGreaterThanOrEqual(12_000);
    await world.away(1_000);
    expect((resumes(world).at(-1) as { away: number }).away).toBeLessThan(2_000);
    expect(world.of('roomOut')).toEqual([]);
    await clock.advance(100);
    expect(resumes(world)).toHaveLength(3);
  });

  test('what is said before the answer waits for it', async () => {
    const world = await inRooms({ id: '1' }, { id: '2' });
    const { server, clock } = world;
    server.delayReply = (op) => (op === 'room.resume' ? 500 : 0);
    server.down = true;
    server.drop();
    await clock.advance(1_000);
    server.rooms.end('2');
    server.down = false;
    world.platform.hint(true);
    await clock.advance(100);
    server.rooms.say('1', 'bob', 'early');
    await clock.advance(100);
    expect([heard(world), world.of('ready')]).toEqual([[], []]);
    await clock.advance(1_000);
    expect(told(world)).toEqual(['syncing', 'messages', 'roomOut', 'ready']);
  });

  test('a server that is busy is asked again, one that does not know how is believed to have put us out', async () => {
    const world = await inRooms({ id: '1' });
    let refusals = 2;
    world.server.refuse = (op) =>
      op === 'room.resume' && refusals-- > 0 ? new MagpieError('OVERLOADED', { retryAfter: 300 }) : undefined; // prettier-ignore
    await world.away(1_000);
    expect(resumes(world)).toHaveLength(3);
    expect(world.of('roomOut')).toEqual([]);
    world.server.refuse = (op) => (op === 'room.resume' ? new MagpieError('FORBIDDEN') : undefined);
    await world.away(1_000);
    expect(world.of('roomOut')).toMatchObject([{ reason: 'timeout' }]);
  });

  test('a room that was left while it was asked for is not asked for again', async () => {
    const world = await inRooms({ id: '1' });
    const { server, client } = world;
    server.loseReply = (op) => op === 'room.resume';
    await world.away(1_000);
    server.loseReply = () => false;
    await world.done(client.rooms.leave('1'));
    await world.clock.advance(30_000);
    expect([server.rooms.has('1', 'alice'), world.of('ready').length]).toEqual([false, 1]);
  });

  test('more rooms than one request may name are asked for in several', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => ({ id: `${i}` }));
    const world = await inRooms(...ids);
    await world.away(1_000);
    expect(resumes(world).map(({ rooms }) => (rooms as string[]).length)).toEqual([100, 1]);
    expect(world.client.rooms.joined()).toHaveLength(101);
  });

  test('streams that began anew do not cost the room', async () => {
    const world = await inRooms({ id: '1', history: true });
    world.server.epoch = 'e2';
    await world.away(1_000);
    world.server.sayIn('1', 'bob', 'new');
    await world.clock.advance(500);
    expect(heard(world)).toEqual(['new']);
    expect(world.of('ready')).toEqual([{ first: false, resumed: false }]);
  });
});
