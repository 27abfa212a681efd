import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Presence } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signIn } from '../protocol/support.ts';

/** Long enough for a client to come back on a busy machine. */
const GRACE = 2_500;
let server: TestServer;

beforeAll(async () => {
  server = await createTestServer({
    settings: { 'presence.grace': GRACE },
    env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.1' },
  });
});
afterAll(() => server.close());

/** `online a b~`: state, then instances, `~` those away. */
function short({ state, devices }: Presence): string {
  return [state, ...devices.map((one) => `${one.instance}${one.state === 'away' ? '~' : ''}`).sort()].join(
    ' ',
  );
}

/** The next change a client is told. */
async function told(client: RawClient): Promise<Presence> {
  const { presences } = (await client.event('presence.changed')).d as { presences: Presence[] };
  expect(presences).toHaveLength(1);
  return presences[0]!;
}

/**
 * The next change of itself that a device is told and that fits. Its own coming is told to it as well if another device of its user
 * did something in the same moment.
 */
async function toldOfItself(client: RawClient, fits: (presence: Presence) => boolean): Promise<Presence> {
  const event = await client.event('presence.changed', ({ d }) => fits((d as { presences: [Presence] }).presences[0])); // prettier-ignore
  return (event.d as { presences: [Presence] }).presences[0];
}

const count = (client: RawClient) => client.events.filter(({ e }) => e === 'presence.changed').length;

/** The socket may close before the answer is there. */
async function logOut(client: RawClient): Promise<void> {
  await client.request('session.close', {}).catch(() => undefined);
  await client.closed;
}

/** A user with devices and a watcher of them. */
async function pair(user: string, watcher: string, more: { readonly seconds?: number } = {}) {
  // Users are made by their first login.
  await logOut(await signIn(server, user));
  const watching = await signIn(server, watcher);
  const { presences } = await watching.request('presence.subscribe', { users: [user], ...more });
  expect(presences.map(short)).toEqual(['loggedOut']);
  return { watching, device: (instance: string) => signIn(server, user, { instance }) };
}

async function resumeOn(url: string, user: string, instance: string, session?: string) {
  const client = await connectRawClient(url);
  const { userSig } = await server.credentials(user);
  const opened = await client.request('session.open', { token: userSig, instance, platform: 'web', protocol: 1, ...(session ? { resume: { session } } : {}) }); // prettier-ignore
  return { client, ...opened };
}

describe('devices', () => {
  it('come, are away, go; the user’s others are told as well', async () => {
    const { watching, device } = await pair('u1', 'w1');
    const phone = await device('phone');
    expect(short(await told(watching))).toBe('online phone');
    await using laptop = await device('laptop');
    expect(short(await told(watching))).toBe('online laptop phone');
    await toldOfItself(phone, (presence) => short(presence) === 'online laptop phone');
    const { presence } = await laptop.request('presence.set', { state: 'away' });
    expect(short(presence)).toBe('online laptop~ phone');
    expect(short(await told(watching))).toBe('online laptop~ phone');
    await toldOfItself(phone, (presence) => short(presence) === 'online laptop~ phone');
    await logOut(phone);
    expect(short(await told(watching))).toBe('away laptop~');
    await toldOfItself(laptop, (presence) => short(presence) === 'away laptop~');
    await logOut(laptop);
    expect(await told(watching)).toMatchObject({ state: 'loggedOut', devices: [] });
    await watching.close();
  });

  it('that drop and come back in time are no news; that stay away are, when the grace is over', async () => {
    const { watching } = await pair('u2', 'w2');
    const proxy = await server.proxy();
    const first = await resumeOn(proxy.url, 'u2', 'tab');
    const online = await told(watching);
    expect(short(online)).toBe('online tab');
    proxy.cut();
    await first.client.closed;
    const second = await resumeOn(proxy.url, 'u2', 'tab', first.session);
    expect(second.resumed).toBe(true);
    // Had the drop been told, it would come before this.
    await second.client.request('presence.set', { state: 'away' });
    expect(short(await told(watching))).toBe('away tab~');
    const cut = Date.now();
    proxy.cut();
    const gone = await told(watching);
    expect(gone).toMatchObject({ state: 'dropped', devices: [] });
    expect(gone.at).toBeGreaterThanOrEqual(cut + GRACE - 5);
    const late = await resumeOn(proxy.url, 'u2', 'tab', first.session);
    expect(await told(watching)).toMatchObject({ state: 'online', devices: [{ platform: 'web', instance: 'tab', state: 'online' }] }); // prettier-ignore
    await server.admin('session.kick', { userId: 'u2' });
    expect((await told(watching)).state).toBe('loggedOut');
    await late.client.closed;
    expect(count(watching)).toBe(5);
    await watching.close();
  });

  it('a kick during the grace is told at once', async () => {
    const { watching, device } = await pair('u3', 'w3');
    await server.admin('app.update', { id: 'demo', settings: { 'presence.grace': 3_600_000 } });
    const tab = await device('tab');
    expect((await told(watching)).state).toBe('online');
    await tab.close();
    await server.admin('session.kick', { userId: 'u3' });
    expect((await told(watching)).state).toBe('loggedOut');
    await server.admin('app.update', { id: 'demo', settings: { 'presence.grace': GRACE } });
    await watching.close();
  });
});

describe('own words', () => {
  it('are told with the state, hold as long as said, and may be set by the operator', async () => {
    const { watching, device } = await pair('u4', 'w4');
    await using tab = await device('tab');
    await told(watching);
    const { presence } = await tab.request('presence.set', { custom: 'at lunch', customSeconds: 1 });
    expect(presence).toMatchObject({ state: 'online', custom: 'at lunch' });
    expect(presence.customUntil).toBe(presence.customAt! + 1_000);
    expect(await told(watching)).toEqual(presence);
    const over = await told(watching);
    expect(over).toMatchObject({ state: 'online', at: presence.at });
    expect(over).not.toHaveProperty('custom');
    await server.admin('presence.set', { custom: 'on leave' }, { user: 'u4' });
    expect(await told(watching)).toMatchObject({ state: 'online', custom: 'on leave' });
    await toldOfItself(tab, ({ custom, at }) => custom === undefined && at === presence.at);
    await toldOfItself(tab, ({ custom }) => custom === 'on leave');
    await tab.request('presence.set', { custom: '' });
    expect(await told(watching)).not.toHaveProperty('custom');
    await watching.close();
  });

  it('what does not fit is refused, and nothing of it is done', async () => {
    await using tab = await signIn(server, 'u5');
    const wrong = [
      [{ customSeconds: 5, state: 'away' }, 'customSeconds'],
      [{ custom: '', customSeconds: 5 }, 'customSeconds'],
      [{ custom: 'x'.repeat(1_025) }, 'custom'],
      [{ custom: 'x', customSeconds: 0 }, 'customSeconds'],
    ] as const;
    for (const [input, field] of wrong)
      expect(await tab.refused('presence.set', input)).toMatchObject({ code: 'BAD_REQUEST', field });
    await expect(server.admin('presence.set', { custom: 'x', state: 'away' }, { user: 'u5' })).rejects.toMatchObject({ code: 'BAD_REQUEST', field: 'state' }); // prettier-ignore
    await expect(server.admin('presence.set', { custom: 'x' }, { user: 'nobody' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' }); // prettier-ignore
    const { presences } = await tab.request('presence.get', { users: ['u5'] });
    expect(presences).toMatchObject([{ state: 'online' }]);
    expect(presences[0]).not.toHaveProperty('custom');
  });
});

describe('following', () => {
  it('strangers and oneself fail by name; the oldest go when there are too many', async () => {
    for (const user of ['f1', 'f2', 'f3', 'f4']) await (await signIn(server, user)).close();
    await server.admin('app.update', { id: 'demo', settings: { 'limits.presence.subscriptions': 3 } });
    await using me = await signIn(server, 'f0');
    const first = await me.request('presence.subscribe', { users: ['f1', 'f0', 'nobody', 'f1', 'f2'] });
    expect(first.presences.map(({ userId }) => userId)).toEqual(['f1', 'f2']);
    expect(first.failed.sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([{ userId: 'f0', code: 'BAD_REQUEST' }, { userId: 'nobody', code: 'USER_NOT_FOUND' }]); // prettier-ignore
    expect(first.evicted).toEqual([]);
    const second = await me.request('presence.subscribe', { users: ['f3', 'f4'], seconds: 60 });
    expect(second.evicted).toEqual(['f1']);
    const page = await me.request('presence.subscriptions', { limit: 2 });
    expect(page).toMatchObject({ total: 3, next: 'f3', subscriptions: [{ userId: 'f2' }, { userId: 'f3' }] });
    expect(page.subscriptions[0]).not.toHaveProperty('expiresAt');
    expect(page.subscriptions[1]!.expiresAt).toBeGreaterThan(Date.now() + 50_000);
    const rest = await me.request('presence.subscriptions', { limit: 2, cursor: page.next! });
    expect(rest.subscriptions.map(({ userId }) => userId)).toEqual(['f4']);
    expect(rest).not.toHaveProperty('next');
    await me.request('presence.unsubscribe', { users: ['f3'] });
    expect((await me.request('presence.subscriptions', { limit: 9 })).total).toBe(2);
    await me.request('presence.unsubscribe', {});
    expect((await me.request('presence.subscriptions', { limit: 9 })).total).toBe(0);
    await server.admin('app.update', { id: 'demo', settings: { 'limits.presence.subscriptions': null } });
    expect(await me.request('presence.get', { users: ['nobody', 'f0'] })).toMatchObject({ presences: [{ userId: 'f0', state: 'online' }], failed: [{ userId: 'nobody', code: 'USER_NOT_FOUND' }] }); // prettier-ignore
  });

  it('ends with its time', async () => {
    const { watching: for1s, device } = await pair('u6', 'w6', { seconds: 1 });
    await using always = await signIn(server, 'w6b');
    await always.request('presence.subscribe', { users: ['u6'] });
    await vi.waitFor(async () => expect((await for1s.request('presence.subscriptions', { limit: 9 })).total).toBe(0), { timeout: 10_000, interval: 100 }); // prettier-ignore
    await using _tab = await device('tab');
    expect((await told(always)).state).toBe('online');
    await for1s.request('session.list', {});
    expect(count(for1s)).toBe(0);
    await for1s.close();
  });

  it('until logout: outlives a drop, not a logout', async () => {
    const { watching } = await pair('u7', 'w7');
    await watching.request('presence.subscribe', { users: ['u7'], untilLogout: true });
    await watching.request('presence.subscribe', { users: ['w6'] });
    await watching.close();
    const away = async () => ((await server.admin('presence.get', { users: ['w7'] })) as { presences: Presence[] }).presences[0]!.state; // prettier-ignore
    await vi.waitFor(async () => expect(await away()).toBe('dropped'), { timeout: 10_000, interval: 50 });
    const again = await signIn(server, 'w7');
    expect((await again.request('presence.subscriptions', { limit: 9 })).total).toBe(2);
    await logOut(again);
    await using anew = await signIn(server, 'w7');
    // The logout is not waited for by the next login.
    await vi.waitFor(async () => {
      const { subscriptions } = await anew.request('presence.subscriptions', { limit: 9 });
      expect(subscriptions.map(({ userId }) => userId)).toEqual(['w6']);
    }, { timeout: 10_000, interval: 50 }); // prettier-ignore
  });

  it('one who is blocked sees somebody logged out, and is told nothing', async () => {
    const { watching, device } = await pair('u8', 'w8');
    await using friend = await signIn(server, 'w8b');
    await friend.request('presence.subscribe', { users: ['u8'] });
    await using tab = await device('tab');
    expect((await told(watching)).state).toBe('online');
    await told(friend);
    await tab.request('contact.block', { users: ['w8'] });
    await tab.request('presence.set', { custom: 'secret', state: 'away' });
    expect(await told(friend)).toMatchObject({ state: 'away', custom: 'secret' });
    const unseen = { userId: 'u8', state: 'loggedOut', at: 0, devices: [] };
    expect((await watching.request('presence.get', { users: ['u8'] })).presences).toEqual([unseen]);
    expect((await watching.request('presence.subscribe', { users: ['u8'] })).presences).toEqual([unseen]);
    expect((await watching.request('presence.subscriptions', { limit: 9 })).subscriptions).toMatchObject([{ presence: unseen }]); // prettier-ignore
    expect(count(watching)).toBe(1);
    await tab.request('contact.unblock', { users: ['w8'] });
    await tab.request('presence.set', { state: 'online' });
    expect(await told(watching)).toMatchObject({ state: 'online', custom: 'secret' });
    await watching.close();
  });
});

it('hooks are told of each change once', async () => {
  const bodies: { event: { e: string; d: { presences: Presence[] } } }[] = [];
  const read = async (request: IncomingMessage) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    bodies.push(JSON.parse(text) as (typeof bodies)[0]);
  };
  const backEnd = createServer((request, response) => void read(request).then(() => response.end()));
  await new Promise<void>((resolve) => backEnd.listen(0, '127.0.0.1', resolve));
  const { port } = backEnd.address() as AddressInfo;
  await logOut(await signIn(server, 'u9'));
  const { webhook } = (await server.admin('webhook.create', { url: `http://127.0.0.1:${port}/`, events: ['presence.changed'] })) as { webhook: { id: string } }; // prettier-ignore
  const seen = () => bodies.filter(({ event }) => event.d.presences[0]!.userId === 'u9').map(({ event }) => `${event.e} ${short(event.d.presences[0]!)}`); // prettier-ignore
  const tab = await signIn(server, 'u9', { instance: 'tab' });
  await vi.waitFor(() => expect(seen()).toContain('presence.changed online tab'), { timeout: 10_000 });
  await logOut(tab);
  await vi.waitFor(() => expect(seen().at(-1)).toBe('presence.changed loggedOut'), { timeout: 10_000 });
  expect(seen().slice(-2)).toEqual(['presence.changed online tab', 'presence.changed loggedOut']);
  await server.admin('webhook.remove', { id: webhook.id });
  backEnd.closeAllConnections();
  await new Promise((resolve) => backEnd.close(resolve));
});

it('a restart keeps how users went, their words and who follows whom', async () => {
  const { watching, device } = await pair('u10', 'w10');
  const tab = await device('tab');
  expect((await told(watching)).state).toBe('online');
  await tab.request('presence.set', { custom: 'back soon' });
  expect((await told(watching)).custom).toBe('back soon');
  const stopping = Date.now();
  await server.restart();
  await using again = await signIn(server, 'w10');
  const { subscriptions } = await again.request('presence.subscriptions', { limit: 9 });
  expect(subscriptions).toMatchObject([
    { userId: 'u10', presence: { state: 'dropped', custom: 'back soon', devices: [] } },
  ]);
  expect(subscriptions[0]!.presence.at).toBeGreaterThanOrEqual(stopping);
  await using _back = await signIn(server, 'u10', { instance: 'tab' });
  expect(short(await told(again))).toBe('online tab');
  const { presences } = (await server.admin('presence.get', { users: ['u1', 'u2', 'u3'] })) as { presences: Presence[] }; // prettier-ignore
  expect(presences.map(({ state }) => state)).toEqual(['loggedOut', 'loggedOut', 'loggedOut']);
});
