import type { RoomKind } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import { createWorld, type TestDevice } from './test-world.ts';

type World = ReturnType<typeof createWorld>;

const OWNER = 'alice';

async function room(kind: RoomKind, world = createWorld()) {
  await world.admin('room.create', { id: 'x', kind, ...(kind === 'lounge' ? {} : { owner: OWNER }) });
  const devices: Record<string, TestDevice> = {};
  for (const user of ['alice', 'bob', 'carol', 'dave']) {
    devices[user] = world.device(user);
    await devices[user].ask('room.enter', { id: 'x' });
  }
  await world.admin('room.setRole', { id: 'x', users: ['bob'], role: 'admin' });
  await world.time.advance(3_000);
  for (const device of Object.values(devices)) device.news();
  const [alice, bob, carol, dave] = Object.values(devices) as [
    TestDevice,
    TestDevice,
    TestDevice,
    TestDevice,
  ];
  return { world, alice, bob, carol, dave };
}

/** Whom each act is allowed to: a = owner, b = admin, c = member. */
const ACTS: Readonly<Record<string, (by: TestDevice) => Promise<string>>> = {
  edit: (by) => by.code('room.update', { id: 'x', name: 'New' }),
  announce: (by) => by.code('room.update', { id: 'x', announcement: 'Hear' }),
  mute: (by) => by.code('room.mute', { id: 'x', users: ['dave'], seconds: 5 }),
  muteAll: (by) => by.code('room.update', { id: 'x', mutedAll: true }),
  kick: (by) => by.code('room.kick', { id: 'x', users: ['dave'] }),
  ban: (by) => by.code('room.kick', { id: 'x', users: ['dave'], seconds: 5 }),
  unban: (by) => by.code('room.unban', { id: 'x', users: ['dave'] }),
  setRole: (by) => by.code('room.setRole', { id: 'x', users: ['dave'], role: 'admin' }),
  transfer: (by) => by.code('room.transfer', { id: 'x', user: 'dave' }),
  dismiss: (by) => by.code('room.dismiss', { id: 'x' }),
};

describe('who may do what', () => {
  it.each<[RoomKind, Record<string, string>]>([
    ['live', { edit: 'a', announce: 'a', mute: 'a', muteAll: 'a', kick: 'a', ban: 'a', unban: 'a', setRole: '', transfer: '', dismiss: 'a' }],
    ['lounge', { edit: '', announce: '', mute: '', muteAll: '', kick: '', ban: '', unban: '', setRole: '', transfer: '', dismiss: '' }],
    ['hall', { edit: 'ab', announce: 'ab', mute: 'ab', muteAll: 'ab', kick: 'ab', ban: 'ab', unban: 'ab', setRole: 'a', transfer: 'a', dismiss: 'a' }],
  ])('in a %s', async (kind, expected) => {
    const may: Record<string, string> = {};
    for (const [name, act] of Object.entries(ACTS)) {
      may[name] = '';
      for (const by of ['alice', 'bob', 'carol'] as const) {
        const code = await act((await room(kind))[by]);
        if (code === 'ok') may[name] += by[0];
        else expect(code).toBe('FORBIDDEN');
      }
    }
    expect(may).toEqual(expected);
  }); // prettier-ignore

  it('nobody acts upon their equals or upon those above; the app upon everybody', async () => {
    const { world, alice, bob } = await room('hall');
    expect(await bob.code('room.kick', { id: 'x', users: ['dave', 'alice'] })).toBe('FORBIDDEN');
    expect(await bob.code('room.mute', { id: 'x', users: ['bob'], seconds: 5 })).toBe('FORBIDDEN');
    expect(await alice.code('room.mute', { id: 'x', users: ['alice'], seconds: 5 })).toBe('FORBIDDEN');
    expect(await alice.code('room.setRole', { id: 'x', users: ['alice'], role: 'member' })).toBe('FORBIDDEN');
    await alice.ask('room.setRole', { id: 'x', users: ['erin'], role: 'admin' });
    // Also when the other is not there.
    expect(await bob.code('room.kick', { id: 'x', users: ['erin'], seconds: 5 })).toBe('FORBIDDEN');
    expect(await world.admin('room.kick', { id: 'x', users: ['alice', 'bob', 'erin'] })).toEqual({ removed: ['alice', 'bob'] }); // prettier-ignore
  });

  it('owners and admins also when they are not there', async () => {
    const { alice, bob, world } = await room('hall');
    await alice.ask('room.leave', { id: 'x' });
    await bob.ask('room.leave', { id: 'x' });
    expect(await alice.code('room.update', { id: 'x', name: 'From afar' })).toBe('ok');
    expect(await bob.code('room.mute', { id: 'x', users: ['dave'], seconds: 5 })).toBe('ok');
    expect((await bob.ask('room.members', { id: 'x', limit: 10 })).memberCount).toBe(2);
    expect(await world.device('erin').code('room.members', { id: 'x', limit: 10 })).toBe('NOT_MEMBER');
    expect(await world.device('erin').code('room.restricted', { id: 'x', what: 'admins', limit: 10 })).toBe('NOT_MEMBER'); // prettier-ignore
    expect(await world.device('erin').code('room.restricted', { id: 'x', what: 'banned', limit: 10 })).toBe('FORBIDDEN'); // prettier-ignore
  });
});

describe('making rooms', () => {
  it.each<[string, (world: World) => Promise<string>, string]>([
    ['a user makes a live room', (w) => w.device('bob').code('room.create', { kind: 'live' }), 'ok'],
    ['but no hall', (w) => w.device('bob').code('room.create', { kind: 'hall' }), 'FORBIDDEN'],
    ['nor one for another', (w) => w.device('bob').code('room.create', { kind: 'live', owner: 'carol' }), 'FORBIDDEN'],
    ['the app does', (w) => w.adminCode('room.create', { kind: 'hall', owner: 'carol' }), 'ok'],
    ['for users there are', (w) => w.adminCode('room.create', { kind: 'hall', owner: 'nobody' }), 'USER_NOT_FOUND owner'],
    ['lounges have no owner', (w) => w.adminCode('room.create', { kind: 'lounge', owner: 'carol' }), 'BAD_REQUEST owner'],
    ['only lounges end by themselves', (w) => w.adminCode('room.create', { kind: 'live', endDelay: 5 }), 'BAD_REQUEST endDelay'],
    ['an id is taken once', async (w) => { await w.admin('room.create', { kind: 'live', id: 'x' }); return w.adminCode('room.create', { kind: 'live', id: 'x' }); }, 'ROOM_EXISTS id'],
    ['also by one of another kind', async (w) => { await w.admin('room.create', { kind: 'live', id: 'x' }); return w.adminCode('room.create', { kind: 'lounge', id: 'x' }); }, 'ROOM_EXISTS id'],
    ['and never again', async (w) => { await w.admin('room.create', { kind: 'live', id: 'x' }); await w.admin('room.dismiss', { id: 'x' }); return w.adminCode('room.create', { kind: 'live', id: 'x' }); }, 'ROOM_EXISTS id'],
    ['lounges are made by entering', (w) => w.device('bob').code('room.enter', { id: 'x', create: { kind: 'lounge' } }), 'ok'],
    ['others are not', (w) => w.device('bob').code('room.enter', { id: 'x', create: { kind: 'live' } }), 'BAD_REQUEST'],
    ['entering alone makes nothing', (w) => w.device('bob').code('room.enter', { id: 'x' }), 'ROOM_NOT_FOUND'],
  ])('%s', async (_name, act, answer) => expect(await act(createWorld())).toBe(answer)); // prettier-ignore

  it('two who enter first at once are in the same room', async () => {
    const world = createWorld();
    const enter = (user: string) => world.device(user).ask('room.enter', { id: 'x', create: { kind: 'lounge' } }); // prettier-ignore
    const both = await Promise.all([enter('bob'), enter('carol')]);
    expect(both.map(({ room: made }) => made.memberCount).sort()).toEqual([1, 2]);
  });

  it('its maker owns it, and is not in it', async () => {
    const bob = createWorld().device('bob');
    const { room: made } = await bob.ask('room.create', { kind: 'live', name: 'Mine', avatar: '' });
    expect(made).toMatchObject({
      id: '7'.repeat(15),
      kind: 'live',
      name: 'Mine',
      owner: 'bob',
      memberCount: 0,
    });
    expect(made).not.toHaveProperty('me');
    expect(made).not.toHaveProperty('avatar');
  });

  it('a hall is full at ten thousand; who is in stays in', async () => {
    const { world, alice } = await room('hall');
    const hall = world.rooms.peek('a', 'x');
    if (!hall) throw new Error('no room');
    for (let i = 0; hall.count < 10_000; i++) world.rooms.enter(hall, world.device(`u${i}`).session, { role: 'member', mutedUntil: null }); // prettier-ignore
    expect(await world.device('erin').code('room.enter', { id: 'x' })).toBe('ROOM_FULL');
    expect(await world.device('alice', 'second').code('room.enter', { id: 'x' })).toBe('ok');
    await alice.ask('room.leave', { id: 'x' });
    expect(hall.count).toBe(10_000);
  });
});

describe('what is done to a room', () => {
  it('is told to those present with what changed; what stays the same is not', async () => {
    const { world, alice, dave } = await room('hall');
    const { room: after } = await alice.ask('room.update', {
      id: 'x',
      name: 'New',
      intro: 'Hi',
      mutedAll: true,
    });
    expect(after).toMatchObject({ name: 'New', intro: 'Hi', mutedAll: true, memberCount: 4, me: { role: 'owner' } }); // prettier-ignore
    await alice.ask('room.update', { id: 'x', name: 'New', intro: '', mutedAll: true });
    await alice.ask('room.update', { id: 'x', intro: '', mutedAll: false });
    await world.flush();
    const changes = dave.events
      .filter(({ e }) => e === 'room.changed')
      .map(({ d }) => [d['change'], d['after']]);
    expect(changes.slice(-4)).toEqual([
      ['profileChanged', { name: 'New', intro: 'Hi' }],
      ['mutedAll', undefined],
      ['profileChanged', { intro: null }],
      ['unmutedAll', undefined],
    ]);
    expect(dave.events.at(-1)?.d['room']).not.toHaveProperty('me');
    expect(world.hooked.filter((event) => event === 'room.changed r:x')).toHaveLength(5);
  });

  it('roles: set, told, handed over with the room', async () => {
    const { world, alice, bob, dave } = await room('hall');
    const admins = async () => (await alice.ask('room.restricted', { id: 'x', what: 'admins', limit: 10 })).users.map(({ userId }) => userId); // prettier-ignore
    await alice.ask('room.setRole', { id: 'x', users: ['carol', 'dave'], role: 'admin' });
    expect(await admins()).toEqual(['bob', 'carol', 'dave']);
    await alice.ask('room.setRole', { id: 'x', users: ['carol'], role: 'member' });
    await alice.ask('room.transfer', { id: 'x', user: 'dave' });
    await world.flush();
    expect(dave.news()).toEqual(['roleChanged carol dave', 'roleChanged carol', 'ownerChanged dave']);
    const { members } = await bob.ask('room.members', { id: 'x', limit: 10 });
    expect(Object.fromEntries(members.map(({ userId, role }) => [userId, role]))).toEqual({ alice: 'member', bob: 'admin', carol: 'member', dave: 'owner' }); // prettier-ignore
    expect(await admins()).toEqual(['bob']);
    expect(await alice.code('room.dismiss', { id: 'x' })).toBe('FORBIDDEN');
    expect(await dave.code('room.transfer', { id: 'x', user: 'nobody' })).toBe('USER_NOT_FOUND');
  });

  it('kicked: told why, may come back; banned: not before the end', async () => {
    const { world, alice, bob, dave } = await room('hall');
    await alice.ask('room.kick', { id: 'x', users: ['dave', 'erin'], reason: 'Enough' });
    expect(dave.events.at(-1)).toMatchObject({ e: 'room.out', c: 'r:x', d: { id: 'x', reason: 'kicked', by: 'alice', text: 'Enough' } }); // prettier-ignore
    expect(await dave.code('room.enter', { id: 'x' })).toBe('ok');
    expect(await alice.ask('room.kick', { id: 'x', users: ['dave', 'erin'], seconds: 60 })).toEqual({ removed: ['dave'] }); // prettier-ignore
    await world.flush();
    expect(bob.events.find(({ d }) => d['change'] === 'banned')?.d).toMatchObject({ actor: 'alice', targets: ['dave', 'erin'], until: world.time.now() + 60_000, room: { memberCount: 3 } }); // prettier-ignore
    for (const user of ['dave', 'erin']) expect(await world.device(user).code('room.enter', { id: 'x' })).toBe('BANNED'); // prettier-ignore
    await alice.ask('room.unban', { id: 'x', users: ['erin'] });
    expect(await world.device('erin').code('room.enter', { id: 'x' })).toBe('ok');
    await world.time.advance(60_000);
    expect(await world.device('dave').code('room.enter', { id: 'x' })).toBe('ok');
  });

  it('lists of who is muted and banned, by page, without those it is over for', async () => {
    const { world, alice } = await room('hall');
    const at = world.time.now();
    await alice.ask('room.mute', { id: 'x', users: ['dave', 'carol'], seconds: 60 });
    await alice.ask('room.mute', { id: 'x', users: ['erin'], seconds: 1 });
    await alice.ask('room.kick', { id: 'x', users: ['dave'], seconds: 5 });
    const list = (what: 'muted' | 'banned', more = {}) => alice.ask('room.restricted', { id: 'x', what, limit: 1, ...more }); // prettier-ignore
    const first = await list('muted');
    expect(first).toMatchObject({ users: [{ userId: 'carol', until: at + 60_000, at }], next: 'carol' });
    expect((await list('muted', { cursor: 'carol' })).users).toMatchObject([{ userId: 'dave' }]);
    expect((await list('muted', { limit: 9 })).users).toHaveLength(3);
    await world.time.advance(5_000);
    expect((await list('muted', { limit: 9 })).users).toHaveLength(2);
    expect((await list('banned')).users).toEqual([]);
  });

  it('dismissed: told, all out, gone for good', async () => {
    const { world, alice, dave } = await room('live');
    await alice.ask('room.dismiss', { id: 'x' });
    expect(dave.news()).toEqual(['dismissed', 'out:dismissed']);
    expect(await dave.code('room.enter', { id: 'x' })).toBe('ROOM_NOT_FOUND');
    expect(await dave.say('x', 'hello?')).toBe('ROOM_NOT_FOUND');
    expect((await dave.ask('room.get', { ids: ['x'] })).rooms).toEqual([]);
    expect((await dave.ask('room.list', { limit: 10 })).rooms).toEqual([]);
    expect(world.rooms.stats()).toMatchObject({ count: 0, members: 0 });
  });
});

describe('reading', () => {
  it('members newest first, by page, or those named', async () => {
    const { bob } = await room('hall');
    const first = await bob.ask('room.members', { id: 'x', limit: 3 });
    expect(first.members.map(({ userId }) => userId)).toEqual(['dave', 'carol', 'bob']);
    const rest = await bob.ask('room.members', { id: 'x', limit: 3, cursor: first.next ?? '' });
    expect(rest.members).toMatchObject([{ userId: 'alice', role: 'owner' }]);
    expect(rest).not.toHaveProperty('next');
    const named = await bob.ask('room.members', { id: 'x', users: ['erin', 'carol'], limit: 10 });
    expect(named.members.map(({ userId }) => userId)).toEqual(['carol']);
    expect(await bob.code('room.members', { id: 'x', limit: 3, cursor: 'what' })).toBe('BAD_REQUEST');
  });

  it('rooms by id and in pages, with how many are there; each may see what is public', async () => {
    const { world, bob } = await room('hall');
    for (const id of ['a', 'b', 'z']) await world.admin('room.create', { id, kind: 'live' });
    const erin = world.device('erin');
    const { rooms } = await erin.ask('room.get', { ids: ['z', 'none', 'x', 'z'] });
    expect(rooms.map(({ id, memberCount, me }) => [id, memberCount, me])).toEqual([['z', 0, undefined], ['x', 4, undefined]]); // prettier-ignore
    expect((await bob.ask('room.get', { ids: ['x'] })).rooms[0]?.me?.role).toBe('admin');
    const page = await erin.ask('room.list', { limit: 2 });
    expect([page.rooms.map(({ id }) => id), page.next]).toEqual([['a', 'b'], 'b']);
    expect((await erin.ask('room.list', { limit: 2, cursor: 'b' })).rooms.map(({ id }) => id)).toEqual(['x', 'z']); // prettier-ignore
  });
});
