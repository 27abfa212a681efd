import { describe, expect, it } from 'vitest';
import { createWorld, short } from './test-world.ts';

const world = (...args: Parameters<typeof createWorld>) => {
  const made = createWorld(...args);
  const row = () => made.store.presenceRows.get('u');
  const removals = () => made.store.done.filter(({ op }) => op === 'subscription.remove');
  return { ...made, row, removals };
};

describe('how a user went', () => {
  it('a logout is written at once, and ends what was followed until then', async () => {
    const { time, open, sessions, row, removals } = world();
    const session = open('u', 'a');
    await time.advance(500);
    expect(row()).toBeUndefined();
    sessions.close(session);
    await time.advance(0);
    expect(row()).toMatchObject({ state: 'loggedOut', at: time.now() });
    expect(removals()).toEqual([{ op: 'subscription.remove', app: 'a', watcher: 'u', untilLogout: true }]);
  });

  it('a session that replaces another is no logout', async () => {
    const { time, open, row, removals } = world();
    open('u', 'a');
    await time.advance(500);
    open('u', 'a');
    await time.advance(500);
    expect(row()).toBeUndefined();
    expect(removals()).toEqual([]);
  });

  it('a drop is written when its grace is over; what was followed stays', async () => {
    const { time, open, sessions, row, removals } = world(undefined, { 'presence.grace': 2_000 });
    sessions.detach(open('u', 'a'));
    await time.advance(1_999);
    expect(row()).toBeUndefined();
    await time.advance(1);
    expect(row()).toMatchObject({ state: 'dropped', at: time.now() });
    expect(removals()).toEqual([]);
  });

  it('is known before it is written, and forgotten in memory after', async () => {
    const { time, store, open, sessions, presences, get, reports } = world();
    const session = open('u', 'a');
    await time.advance(500);
    sessions.close(session);
    const { at } = await get('u');
    expect(at).toBe(time.now());
    store.down = true;
    await time.advance(10_000);
    expect(reports).toEqual(['who went could not be written; it is tried again', 'presence could not be told; it is tried again']); // prettier-ignore
    store.down = false;
    await time.advance(2_000);
    expect(await get('u')).toMatchObject({ state: 'loggedOut', at });
    const { here } = presences as unknown as { here: { get(app: string, user: string): unknown } };
    expect(here.get('a', 'u')).toBeUndefined();
  });

  it('one who came back while it could not be written has not gone', async () => {
    const { time, store, open, sessions, row, removals, get } = world();
    const session = open('u', 'a');
    await time.advance(500);
    store.down = true;
    sessions.close(session);
    await time.advance(500);
    open('u', 'a');
    store.down = false;
    await time.advance(5_000);
    expect(row()).toBeUndefined();
    expect(removals()).toEqual([]);
    expect(short(await get('u'))).toBe('online a');
  });

  it('a server that ends writes that all who are here drop', async () => {
    const { time, store, open, sessions, presences } = world();
    open('u', 'a');
    open('v', 'b');
    await time.advance(500);
    sessions.detach(open('x', 'c'));
    sessions.close(open('y', 'd'));
    await presences.close();
    const at = time.now();
    expect([...store.presenceRows.values()].map(({ user, state, at: when }) => [user, state, when])).toEqual([
      ['u', 'dropped', at],
      ['v', 'dropped', at],
      ['x', 'dropped', at],
      ['y', 'loggedOut', at],
    ]);
  });

  it.each<[string, number | undefined, [string, number] | undefined, [string, number]]>([
    ['never seen', undefined, undefined, ['loggedOut', 0]],
    ['logged out after they were last heard of', 50, ['loggedOut', 60], ['loggedOut', 60]],
    ['heard of since: the server died', 70, ['loggedOut', 60], ['dropped', 70]],
    ['heard of, and nothing written', 70, undefined, ['dropped', 70]],
  ])('%s', async (_name, seenAt, written, expected) => {
    const { store, get } = world();
    if (seenAt !== undefined) store.seen.set('u', seenAt);
    if (written) store.presenceRows.set('u', { app: 'a', user: 'u', state: written[0] as 'dropped', at: written[1], custom: null, customAt: null, customUntil: null }); // prettier-ignore
    const { state, at } = await get('u');
    expect([state, at]).toEqual(expected);
  });
});

describe('own words', () => {
  it('are told, and again when they are over', async () => {
    const { time, store, open, presences, sent, get } = world();
    store.follow('w', 'u');
    open('w', 'watcher');
    await time.advance(150);
    await presences.setWords('a', 'u', 'at lunch', 60, undefined);
    const at = time.now();
    await time.advance(150);
    const full = { userId: 'u', state: 'loggedOut', at: 0, devices: [], custom: 'at lunch', customAt: at, customUntil: at + 60_000 }; // prettier-ignore
    expect(sent['watcher']).toEqual([full]);
    expect(await get('u')).toEqual(full);
    await time.advance(60_000);
    expect(sent['watcher']).toEqual([full, { userId: 'u', state: 'loggedOut', at: 0, devices: [] }]);
    expect(store.presenceRows.get('u')).toMatchObject({ custom: null, customAt: null, customUntil: null });
    expect(store.rows.size).toBe(0);
  });

  it.each<[string, string, number | undefined, string | undefined]>([
    ['for good take the place of those for a while', 'busy', undefined, 'busy'],
    ['for longer live longer', 'busy', 3_600, 'busy'],
    ['cleared stay cleared', '', undefined, undefined],
  ])('%s', async (_name, words, seconds, left) => {
    const { time, presences, get } = world();
    await presences.setWords('a', 'u', 'at lunch', 60, undefined);
    await time.advance(30_000);
    await presences.setWords('a', 'u', words, seconds, undefined);
    await time.advance(60_000);
    expect((await get('u')).custom).toBe(left);
  });

  it('that are over are not shown although their timer is late', async () => {
    const { time, presences, get } = world();
    await presences.setWords('a', 'u', 'at lunch', 60, undefined);
    time.jump(60_000);
    expect(await get('u')).toEqual({ userId: 'u', state: 'loggedOut', at: 0, devices: [] });
  });

  it('are told to the user’s other devices, with the state', async () => {
    const { time, open, presences, sent } = world();
    const mine = open('u', 'a');
    open('u', 'b');
    await time.advance(150);
    for (const all of Object.values(sent)) all.length = 0;
    await presences.setWords('a', 'u', 'hi', undefined, mine);
    await time.advance(150);
    expect(sent['a']).toEqual([]);
    expect(sent['b']).toMatchObject([{ state: 'online', custom: 'hi' }]);
  });
});

describe('while the store is away', () => {
  it('nothing is told; the latest is, once it is back', async () => {
    const { time, store, open, sessions, sent, reports, quiet } = world();
    store.follow('w', 'u');
    open('w', 'watcher');
    await time.advance(150);
    store.down = true;
    const session = open('u', 'a');
    await time.advance(5_000);
    sessions.close(session);
    open('u', 'b');
    await time.advance(5_000);
    expect(sent['watcher']).toBeUndefined();
    expect(reports).toEqual(['presence could not be told; it is tried again']);
    store.down = false;
    await time.advance(1_200);
    await quiet();
    expect(sent['watcher']!.map(short)).toEqual(['online b']);
  });
});

it('an app that went is neither told nor written', async () => {
  const { time, store, app, open, sessions } = world();
  store.follow('w', 'u');
  const session = open('u', 'a');
  await time.advance(150);
  const { units } = store;
  Object.assign(app, { id: 'gone' });
  sessions.close(session);
  await time.advance(500);
  expect(store.units).toBe(units);
});
