import type { Priority } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import { createWorld, type TestDevice } from './test-world.ts';

type World = ReturnType<typeof createWorld>;

async function inRoom(world: World, ...users: string[]): Promise<TestDevice[]> {
  await world.admin('room.create', { id: 'x', kind: 'hall', owner: 'alice' });
  return Promise.all(users.map((user) => enter(world, user)));
}

async function enter(world: World, user: string, instance?: string): Promise<TestDevice> {
  const device = world.device(user, instance);
  await device.ask('room.enter', { id: 'x' });
  await world.time.advance(2_000);
  device.news();
  return device;
}

const count = (list: readonly string[]) => list.reduce<Record<string, number>>((sum, one) => ({ ...sum, [one]: (sum[one] ?? 0) + 1 }), {}); // prettier-ignore

describe('who may speak', () => {
  it('those present, unless muted; owner and admins also when all are muted; the app always', async () => {
    const world = createWorld();
    const [alice, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    const dave = world.device('dave');
    expect(await dave.say('x', 'a')).toBe('NOT_MEMBER');
    await alice.ask('room.mute', { id: 'x', users: ['bob'], seconds: 10 });
    expect(await bob.say('x', 'b')).toBe('MUTED');
    await world.time.advance(10_000);
    expect(await bob.say('x', 'c')).toMatch(/^0/);
    await alice.ask('room.mute', { id: 'x', users: ['bob'], seconds: 100 });
    await alice.ask('room.mute', { id: 'x', users: ['bob'], seconds: 0 });
    expect(await bob.say('x', 'd')).toMatch(/^0/);
    await alice.ask('room.setRole', { id: 'x', users: ['carol'], role: 'admin' });
    await alice.ask('room.update', { id: 'x', mutedAll: true });
    expect(await bob.say('x', 'e')).toBe('MUTED');
    for (const device of [alice, carol]) expect(await device.say('x', 'f')).toMatch(/^0/);
    expect(await world.adminSays('dave', 'x', 'g')).toMatch(/^0/);
    await world.flush();
    expect(bob.news().filter((text) => text.length === 1)).toEqual(['f', 'f', 'g', 'c', 'd']);
  });

  it('a mute waits for who is not there', async () => {
    const world = createWorld();
    const [alice] = await inRoom(world, 'alice');
    await alice?.ask('room.mute', { id: 'x', users: ['bob'], seconds: 10 });
    const bob = await enter(world, 'bob');
    expect(await bob.say('x', 'a')).toBe('MUTED');
    const { room } = await bob.ask('room.enter', { id: 'x' });
    expect(room.me?.mutedUntil).toBeGreaterThan(world.time.now());
  });
});

describe('above the rate (promise 10)', () => {
  it('three times the limit, priorities mixed: all of high, then normal before low before lowest; the counts add up', async () => {
    const world = createWorld();
    const [, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as TestDevice[] as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    const mix: Priority[] = ['high', 'normal', 'low', 'lowest'];
    const outcome: Record<Priority, string[]> = { high: [], normal: [], low: [], lowest: [] };
    // 120 a second against 40 a second (and as many high ones) for five seconds, from a full bucket.
    for (let i = 0; i < 600; i++) {
      const priority = mix[i % 4] as Priority;
      const answer = await bob.say('x', priority, { priority });
      outcome[priority].push(answer === 'rate' ? 'dropped' : 'sent');
      await world.time.advance(i % 3 === 2 ? 25 : 0);
    }
    await world.time.advance(100);
    expect(count(outcome.high)).toEqual({ sent: 150 });
    const sent = (priority: Priority) => count(outcome[priority])['sent'] ?? 0;
    expect(sent('normal')).toBe(150);
    expect(sent('low')).toBeGreaterThan(sent('lowest'));
    expect(sent('low')).toBeLessThan(150);
    expect(sent('normal') + sent('low') + sent('lowest')).toBeLessThanOrEqual(40 + 5 * 40);
    const { sent: all, dropped } = world.rooms.stats();
    expect(dropped).toEqual({ 'rate/low': 150 - sent('low'), 'rate/lowest': 150 - sent('lowest') });
    expect(all + (dropped['rate/low'] ?? 0) + (dropped['rate/lowest'] ?? 0)).toBe(600);
    expect(count(carol.news())).toEqual({ high: 150, normal: 150, low: sent('low'), lowest: sent('lowest') });
    expect(world.rooms.peek('a', 'x')?.outlet.waiting).toBe(0);
  });

  it.each<[Priority, number]>([
    ['lowest', 21],
    ['low', 31],
    ['normal', 40],
    ['high', 40],
  ])('at one moment, from a full bucket of 40, %s gets %i through', async (priority, through) => {
    const world = createWorld();
    const [, bob] = await inRoom(world, 'alice', 'bob');
    const answers = [];
    for (let i = 0; i < 60; i++) answers.push(await bob?.say('x', 'm', { priority }));
    expect(answers.filter((answer) => answer !== 'rate')).toHaveLength(through);
    expect(answers.findIndex((answer) => answer === 'rate')).toBe(through);
    expect(world.rooms.stats().dropped).toEqual({ [`rate/${priority}`]: 60 - through });
  });

  it('high has its own; owner, admins and the app count as high', async () => {
    const world = createWorld({ 'limits.rate.room': 4 });
    const [alice, bob] = (await inRoom(world, 'alice', 'bob')) as [TestDevice, TestDevice];
    for (let i = 0; i < 4; i++) await bob.say('x', 'n');
    expect(await bob.say('x', 'n')).toBe('rate');
    expect(await bob.say('x', 'h', { priority: 'high' })).toMatch(/^0/);
    expect(await alice.say('x', 'o', { priority: 'lowest' })).toMatch(/^0/);
    expect(await world.adminSays('carol', 'x', 'a')).toMatch(/^0/);
    expect(await alice.say('x', 'o')).toMatch(/^0/);
    expect(await world.adminSays('carol', 'x', 'a')).toBe('rate');
    expect(world.rooms.stats().dropped).toEqual({ 'rate/normal': 1, 'rate/high': 1 });
  });

  it.each<[number, Priority[]]>([
    [0, []],
    [1, ['low', 'lowest']],
    [2, ['normal', 'low', 'lowest']],
    [3, ['normal', 'low', 'lowest']],
  ])('when the server is under pressure %i, it sheds %j', async (level, shed) => {
    const world = createWorld();
    const [, bob] = await inRoom(world, 'alice', 'bob');
    world.pressure.level = level;
    const dropped: Priority[] = [];
    for (const priority of ['high', 'normal', 'low', 'lowest'] as const)
      if ((await bob?.say('x', 'm', { priority })) === 'pressure') dropped.push(priority);
    expect(dropped).toEqual(shed);
    expect(Object.keys(world.rooms.stats().dropped)).toEqual(shed.map((priority) => `pressure/${priority}`));
  });
});

describe('what waits leaves', () => {
  it('high first, the rest in the order it came, the same strings for all', async () => {
    const world = createWorld();
    const [alice, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    await bob.say('x', 'one', { priority: 'low' });
    await carol.say('x', 'two');
    await bob.say('x', 'three', { priority: 'high' });
    await alice.say('x', 'four', { priority: 'lowest' });
    expect([bob.news(), carol.news()]).toEqual([[], []]);
    await world.flush();
    expect(carol.news()).toEqual(['three', 'four', 'one', 'two']);
    expect(bob.news()).toEqual(['three', 'four', 'one', 'two']);
    expect(bob.texts.slice(-4)).toEqual(carol.texts.slice(-4));
  });

  it('in a large room every 50 ms, the first at once', async () => {
    const world = createWorld({ 'limits.rate.room': 0 });
    const [alice] = (await inRoom(world, 'alice')) as [TestDevice];
    const room = world.rooms.peek('a', 'x');
    if (!room) throw new Error('no room');
    for (let i = 0; i < 500; i++) world.rooms.enter(room, world.device(`u${i}`).session, { role: 'member', mutedUntil: null }, { quietly: true }); // prettier-ignore
    const heard: [number, number][] = [];
    const began = world.time.now();
    for (let ms = 0; ms < 200; ms += 5) {
      await alice.say('x', 'm');
      await world.flush();
      const news = alice.news().length;
      if (news > 0) heard.push([world.time.now() - began, news]);
      await world.time.advance(5);
    }
    expect(heard).toEqual([[0, 1], [50, 10], [100, 10], [150, 10]].map(([at, of]) => [at, expect.toSatisfy((n: number) => Math.abs(n - (of ?? 0)) <= 1)])); // prettier-ignore
    await world.time.advance(50);
    expect(alice.events.filter(({ e }) => e === 'message.transient')).toHaveLength(40);
  });

  it('a peer that is behind gets what is urgent and what happens to the room, and is not closed', async () => {
    const world = createWorld();
    const [alice, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    carol.congested = true;
    await bob.say('x', 'lost');
    await bob.say('x', 'urgent', { priority: 'high' });
    await alice.ask('room.update', { id: 'x', name: 'New' });
    await bob.ask('room.leave', { id: 'x' });
    await world.flush();
    expect(carol.news()).toEqual(['urgent', 'profileChanged']);
    expect(world.rooms.stats().dropped).toEqual({ congested: 2 });
    await bob.ask('room.enter', { id: 'x' });
    for (let i = 0; i < 30; i++) await bob.say('x', 'x'.repeat(12_000), { priority: 'high' });
    await world.flush();
    // Even that has an end.
    await alice.ask('room.update', { id: 'x', name: 'Unheard' });
    await world.flush();
    expect(carol.news()).toHaveLength(30);
    carol.congested = false;
    await alice.say('x', 'again there');
    await world.flush();
    expect(carol.news().slice(-1)).toEqual(['again there']);
  });

  it('only to its audience and its sender, also on the sender’s other devices', async () => {
    const world = createWorld();
    const [alice, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    const second = await enter(world, 'bob', 'bob2');
    for (const device of [alice, bob, carol]) device.news();
    await bob.say('x', 'psst', { audience: ['carol'] });
    await world.flush();
    expect([alice, bob, second, carol].map((device) => device.news().join())).toEqual(['', 'psst', 'psst', 'psst']); // prettier-ignore
  });
});

describe('what was said last', () => {
  const recent = async (world: World, user: string) => {
    const { recent: list } = await world.device(user).ask('room.enter', { id: 'x' });
    return list.map(({ content }) => (content.type === 'text' ? content.text : ''));
  };

  it('is for who enters: so many, without what was taken back, meant for others or for the moment', async () => {
    const world = createWorld({ 'rooms.recent': 3 });
    const [alice, bob] = (await inRoom(world, 'alice', 'bob')) as [TestDevice, TestDevice];
    const first = await bob.say('x', 'one');
    await bob.say('x', 'two', { audience: ['alice'] });
    await bob.say('x', 'three', { store: false });
    await bob.say('x', 'four');
    expect(await recent(world, 'carol')).toEqual(['one', 'four']);
    expect(await recent(world, 'alice')).toEqual(['one', 'two', 'four']);
    expect(await bob.revoke(first)).toBe('ok');
    expect(await recent(world, 'dave')).toEqual(['four']);
    for (let i = 5; i < 10; i++) await alice.say('x', String(i));
    expect(await recent(world, 'erin')).toEqual(['7', '8', '9']);
  });

  it('is bounded in size, and gone with the room', async () => {
    const world = createWorld({ 'limits.rate.room': 0 });
    const [, bob] = (await inRoom(world, 'alice', 'bob')) as [TestDevice, TestDevice];
    for (let i = 0; i < 30; i++) await bob.say('x', 'x'.repeat(12_000));
    const talk = world.rooms.peek('a', 'x')?.talk;
    expect(talk?.chars).toBeLessThanOrEqual(128 * 1024);
    expect((await recent(world, 'carol')).length).toBe(10);
    await world.admin('room.dismiss', { id: 'x' });
    expect([world.rooms.talk.size, talk?.said.size, talk?.newest.length]).toEqual([0, 0, 0]);
  });

  it('a send that is tried again is heard once, and is taken back by either name', async () => {
    const world = createWorld();
    const [, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    await bob.say('x', 'once', { clientId: 'same' });
    const again = await bob.say('x', 'once', { clientId: 'same' });
    await carol.say('x', 'another’s', { clientId: 'same' });
    await world.flush();
    expect(carol.news()).toEqual(['once', 'another’s']);
    expect(await bob.revoke(again)).toBe('ok');
  });
});

describe('taking back what was never stored', () => {
  it.each<[by: string, after: number, answer: string]>([
    ['bob', 119_000, 'ok'],
    ['bob', 0, 'ok'],
    ['carol', 0, 'ok'],
    ['alice', 0, 'ok'],
    ['dave', 0, 'FORBIDDEN'],
    ['erin', 0, 'NOT_MEMBER'],
    ['bob', 121_000, 'MESSAGE_NOT_FOUND'],
  ])('bob’s message by %s after %i ms: %s', async (by, after, answer) => {
    const world = createWorld();
    const devices = await inRoom(world, 'alice', 'bob', 'carol', 'dave');
    await world.admin('room.setRole', { id: 'x', users: ['carol'], role: 'admin' });
    const [alice, bob] = devices as [TestDevice, TestDevice];
    const id = await bob.say('x', 'hasty');
    await world.time.advance(after);
    alice.news();
    const actor = devices.find(({ session }) => session.userId === by) ?? world.device(by);
    expect(await actor.revoke(id)).toBe(answer);
    await world.flush();
    const role = { alice: 'owner', bob: 'sender', carol: 'admin' }[by];
    expect(alice.news()).toEqual(answer === 'ok' ? [`revoked by ${role}`] : []);
    if (answer === 'ok') expect(await actor.revoke(id)).toBe('ALREADY_REVOKED');
  });

  it('the sender has their window, others longer; admins not over the owner or each other', async () => {
    const world = createWorld({ 'recall.window': 1_000 });
    const [alice, bob, carol] = (await inRoom(world, 'alice', 'bob', 'carol')) as [TestDevice, TestDevice, TestDevice]; // prettier-ignore
    await alice.ask('room.setRole', { id: 'x', users: ['bob', 'carol'], role: 'admin' });
    const [mine, owners] = [await bob.say('x', 'a'), await alice.say('x', 'b')];
    expect(await bob.revoke(owners)).toBe('FORBIDDEN');
    expect(await carol.revoke(mine)).toBe('FORBIDDEN');
    await world.time.advance(2_000);
    expect(await bob.revoke(mine)).toBe('REVOKE_TOO_LATE');
    expect(await alice.revoke(mine)).toBe('ok');
    expect(await bob.revoke('01')).toBe('MESSAGE_NOT_FOUND');
  });

  it('what is remembered is bounded', async () => {
    const world = createWorld({ 'limits.rate.room': 0, 'rooms.recent': 0 });
    const [, bob] = (await inRoom(world, 'alice', 'bob')) as [TestDevice, TestDevice];
    const first = await bob.say('x', 'm');
    for (let i = 0; i < 10_000; i++) await bob.say('x', 'm');
    expect(world.rooms.talk.size).toBe(10_000);
    expect(await bob.revoke(first)).toBe('MESSAGE_NOT_FOUND');
    await world.time.advance(121_000);
    await bob.say('x', 'm');
    expect(world.rooms.talk.size).toBe(1);
  });
});
