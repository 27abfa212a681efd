import type { TimerRow } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

/** Timers of a kind of its own, as others' may be due as well. */
class Timers {
  readonly w: World;
  constructor(w: World) {
    this.w = w;
  }

  get kind(): string {
    return `kind of ${this.w.app}`;
  }

  id(name: string): string {
    return `${this.w.app} ${name}`;
  }

  put(name: string, dueAt: number, kind = this.kind): Promise<unknown> {
    const { app, store } = this.w;
    return store.commit([{ op: 'timer.put', id: this.id(name), app, kind, dueAt, payload: `{"name":"${name}"}` }]); // prettier-ignore
  }

  async claim(
    owner: string,
    now: number,
    { limit = 99, lease = 100, kinds = [this.kind] } = {},
  ): Promise<readonly TimerRow[]> {
    const [{ timers }] = await this.w.store.commit([
      { op: 'timer.claim', owner, kinds, now, leaseUntil: now + lease, limit },
    ]);
    return timers;
  }

  async names(owner: string, now: number, options?: Parameters<Timers['claim']>[2]): Promise<string[]> {
    return (await this.claim(owner, now, options)).map((t) => t.id.slice(this.w.app.length + 1));
  }

  done(name: string, owner: string): Promise<string> {
    return conflictOf(this.w.store.commit([{ op: 'timer.done', id: this.id(name), owner }]));
  }
}

const make = async (get: Get): Promise<Timers> => new Timers(await World.create(get().store));

export function timerConformance(get: Get): void {
  it('timers that are due are claimed, earliest first, of the kinds asked for, up to a limit', async () => {
    const t = await make(get);
    await t.put('third', 30);
    await t.put('first', 10);
    await t.put('second', 20);
    await t.put('later', 500);
    await t.put('foreign', 5, `${t.kind} too`);
    expect(await t.claim('n1', 9)).toEqual([]);
    expect(await t.claim('n1', 100, { kinds: [] })).toEqual([]);
    const [first, ...others] = await t.claim('n1', 100, { limit: 2 });
    expect(first).toEqual({ id: t.id('first'), app: t.w.app, kind: t.kind, dueAt: 10, payload: '{"name":"first"}', attempts: 0 }); // prettier-ignore
    expect(others.map((row) => row.id)).toEqual([t.id('second')]);
    expect(await t.names('n1', 100)).toEqual(['third']);
    expect(await t.names('n1', 100, { kinds: [t.kind, `${t.kind} too`] })).toEqual(['foreign']);
  });

  it('a claimed timer is nobody else’s until the hold ends; attempts are counted', async () => {
    const t = await make(get);
    await t.put('one', 10);
    expect(await t.names('n1', 50, { lease: 100 })).toEqual(['one']);
    expect(await t.names('n2', 149)).toEqual([]);
    const [again] = await t.claim('n2', 150);
    expect(again).toMatchObject({ id: t.id('one'), dueAt: 10, attempts: 1 });
    expect(await t.done('one', 'n1')).toBe('stale at 0');
    expect(await t.done('one', 'n2')).toBe('done');
    expect(await t.done('one', 'n2')).toBe('stale at 0');
    expect(await t.names('n2', 9999)).toEqual([]);
  });

  it('owners that race for timers get each of them once', async () => {
    const t = await make(get);
    await Promise.all(Array.from({ length: 40 }, (_, i) => t.put(`t${i}`, i)));
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, i) => t.names(`n${i % 3}`, 100, { limit: 5 })),
    );
    const names = claims.flat();
    expect(names).toHaveLength(40);
    expect(new Set(names).size).toBe(40);
  });

  it('a timer ends together with what it did, or not at all', async () => {
    const t = await make(get);
    const { w } = t;
    const conv = await w.direct();
    await t.put('mute', 10);
    await t.claim('n1', 20);
    const failing = w.store.commit([
      { op: 'timer.done', id: t.id('mute'), owner: 'n1' },
      w.appendOp(conv),
      { op: 'message.replace', conv, seq: 99, type: 'text', body: '{}', revoked: true },
    ]);
    expect(await conflictOf(failing)).toBe('missing at 2');
    const stolen = w.store.commit([
      w.appendOp(conv),
      { op: 'timer.done', id: t.id('mute'), owner: 'somebody' },
    ]);
    expect(await conflictOf(stolen)).toBe('stale at 1');
    expect((await w.conversation(conv)).lastSeq).toBe(0);
    await w.store.commit([{ op: 'timer.done', id: t.id('mute'), owner: 'n1' }, w.appendOp(conv)]);
    expect((await w.conversation(conv)).lastSeq).toBe(1);
    expect(await t.names('n1', 9999)).toEqual([]);
  });

  it('a timer let go of is due again when its holder said', async () => {
    const t = await make(get);
    await t.put('retry', 10);
    await t.claim('n1', 20);
    const later = (owner: string) =>
      conflictOf(t.w.store.commit([{ op: 'timer.later', id: t.id('retry'), owner, dueAt: 60 }]));
    expect(await later('n2')).toBe('stale at 0');
    expect(await later('n1')).toBe('done');
    expect(await later('n1')).toBe('stale at 0');
    expect(await t.names('n2', 59)).toEqual([]);
    expect(await t.claim('n2', 60)).toMatchObject([{ dueAt: 60, attempts: 1 }]);
  });

  it('putting a timer again moves it and takes it from its node; removing it is silent', async () => {
    const t = await make(get);
    await t.put('moved', 10);
    await t.claim('n1', 20);
    await t.put('moved', 50);
    expect(await t.done('moved', 'n1')).toBe('stale at 0');
    expect(await t.names('n1', 49)).toEqual([]);
    expect(await t.claim('n1', 50)).toMatchObject([{ dueAt: 50, attempts: 0 }]);
    const remove = { op: 'timer.remove', id: t.id('moved') } as const;
    await t.w.store.commit([remove, remove]);
    expect(await t.done('moved', 'n1')).toBe('stale at 0');
  });

  it('tells when the next one that nobody holds falls due', async () => {
    const t = await make(get);
    const next = (now: number) => t.w.store.timers.nextDue(now, [t.kind]);
    const before = await t.w.store.timers.count();
    expect(await next(0)).toBeUndefined();
    await t.put('a', 30);
    await t.put('b', 70);
    expect(await t.w.store.timers.count()).toBe(before + 2);
    expect([await next(0), await next(50)]).toEqual([30, 30]);
    expect(await t.w.store.timers.nextDue(0, ['none'])).toBeUndefined();
    expect(await t.w.store.timers.nextDue(0, [])).toBeUndefined();
    await t.claim('n1', 50, { lease: 100 });
    expect(await next(50)).toBe(70);
    expect(await next(150)).toBeLessThanOrEqual(150);
  });

  it('timers are there when the store is opened again, also those that fell due', async () => {
    const { reopen } = get();
    if (!reopen) throw new Error('this driver gives no way to reopen');
    const t = await make(get);
    await t.put('due', 10);
    await t.put('held', 10);
    await t.put('future', 1000);
    await t.claim('old process', 20, { limit: 1, lease: 30 });
    t.w.store = await reopen();
    expect((await t.names('new process', 100)).sort()).toEqual(['due', 'held']);
    expect(await t.names('new process', 1000)).toContain('future');
  });
}
