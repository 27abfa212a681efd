import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodes } from './test-nodes.ts';
import type { TestDevice } from './test-world.ts';

async function lounge() {
  const nodes = await createNodes(3);
  const [a, b, c] = [nodes.at(0), nodes.at(1), nodes.at(2)];
  await a.admin('room.create', { id: 'x', kind: 'lounge', endDelay: 5_000 });
  const ended = () => nodes.store.roomRows.get('x')?.dismissedAt !== null;
  return { nodes, a, b, c, ended };
}

describe('a room that ends by itself', () => {
  it('is kept as long as somebody is there on any node, whichever looks', async () => {
    const { nodes, a, b, c, ended } = await lounge();
    const alice = await nodes.enter(a, 'alice');
    const bob = await nodes.enter(b, 'bob');
    await alice.ask('room.leave', { id: 'x' });
    await nodes.time.advance(3 * 600_000);
    expect(ended()).toBe(false);
    // Nobody is left who looks but a node that never knew of the room.
    a.timers.close();
    b.timers.close();
    await nodes.time.advance(3 * 600_000);
    expect(ended()).toBe(false);
    await bob.ask('room.leave', { id: 'x' });
    await nodes.time.advance(4_000);
    expect(ended()).toBe(false);
    await nodes.time.advance(60_000);
    expect(ended()).toBe(true);
    expect(c.reported).toEqual([]);
  });

  it('ends when the last ones leave at once on two nodes', async () => {
    const { nodes, a, b, ended } = await lounge();
    const devices = [await nodes.enter(a, 'alice'), await nodes.enter(b, 'bob')];
    await nodes.time.advance(60_000);
    await Promise.all(devices.map((device) => device.ask('room.leave', { id: 'x' })));
    await nodes.time.advance(10_000);
    expect(ended()).toBe(true);
  });

  it('is not found empty while other nodes are not heard', async () => {
    const { nodes, a, b, c, ended } = await lounge();
    for (const other of [b, c]) void other.timers.close();
    await nodes.time.advance(26_000);
    nodes.lose(b);
    void b.device('bob').ask('room.enter', { id: 'x' });
    await nodes.time.advance(4_500);
    expect(a.mesh.healthy).toBe(false);
    nodes.find(b);
    await nodes.time.advance(60_000);
    expect(ended()).toBe(false);
    expect(nodes.views()[0]).toBe('1: bob');
  });

  it('ends when those of a node that died do not come back, and not before', async () => {
    const { nodes, b, ended } = await lounge();
    await nodes.enter(b, 'bob');
    await nodes.time.advance(60_000);
    nodes.lose(b);
    b.timers.close();
    await nodes.time.advance(30_000);
    expect(ended()).toBe(false);
    await nodes.time.advance(20_000);
    expect(ended()).toBe(true);
  });
});

describe('whatever happens', () => {
  const user = fc.constantFrom('alice', 'bob', 'carol', 'dave');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constantFrom('enter', 'exclusive', 'leave', 'drop', 'logout'), user, device: fc.nat(1), node: fc.nat(2) }) }, // prettier-ignore
    { weight: 2, arbitrary: fc.record({ what: fc.constant('move' as const), user, device: fc.nat(1), node: fc.nat(2) }) }, // prettier-ignore
    { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('kick', 'wait', 'cut', 'heal'), user, device: fc.nat(1), node: fc.nat(2) }) }, // prettier-ignore
  );

  it('nodes end with the same picture, that of all their places; and so do those who listen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.infiniteStream(fc.nat(3)), fc.array(fc.nat(200), { minLength: 9, maxLength: 9 }), async (steps, pauses, lags) => {
        const nodes = await createNodes(3);
        await nodes.at(0).admin('room.create', { id: 'x', kind: 'live', owner: 'erin' });
        const watchers = [0, 1, 2].map((i) => nodes.at(i).device('erin', `watcher${i}`));
        for (const watcher of watchers) await nodes.through(watcher.ask('room.enter', { id: 'x' }));
        await nodes.time.advance(1_000);
        lags.forEach((lag, i) => nodes.slow(nodes.at(i % 3), lag, nodes.at(Math.floor(i / 3))));
        const devices = new Map<string, TestDevice>();
        for (const { what, user: name, device, node } of steps) {
          const instance = `${name}${device}`;
          const known = devices.get(instance);
          const world = nodes.at(node);
          if (what === 'enter' || what === 'exclusive') {
            const entering = known ?? world.device(name, instance);
            devices.set(instance, entering);
            // As whoever opens a session.
            if (!known) await nodes.through(world.mesh.settled());
            void entering.code('room.enter', { id: 'x', ...(what === 'exclusive' ? { exclusive: true } : {}) });
          }
          if (what === 'move' && known) {
            devices.set(instance, world.device(name, instance, known.session.id));
            await nodes.through(world.mesh.settled());
          }
          if (what === 'leave') void known?.code('room.leave', { id: 'x' });
          if (what === 'drop') known?.drop();
          if (what === 'logout') known?.logout();
          if (what === 'logout') devices.delete(instance);
          if (what === 'kick') void world.adminCode('room.kick', { id: 'x', users: [name] });
          if (what === 'wait') await nodes.time.advance(20_000);
          if (what === 'cut') nodes.lose(world);
          if (what === 'heal') nodes.find(world);
          const pause = pauses.next().value;
          if (pause > 0) await nodes.time.advance(pause === 3 ? 700 : 0);
        }
        for (let i = 0; i < 3; i++) nodes.find(nodes.at(i));
        await nodes.time.advance(80_000);
        const truth = [...new Set(nodes.all.flatMap(({ rooms }) => [...(rooms.peek('a', 'x')?.seats.occupants.keys() ?? [])]))].sort(); // prettier-ignore
        expect(nodes.views()).toEqual(nodes.all.map(() => `${truth.length}: ${truth.join(' ')}`));
        expect(nodes.all.flatMap(({ reported }) => reported)).toEqual([]);
        for (const watcher of watchers) {
          expect([...toldBy(watcher)].sort()).toEqual(truth);
          const last = watcher.events.filter(({ e }) => e === 'room.membersChanged').at(-1);
          expect(last?.d['memberCount'] ?? 1).toBe(truth.length);
        }
      }),
      { numRuns: 40 },
    ); // prettier-ignore
  }, 120_000);
});

/** Who is there, going by the news alone. */
function toldBy(watcher: TestDevice): Set<string> {
  const there = new Set(['erin']);
  for (const { e, d } of watcher.events) {
    if (e !== 'room.membersChanged') continue;
    for (const { userId } of d['entered'] as { userId: string }[]) there.add(userId);
    for (const { userId } of d['left'] as { userId: string }[]) there.delete(userId);
  }
  return there;
}
