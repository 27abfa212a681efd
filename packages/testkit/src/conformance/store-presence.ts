import type { WriteOp } from '@magpie/domain';
import { expect, it } from 'vitest';
import { World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;
type PresencePut = Extract<WriteOp, { op: 'presence.put' }>;

class Followers {
  readonly w: World;
  constructor(w: World) {
    this.w = w;
  }

  async put(
    watcher: string,
    targets: readonly string[],
    { expiresAt = null as number | null, untilLogout = false, max = 99, at = this.w.now() } = {},
  ): Promise<readonly string[]> {
    const { app, store } = this.w;
    const [{ evicted }] = await store.commit([{ op: 'subscription.put', app, watcher, targets, expiresAt, untilLogout, at, max }]); // prettier-ignore
    return evicted;
  }

  async of(watcher: string, now = 0): Promise<string[]> {
    const { app, store } = this.w;
    return (await store.presences.subscriptions(app, watcher, { now, limit: 99 })).map((row) => row.target);
  }

  async watchers(
    targets: readonly string[],
    now = 0,
    after?: { target: string; watcher: string },
    limit = 99,
  ): Promise<string[]> {
    const { app, store } = this.w;
    const rows = await store.presences.watchers(app, targets, { now, limit, ...(after ? { after } : {}) });
    return rows.map(({ target, watcher }) => `${target} ${watcher}`);
  }
}

const make = async (get: Get): Promise<Followers> => new Followers(await World.create(get().store));

export function presenceConformance(get: Get): void {
  it('keeps what outlives the sessions of a user, field by field', async () => {
    const w = await World.create(get().store);
    const put = (user: string, set: PresencePut['set']) =>
      w.store.commit([{ op: 'presence.put', app: w.app, user, set }]);
    const many = async (...users: string[]) => w.store.presences.many(w.app, users);
    expect(await many('alice')).toEqual([]);
    await put('alice', { custom: 'busy', customAt: 5 });
    const row = { app: w.app, user: 'alice', state: 'loggedOut', at: 0, custom: 'busy', customAt: 5, customUntil: null }; // prettier-ignore
    expect(await many('alice', 'none', 'alice')).toEqual([row]);
    await put('alice', { state: 'dropped', at: 9 });
    expect(await many('alice')).toEqual([{ ...row, state: 'dropped', at: 9 }]);
    await put('alice', { state: 'loggedOut', custom: null, customUntil: 3 });
    expect(await many('alice')).toEqual([{ ...row, at: 9, custom: null, customUntil: 3 }]);
    await put('bob', {});
    expect(await many('bob')).toEqual([{ ...row, user: 'bob', custom: null, customAt: null }]);
  });

  it('tells when a user was last heard of', async () => {
    const w = await World.create(get().store);
    const put = (user: string, instance: string, seenAt: number) =>
      w.store.commit([{ op: 'instance.put', app: w.app, user, instance, platform: 'web', userSeq: 0, at: 1, seenAt }]); // prettier-ignore
    await put('alice', 'i1', 30);
    await put('alice', 'i2', 50);
    await put('bob', 'i1', 40);
    const seen = await w.store.presences.lastSeen(w.app, ['alice', 'bob', 'carol']);
    expect(new Map(seen.map((row) => [row.user, row.seenAt]))).toEqual(new Map([['alice', 50], ['bob', 40]])); // prettier-ignore
    expect(await w.store.presences.lastSeen(w.app, [])).toEqual([]);
  });

  it('tells who blocked whom of many', async () => {
    const w = await World.create(get().store);
    const block = (user: string, targets: readonly string[]) =>
      w.store.commit([{ op: 'block.put', app: w.app, user, targets, at: 1, max: 9 }]);
    await block('alice', ['bob', 'carol']);
    await block('bob', ['alice']);
    const among = async (by: readonly string[], users: readonly string[]) =>
      (await w.store.users.blocksAmong(w.app, by, users)).map((row) => `${row.by} ${row.user}`).sort();
    expect(await among(['alice', 'bob', 'carol'], ['alice', 'bob'])).toEqual(['alice bob', 'bob alice']);
    expect(await among(['carol'], ['alice'])).toEqual([]);
    expect(await among([], ['alice'])).toEqual([]);
    expect(await among(['alice'], [])).toEqual([]);
  });

  it('subscriptions are read from both ends, until they expire', async () => {
    const f = await make(get);
    await f.put('alice', ['bob', 'carol', 'bob'], { expiresAt: 100 });
    await f.put('dave', ['bob']);
    expect(await f.of('alice', 99)).toEqual(['bob', 'carol']);
    expect(await f.of('alice', 100)).toEqual([]);
    expect(await f.watchers(['carol', 'bob', 'eve', 'bob'], 99)).toEqual(['bob alice', 'bob dave', 'carol alice']); // prettier-ignore
    expect(await f.watchers(['bob', 'carol'], 100)).toEqual(['bob dave']);
    const count = (now: number) => f.w.store.presences.countSubscriptions(f.w.app, 'alice', now);
    expect([await count(99), await count(100)]).toEqual([2, 0]);
    await f.put('alice', ['carol'], { expiresAt: 200, untilLogout: true, at: 5 });
    const [row] = await f.w.store.presences.subscriptions(f.w.app, 'alice', { now: 150, limit: 9 });
    expect(row).toEqual({ app: f.w.app, watcher: 'alice', target: 'carol', expiresAt: 200, untilLogout: true, at: 5 }); // prettier-ignore
    const page = (after?: string) => f.w.store.presences.subscriptions(f.w.app, 'alice', { now: 0, limit: 1, ...(after ? { after } : {}) }); // prettier-ignore
    expect((await page()).map((one) => one.target)).toEqual(['bob']);
    expect((await page('bob')).map((one) => one.target)).toEqual(['carol']);
    const other = await make(get);
    expect(await other.watchers(['bob'])).toEqual([]);
  });

  it('watchers of many come in pages that leave out nobody', async () => {
    const f = await make(get);
    const targets = ['t1', 't2', 't3', 't4'];
    for (const watcher of ['a', 'b', 'c']) await f.put(watcher, targets);
    const found: string[] = [];
    let after: { target: string; watcher: string } | undefined;
    for (let i = 0; i < 10; i++) {
      const page = await f.watchers(targets, 0, after, 5);
      found.push(...page);
      const [target = '', watcher = ''] = page.at(-1)?.split(' ') ?? [];
      after = { target, watcher };
      if (page.length < 5) break;
    }
    expect(found).toEqual(targets.flatMap((target) => ['a', 'b', 'c'].map((watcher) => `${target} ${watcher}`))); // prettier-ignore
  });

  it('beyond the bound the oldest go, what is over before them', async () => {
    const f = await make(get);
    expect(await f.put('alice', ['a', 'b'], { max: 3, at: 10 })).toEqual([]);
    await f.put('alice', ['over'], { max: 3, at: 20, expiresAt: 25 });
    expect(await f.put('alice', ['c'], { max: 3, at: 30 })).toEqual([]);
    expect(await f.of('alice')).toEqual(['a', 'b', 'c']);
    await f.put('alice', ['a'], { max: 3, at: 40 });
    expect(await f.put('alice', ['d'], { max: 3, at: 50 })).toEqual(['b']);
    expect(await f.put('alice', ['e', 'f'], { max: 3, at: 60 })).toEqual(['c', 'a']);
    expect(await f.of('alice')).toEqual(['d', 'e', 'f']);
    await Promise.all(['g', 'h', 'i', 'j'].map((id) => f.put('alice', [id], { max: 3 })));
    expect(await f.of('alice')).toHaveLength(3);
  });

  it('subscriptions end one by one, all, or with the session', async () => {
    const f = await make(get);
    const remove = (over: { targets?: readonly string[]; untilLogout?: true }) =>
      f.w.store.commit([{ op: 'subscription.remove', app: f.w.app, watcher: 'alice', ...over }]);
    await f.put('alice', ['a', 'b', 'c']);
    await f.put('alice', ['x', 'y'], { untilLogout: true });
    await f.put('bob', ['a']);
    await remove({ targets: ['a', 'none'] });
    await remove({ targets: [] });
    expect(await f.of('alice')).toEqual(['b', 'c', 'x', 'y']);
    await remove({ untilLogout: true });
    expect(await f.of('alice')).toEqual(['b', 'c']);
    await remove({});
    expect([await f.of('alice'), await f.of('bob')]).toEqual([[], ['a']]);
  });

  it('housekeeping removes what expired, in bounded batches', async () => {
    const f = await make(get);
    // Earlier than in any other test.
    await f.put('alice', ['a', 'b', 'c'], { expiresAt: 2 });
    await f.put('alice', ['d'], { expiresAt: 4 });
    await f.put('alice', ['e']);
    const prune = (now: number, max: number) => f.w.store.commit([{ op: 'prune', changesBefore: 0, logBefore: 0, now, max }]); // prettier-ignore
    await prune(2, 2);
    expect(await f.of('alice')).toHaveLength(3);
    await prune(2, 99);
    expect(await f.of('alice')).toEqual(['d', 'e']);
  });
}
