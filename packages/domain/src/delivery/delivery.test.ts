import { expect, test } from 'vitest';
import { Mesh } from '../cluster/mesh.ts';
import { createLocalBus } from '../core/local-bus.ts';
import { Elsewhere } from '../session/elsewhere.ts';
import { SessionRegistry, type Session } from '../session/registry.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { Delivery } from './delivery.ts';

/** Nodes of one cluster, and a group of bob, who is on the second one. */
async function createNodes() {
  const time = new FakeTime();
  const bus = createLocalBus({ shared: true });
  const store = { away: false };
  const start = async (name: string) => {
    const mesh = new Mesh({ bus, clock: time, scheduler: time, random: { text: () => name, digits: () => '' } }); // prettier-ignore
    const elsewhere = new Elsewhere(mesh, time);
    const sessions = new SessionRegistry(time, elsewhere, () => undefined);
    const read = async (): Promise<readonly string[]> => {
      if (store.away) throw new Error('away');
      return ['bob'];
    };
    const conversations = { memberIds: read } as unknown as ConstructorParameters<typeof Delivery>[0]['conversations']; // prettier-ignore
    const delivery = new Delivery({ sessions, conversations, bus, mesh, elsewhere });
    const missed: string[] = [];
    mesh.listen({ missed: () => missed.push(name) });
    const joined = mesh.join();
    await time.advance(400);
    await joined;
    return { mesh, sessions, delivery, missed };
  };
  const a = await start('a');
  const b = await start('b');
  const heard: string[] = [];
  const peer = { congested: false, push: (text: string) => void heard.push(text), end: () => undefined };
  const session: Session = { id: 's', app: 'x', userId: 'bob', instance: 'i', platform: 'web', device: undefined, customInfo: undefined, openedAt: time.now(), wantsDelivered: false, expiresAt: undefined, peer }; // prettier-ignore
  b.sessions.open({ settings: { 'sessions.policy': 'multi' } } as never, session);
  await time.advance(0);
  return { a, b, time, store, heard };
}

const GROUP = { app: 'x', num: 1, key: 'g:1' };

test('what is said in a group reaches those on other nodes', async () => {
  const { a, b, time, heard } = await createNodes();
  await a.delivery.toConversation(GROUP, 'one');
  await time.advance(10);
  expect(heard).toEqual(['one']);
  await time.advance(10_000);
  expect([a.missed, b.missed]).toEqual([[], []]);
});

test('where it cannot be read who is in a group, all are told to ask, wherever they are', async () => {
  const { a, b, time, store, heard } = await createNodes();
  store.away = true;
  for (const text of ['one', 'two']) await a.delivery.toConversation(GROUP, text);
  await time.advance(1_000);
  expect([heard, a.missed, b.missed]).toEqual([[], ['a'], ['b']]);
});

test('a node that cannot read it while another one can tells those it has', async () => {
  const { a, b, time, store, heard } = await createNodes();
  await a.delivery.toConversation(GROUP, 'one');
  store.away = true;
  await a.delivery.toConversation(GROUP, 'two');
  await time.advance(1_000);
  // The first had been read by the time the second came.
  expect([heard, a.missed, b.missed]).toEqual([[], [], ['b']]);
});
