import type { RoomKind } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import { createNodes, type Nodes, type World } from './test-nodes.ts';
import type { TestDevice } from './test-world.ts';

async function room(kind: RoomKind = 'live', count = 3, settings: Record<string, unknown> = {}) {
  const nodes = await createNodes(count, settings);
  const [a, b, c] = [nodes.at(0), nodes.at(1), nodes.at(Math.min(2, count - 1))];
  await a.admin('room.create', { id: 'x', kind, ...(kind === 'lounge' ? {} : { owner: 'alice' }) });
  return { nodes, a, b, c };
}

async function crowd(kind: RoomKind = 'live', settings: Record<string, unknown> = {}) {
  const world = await room(kind, 3, settings);
  const { nodes, a, b, c } = world;
  const alice = await nodes.enter(a, 'alice');
  await nodes.time.advance(1);
  const bob = await nodes.enter(b, 'bob');
  await nodes.time.advance(1);
  const carol = await nodes.enter(c, 'carol');
  await nodes.time.advance(2_000);
  for (const one of [alice, bob, carol]) one.news();
  return { ...world, alice, bob, carol };
}

const everybody = (...users: string[]) =>
  Array.from({ length: 3 }, () => `${users.length}: ${users.join(' ')}`);
const members = async (device: TestDevice) =>
  (await device.ask('room.members', { id: 'x', limit: 50 })).members.map(({ userId }) => userId);

describe('who is there', () => {
  it('all nodes agree, and tell their people of all who come and go, once', async () => {
    const { nodes, a, b } = await room();
    const alice = await nodes.enter(a, 'alice');
    alice.news();
    await nodes.time.advance(1_000);
    const bob = b.device('bob');
    const entered = await nodes.through(bob.ask('room.enter', { id: 'x', ext: 'hi' }));
    expect(entered.room.memberCount).toBe(2);
    await nodes.time.advance(1_000);
    expect([alice.news(), bob.news()]).toEqual([['+[bob] -[] =2'], ['+[bob] -[] =2']]);
    expect(alice.events.at(-1)?.d).toMatchObject({ entered: [{ userId: 'bob', ext: 'hi' }], people: { bob: { name: 'BOB' } } }); // prettier-ignore
    await bob.ask('room.leave', { id: 'x' });
    await nodes.time.advance(1_000);
    expect(alice.news()).toEqual(['+[] -[bob] =1'.replace('bob', 'bob:left')]);
    // Each coming and going is told to the app's back end by one node.
    expect(nodes.all.map(({ hooked }) => hooked.filter((one) => one.includes('membersChanged')).length)).toEqual([1, 2, 0]); // prettier-ignore
  });

  it('members of all nodes, newest first, the same pages everywhere', async () => {
    const { nodes, alice, bob, carol, a } = await crowd();
    await nodes.enter(a, 'dave');
    for (const device of [alice, bob, carol]) {
      expect(await members(device)).toEqual(['dave', 'carol', 'bob', 'alice']);
      const first = await device.ask('room.members', { id: 'x', limit: 3 });
      expect(first.memberCount).toBe(4);
      const rest = await alice.ask('room.members', { id: 'x', limit: 3, cursor: first.next ?? '' });
      expect(rest).toMatchObject({ members: [{ userId: 'alice', role: 'owner' }] });
      expect(rest).not.toHaveProperty('next');
      const named = await device.ask('room.members', { id: 'x', users: ['erin', 'bob', 'alice'], limit: 10 });
      expect(named.members.map(({ userId, role }) => `${userId} ${role}`)).toEqual(['bob member', 'alice owner']); // prettier-ignore
    }
    expect((await bob.ask('room.get', { ids: ['x'] })).rooms).toMatchObject([{ memberCount: 4, me: { role: 'member' } }]); // prettier-ignore
  });

  it('a user with devices on two nodes counts once, and leaves with the last', async () => {
    const { nodes, alice, bob, b } = await crowd();
    const too = await nodes.enter(b, 'alice', {}, 'alice2');
    await nodes.time.advance(1_000);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol'));
    await alice.ask('room.leave', { id: 'x' });
    await nodes.time.advance(1_000);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol'));
    expect(bob.news()).toEqual([]);
    await too.ask('room.leave', { id: 'x' });
    await nodes.time.advance(1_000);
    expect(bob.news()).toEqual(['+[] -[alice:left] =2']);
    expect(nodes.views()).toEqual(everybody('bob', 'carol'));
  });

  it('a node that starts later knows, also of rooms that nobody of its own is in', async () => {
    const { nodes } = await crowd();
    const late = await nodes.start();
    const erin = late.device('erin');
    expect((await erin.ask('room.get', { ids: ['x'] })).rooms).toMatchObject([{ memberCount: 3 }]);
    expect((await erin.ask('room.list', { limit: 5 })).rooms).toMatchObject([{ memberCount: 3 }]);
    expect(late.rooms.stats()).toMatchObject({ count: 0, members: 0 });
  });

  it('the cap is that of all nodes', async () => {
    const { nodes, a, b } = await room('hall');
    await nodes.enter(a, 'u0');
    for (let i = 1; i < 9_999; i++) await a.device(`u${i}`).ask('room.enter', { id: 'x' });
    await nodes.settle();
    await nodes.enter(b, 'bob');
    expect(await b.device('carol').code('room.enter', { id: 'x' })).toBe('ROOM_FULL');
    expect(await a.device('carol').code('room.enter', { id: 'x' })).toBe('ROOM_FULL');
    expect(nodes.at(2).rooms.neighbours.at(1)?.users.size).toBe(10_000);
  }, 60_000);

  it('exclusive: the devices on other nodes leave', async () => {
    const { nodes, alice, bob, b } = await crowd();
    const too = await nodes.enter(b, 'alice', { exclusive: true }, 'alice2');
    await nodes.time.advance(1_000);
    expect(alice.news()).toEqual(['out:elsewhere']);
    expect(bob.news()).toEqual([]);
    expect(too.news()).toEqual([]);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol'));
  });

  it('exclusive: of two that enter at once one stays', async () => {
    const { nodes, a, b } = await room();
    const devices = [a.device('dave', 'd1'), b.device('dave', 'd2')];
    await nodes.through(Promise.all(devices.map((device) => device.ask('room.enter', { id: 'x', exclusive: true })))); // prettier-ignore
    await nodes.time.advance(1_000);
    expect(devices.map((device) => device.news().includes('out:elsewhere')).sort()).toEqual([false, true]);
    const places = [a, b].map(({ rooms }) => rooms.peek('a', 'x')?.seats.occupants.size);
    expect(places.sort()).toEqual([0, 1]);
  });
});

describe('who governs', () => {
  it('puts out, mutes and names admins wherever they are', async () => {
    const { nodes, alice, bob, carol } = await crowd('hall');
    await nodes.through(alice.ask('room.setRole', { id: 'x', users: ['carol'], role: 'admin' }));
    await nodes.through(alice.ask('room.mute', { id: 'x', users: ['bob'], seconds: 60 }));
    await nodes.settle();
    expect(await bob.say('x', 'hm')).toBe('MUTED');
    expect(await carol.say('x', 'admins speak')).toMatch(/^0/);
    for (const device of [alice, bob, carol])
      expect((await device.ask('room.members', { id: 'x', users: ['carol'], limit: 1 })).members[0]?.role).toBe('admin'); // prettier-ignore
    // Their equals are judged by what is true on all nodes.
    expect(await carol.code('room.kick', { id: 'x', users: ['alice'] })).toBe('FORBIDDEN');
    await nodes.time.advance(1_000);
    for (const one of [alice, bob, carol]) one.news();
    expect(await nodes.through(carol.ask('room.kick', { id: 'x', users: ['bob', 'erin'], reason: 'rude' }))).toEqual({ removed: ['bob'] }); // prettier-ignore
    await nodes.time.advance(1_000);
    expect(bob.news()).toEqual(['out:kicked']);
    expect([alice.news(), carol.news()]).toEqual([['+[] -[bob:kicked] =2'], ['+[] -[bob:kicked] =2']]);
    // The node where it was asked tells the app's back end.
    expect(nodes.all.map(({ hooked }) => hooked.filter((one) => one.includes('membersChanged')).length)).toEqual([1, 1, 2]); // prettier-ignore
    expect(await resumed(nodes, nodes.at(0).device('bob', 'bob1'), 5_000)).toEqual([['x', 'kicked']]);
  });

  it('what one node changes all do; a ban and the end of the room reach everybody', async () => {
    const { nodes, a, alice, bob, carol } = await crowd();
    await nodes.through(alice.ask('room.update', { id: 'x', name: 'New', mutedAll: true }));
    await nodes.through(alice.ask('room.kick', { id: 'x', users: ['carol'], seconds: 5 }));
    await nodes.time.advance(1_000);
    for (const world of nodes.all) expect(world.rooms.peek('a', 'x')?.row).toMatchObject({ name: 'New', mutedAll: true }); // prettier-ignore
    expect(await bob.say('x', 'hm')).toBe('MUTED');
    expect(carol.news()).toContain('out:banned');
    expect(bob.news()).toEqual(['profileChanged', 'mutedAll', 'banned carol', '+[] -[carol:kicked] =2']);
    alice.news();
    await nodes.through(a.admin('room.dismiss', { id: 'x' }));
    await nodes.time.advance(1_000);
    expect(bob.news()).toEqual(['dismissed', 'out:dismissed']);
    expect(alice.news()).toEqual(['dismissed', 'out:dismissed']);
    expect(nodes.all.map(({ rooms }) => rooms.neighbours.at(1))).toEqual([undefined, undefined, undefined]);
  });

  it('a room that is read while another node changes it is not known as it was', async () => {
    const { nodes, a, b } = await room();
    const alice = await nodes.enter(a, 'alice');
    const { byId } = nodes.store.rooms;
    let go = (): void => undefined;
    const wait = new Promise<void>((resolve) => (go = resolve));
    Object.assign(nodes.store.rooms, { byId: async (app: string, id: string) => {
      const row = await byId(app, id);
      await wait;
      return row;
    } }); // prettier-ignore
    const found = b.rooms.find('a', 'x');
    await nodes.through(alice.ask('room.update', { id: 'x', name: 'Newer' }));
    await nodes.settle();
    go();
    expect((await found)?.row.name).toBe('Newer');
  });
});

export async function resumed(nodes: Nodes, device: TestDevice, away: number, ids = ['x']) {
  const { rooms } = await nodes.through(device.ask('room.resume', { rooms: ids, away }));
  return rooms.map(({ id, room: back, reason }) => [id, back?.memberCount ?? reason]);
}

describe('a device that moves', () => {
  it('keeps its place when its session goes on on another node', async () => {
    const { nodes, a, b, alice, bob, carol } = await crowd();
    bob.drop();
    await nodes.time.advance(5_000);
    const moved = await nodes.move(bob, a);
    await nodes.settle();
    expect(seats(b)).toEqual([]);
    expect(seats(a)).toEqual(['alice1', 'bob1']);
    expect(await resumed(nodes, moved, 5_000)).toEqual([['x', 3]]);
    await nodes.time.advance(70_000);
    expect([alice.news(), carol.news(), moved.news()]).toEqual([[], [], []]);
    expect(await members(carol)).toEqual(['carol', 'bob', 'alice']);
    await carol.say('x', 'still there?');
    await nodes.settle();
    expect(moved.news()).toEqual(['still there?']);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol'));
  });

  it('also while its old connection hangs', async () => {
    const { nodes, a, b, bob, carol } = await crowd();
    const moved = await nodes.move(bob, a);
    await nodes.settle();
    expect([seats(a), seats(b)]).toEqual([['alice1', 'bob1'], []]);
    await nodes.time.advance(70_000);
    expect([carol.news(), moved.news()]).toEqual([[], []]);
  });

  it('quietly also for a node that hears that it went before it hears where it is', async () => {
    const { nodes, a, c, bob, carol } = await crowd();
    nodes.slow(a, 500, c);
    await nodes.move(bob, a);
    await nodes.time.advance(5_000);
    expect(carol.news()).toEqual([]);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol'));
  });

  it('what it asks then waits until it has its places', async () => {
    const { nodes, a, bob, carol } = await crowd();
    let go = (): void => undefined;
    nodes.store.wait = new Promise((resolve) => (go = resolve));
    const moved = await nodes.move(bob, a);
    const left = moved.code('room.leave', { id: 'x' });
    await nodes.settle();
    go();
    expect(await nodes.through(left)).toBe('ok');
    await nodes.time.advance(1_000);
    expect(carol.news()).toEqual(['+[] -[bob:left] =2']);
    expect(nodes.views()).toEqual(everybody('alice', 'carol'));
  });

  it('and may leave or go elsewhere at once, wherever its places were', async () => {
    const { nodes, a, b, bob, carol } = await crowd();
    await a.admin('room.create', { id: 'y', kind: 'live' });
    const moved = await nodes.move(bob, a);
    await nodes.through(moved.ask('room.enter', { id: 'y', leaveOthers: true }));
    await nodes.time.advance(1_000);
    expect(carol.news()).toEqual(['+[] -[bob:left] =2']);
    expect([seats(a), seats(b)]).toEqual([['alice1'], []]);
    expect(nodes.views('y').slice(0, 1)).toEqual(['1: bob']);
  });

  it('a new login of it is in no room', async () => {
    const { nodes, a, b, carol } = await crowd();
    a.device('bob', 'bob1');
    await nodes.time.advance(1_000);
    expect(carol.news()).toEqual(['+[] -[bob:left] =2']);
    expect([seats(a), seats(b)]).toEqual([['alice1'], []]);
  });
});

function seats(world: World): string[] {
  const occupants = world.rooms.peek('a', 'x')?.seats.occupants ?? new Map();
  return [...occupants.values()].flatMap((one) => one.seats.map(({ instance }: { instance: string }) => instance)).sort(); // prettier-ignore
}

describe('a node that is gone', () => {
  it.each([
    ['died', (nodes: Nodes, world: World) => nodes.lose(world)],
    ['was stopped', (nodes: Nodes, world: World) => nodes.stop(world)],
  ])('%s: who comes back in time never left', async (_how, end) => {
    const { nodes, a, b, alice, bob, carol } = await crowd();
    end(nodes, b);
    await nodes.time.advance(10_000);
    expect([alice.news(), carol.news()]).toEqual([[], []]);
    const moved = await nodes.move(bob, a);
    await nodes.settle();
    // Without being asked, as on one node.
    expect(seats(a)).toEqual(['alice1', 'bob1']);
    expect(await resumed(nodes, moved, 10_000)).toEqual([['x', 3]]);
    await nodes.time.advance(70_000);
    expect([alice.news(), carol.news()]).toEqual([[], []]);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol').slice(1));
  });

  it('leaves no ghost of who came back', async () => {
    const { nodes, a, b, bob, carol } = await crowd();
    nodes.lose(b);
    await nodes.time.advance(10_000);
    const moved = await nodes.move(bob, a);
    await nodes.through(moved.ask('room.leave', { id: 'x' }));
    await nodes.time.advance(1_000);
    expect(nodes.views()).toEqual(everybody('alice', 'carol').slice(1));
    expect(carol.news()).toEqual(['+[] -[bob:left] =2']);
  });

  it('who comes back before it is known to be gone never left either', async () => {
    const { nodes, a, b, alice, bob, carol } = await crowd();
    nodes.lose(b);
    const moved = await nodes.move(bob, a);
    expect(await resumed(nodes, moved, 100)).toEqual([['x', 3]]);
    await nodes.time.advance(70_000);
    expect([alice.news(), carol.news()]).toEqual([[], []]);
    expect(nodes.views()).toEqual(everybody('alice', 'bob', 'carol').slice(1));
  });

  it('who does not come back has left, told by one node', async () => {
    const { nodes, a, b, c, alice, bob, carol } = await crowd();
    nodes.lose(b);
    await nodes.time.advance(64_000);
    expect(alice.news()).toEqual([]);
    await nodes.time.advance(6_000);
    expect([alice.news(), carol.news()]).toEqual([['+[] -[bob:timeout] =2'], ['+[] -[bob:timeout] =2']]);
    expect(nodes.views()).toEqual(['2: alice carol', '2: alice carol']);
    expect([a, c].map(({ hooked }) => hooked.length)).toEqual([2, 1]);
    expect(await resumed(nodes, await nodes.move(bob, c), 70_000)).toEqual([['x', 'timeout']]);
  });

  it('nodes that were apart agree again, and what was changed meanwhile is read', async () => {
    const { nodes, a, b, alice, bob, carol } = await crowd();
    nodes.lose(b);
    await nodes.time.advance(6_000);
    await nodes.enter(b, 'dave');
    await carol.ask('room.leave', { id: 'x' });
    await nodes.through(alice.ask('room.update', { id: 'x', name: 'Meanwhile', mutedAll: true }));
    await nodes.through(a.adminCode('room.kick', { id: 'x', users: ['dave'], seconds: 500 }));
    await nodes.through(a.admin('room.mute', { id: 'x', users: ['bob'], seconds: 500 }));
    await nodes.time.advance(2_000);
    for (const one of [alice, bob]) one.news();
    nodes.find(b);
    await nodes.time.advance(10_000);
    expect(nodes.views()).toEqual(everybody('alice', 'bob'));
    expect(b.rooms.peek('a', 'x')?.row).toMatchObject({ name: 'Meanwhile', mutedAll: true });
    expect(a.rooms.peek('a', 'x')?.who('bob')?.mutedUntil).toBeGreaterThan(0);
    expect(await bob.say('x', 'hm')).toBe('MUTED');
    expect(nodes.all.flatMap(({ reported }) => reported)).toEqual([]);
  });
});
