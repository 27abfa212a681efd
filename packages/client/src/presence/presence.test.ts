import type { Presence } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { fakeWorld, type FakeWorld } from '../testing/world.ts';

const of = (userId: string, state: Presence['state'], more: Partial<Presence> = {}): Presence => ({ userId, state, at: 1, devices: [], ...more }); // prettier-ignore

function told(world: FakeWorld): (readonly [string, string])[][] {
  return world
    .of('presence')
    .map(({ presences }) => presences.map(({ userId, state }) => [userId, state] as const));
}
const asked = ({ server }: FakeWorld, op: string) => server.calls.filter((call) => call.op === op).map((call) => call.in); // prettier-ignore
const change = ({ server }: FakeWorld, ...presences: Presence[]): void =>
  server.push({ e: [{ e: 'presence.changed', d: { presences } }] });

async function watching(...users: string[]): Promise<FakeWorld> {
  const world = fakeWorld(['presence', 'ready', 'error']);
  for (const user of users) world.server.rooms.presences.set(user, of(user, 'online'));
  await world.login();
  if (users.length > 0) await world.done(world.client.presence.subscribe(users));
  world.told.length = 0;
  return world;
}

test('subscribing answers what is now, events what changes; both are kept', async () => {
  const world = await watching('bob');
  const { client } = world;
  expect(client.presence.peek('bob')?.state).toBe('online');
  change(world, of('bob', 'away'));
  change(world, of('bob', 'away'));
  expect(told(world)).toEqual([[['bob', 'away']]]);
  expect(client.presence.watched()).toEqual([{ userId: 'bob', presence: of('bob', 'away') }]);
  // Followed by another device of this user.
  change(world, of('carol', 'online'));
  expect(client.presence.peek('carol')?.state).toBe('online');
});

test('what changes in one turn is told together, the newest of each', async () => {
  const world = await watching('bob', 'carol');
  const away = { e: 'presence.changed', d: { presences: [of('bob', 'away'), of('carol', 'away')] } };
  world.server.push({ e: [away, { e: 'presence.changed', d: { presences: [of('bob', 'dropped')] } }] });
  expect(told(world)).toEqual([[['bob', 'dropped'], ['carol', 'away']]]); // prettier-ignore
});

test('asking tells of what turns out changed, and follows nobody', async () => {
  const world = await watching('bob');
  const { client, server } = world;
  server.rooms.presences.set('bob', of('bob', 'dropped'));
  const { presences } = await world.done(client.presence.get(['bob', 'eve']));
  expect(presences.map(({ state }) => state)).toEqual(['dropped', 'loggedOut']);
  expect(told(world)).toEqual([[['bob', 'dropped']]]);
  expect(client.presence.peek('eve')).toBeUndefined();
});

test('after a reconnect the followed are asked again, and only changes are told', async () => {
  const world = await watching('bob', 'carol');
  const { server } = world;
  server.rooms.presences.set('bob', of('bob', 'dropped', { at: 5 }));
  await world.away(3_000);
  expect(asked(world, 'presence.get')).toEqual([{ users: ['bob', 'carol'] }]);
  expect(told(world)).toEqual([[['bob', 'dropped']]]);
  // Without anybody followed nothing is asked.
  await world.done(world.client.presence.unsubscribe());
  await world.away(1_000);
  expect(asked(world, 'presence.get')).toHaveLength(1);
});

test('words, devices and times count as changes, the order of devices does not', async () => {
  const web = { platform: 'web', instance: 'a', state: 'online' } as const;
  const ios = { platform: 'ios', instance: 'b', state: 'online' } as const;
  const world = await watching('bob');
  const steps: Partial<Presence>[] = [{ devices: [web, ios] }, { devices: [ios, web] }, { devices: [ios] }, { devices: [ios], custom: 'hi', customAt: 3 }]; // prettier-ignore
  for (const step of steps) change(world, of('bob', 'online', step));
  expect(told(world)).toHaveLength(3);
});

test('own presence is kept, and a device that is away says so again to a server that may have forgotten', async () => {
  const world = await watching();
  const { client, server } = world;
  server.rooms.presences.set('alice', of('alice', 'online'));
  expect(client.presence.peek('alice')).toBeUndefined();
  const set = await world.done(client.presence.set({ custom: 'reading', state: 'away' }));
  expect(set).toMatchObject({ custom: 'reading', state: 'away' });
  expect(client.presence.peek('alice')).toEqual(set);
  server.rooms.presences.set('alice', of('alice', 'online', { custom: 'reading' }));
  await world.away(1_000);
  expect(server.rooms.presences.get('alice')?.state).toBe('away');
  expect(told(world)).toEqual([]);
  await world.done(client.presence.set({ state: 'online' }));
  expect(told(world)).toEqual([[['alice', 'online']]]);
  await world.away(1_000);
  expect(asked(world, 'presence.set')).toHaveLength(3);
});

test('a subscription ends by itself, by name, and when there are too many', async () => {
  const world = await watching();
  const { client, clock, server } = world;
  await world.done(client.presence.subscribe(['bob'], { seconds: 60, untilLogout: true }));
  expect(asked(world, 'presence.subscribe')[0]).toEqual({ users: ['bob'], seconds: 60, untilLogout: true });
  await world.done(client.presence.subscribe(['carol', 'dave']));
  expect(client.presence.watched().map(({ userId, expiresAt }) => [userId, expiresAt !== undefined])).toEqual([['bob', true], ['carol', false], ['dave', false]]); // prettier-ignore
  await clock.advance(61_000);
  expect(client.presence.peek('bob')).toBeUndefined();
  await world.done(client.presence.unsubscribe(['carol']));
  change(world, of('bob', 'away'), of('carol', 'away'));
  expect(told(world)).toEqual([]);
  server.answer = (op) => op === 'presence.subscribe' ? { presences: [of('eve', 'online')], failed: [], evicted: ['dave'] } : undefined; // prettier-ignore
  await world.done(client.presence.subscribe(['eve']));
  expect(client.presence.watched().map(({ userId }) => userId)).toEqual(['eve']);
  // Followed anew, it is heard again.
  await world.done(client.presence.subscribe(['eve']));
  server.answer = () => undefined;
  await world.done(client.presence.subscribe(['carol']));
  change(world, of('carol', 'away'));
  expect(told(world)).toEqual([[['carol', 'away']]]);
});

test('the list of the server is taken in; a logout forgets all', async () => {
  const world = await watching();
  const { client, server } = world;
  const subscriptions = [{ userId: 'bob', expiresAt: 4_000_000_000_000, presence: of('bob', 'online') }];
  server.answer = (op) => (op === 'presence.subscriptions' ? { subscriptions, total: 1 } : undefined);
  expect(await world.done(client.presence.subscriptions())).toEqual({ subscriptions, total: 1 });
  expect(client.presence.watched()).toEqual(subscriptions);
  await world.done(client.session.close());
  expect(client.presence.watched()).toEqual([]);
  await world.login();
  expect(asked(world, 'presence.get')).toEqual([]);
  await expect(fakeWorld([]).client.presence.get(['bob']), 'nobody is logged in').rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});
