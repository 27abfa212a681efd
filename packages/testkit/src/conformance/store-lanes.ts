import { afterEach, expect, it } from 'vitest';
import { idsOf, Outbox, said } from './store-outbox-world.ts';
import { conflictOf, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

/** The life of a lane: claimed, delivered, tried again, parked. */
export function laneConformance(get: Get): void {
  let open: Outbox[] = [];
  const make = async (): Promise<Outbox> => {
    const made = await Outbox.create(get().store);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of open) await made.clear();
    open = [];
  });

  it('lanes are claimed earliest first, up to a limit, each with its first events', async () => {
    const o = await make();
    // Earlier than what any other test adds.
    for (const [lane, at] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
      ['d', 40],
    ] as const)
      // prettier-ignore
      for (const n of [1, 2, 3]) await o.w.store.commit([o.addOp(lane, `${lane}${n}`, { at })]);
    expect(await o.claim('n1', 9)).toEqual([]);
    const first = await o.claim('n1', 35, { lanes: 2, perLane: 2 });
    expect(Object.entries(said(first))).toEqual([['h1 a', ['a1', 'a2']], ['h1 b', ['b1', 'b2']]]); // prettier-ignore
    expect(first[0]?.lane).toEqual({ app: o.w.app, hook: 'h1', lane: 'a', dueAt: 10, attempts: 0, failingSince: null, error: null }); // prettier-ignore
    expect(Object.keys(said(await o.claim('n2', 35)))).toEqual(['h1 c']);
    expect(Object.keys(said(await o.claim('n2', 40)))).toEqual(['h1 d']);
  });

  it('hooks that are paused are passed over', async () => {
    const o = await make();
    await o.w.store.commit([o.addOp('x', 1, { hooks: ['h1', 'h2'] })]);
    const paused = [`${o.w.app} h1`];
    expect(Object.keys(said(await o.claim('n1', o.w.now(), { paused })))).toEqual(['h2 x']);
    expect(Object.keys(said(await o.claim('n1')))).toEqual(['h1 x']);
  });

  it('owners that race for lanes get each of them once', async () => {
    const o = await make();
    await Promise.all(Array.from({ length: 30 }, (_, i) => o.add(`l${i}`, i)));
    const now = o.w.now();
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => o.claim(`n${i % 2}`, now, { lanes: 4 })),
    );
    const lanes = claims.flat().map(({ lane }) => lane.lane);
    expect(lanes).toHaveLength(30);
    expect(new Set(lanes).size).toBe(30);
  });

  it('what is delivered goes, and the lane with the last of it', async () => {
    const o = await make();
    await o.add('x', 1, 2, 3);
    const [claimed] = await o.claim('n1', o.w.now(), { perLane: 2 });
    await o.settle('x', 'n1', { delivered: idsOf(claimed) });
    const [rest] = await o.claim('n2');
    expect(rest?.events.map((row) => row.event)).toEqual(['3']);
    await o.settle('x', 'n2', { delivered: idsOf(rest) });
    expect(await o.claim('n1', o.w.now() + 1e9)).toEqual([]);
    expect(await o.waiting()).toBe(0);
  });

  it('what is added while a lane is held waits behind, and is due when the lane is let go', async () => {
    const o = await make();
    await o.add('x', 1);
    const [claimed] = await o.claim('n1');
    await Promise.all([o.add('x', 2), o.settle('x', 'n1', { delivered: idsOf(claimed) }), o.add('x', 3)]);
    expect(said(await o.claim('n1'))).toEqual({ 'h1 x': [2, 3] });
    await o.add('x', 4);
    expect(await o.claim('n2')).toEqual([]);
    await o.settle('x', 'n1');
    expect(said(await o.claim('n2'))).toEqual({ 'h1 x': [2, 3, 4] });
  });

  it('a lane that backs off is left alone until it is due, whatever is added', async () => {
    const o = await make();
    await o.add('x', 1, 2);
    const [claimed] = await o.claim('n1');
    const dueAt = o.w.now() + 1000;
    const retry = { dueAt, attempts: 3, failingSince: 5, error: '503\0' };
    await o.settle('x', 'n1', { delivered: idsOf(claimed).slice(0, 1), retry });
    await o.add('x', 3);
    expect(await o.claim('n1', dueAt - 1)).toEqual([]);
    expect(await o.w.store.webhooks.nextDue(0)).toBe(dueAt);
    const [again] = await o.claim('n2', dueAt);
    expect(again?.lane).toMatchObject({ ...retry, error: '503' });
    expect(again?.events.map((row) => row.event)).toEqual(['2', '3']);
    await o.settle('x', 'n2', { delivered: idsOf(again).slice(0, 1) });
    const [healed] = await o.claim('n1', dueAt);
    expect(healed?.lane).toMatchObject({ attempts: 0, failingSince: null, error: null });
  });

  it('who lost a lane settles nothing', async () => {
    const o = await make();
    await o.add('x', 1);
    const now = o.w.now();
    const [claimed] = await o.claim('n1', now, { lease: 100 });
    expect(await o.claim('n2', now + 99)).toEqual([]);
    const [taken] = await o.claim('n2', now + 100);
    expect(idsOf(taken)).toEqual(idsOf(claimed));
    const [id = 0] = idsOf(claimed);
    const late = o.settle('x', 'n1', { delivered: [id], park: { id, error: 'late' } });
    expect(await conflictOf(late)).toBe('stale at 0');
    expect(await o.stats()).toMatchObject([{ waiting: 1, parked: 0 }, {}]);
    expect(await conflictOf(o.settle('none', 'n1'))).toBe('stale at 0');
    await o.settle('x', 'n2');
    expect(await conflictOf(o.settle('x', 'n2', { delivered: [id] }))).toBe('stale at 0');
    expect(await o.waiting()).toBe(1);
  });

  it('a settlement touches its own lane and what waits there only', async () => {
    const o = await make();
    await o.add('x', 1, 2);
    await o.add('y', 1);
    const claimed = await o.claim('n1');
    const [x, y] = ['x', 'y'].map((lane) => claimed.find((one) => one.lane.lane === lane));
    const [first = 0] = idsOf(x);
    await o.settle('x', 'n1', { delivered: [...idsOf(y), first, first, 999_999_999] });
    expect(await o.waiting()).toBe(2);
    await o.settle('y', 'n1');
    expect(said(await o.claim('n1'))).toEqual({ 'h1 x': [2], 'h1 y': [1] });
  });

  it('parked events are seen, let in again at the end, or forgotten', async () => {
    const o = await make();
    const { w } = o;
    await o.add('x', 1, 2, 3, 4);
    for (let i = 0; i < 3; i++) {
      const [claimed] = await o.claim('n1');
      await o.settle('x', 'n1', { park: { id: idsOf(claimed)[0] ?? 0, error: `no ${i}` }, at: 70 + i });
    }
    const parked = () => w.store.webhooks.parked(w.app, 'h1', { limit: 9 });
    const rows = await parked();
    expect(rows.map((row) => [row.event, row.parkedAt, row.error])).toEqual([['1', 70, 'no 0'], ['2', 71, 'no 1'], ['3', 72, 'no 2']]); // prettier-ignore
    const [first, second] = rows.map((row) => row.id);
    expect((await w.store.webhooks.parked(w.app, 'h1', { after: first ?? 0, limit: 1 })).map((row) => row.id)).toEqual([second]); // prettier-ignore
    const unpark = (over: { ids?: readonly number[]; forget?: boolean; max?: number; hook?: string }) =>
      w.store.commit([{ op: 'outbox.unpark', app: w.app, hook: 'h1', forget: false, at: w.now(), max: 9, ...over }]); // prettier-ignore
    expect(await unpark({ hook: 'h2' })).toEqual([{ count: 0 }]);
    expect(await unpark({ ids: [second ?? 0, 999_999_999], forget: true })).toEqual([{ count: 1 }]);
    expect(await unpark({ max: 1 })).toEqual([{ count: 1 }]);
    expect((await parked()).map((row) => row.event)).toEqual(['3']);
    expect(await o.stats()).toMatchObject([{ waiting: 2, parked: 1 }, {}]);
    const [claimed] = await o.claim('n1');
    expect(claimed?.events.map((row) => row.event)).toEqual(['4', '1']);
    await o.settle('x', 'n1', { delivered: idsOf(claimed) });
    expect(await unpark({})).toEqual([{ count: 1 }]);
    expect(said(await o.claim('n1'))).toEqual({ 'h1 x': [3] });
    expect(await o.stats()).toMatchObject([{ waiting: 1, parked: 0 }, {}]);
  });

  it('tells when the next lane that nobody holds falls due', async () => {
    const o = await make();
    const next = (now: number) => o.w.store.webhooks.nextDue(now);
    expect(await next(0)).toBeUndefined();
    await o.w.store.commit([o.addOp('x', 1, { at: 20 }), o.addOp('y', 1, { at: 40, hooks: ['h2'] })]);
    expect(await next(0)).toBe(20);
    await o.claim('n1', 30, { lease: 100 });
    expect(await next(30)).toBe(40);
    expect(await next(130)).toBeLessThanOrEqual(130);
  });
}
