import { describe, expect, test } from 'vitest';
import { fakeWorld, wordsOf, type FakeWorld } from '../testing/world.ts';
import type { ClientEvents } from '../types.ts';

const EVENTS = ['syncing', 'ready', 'messages', 'revoked', 'conversations', 'unread', 'room', 'roomMembers', 'roomOut', 'error'] as const satisfies readonly (keyof ClientEvents)[]; // prettier-ignore
const text = (words: string) => ({ type: 'text', text: words }) as const;

const heard = (world: FakeWorld): string[] =>
  world.of('messages').flatMap(({ messages }) => messages.map(wordsOf));
const asked = ({ server }: FakeWorld, op: string) => server.calls.filter((call) => call.op === op);

async function inRoom(history = false): Promise<FakeWorld> {
  const world = fakeWorld(EVENTS);
  world.server.rooms.make('1', history ? { history: true } : {});
  await world.login();
  await world.done(world.client.rooms.enter('1'));
  world.told.length = 0;
  return world;
}

describe('being in a room', () => {
  test('what was said before is handed over, what follows is raised; nothing of it is in the list or counts', async () => {
    const world = fakeWorld(EVENTS);
    const { client, server, clock } = world;
    server.rooms.make('1', { name: 'Bridge' });
    server.rooms.say('1', 'bob', 'before');
    await world.login();
    expect(client.rooms.joined()).toEqual([]);
    const entered = await world.done(client.rooms.enter('1'));
    expect(entered.recent.map(wordsOf)).toEqual(['before']);
    expect(entered.room).toMatchObject({ name: 'Bridge', memberCount: 1, me: { role: 'member' } });
    server.rooms.say('1', 'bob', 'after');
    await clock.advance(10);
    expect(world.of('messages')).toMatchObject([
      { ref: 'r:1', backlog: false, messages: [{ stored: false, mine: false }] },
    ]);
    expect(client.rooms.recent('1').map(wordsOf)).toEqual(['before', 'after']);
    expect(client.messages.peek(client.rooms.recent('1')[1]?.id ?? '')).toBe(client.rooms.recent('1')[1]);
    expect([client.conversations.list(), client.conversations.totalUnread()]).toEqual([[], 0]);
    expect(world.of('conversations').length + world.of('unread').length).toBe(0);
    expect(client.rooms.joined()).toEqual([client.rooms.current('1')]);
    // Not even when a server says so.
    const row = { conv: 'r:1', lastSeq: 1, changeSeq: 0, activeAt: 1, readSeq: 0, reportedSeq: 0, unread: 1, historyFrom: 0, heads: { entry: { ...client.rooms.recent('1')[0], seq: 1 } } }; // prettier-ignore
    server.answer = (op) => (op === 'conversation.list' ? { conversations: [row], people: {} } : undefined);
    expect(await world.done(client.conversations.load('r:1'))).toBeUndefined();
    expect([client.conversations.list(), client.conversations.totalUnread()]).toEqual([[], 0]);
  });

  test('what is said while the answer is on its way is raised after it, once, unless it is in it', async () => {
    const world = fakeWorld(EVENTS);
    const { client, server, clock } = world;
    server.rooms.make('1');
    await world.login();
    server.delayReply = (op) => (op === 'room.enter' ? 50 : 0);
    const early = server.rooms.say('1', 'bob', 'in it');
    const entering = client.rooms.enter('1');
    await clock.advance(10);
    server.rooms.tell('1', { e: 'message.transient', d: { message: early } });
    server.rooms.say('1', 'bob', 'not in it');
    await clock.advance(10);
    expect(heard(world)).toEqual([]);
    await clock.advance(100);
    expect((await entering).recent.map(wordsOf)).toEqual(['in it']);
    expect(heard(world)).toEqual(['not in it']);
  });

  test('the same in one with history, where it goes by numbers', async () => {
    const world = fakeWorld(EVENTS);
    const { client, server, clock } = world;
    server.rooms.make('1', { history: true });
    server.sayIn('1', 'bob', 'one');
    await world.login();
    server.delayReply = (op) => (op === 'room.enter' ? 50 : 0);
    const entering = client.rooms.enter('1');
    await clock.advance(10);
    server.sayIn('1', 'bob', 'two');
    await clock.advance(100);
    expect(await entering).toMatchObject({ lastSeq: 1, recent: [{ seq: 1, stored: true }] });
    server.loseEvent = () => true;
    server.sayIn('1', 'bob', 'three');
    await clock.advance(10);
    server.loseEvent = () => false;
    server.sayIn('1', 'bob', 'four');
    await clock.advance(500);
    expect(heard(world)).toEqual(['two', 'three', 'four']);
    expect(client.conversations.list()).toEqual([]);
    expect(asked(world, 'conversation.list')).toHaveLength(1);
  });

  test('its members, profile, and this user’s own place are kept', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    const left = [{ userId: 'carol', reason: 'timeout' }];
    server.rooms.tell('1', { e: 'room.membersChanged', d: { entered: [{ userId: 'bob' }], left, memberCount: 7 } }); // prettier-ignore
    await clock.advance(10);
    expect(world.of('roomMembers')).toEqual([{ ref: 'r:1', entered: [{ userId: 'bob' }], left, memberCount: 7 }]); // prettier-ignore
    expect(client.rooms.current('1')).toMatchObject({ memberCount: 7, me: { role: 'member' } });
    const facts = [
      { change: 'profileChanged', fields: { name: 'New' } },
      { change: 'roleChanged', targets: ['alice'], after: { role: 'admin' } },
      { change: 'muted', targets: ['alice', 'bob'], until: 99 },
      { change: 'muted', targets: ['bob'], until: 120 },
    ];
    for (const { fields, ...fact } of facts) server.rooms.change('1', fields ?? {}, fact);
    await clock.advance(10);
    expect(world.of('room').map(({ change, mine, room }) => [change, mine, room.me])).toMatchObject([
      ['profileChanged', false, { role: 'member' }],
      ['roleChanged', true, { role: 'admin' }],
      ['muted', true, { role: 'admin', mutedUntil: 99 }],
      ['muted', false, { role: 'admin', mutedUntil: 99 }],
    ]);
    expect(client.rooms.current('1')).toMatchObject({ name: 'New', me: { role: 'admin', mutedUntil: 99 } });
    server.rooms.change('1', { owner: 'alice' }, { change: 'ownerChanged', targets: ['alice'] });
    server.rooms.change('1', {}, { change: 'unmuted', targets: ['alice'] });
    await clock.advance(10);
    expect(client.rooms.current('1')?.me).toEqual({ role: 'owner', enteredAt: 1 });
    server.rooms.change('1', { owner: 'bob' }, { change: 'ownerChanged', targets: ['bob'] });
    await clock.advance(10);
    expect(client.rooms.current('1')?.me?.role).toBe('member');
  });

  test('rooms this device is not in say nothing to it', async () => {
    const world = await inRoom();
    world.server.push({
      e: [
        { e: 'room.membersChanged', c: 'r:2', d: { entered: [], left: [], memberCount: 3 } },
        { e: 'room.out', c: 'r:2', d: { id: '2', reason: 'kicked' } },
        { e: 'message.created', c: 'r:2', n: 5, d: { message: { id: '70000000005', conv: 'r:2', seq: 5, from: 'bob', time: 1, clientId: 'x', content: text('x') } } }, // prettier-ignore
      ],
    });
    await world.clock.advance(1_000);
    expect(world.told).toEqual([]);
    expect(asked(world, 'message.list')).toEqual([]);
  });
});

describe('getting out', () => {
  test('leaving is silent and ends it', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    await world.done(client.rooms.leave('1'));
    expect([client.rooms.joined(), client.rooms.recent('1')]).toEqual([[], []]);
    server.rooms.say('1', 'bob', 'unheard');
    await world.away(1_000);
    await clock.advance(100);
    expect(world.told.filter(({ event }) => event !== 'syncing' && event !== 'ready')).toEqual([]);
    expect(asked(world, 'room.resume')).toEqual([]);
    await expect(world.done(client.rooms.leave('1'))).rejects.toMatchObject({ code: 'NOT_MEMBER' });
  });

  test('leaving succeeds also when its answer was lost', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    server.loseReply = (op) => op === 'room.leave';
    const leaving = client.rooms.leave('1');
    await clock.advance(10);
    server.loseReply = () => false;
    server.drop();
    await clock.advance(3_000);
    await leaving;
    expect(client.rooms.joined()).toEqual([]);
    expect(world.of('roomOut')).toEqual([]);
    expect(server.rooms.has('1', 'alice')).toBe(false);
  });

  test('being put out is told with its reason, after what was said', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    server.rooms.say('1', 'bob', 'bye');
    server.rooms.out('1', 'alice', 'banned', { by: 'bob', until: 5, text: 'spam' });
    await clock.advance(10);
    expect(world.told.map(({ event }) => event)).toEqual(['messages', 'roomOut']);
    expect(world.of('roomOut')).toMatchObject([
      { ref: 'r:1', reason: 'banned', by: 'bob', until: 5, text: 'spam', room: { id: '1' } },
    ]);
    expect(client.rooms.current('1')).toBeUndefined();
  });

  test('the end of a room is told once', async () => {
    const world = await inRoom();
    world.server.rooms.change('1', {}, { change: 'dismissed', actor: 'bob' });
    world.server.rooms.out('1', 'alice', 'dismissed');
    await world.clock.advance(10);
    expect(world.told.map(({ event }) => event)).toEqual(['room', 'roomOut']);
    expect(world.of('roomOut')[0]).toMatchObject({ reason: 'dismissed', by: 'bob' });
  });

  test('entering one instead of others takes this device out of them, told once each', async () => {
    const world = await inRoom();
    const { client, server } = world;
    server.rooms.make('2');
    await world.done(client.rooms.enter('2', { leaveOthers: true }));
    expect(client.rooms.joined().map(({ id }) => id)).toEqual(['2']);
    expect(world.of('roomOut').map(({ ref, reason }) => [ref, reason])).toEqual([['r:1', 'left']]);
  });

  test('put out at the moment it enters once more, it asks which was first', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    // The server has the kick before it, and lets the device in anew.
    const again = client.rooms.enter('1');
    server.rooms.out('1', 'alice', 'kicked', { by: 'bob' });
    await world.done(again);
    expect([client.rooms.joined().length, world.of('roomOut')]).toEqual([1, []]);
    // The server lets it in, and puts it out before the answer is there.
    server.delayReply = (op) => (op === 'room.enter' ? 50 : 0);
    const once = client.rooms.enter('1');
    await clock.advance(10);
    server.rooms.out('1', 'alice', 'kicked', { by: 'bob' });
    await world.done(once);
    expect(client.rooms.joined()).toEqual([]);
    expect(world.of('roomOut')).toMatchObject([{ reason: 'kicked', by: 'bob' }]);
  });

  test('entering and leaving at once ends outside: one is asked after the other', async () => {
    const world = fakeWorld(EVENTS);
    const { client, server } = world;
    server.rooms.make('1');
    await world.login();
    server.delayReply = (op) => (op === 'room.enter' ? 50 : 0);
    const entering = client.rooms.enter('1');
    const leaving = client.rooms.leave('1');
    await world.clock.advance(20);
    expect(asked(world, 'room.leave')).toEqual([]);
    await world.done(Promise.all([entering, leaving]));
    expect([client.rooms.joined(), server.rooms.has('1', 'alice')]).toEqual([[], false]);
    const cut = client.rooms.leave('1');
    const waiting = client.rooms.enter('1');
    const failed = [cut, waiting].map((call) => call.catch((error: { code: string }) => error.code));
    await world.done(client.session.close());
    expect(await Promise.all(failed)).toEqual(['NOT_MEMBER', 'SESSION_GONE']);
  });

  test('a refused entry leaves nothing behind; one that ran out of time is taken back', async () => {
    const world = fakeWorld(EVENTS);
    const { client, server } = world;
    server.rooms.make('1');
    await world.login();
    await expect(world.done(client.rooms.enter('none'))).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND' });
    expect(asked(world, 'room.leave')).toEqual([]);
    server.loseReply = (op) => op === 'room.enter';
    await expect(world.done(client.rooms.enter('1'), 20_000)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await world.clock.advance(100);
    expect([client.rooms.joined(), server.rooms.has('1', 'alice')]).toEqual([[], false]);
  });

  test('a logout and a kick end all; a new login starts outside', async () => {
    const world = await inRoom();
    const { client, server, clock } = world;
    server.drop(4404);
    await clock.advance(100);
    expect([client.session.state, client.rooms.joined()]).toEqual(['idle', []]);
    await world.login();
    expect(client.rooms.joined()).toEqual([]);
    await world.done(client.rooms.enter('1'));
    await world.done(client.session.close());
    expect([client.rooms.joined(), client.rooms.recent('1')]).toEqual([[], []]);
    await world.login();
    server.rooms.say('1', 'bob', 'unheard');
    await clock.advance(100);
    expect(asked(world, 'room.resume')).toEqual([]);
    expect([world.of('roomOut'), heard(world)]).toEqual([[], []]);
  });
});
