import { describe, expect, it } from 'vitest';
import { createWorld } from './test-world.ts';

const lounge = (endDelay = 0) => ({ id: 'x', create: { kind: 'lounge' as const, endDelay } });
type World = ReturnType<typeof createWorld>;
const ended = (world: World) => world.store.roomRows.get('x')?.dismissedAt !== null;

describe('a lounge', () => {
  it.each([0, 5_000])('ends %i ms after the last one left, not while anybody is there', async (delay) => {
    const world = createWorld();
    const [bob, carol] = [world.device('bob'), world.device('carol')];
    await bob.ask('room.enter', lounge(delay));
    await carol.ask('room.enter', { id: 'x' });
    await bob.ask('room.leave', { id: 'x' });
    await world.time.advance(3_600_000);
    expect(ended(world)).toBe(false);
    await carol.ask('room.leave', { id: 'x' });
    await world.time.advance(Math.max(0, delay - 1));
    expect(ended(world)).toBe(delay === 0);
    await world.time.advance(1);
    expect(ended(world)).toBe(true);
    expect(world.hooked.at(-1)).toBe('room.changed r:x');
    expect(await carol.code('room.enter', { id: 'x' })).toBe('ROOM_NOT_FOUND');
    expect(world.store.rows.size).toBe(0);
  });

  it('does not end when somebody came back meanwhile', async () => {
    const world = createWorld();
    const bob = world.device('bob');
    await bob.ask('room.enter', lounge(5_000));
    await bob.ask('room.leave', { id: 'x' });
    await world.time.advance(4_000);
    await bob.ask('room.enter', { id: 'x' });
    await world.time.advance(100_000);
    expect(ended(world)).toBe(false);
    await bob.ask('room.leave', { id: 'x' });
    await world.time.advance(4_999);
    expect(ended(world)).toBe(false);
    await world.time.advance(1);
    expect(ended(world)).toBe(true);
  });

  it('that nobody entered ends too', async () => {
    const world = createWorld();
    await world.admin('room.create', { id: 'x', kind: 'lounge' });
    await world.time.advance(29_999);
    expect(ended(world)).toBe(false);
    await world.time.advance(1);
    expect(ended(world)).toBe(true);
  });

  it('may be made anew under its id, as a new one', async () => {
    const world = createWorld();
    const bob = world.device('bob');
    await bob.ask('room.enter', { id: 'x', create: { kind: 'lounge', name: 'First', intro: 'Old' } });
    await bob.say('x', 'words');
    await bob.ask('room.leave', { id: 'x' });
    await world.time.advance(10);
    const again = await bob.ask('room.enter', { id: 'x', create: { kind: 'lounge', name: 'Second' } });
    expect(again).toMatchObject({ room: { name: 'Second', createdAt: world.time.now(), memberCount: 1 }, recent: [] }); // prettier-ignore
    expect(again.room).not.toHaveProperty('intro');
    await world.admin('room.dismiss', { id: 'x' });
    expect(await bob.code('room.create', { id: 'x', kind: 'lounge' })).toBe('ok');
  });

  it('after a restart: ends when nobody comes back in time, also if it fell due while no server ran', async () => {
    const before = createWorld();
    await before.device('bob').ask('room.enter', lounge());
    before.rooms.close();
    await before.timers.close();
    before.time.jump(3_600_000);
    const world = createWorld({}, before.store, before.time);
    await world.time.advance(29_999);
    expect(ended(world)).toBe(false);
    await world.time.advance(1);
    expect(ended(world)).toBe(true);
  });

  it('after a restart: stays when somebody comes back in time', async () => {
    const before = createWorld();
    await before.device('bob').ask('room.enter', lounge());
    before.rooms.close();
    await before.timers.close();
    const world = createWorld({}, before.store, before.time);
    const { rooms } = await world.device('bob').ask('room.resume', { rooms: ['x'], away: 5_000 });
    expect(rooms[0]?.room?.memberCount).toBe(1);
    await world.time.advance(3_600_000);
    expect(ended(world)).toBe(false);
  });

  it('the store away when the last one left: it ends later', async () => {
    const world = createWorld();
    const bob = world.device('bob');
    await bob.ask('room.enter', lounge());
    world.store.down = true;
    await bob.ask('room.leave', { id: 'x' });
    await world.time.advance(60_000);
    expect(ended(world)).toBe(false);
    world.store.down = false;
    await world.time.advance(11 * 60_000);
    expect(ended(world)).toBe(true);
  });
});

it('rooms of other kinds stay when empty', async () => {
  const world = createWorld();
  const bob = world.device('bob');
  await bob.ask('room.create', { id: 'x', kind: 'live' });
  await bob.ask('room.enter', { id: 'x' });
  await bob.ask('room.leave', { id: 'x' });
  await world.time.advance(3_600_000);
  expect(ended(world)).toBe(false);
  expect(world.store.rows.size).toBe(0);
});
