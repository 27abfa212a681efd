import { expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { createMemoryStorage } from '../platform/memory-storage.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { FakeServer } from '../testing/fake-server.ts';

const AB = 'd:alice bob';

test('the outbox survives a reload of its own tab and is not touched by another', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const shared = createMemoryStorage();
  const tab = createMemoryStorage();
  const start = (storage = tab) => {
    const platform = createFakePlatform(clock, server.connect, { shared, tab: storage });
    return { platform, client: createClient({ platform, persistOutbox: true, sendTimeout: Infinity }) };
  };
  const login = async (client: ReturnType<typeof createClient>): Promise<void> => {
    const opened = client.session.open({ token: 'alice' });
    await clock.advance(500);
    await opened;
  };
  const first = start();
  await login(first.client);
  server.down = true;
  server.drop();
  void first.client.messages
    .send({ ref: 'u:bob', content: { type: 'text', text: 'kept' } })
    .catch(() => undefined);
  first.platform.leave();
  server.down = false;
  const other = start(createMemoryStorage());
  await login(other.client);
  expect(other.client.session.instance).not.toBe(first.client.session.instance);
  expect(server.log(AB)).toHaveLength(0);
  const second = start();
  expect(second.client.session.instance).toBe(first.client.session.instance);
  await login(second.client);
  expect(server.log(AB).map(({ content }) => content)).toEqual([{ type: 'text', text: 'kept' }]);
  await clock.advance(60_000);
  expect(server.log(AB)).toHaveLength(1);
  expect(second.client.messages.outgoing()).toEqual([]);
});

test('what a tab left that crashed is taken over by another when it is surely dead, and sent once', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const shared = createMemoryStorage();
  const start = async () => {
    const platform = createFakePlatform(clock, server.connect, { shared, tab: createMemoryStorage() });
    const client = createClient({ platform, persistOutbox: true, sendTimeout: Infinity });
    const opened = client.session.open({ token: 'alice' });
    await clock.advance(500);
    await opened;
    return { platform, client };
  };
  const content = (text: string) => ({ type: 'text', text }) as const;
  const [live, other] = [await start(), await start()];
  server.down = true;
  server.drop();
  const waiting = live.client.messages.send({ ref: 'u:bob', content: content('of the living') });
  await clock.advance(1_000);
  // A tab that dies says nothing: what it had lies in storage, and its last sign grows old.
  const dead = { input: { ref: 'u:bob', clientId: 'dead', content: content('of the dead') }, createdAt: clock.now(), failed: false }; // prettier-ignore
  shared.set('magpie:outbox:demo alice gone', JSON.stringify([dead]));
  const signs = JSON.parse(shared.get('magpie:outboxes:demo alice') ?? '{}') as Record<string, number>;
  expect(Object.keys(signs)).toEqual([live.client.session.instance]);
  shared.set('magpie:outboxes:demo alice', JSON.stringify({ ...signs, gone: clock.now() }));
  await clock.advance(60_000);
  const held = ({ client }: typeof live) => client.messages.outgoing().map((one) => one.content);
  expect([held(live), held(other)]).toEqual([[content('of the living')], []]);
  await clock.advance(60_000);
  expect([...held(live), ...held(other)].filter(({ type }) => type === 'text')).toHaveLength(2);
  expect(shared.get('magpie:outbox:demo alice gone')).toBeUndefined();
  server.down = false;
  live.platform.hint(true);
  other.platform.hint(true);
  await clock.advance(60_000);
  await waiting;
  expect(server.log(AB).map(({ content: said }) => (said as { text: string }).text).sort()).toEqual(['of the dead', 'of the living']); // prettier-ignore
  expect(shared.get('magpie:outboxes:demo alice')).toBeUndefined();
});
