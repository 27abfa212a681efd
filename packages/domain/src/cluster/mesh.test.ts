import { expect, test } from 'vitest';
import { createLocalBus } from '../core/local-bus.ts';
import type { Bus } from '../ports/bus.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { Mesh } from './mesh.ts';

/** Nodes on one bus that can be made to lose. */
function createNodes() {
  const time = new FakeTime();
  const shared = createLocalBus({ shared: true });
  const cut = new Set<string>();
  let lose: (subject: string, data: string) => boolean = () => false;
  let delay: (name: string, hand: () => void) => void = (_name, hand) => hand();
  const status = new Map<string, (up: boolean) => void>();

  const busOf = (name: string): Bus => ({
    shared: true,
    publish: (subject, data) => {
      if (!cut.has(name) && !lose(subject, data)) shared.publish(subject, data);
    },
    subscribe: (pattern, handler) => shared.subscribe(pattern, (data, subject) => void (cut.has(name) || delay(name, () => handler(data, subject)))),
    onStatus: (listener) => {
      status.set(name, listener);
      return () => undefined;
    },
    close: async () => undefined,
  }); // prettier-ignore

  const start = async (name: string, clock = time) => {
    const told: string[] = [];
    const notes: unknown[] = [];
    const mesh = new Mesh({ bus: busOf(name), clock, scheduler: clock, random: { text: () => name, digits: () => '' } }); // prettier-ignore
    mesh.listen({
      up: (peer) => told.push(`up ${peer}`),
      down: (peer, crashed) => told.push(`${crashed ? 'lost' : 'left'} ${peer}`),
      missed: () => told.push('missed'),
    });
    mesh.hear('note', (body, from) => notes.push([from, body]));
    mesh.answer('double', (body: number) => body * 2);
    const joined = mesh.join();
    await time.advance(400);
    await joined;
    return { mesh, told, notes };
  };
  return {
    time,
    start,
    cut,
    status,
    delay: (how: typeof delay) => {
      delay = how;
    },
    lose: (which: typeof lose) => {
      lose = which;
    },
  };
}

test('nodes meet, and hear notes in order and once', async () => {
  const world = createNodes();
  const a = await world.start('a');
  expect(a.mesh.alone).toBe(true);
  const b = await world.start('b');
  const c = await world.start('c');
  expect([a, b, c].map(({ told }) => [...told].sort())).toEqual([['up b', 'up c'], ['up a', 'up c'], ['up a', 'up b']]); // prettier-ignore
  for (let i = 1; i <= 3; i++) a.mesh.send('b', 'note', i);
  b.mesh.tell('note', 'all');
  await world.time.advance(0);
  expect(b.notes).toEqual([['a', 1], ['a', 2], ['a', 3]]); // prettier-ignore
  expect([a.notes, c.notes]).toEqual([[['b', 'all']], [['b', 'all']]]);
  await world.time.advance(60_000);
  expect([a.told.length, b.told.length, c.told.length]).toEqual([2, 2, 2]);
});

test('questions are answered by those who are there', async () => {
  const world = createNodes();
  const a = await world.start('a');
  expect(await a.mesh.ask('double', 4)).toEqual(new Map());
  await world.start('b');
  await world.start('c');
  const asked = a.mesh.ask<number>('double', 4);
  await world.time.advance(0);
  expect(await asked).toEqual(new Map([['b', 8], ['c', 8]])); // prettier-ignore
  world.cut.add('c');
  const again = a.mesh.ask<number>('double', 5);
  await world.time.advance(1_000);
  expect(await again).toEqual(new Map([['b', 10]]));
});

test.each([
  ['with a note behind it', true],
  ['that was the last one, within a second', false],
])('a lost frame is noticed %s, and everything is told anew', async (_how, more) => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  a.told.length = b.told.length = 0;
  world.lose((subject, data) => subject.startsWith('magpie.mesh.to') && data.includes('lost'));
  a.mesh.send('b', 'note', 'lost');
  await world.time.advance(0);
  expect(b.told).toEqual([]);
  if (more) a.mesh.send('b', 'note', 'next');
  await world.time.advance(more ? 0 : 1_000);
  expect(b.told).toEqual(['missed']);
  await world.time.advance(0);
  // And when b knows all of it, those of a ask for what b may have left out.
  expect(a.told).toEqual(['up b', 'missed']);
  await world.time.advance(30_000);
  expect([a.told, b.told]).toEqual([['up b', 'missed'], ['missed']]);
  expect(b.notes).toEqual(more ? [['a', 'next']] : []);
});

test('a node that falls silent is gone after some seconds, and is met again when it is heard', async () => {
  const world = createNodes();
  const a = await world.start('a');
  await world.start('b');
  await world.start('c');
  world.cut.add('b');
  await world.time.advance(3_000);
  expect([a.mesh.healthy, a.mesh.others]).toEqual([false, ['b', 'c']]);
  await world.time.advance(4_000);
  expect([a.mesh.healthy, a.mesh.others]).toEqual([true, ['c']]);
  expect(a.told).toEqual(['up b', 'up c', 'missed', 'lost b']);
  world.cut.delete('b');
  await world.time.advance(2_000);
  expect(a.mesh.others).toEqual(['c', 'b']);
  expect(a.told.slice(4)).toContain('up b');
  await world.time.advance(10_000);
  const before = a.told.length;
  await world.time.advance(60_000);
  expect(a.told.length).toBe(before);
});

test('one that stands still is not waited for; when it goes on, those here ask for what it did meanwhile', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  a.told.length = 0;
  // It hears nothing and says nothing for two seconds, and then hears it all: nothing is lost.
  const waiting: (() => void)[] = [];
  world.delay((name, hand) => void (name === 'b' ? waiting.push(hand) : hand()));
  a.mesh.tell('note', 'somebody is here');
  const settled = a.mesh.settled();
  await world.time.advance(1_000);
  await settled;
  await world.time.advance(500);
  expect([a.told, b.notes]).toEqual([[], []]);
  world.delay((_name, hand) => hand());
  for (const hand of waiting) hand();
  await world.time.advance(1_000);
  expect(b.notes).toEqual([['a', 'somebody is here']]);
  expect(a.told).toEqual(['missed']);
  await world.time.advance(60_000);
  expect(a.told).toEqual(['missed']);
});

test('a node that began without another, which was slow to answer, and the other both ask when they have met', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const waiting: (() => void)[] = [];
  world.delay((name, hand) => void (name === 'a' ? waiting.push(hand) : hand()));
  const b = await world.start('b');
  expect(b.mesh.alone).toBe(true);
  world.delay((_name, hand) => hand());
  for (const hand of waiting) hand();
  await world.time.advance(2_000);
  expect([a.told, b.told]).toEqual([
    ['up b', 'missed'],
    ['up a', 'missed'],
  ]);
  await world.time.advance(60_000);
  expect([a.told.length, b.told.length]).toEqual([2, 2]);
});

test('a node that ends says so', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  b.mesh.close();
  expect([a.mesh.alone, a.told]).toEqual([true, ['up b', 'left b']]);
});

test('without a bus nobody is declared gone; when it is back everything is told anew', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  a.told.length = b.told.length = 0;
  world.cut.add('a');
  world.status.get('a')?.(false);
  expect(a.mesh.healthy).toBe(false);
  await world.time.advance(30_000);
  expect([a.mesh.others, b.mesh.others]).toEqual([['b'], []]);
  expect(a.told).toEqual(['missed']);
  world.cut.delete('a');
  world.status.get('a')?.(true);
  await world.time.advance(2_000);
  expect([a.mesh.healthy, b.mesh.healthy, a.mesh.others, b.mesh.others]).toEqual([true, true, ['b'], ['a']]);
  expect(a.told).toContain('up b');
  expect(b.told).toContain('up a');
});

test('a node that stood still does not take the others for dead', async () => {
  const world = createNodes();
  const a = await world.start('a');
  await world.start('b');
  a.told.length = 0;
  world.time.jump(60_000);
  await world.time.advance(1_500);
  expect([a.mesh.others, a.told]).toEqual([['b'], ['missed']]);
  world.time.jump(-3_600_000);
  await world.time.advance(10_000);
  expect([a.mesh.others, a.mesh.healthy]).toEqual([['b'], true]);
});

test('much is sent in several frames, none of which is lost', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  for (let i = 0; i < 200; i++) a.mesh.send('b', 'note', 'x'.repeat(10_000));
  await world.time.advance(0);
  expect([b.notes.length, b.told]).toEqual([200, ['up a']]);
});

test('what one note breaks, the next does not feel', async () => {
  const world = createNodes();
  const a = await world.start('a');
  const b = await world.start('b');
  b.mesh.hear('bad', () => {
    throw new Error('unreadable');
  });
  a.mesh.send('b', 'bad', 1);
  a.mesh.send('b', 'unheard of', 1);
  a.mesh.send('b', 'note', 1);
  await world.time.advance(0);
  expect(b.notes).toEqual([['a', 1]]);
});
