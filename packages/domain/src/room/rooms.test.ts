import { describe, expect, it } from 'vitest';
import { createWorld, type TestDevice } from './test-world.ts';

type World = ReturnType<typeof createWorld>;

async function room(world: World, kind: 'live' | 'lounge' | 'hall' = 'live', id = 'x'): Promise<World> {
  await world.admin('room.create', { id, kind, ...(kind === 'lounge' ? {} : { owner: 'alice' }) });
  return world;
}

async function enter(world: World, user: string, instance?: string, id = 'x'): Promise<TestDevice> {
  const device = world.device(user, instance);
  await device.ask('room.enter', { id });
  await world.flush();
  return device;
}

const present = (world: World, id = 'x'): string[] =>
  [...(world.rooms.peek('a', id)?.seats.occupants.keys() ?? [])].sort();

describe('who is in', () => {
  it.each<[kind: 'live' | 'lounge' | 'hall', user: string, silence: number]>([
    ['live', 'bob', 60_000],
    ['lounge', 'bob', 30_000],
    ['hall', 'bob', 120_000],
    ['hall', 'alice', 300_000],
  ])('%s: after a lost connection %s is out after %i ms, not before', async (kind, user, silence) => {
    const world = await room(createWorld(), kind);
    const lost = await enter(world, user);
    await enter(world, 'carol');
    lost.drop();
    await world.time.advance(silence - 1);
    expect(present(world)).toEqual([user, 'carol'].sort());
    await world.time.advance(1);
    expect(present(world)).toEqual(['carol']);
  });

  it('the app may say how long', async () => {
    const world = await room(createWorld({ 'rooms.silence': 40 }));
    (await enter(world, 'bob')).drop();
    await world.time.advance(40);
    expect(present(world)).toEqual([]);
  });

  it.each<[string, (bob: TestDevice, world: World) => unknown, string[], string[]]>([
    ['leaves', (bob) => bob.ask('room.leave', { id: 'x' }), [], ['+[] -[bob:left] =1']],
    ['logs out', (bob) => bob.logout(), [], ['+[] -[bob:left] =1']],
    ['loses the connection', (bob) => bob.drop(), ['bob'], []],
    ['loses it and is back in time', (bob) => { bob.drop(); bob.resume(); }, ['bob'], []],
    ['changes the connection', (bob) => bob.resume(), ['bob'], []],
    ['logs in anew on the device', (_, world) => world.device('bob'), [], ['+[] -[bob:left] =1']],
    ['logs in anew after losing it', (bob, world) => { bob.drop(); world.device('bob'); }, [], ['+[] -[bob:left] =1']],
    ['is ended by the operator', (_, world) => world.sessions.kickUser('a', 'bob', 'byAdmin'), [], ['+[] -[bob:left] =1']],
    ['is ended while the connection is gone', (bob, world) => { bob.drop(); world.sessions.kickUser('a', 'bob', 'byAdmin'); }, [], ['+[] -[bob:left] =1']],
    ['is kicked', (_, world) => world.admin('room.kick', { id: 'x', users: ['bob'] }), [], ['+[] -[bob:kicked] =1']],
    ['is kicked while the connection is gone', (bob, world) => { bob.drop(); return world.admin('room.kick', { id: 'x', users: ['bob'] }); }, [], ['+[] -[bob:kicked] =1']],
    ['is banned', (_, world) => world.admin('room.kick', { id: 'x', users: ['bob'], seconds: 9 }), [], ['banned bob', '+[] -[bob:kicked] =1']],
    ['logs in on another device', (_, world) => world.device('bob', 'bob2'), ['bob'], []],
    ['is in with a second device and leaves with it', async (_, world) => { const two = await enter(world, 'bob', 'bob2'); await two.ask('room.leave', { id: 'x' }); }, ['bob'], []],
  ])('bob %s', async (_name, act, still, told) => {
    const world = await room(createWorld());
    const carol = await enter(world, 'carol');
    await world.time.advance(1_000);
    const bob = await enter(world, 'bob');
    await world.time.advance(1_000);
    carol.news();
    await act(bob, world);
    await world.time.advance(1_000);
    expect(present(world)).toEqual([...still, 'carol']);
    expect(carol.news().sort()).toEqual(told.sort());
    expect(world.rooms.stats()).toMatchObject({ count: 1, members: still.length + 1 });
  }); // prettier-ignore

  it('who drops again and again has the whole silence each time', async () => {
    const world = await room(createWorld(), 'lounge');
    const bob = await enter(world, 'bob');
    for (let i = 0; i < 5; i++) {
      bob.drop();
      await world.time.advance(29_999);
      bob.resume();
    }
    expect(present(world)).toEqual(['bob']);
    await world.adminSays('alice', 'x', 'still here?');
    await world.flush();
    expect(bob.news().at(-1)).toBe('still here?');
  });

  it('entering again changes nothing; `exclusive` puts the other devices out, `leaveOthers` ends the other rooms', async () => {
    const world = await room(await room(createWorld(), 'live', 'y'));
    const one = await enter(world, 'bob', 'b1');
    await one.ask('room.enter', { id: 'x' });
    await one.ask('room.enter', { id: 'y' });
    const two = await enter(world, 'bob', 'b2');
    await two.ask('room.enter', { id: 'x', exclusive: true, leaveOthers: true });
    expect(one.news()).toContain('out:elsewhere');
    expect(await one.code('room.leave', { id: 'x' })).toBe('NOT_MEMBER');
    await two.ask('room.enter', { id: 'y', leaveOthers: true });
    expect(two.news()).toContain('out:left');
    expect([present(world), present(world, 'y')]).toEqual([[], ['bob']]);
  });

  it('a device is in five lounges at most, and in a hundred rooms', async () => {
    const world = createWorld();
    const bob = world.device('bob');
    for (let i = 0; i < 5; i++) await bob.ask('room.enter', { id: `l${i}`, create: { kind: 'lounge' } });
    expect(await bob.code('room.enter', { id: 'l5', create: { kind: 'lounge' } })).toBe('QUOTA_EXCEEDED');
    expect(await bob.code('room.enter', { id: 'l4' })).toBe('ok');
    expect(await world.device('bob', 'b2').code('room.enter', { id: 'l5' })).toBe('ok');
    for (let i = 0; i < 95; i++) {
      await room(world, 'live', `v${i}`);
      await bob.ask('room.enter', { id: `v${i}` });
    }
    await room(world, 'live', 'v95');
    expect(await bob.code('room.enter', { id: 'v95' })).toBe('QUOTA_EXCEEDED');
  });

  it('a ban that comes while one is being let in holds', async () => {
    const world = await room(createWorld());
    const bob = world.device('bob');
    let go: () => void = () => undefined;
    world.store.wait = new Promise((resolve) => (go = resolve));
    const entering = bob.code('room.enter', { id: 'x' });
    await world.flush();
    const banning = world.admin('room.kick', { id: 'x', users: ['bob'], seconds: 60 });
    await banning;
    go();
    expect(await entering).toBe('BANNED');
    expect(present(world)).toEqual([]);
  });

  it('a connection that goes, or a room that ends, while one is being let in: nobody is left behind', async () => {
    const world = await room(createWorld());
    const bob = world.device('bob');
    let go: () => void = () => undefined;
    world.store.wait = new Promise((resolve) => (go = resolve));
    const entering = bob.code('room.enter', { id: 'x' });
    const carol = world.device('carol').code('room.enter', { id: 'x' });
    await world.flush();
    bob.drop();
    await world.admin('room.dismiss', { id: 'x' });
    go();
    expect(await Promise.all([entering, carol])).toEqual(['SESSION_GONE', 'ROOM_NOT_FOUND']);
    expect(world.rooms.stats()).toMatchObject({ count: 0, members: 0 });
  });
});

describe('coming back', () => {
  const resumed = async (device: TestDevice, away: number) =>
    (await device.ask('room.resume', { rooms: ['x'], away })).rooms.map(({ id, room: is, reason }) => [id, is ? is.memberCount : reason]); // prettier-ignore

  it('in time: still in, and nobody noticed', async () => {
    const world = await room(createWorld());
    const [bob, carol] = [await enter(world, 'bob'), await enter(world, 'carol')];
    await world.time.advance(2_000);
    carol.news();
    bob.drop();
    await world.time.advance(5_000);
    bob.resume();
    expect(await resumed(bob, 5_000)).toEqual([['x', 2]]);
    await world.time.advance(2_000);
    expect(carol.news()).toEqual([]);
  });

  it.each<[string, (world: World) => unknown, string]>([
    ['too late', (world) => world.time.advance(60_000), 'timeout'],
    ['kicked meanwhile', (world) => world.admin('room.kick', { id: 'x', users: ['bob'] }), 'kicked'],
    ['banned meanwhile', (world) => world.admin('room.kick', { id: 'x', users: ['bob'], seconds: 60 }), 'banned'],
    ['dismissed meanwhile', (world) => world.admin('room.dismiss', { id: 'x' }), 'dismissed'],
  ])('%s: out', async (_name, meanwhile, reason) => {
    const world = await room(createWorld());
    const bob = await enter(world, 'bob');
    await enter(world, 'carol');
    await world.time.advance(1);
    bob.drop();
    await meanwhile(world);
    bob.resume();
    expect(await resumed(bob, 1)).toEqual([['x', reason]]);
  }); // prettier-ignore

  it.each<[string, number, unknown[], string[]]>([
    ['in time', 20_000, [['x', 1]], ['bob']],
    ['too late', 61_000, [['x', 'timeout']], []],
    ['who says they were lost after the start was never in', 5_000, [['x', 'timeout']], []],
  ])('after a restart of the server, %s', async (_name, away, answer, inside) => {
    const before = await room(createWorld());
    (await enter(before, 'bob')).drop();
    before.rooms.close();
    const world = createWorld({}, before.store, before.time);
    const carol = await enter(world, 'carol');
    await world.time.advance(10_000);
    await carol.ask('room.leave', { id: 'x' });
    carol.news();
    const bob = world.device('bob');
    expect(await resumed(bob, away)).toEqual(answer);
    await world.time.advance(2_000);
    expect(present(world)).toEqual(inside);
  });

  it('put back after a restart, quietly', async () => {
    const before = await room(createWorld());
    await enter(before, 'bob');
    before.rooms.close();
    const world = createWorld({}, before.store, before.time);
    const carol = await enter(world, 'carol');
    await world.time.advance(2_000);
    carol.news();
    expect(await resumed(world.device('bob'), 10_000)).toEqual([['x', 2]]);
    await world.time.advance(2_000);
    expect(carol.news()).toEqual([]);
  });
});

describe('what those present are told of others', () => {
  it('the first at once, the rest once a second; who came and went within it is not told', async () => {
    const world = await room(createWorld());
    const alice = await enter(world, 'alice');
    expect(alice.news()).toEqual(['+[alice] -[] =1']);
    const bob = await enter(world, 'bob');
    const carol = await enter(world, 'carol');
    await carol.ask('room.leave', { id: 'x' });
    await enter(world, 'dave');
    expect(alice.news()).toEqual([]);
    await world.time.advance(1_000);
    expect(alice.news()).toEqual(['+[bob dave] -[] =3']);
    await bob.ask('room.leave', { id: 'x' });
    await bob.ask('room.enter', { id: 'x' });
    await world.time.advance(3_000);
    expect(alice.news()).toEqual([]);
    await bob.ask('room.leave', { id: 'x' });
    await world.flush();
    expect(alice.news()).toEqual(['+[] -[bob:left] =2']);
    expect(world.hooked.filter((event) => event.startsWith('room.membersChanged'))).toHaveLength(3);
  });

  it('with what they wished to show, and their names', async () => {
    const world = await room(createWorld());
    const alice = await enter(world, 'alice');
    await world.time.advance(1_000);
    await world.device('bob').ask('room.enter', { id: 'x', ext: 'on a bicycle' });
    await world.flush();
    expect(alice.events.at(-1)).toMatchObject({ c: 'r:x', d: { entered: [{ userId: 'bob', ext: 'on a bicycle' }], people: { bob: { name: 'BOB' } } } }); // prettier-ignore
  });

  it('when a crowd comes at once, the count alone', async () => {
    const world = await room(createWorld());
    const alice = await enter(world, 'alice');
    const live = world.rooms.peek('a', 'x');
    if (!live) throw new Error('no room');
    for (let i = 0; i < 1_200; i++) world.rooms.enter(live, world.device(`u${i}`).session, { role: 'member', mutedUntil: null }); // prettier-ignore
    await world.time.advance(1_000);
    expect(alice.news().at(-1)).toBe('+[] -[] =1201');
  });

  // Its time limit is the check: were each slower than the one before, it would take minutes.
  it('above ten thousand, the count alone; they come and go as fast as in a small room', async () => {
    const world = await room(createWorld());
    const alice = await enter(world, 'alice');
    const live = world.rooms.peek('a', 'x');
    if (!live) throw new Error('no room');
    const crowd = Array.from({ length: 10_010 }, (_, i) => world.device(`u${i}`));
    for (const { session } of crowd) world.rooms.enter(live, session, { role: 'member', mutedUntil: null });
    await world.time.advance(1_000);
    expect(alice.news().at(-1)).toBe('+[] -[] =10011');
    for (const { session } of crowd) world.sessions.close(session);
    expect(present(world)).toEqual(['alice']);
  });
});
