import { describe, expect, it } from 'vitest';
import { createNodes, type Nodes, type World } from './test-nodes.ts';
import type { TestDevice } from './test-world.ts';

async function crowd(settings: Record<string, unknown> = {}, owner = 'alice') {
  const nodes = await createNodes(3, settings);
  const [a, b, c] = [nodes.at(0), nodes.at(1), nodes.at(2)];
  await a.admin('room.create', { id: 'x', kind: 'hall', owner });
  const alice = await quiet(nodes, a, 'alice');
  const bob = await quiet(nodes, b, 'bob');
  alice.news();
  return { nodes, a, b, c, alice, bob };
}

async function quiet(nodes: Nodes, world: World, user: string): Promise<TestDevice> {
  const device = await nodes.enter(world, user);
  await nodes.time.advance(2_000);
  device.news();
  return device;
}

const recents = async (nodes: Nodes, world: World, user: string) => {
  const { recent } = await nodes.through(world.device(user).ask('room.enter', { id: 'x' }));
  return recent.map(({ content }) => (content.type === 'text' ? content.text : ''));
};

const said = (nodes: Nodes) => nodes.passed.filter(({ data }) => data.includes('"room.said"'));

describe('what is said', () => {
  it('goes to the nodes that have people there, in order, and to no other', async () => {
    const { nodes, alice, bob, c } = await crowd();
    for (let i = 0; i < 5; i++) await alice.say('x', `m${i}`);
    await alice.say('x', 'for bob', { audience: ['bob'] });
    await alice.say('x', 'for dave', { audience: ['dave'] });
    await nodes.settle();
    expect(bob.news()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'for bob']);
    expect(bob.texts.at(-2)).toBe(alice.texts.at(-3));
    expect(said(nodes)).toHaveLength(1);
    expect(said(nodes)[0]?.subject).not.toContain(c.mesh.node);
    expect([0, 1, 2].map((i) => nodes.at(i).rooms.stats().sent)).toEqual([7, 0, 0]);
  });

  it('reaches everybody there though it is said where nobody is', async () => {
    const { nodes, c, alice, bob } = await crowd();
    await c.adminSays('dave', 'x', 'from afar', 'high');
    await nodes.settle();
    expect([alice.news(), bob.news()]).toEqual([['from afar'], ['from afar']]);
  });

  it('costs no note while a node is alone, and none for other nodes when they have nobody there', async () => {
    const nodes = await createNodes(1);
    await nodes.at(0).admin('room.create', { id: 'x', kind: 'hall' });
    const before = nodes.passed.length;
    const alice = nodes.at(0).device('alice');
    await alice.ask('room.enter', { id: 'x' });
    await alice.say('x', 'alone');
    expect(nodes.passed).toHaveLength(before);
    await nodes.start();
    await alice.say('x', 'nearly');
    await nodes.settle();
    expect(said(nodes)).toEqual([]);
  });

  it('is shown to who enters on another node: all that was said before, once', async () => {
    const { nodes, a, b, c, alice, bob } = await crowd();
    for (let i = 0; i < 22; i++) {
      await (i % 2 ? alice : bob).say('x', `m${i}`, { priority: 'high' });
      await nodes.settle();
    }
    await alice.say('x', 'not for carol', { audience: ['bob'] });
    await nodes.settle();
    // Twenty are shown at most, and one of them not to these.
    const all = Array.from({ length: 18 }, (_, i) => `m${i + 4}`);
    // Two at once: the second waits for what the first one asked.
    const devices = [c.device('carol'), c.device('dave')];
    const entering = Promise.all(devices.map((device) => device.ask('room.enter', { id: 'x' })));
    await alice.say('x', 'meanwhile');
    const answers = (await nodes.through(entering)).map(({ recent }) => recent.map(({ content }) => (content.type === 'text' ? content.text : ''))); // prettier-ignore
    for (const words of answers) expect(words.filter((one) => one !== 'meanwhile')).toEqual(all);
    await alice.say('x', 'after');
    await nodes.settle();
    for (const [i, device] of devices.entries()) {
      const heard = device.news().filter((one) => !one.startsWith('+'));
      expect([...(answers[i] ?? []), ...heard].slice(-2)).toEqual(['meanwhile', 'after']);
    }
    expect((await recents(nodes, c, 'erin')).slice(-2)).toEqual(['meanwhile', 'after']);
    expect((await recents(nodes, b, 'carol')).slice(-2)).toEqual(['meanwhile', 'after']);
    expect(a.reported).toEqual([]);
  });

  it('is what other nodes remember when all have left, not what this one heard once', async () => {
    const { nodes, c, alice, bob } = await crowd();
    const carol = await quiet(nodes, c, 'carol');
    await alice.say('x', 'old');
    await nodes.time.advance(10);
    await carol.ask('room.leave', { id: 'x' });
    await nodes.settle();
    await bob.say('x', 'new');
    await nodes.settle();
    await alice.ask('room.leave', { id: 'x' });
    await bob.ask('room.leave', { id: 'x' });
    await nodes.time.advance(1_000);
    expect(await recents(nodes, c, 'dave')).toEqual(['old', 'new']);
  });

  it('a send that is tried again through another node is heard once', async () => {
    const { nodes, a, b, c, alice, bob } = await crowd();
    const carol = await quiet(nodes, c, 'carol');
    bob.news();
    const first = await alice.say('x', 'once', { clientId: 'same' });
    await nodes.settle();
    const moved = await nodes.move(alice, c);
    await nodes.settle();
    const second = await moved.say('x', 'once', { clientId: 'same' });
    await nodes.settle();
    expect([bob.news(), carol.news()]).toEqual([['once'], ['once']]);
    expect([a, b, c].map(({ rooms }) => rooms.talk.size)).toEqual([1, 1, 2]);
    // Also through one that had nobody there.
    expect(second).not.toBe(first);
    const again = await nodes.move(moved, a);
    await nodes.settle();
    await again.say('x', 'once', { clientId: 'same' });
    await nodes.settle();
    expect([bob.news(), carol.news()]).toEqual([[], []]);
  });

  it('is taken back through any node, by its sender, the owner or the app', async () => {
    const { nodes, a, b, c, alice, bob } = await crowd();
    const ids = [await bob.say('x', 'one'), await bob.say('x', 'two'), await bob.say('x', 'three')];
    await nodes.settle();
    for (const one of [alice, bob]) one.news();
    const revoke = (device: TestDevice, id = '') => nodes.through(device.revoke(id));
    expect(await revoke(alice, ids[0])).toBe('ok');
    expect(await revoke(alice, ids[0])).toBe('ALREADY_REVOKED');
    await nodes.settle();
    expect([alice.news(), bob.news()]).toEqual([['revoked by owner'], ['revoked by owner']]);
    expect(await revoke(bob, ids[0])).toBe('ALREADY_REVOKED');
    // On a node that never heard it, as by REST.
    expect(await revoke(c.device('dave'), ids[1])).toBe('NOT_MEMBER');
    expect(await revoke(c.device('bob', 'bob2'), ids[1])).toBe('ok');
    await nodes.settle();
    expect([alice.news(), bob.news()]).toEqual([['revoked by sender'], ['revoked by sender']]);
    expect(await recents(nodes, c, 'carol')).toEqual(['three']);
    expect(await revoke(c.device('dave'), '0999')).toBe('MESSAGE_NOT_FOUND');
    expect([a, b, c].flatMap(({ reported }) => reported)).toEqual([]);
  });
});

it('what is taken back while it is on its way to a node is not shown there', async () => {
  const { nodes, a, b, c, bob } = await crowd();
  const id = await bob.say('x', 'oops');
  await bob.say('x', 'fine');
  await nodes.settle();
  // The first node is asked, has not heard of it yet, and its answer takes long.
  nodes.slow(b, 400, a);
  nodes.slow(a, 300, c);
  const entering = c.device('carol').ask('room.enter', { id: 'x' });
  await nodes.settle();
  expect(await nodes.through(bob.revoke(id))).toBe('ok');
  const { recent } = await nodes.through(entering);
  expect(recent).toMatchObject([{ content: { text: 'fine' } }]);
});

describe('the rate of a room', () => {
  it('is shared by the nodes that have people there; high has its own', async () => {
    const { nodes, alice, bob } = await crowd({ 'limits.rate.room': 20 }, 'erin');
    const carol = await quiet(nodes, nodes.at(2), 'carol');
    await nodes.time.advance(5_000);
    const everybody = [alice, bob, carol];
    const passed = { normal: 0, high: 0 };
    for (let second = 0; second < 10; second++) {
      for (const priority of ['normal', 'high'] as const)
        for (const device of everybody)
          for (let i = 0; i < 30; i++)
            if ((await device.say('x', 'm', { priority })) !== 'rate') passed[priority]++;
      await nodes.time.advance(1_000);
    }
    for (const count of Object.values(passed)) {
      expect(count).toBeLessThanOrEqual(200);
      expect(count).toBeGreaterThan(170);
    }
    const dropped = nodes.all.map(({ rooms }) => rooms.stats().dropped['rate/normal'] ?? 0);
    expect(dropped.reduce((sum, one) => sum + one) + passed.normal).toBe(900);
  });

  it('is all one’s own again when the others are gone, and is at least something for each', async () => {
    const { nodes, alice, bob } = await crowd({ 'limits.rate.room': 1 });
    const heard = async (device: TestDevice) => {
      let count = 0;
      for (let i = 0; i < 6; i++) {
        if ((await device.say('x', 'm')) !== 'rate') count++;
        await nodes.time.advance(1_000);
      }
      return count;
    };
    expect(await heard(bob)).toBe(3);
    await alice.ask('room.leave', { id: 'x' });
    await nodes.settle();
    expect(await heard(bob)).toBe(6);
  });
});
