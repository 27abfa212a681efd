import { describe, expect, it } from 'vitest';
import { createWorld, short } from './test-world.ts';

/** Does one step to user `u`: `open a`, `drop a`, `wait 30` … */
async function step(world: ReturnType<typeof createWorld>, text: string): Promise<void> {
  const { sessions, presences, live, open, time } = world;
  const [verb, name = ''] = text.split(' ');
  const session = live.get(name)!;
  switch (verb) {
    case 'open':
      return void open('u', name);
    case 'resume':
      return void open('u', name, true);
    case 'drop':
      return sessions.detach(session);
    case 'out':
      return sessions.close(session);
    case 'kick':
      return void sessions.kickUser('a', 'u', 'byAdmin', name || undefined);
    case 'away':
    case 'back':
      return presences.say(session, verb === 'away' ? 'away' : 'online');
    case 'wait':
      return time.advance(Number(name) * 1000);
    default:
      throw new Error(text);
  }
}

describe('what a watcher is told, and what is so in the end', () => {
  // Steps joined by `&` happen in one turn; 150 ms pass after the others.
  it.each<[string, string[], string[]]>([
    ['a login', ['open a'], ['online a']],
    ['a logout', ['open a', 'out a'], ['online a', 'loggedOut']],
    ['a kick', ['open a', 'kick'], ['online a', 'loggedOut']],
    ['a drop, before the grace is over', ['open a', 'drop a', 'wait 29'], ['online a']],
    ['a drop, when it is over', ['open a', 'drop a', 'wait 30'], ['online a', 'dropped']],
    ['a resume in time', ['open a', 'drop a', 'wait 29', 'resume a', 'wait 60'], ['online a']],
    ['a resume too late', ['open a', 'drop a', 'wait 30', 'resume a'], ['online a', 'dropped', 'online a']],
    ['a drop after a resume has a grace of its own', ['open a', 'drop a', 'wait 20', 'resume a', 'drop a', 'wait 29'], ['online a']],
    ['a session taken over while it hangs', ['open a', 'resume a', 'wait 60'], ['online a']],
    ['a page loaded anew within the grace', ['open a', 'drop a', 'open a', 'wait 60'], ['online a']],
    ['its logout', ['open a', 'drop a', 'open a', 'out a'], ['online a', 'loggedOut']],
    ['an instance that replaces itself', ['open a', 'open a', 'wait 60'], ['online a']],
    ['a kick during the grace', ['open a', 'drop a', 'kick'], ['online a', 'loggedOut']],
    ['a kick of another device during the grace', ['open a', 'drop a', 'kick b', 'wait 20'], ['online a']],
    ['a second device', ['open a', 'open b'], ['online a', 'online a b']],
    ['one of two logs out', ['open a', 'open b', 'out a'], ['online a', 'online a b', 'online b']],
    ['one of two drops', ['open a', 'open b', 'drop a', 'wait 30'], ['online a', 'online a b', 'online b']],
    ['one drops, the other logs out', ['open a', 'open b', 'drop a', 'out b'], ['online a', 'online a b', 'online a']],
    ['and the grace of the first ends', ['open a', 'open b', 'drop a', 'out b', 'wait 30'], ['online a', 'online a b', 'online a', 'dropped']],
    ['one drops, the other logs out, the first is kicked', ['open a', 'open b', 'drop a', 'out b', 'kick a'], ['online a', 'online a b', 'online a', 'loggedOut']],
    ['both drop', ['open a & open b', 'drop a', 'wait 10', 'drop b', 'wait 20', 'wait 10'], ['online a b', 'online b', 'dropped']],
    ['the only device is away', ['open a', 'away a'], ['online a', 'away a~']],
    ['and back', ['open a', 'away a', 'back a'], ['online a', 'away a~', 'online a']],
    ['one of two is away', ['open a & open b', 'away a'], ['online a b', 'online a~ b']],
    ['both are away', ['open a & open b', 'away a', 'away b'], ['online a b', 'online a~ b', 'away a~ b~']],
    ['the one not away drops', ['open a & open b', 'away a', 'drop b', 'wait 30'], ['online a b', 'online a~ b', 'away a~']],
    ['the one not away logs out', ['open a & open b', 'away a', 'out b'], ['online a b', 'online a~ b', 'away a~']],
    ['away outlives a resume', ['open a', 'away a', 'drop a', 'resume a', 'wait 60'], ['online a', 'away a~']],
    ['but not a login', ['open a', 'away a', 'drop a', 'open a'], ['online a', 'away a~', 'online a']],
    ['away during the grace', ['open a', 'away a', 'drop a', 'wait 30'], ['online a', 'away a~', 'dropped']],
    ['twice away is once', ['open a', 'away a', 'away a'], ['online a', 'away a~']],
    ['away and back at once', ['open a', 'away a & back a'], ['online a']],
    ['a logout and a login at once', ['open a', 'out a & open a'], ['online a']],
    ['a login and a logout at once', ['open a & out a'], []],
    ['several changes at once', ['open a & open b & away a & out b'], ['away a~']],
  ])('%s', async (_name, steps, told) => {
    const world = createWorld();
    const { time, store, sent, open, get } = world;
    store.follow('w', 'u');
    open('w', 'watcher');
    await time.advance(500);
    for (const turn of steps) {
      for (const one of turn.split(' & ')) await step(world, one);
      await time.advance(150);
    }
    expect((sent['watcher'] ?? []).map(short)).toEqual(told);
    expect(short(await get('u'))).toBe(told.at(-1) ?? 'loggedOut');
    expect(world.reports).toEqual([]);
  }); // prettier-ignore
});

it('`at` is when the state changed, not the devices; what was undone does not count', async () => {
  const world = createWorld();
  const { time, zero, get } = world;
  const at = async () => (await get('u')).at - zero;
  expect(await at()).toBe(-zero);
  await time.advance(1_000);
  await step(world, 'open a');
  await time.advance(1_000);
  await step(world, 'open b');
  await time.advance(1_000);
  expect(await at()).toBe(1_000);
  for (const both of ['away a', 'away b', 'back b']) await step(world, both);
  await time.advance(1_000);
  expect(await at()).toBe(1_000);
  await step(world, 'out a');
  await step(world, 'drop b');
  await time.advance(60_000);
  expect(await at()).toBe(34_000);
  expect(short(await get('u'))).toBe('dropped');
});

describe('who is told', () => {
  it('the user’s other devices, but not the one that did it', async () => {
    const world = createWorld();
    const { time, sent } = world;
    await step(world, 'open a');
    await time.advance(150);
    expect(sent).toEqual({});
    await step(world, 'open b');
    await time.advance(150);
    await step(world, 'away a');
    await time.advance(150);
    expect(sent['a']!.map(short)).toEqual(['online a b']);
    expect(sent['b']!.map(short)).toEqual(['online a~ b']);
  });

  it('both, when each did something', async () => {
    const world = createWorld();
    for (const one of ['open a', 'open b']) await step(world, one);
    await world.time.advance(150);
    expect(Object.fromEntries(Object.entries(world.sent).map(([who, all]) => [who, all.map(short)]))).toEqual({ a: ['online a b'], b: ['online a b'] }); // prettier-ignore
  });

  it('not those whom the user blocked, who see somebody logged out', async () => {
    const world = createWorld();
    const { time, store, sent, open, get, presences } = world;
    store.follow('w', 'u');
    store.follow('x', 'u');
    store.blocks.add('u x');
    open('w', 'seeing');
    open('x', 'blocked');
    await presences.setWords('a', 'u', 'hi', undefined, undefined);
    await step(world, 'open a');
    await time.advance(150);
    expect(sent['seeing']!.map(short)).toEqual(['online a']);
    expect(sent['blocked']).toBeUndefined();
    expect(await get('u', 'x')).toEqual({ userId: 'u', state: 'loggedOut', at: 0, devices: [] });
    expect(await get('u', 'w')).toMatchObject({ state: 'online', custom: 'hi' });
  });

  it('only watchers with a connection here, however many follow', async () => {
    const world = createWorld();
    const { time, store, sent, open } = world;
    for (let i = 0; i < 2_500; i++) store.follow(`w${i}`, 'u');
    for (const i of [3, 1_700, 2_499]) open(`w${i}`, `i${i}`);
    await time.advance(500);
    const { reads } = store;
    await step(world, 'open a');
    await time.advance(150);
    expect(Object.keys(sent).sort()).toEqual(['i1700', 'i2499', 'i3']);
    // The row, three pages of watchers, and the blocks of the pages with somebody there; and a look at the timers.
    expect(store.reads - reads).toBeLessThanOrEqual(8);
  });

  it('nobody who is behind with reading: it may be lost', async () => {
    const world = createWorld();
    const { time, store, sent, open } = world;
    store.follow('w', 'u');
    const watcher = open('w', 'behind');
    Object.assign(watcher.peer, { congested: true });
    await step(world, 'open a');
    await time.advance(150);
    expect(sent['behind']).toBeUndefined();
  });

  it('hooks, once for each change', async () => {
    const world = createWorld();
    const { time, store, wantedByHooks } = world;
    wantedByHooks.add('presence.changed');
    for (const one of ['open a', 'drop a', 'wait 31']) await step(world, one);
    await time.advance(150);
    const told = store.done.flatMap((op) => (op.op === 'outbox.add' ? [op] : []));
    expect(told.map(({ lane, hooks }) => `${lane} ${hooks.join()}`)).toEqual(['u:u hook', 'u:u hook']);
    expect(told.map(({ event }) => short(JSON.parse(event).d.presences[0]))).toEqual(['online a', 'dropped']);
  });
});

describe('a great many', () => {
  it('that drop and come back within the grace cost no read, no write and no event', async () => {
    const { time, store, sessions, sent, open, live, quiet } = createWorld();
    const names = Array.from({ length: 10_000 }, (_, i) => `i${i}`);
    for (const name of names) open(name, name);
    await time.advance(500);
    await quiet();
    const before = { reads: store.reads, units: store.units };
    const polls = () => store.reads - before.reads;
    for (const name of names) sessions.detach(live.get(name)!);
    await time.advance(25_000);
    for (const name of names) open(name, name, true);
    await time.advance(60_000);
    // Timers look once a second.
    expect(polls()).toBe(85);
    expect(store.units).toBe(before.units);
    expect(sent).toEqual({});
  });

  it('that do not come back are written and told in batches', async () => {
    const { time, store, sessions, sent, open, live, quiet } = createWorld();
    const names = Array.from({ length: 2_000 }, (_, i) => `i${i}`);
    for (const name of names) open(name, name);
    store.follow('w', ...names);
    open('w', 'watcher');
    await time.advance(500);
    await quiet();
    sent['watcher'] = [];
    for (const name of names) sessions.detach(live.get(name)!);
    const before = { reads: store.reads, units: store.units };
    await time.advance(31_000);
    await quiet();
    expect(store.units - before.units).toBe(8);
    expect(store.reads - before.reads).toBeLessThan(31 + 10 * 4 + 1);
    expect(sent['watcher']).toHaveLength(2_000);
    expect(store.presenceRows.size).toBe(2_000);
  });
});
