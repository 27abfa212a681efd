import { expect, it } from 'vitest';
import { Mesh } from '../cluster/mesh.ts';
import { createLocalBus } from '../core/local-bus.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { Elsewhere, type SessionInfo } from './elsewhere.ts';

const INFO: SessionInfo = { id: 's1', app: 'a', userId: 'u', instance: 'i', platform: 'web', openedAt: 1, wantsDelivered: false }; // prettier-ignore

function createNodes() {
  const time = new FakeTime();
  const bus = createLocalBus({ shared: true });
  const start = async (name: string) => {
    const mesh = new Mesh({
      bus,
      clock: time,
      scheduler: time,
      random: { text: () => name, digits: () => '' },
    });
    const elsewhere = new Elsewhere(mesh, time);
    /** What this node has itself. */
    const own: (SessionInfo & { live: boolean })[] = [];
    const nothing = () => undefined;
    elsewhere.attach({
      snapshot: () => own,
      hasLater: ({ id, openedAt }) => own.some((mine) => mine.id === id && mine.openedAt > openedAt),
      openedElsewhere: nothing,
      kickHere: nothing,
      kickAppHere: nothing,
    });
    const joined = mesh.join();
    await time.advance(400);
    await joined;
    return { mesh, elsewhere, own };
  };
  return { time, start };
}

it('sessions of a node are known, told apart by device, and forgotten when they can no longer be resumed', async () => {
  const { time, start } = createNodes();
  const a = await start('a');
  const b = await start('b');
  a.elsewhere.tellOpened(INFO);
  await time.advance(0);
  expect([b.elsewhere.nodesOf('a', 'u'), a.elsewhere.nodesOf('a', 'u')]).toEqual([['a'], []]);
  a.elsewhere.tellOpened({ ...INFO, id: 's2', openedAt: 2 });
  await time.advance(0);
  expect(b.elsewhere.of('a', 'u').map(({ id }) => id)).toEqual(['s2']);
  a.elsewhere.tellGone('s2', 'dropped', 'all');
  a.elsewhere.tellDropped('s2');
  await time.advance(0);
  expect([b.elsewhere.nodesOf('a', 'u'), b.elsewhere.find('s2')?.id]).toEqual([[], 's2']);
  await time.advance(6 * 60_000);
  b.elsewhere.sweep();
  expect([b.elsewhere.find('s2'), b.elsewhere.count]).toEqual([undefined, 0]);
});

it('what a node says of a session it lost does not undo that the session goes on elsewhere', async () => {
  const { time, start } = createNodes();
  const [a, b, c] = [await start('a'), await start('b'), await start('c')];
  a.own.push({ ...INFO, live: true });
  a.elsewhere.tellOpened(INFO);
  await time.advance(0);
  b.own.push({ ...INFO, openedAt: 9, live: true });
  b.elsewhere.taken(INFO);
  b.elsewhere.tellOpened({ ...INFO, openedAt: 9 });
  await time.advance(0);
  expect(b.elsewhere.of('a', 'u')).toEqual([]);
  // It has not heard of that yet, and tells everything to those who missed something.
  a.own[0] = { ...INFO, live: false };
  for (const node of [b, c]) node.mesh.send('a', 'again', null);
  await time.advance(10);
  expect([c.elsewhere.nodesOf('a', 'u'), c.elsewhere.count]).toEqual([['b'], 1]);
  expect(b.elsewhere.count).toBe(0);
});

it('a snapshot takes away what is no longer there', async () => {
  const { time, start } = createNodes();
  const [a, b] = [await start('a'), await start('b')];
  a.elsewhere.tellOpened(INFO);
  a.elsewhere.tellOpened({ ...INFO, id: 's2', instance: 'j' });
  await time.advance(0);
  a.own.push({ ...INFO, live: true });
  b.mesh.send('a', 'again', null);
  await time.advance(10);
  expect(b.elsewhere.of('a', 'u').map(({ id }) => id)).toEqual(['s1']);
});
