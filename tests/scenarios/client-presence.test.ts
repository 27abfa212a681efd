import type { Client, ClientEvents } from '@magpie/client';
import { expect, test } from 'vitest';
import { next, useWorld } from './support/clients.ts';

const GRACE = 1_000;
const world = useWorld({ settings: { 'presence.grace': GRACE, 'limits.presence.subscriptions': 3 } });
const { login } = world;

/** The next time a user is told to be in a state. */
function becomes(client: Client, userId: string, state: string): Promise<ClientEvents['presence']> {
  return next(client, 'presence', ({ presences }) =>
    presences.some((one) => one.userId === userId && one.state === state),
  );
}

async function loggedOutOnce(user: string): Promise<void> {
  await (await login(user)).session.close();
}

test('followed: over several devices, away and back, lost and found again, in their own words', async () => {
  await loggedOutOnce('bob');
  const alice = await login('alice');
  const subscribed = await alice.presence.subscribe(['bob', 'nobody', 'alice']);
  expect(subscribed.presences).toMatchObject([{ userId: 'bob', state: 'loggedOut', devices: [] }]);
  expect(subscribed.failed.map(({ userId, code }) => `${userId} ${code}`).sort()).toEqual(['alice BAD_REQUEST', 'nobody USER_NOT_FOUND']); // prettier-ignore

  const online = becomes(alice, 'bob', 'online');
  const phone = await login('bob', { platformName: 'ios' });
  await online;
  expect(alice.presence.peek('bob')?.devices).toMatchObject([{ platform: 'ios', state: 'online' }]);

  const second = next(alice, 'presence', ({ presences }) => presences[0]?.devices.length === 2);
  const proxy = await world.server.proxy();
  const laptop = await login('bob', { server: proxy.url });
  await second;
  const words = next(alice, 'presence', ({ presences }) => presences[0]?.custom === 'reading');
  expect(await laptop.presence.set({ custom: 'reading' })).toMatchObject({
    userId: 'bob',
    custom: 'reading',
  });
  await words;
  expect(laptop.presence.peek('bob')?.custom).toBe('reading');

  const away = becomes(alice, 'bob', 'away');
  await phone.session.close();
  await laptop.presence.set({ state: 'away' });
  await away;
  expect(alice.presence.peek('bob')?.devices).toMatchObject([{ platform: 'web', state: 'away' }]);

  // Back within the grace nobody is told; the device still is what it said.
  const told: string[] = [];
  alice.on('presence', ({ presences }) => told.push(...presences.map(({ state }) => state)));
  const back = next(laptop, 'ready');
  proxy.cut();
  await back;
  expect((await alice.presence.get(['bob'])).presences[0]?.state).toBe('away');
  expect(told).toEqual([]);
  const dropped = becomes(alice, 'bob', 'dropped');
  proxy.block();
  await dropped;
  // Found again: a session anew, and a device that still says it is away.
  const again = becomes(alice, 'bob', 'away');
  proxy.restore();
  await again;
});

test('what changed while the watcher was away is found on the way back, and told', async () => {
  await loggedOutOnce('carol');
  const proxy = await world.server.proxy();
  const alice = await login('alice', { server: proxy.url });
  await alice.presence.subscribe(['carol']);
  proxy.block();
  await login('carol');
  const online = becomes(alice, 'carol', 'online');
  proxy.restore();
  await online;
  expect(alice.presence.peek('carol')?.state).toBe('online');
});

test('subscriptions: listed, bounded, ended by name; those until logout end with it', async () => {
  for (const user of ['bob', 'carol', 'dave', 'erin']) await loggedOutOnce(user);
  const frank = await login('frank');
  await frank.presence.subscribe(['bob'], { seconds: 600 });
  await frank.presence.subscribe(['carol'], { untilLogout: true });
  await frank.presence.subscribe(['dave']);
  const listed = await frank.presence.subscriptions();
  expect(listed.total).toBe(3);
  expect(listed.subscriptions.map(({ userId, expiresAt }) => [userId, expiresAt !== undefined])).toEqual([['bob', true], ['carol', false], ['dave', false]]); // prettier-ignore
  expect(frank.presence.watched().map(({ userId }) => userId)).toEqual(['bob', 'carol', 'dave']);
  const { evicted } = await frank.presence.subscribe(['erin']);
  expect(evicted).toEqual(['bob']);
  expect(frank.presence.watched().map(({ userId }) => userId)).toEqual(['carol', 'dave', 'erin']);
  await frank.presence.unsubscribe(['erin']);
  await frank.session.close();
  expect(frank.presence.watched()).toEqual([]);
  const later = await login('frank');
  expect((await later.presence.subscriptions()).subscriptions.map(({ userId }) => userId)).toEqual(['dave']);
  expect(later.presence.peek('dave')?.state).toBe('loggedOut');
  await later.presence.unsubscribe();
  expect((await later.presence.subscriptions()).total).toBe(0);
});
