import { messageJson } from '@magpie/domain';
import { afterEach, expect, it } from 'vitest';
import { idsOf, Outbox, said } from './store-outbox-world.ts';
import { conflictOf, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

const hooks = ['h1', 'h2'];

export function outboxConformance(get: Get): void {
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

  it('facts put their events into the outbox as clients get them', async () => {
    const o = await make();
    const { w } = o;
    const conv = await w.group('told');
    const tip = { ...w.appendOp(conv, 'alice', { cls: 'record' }), hooks };
    const at = w.now();
    const [appended, changed] = await w.store.commit([
      tip,
      { op: 'change', app: w.app, conv, event: 'group.changed', payload: '{"a":1}', at, tip: true, hooks },
      { op: 'log', app: w.app, user: 'bob', event: 'conversation.read', convKey: 'g:told', payload: '{"b":2}', at, hooks: ['h1'] }, // prettier-ignore
      { op: 'log', app: w.app, user: 'bob', event: 'user.changed', convKey: null, payload: '{}', at, hooks: ['h1'] }, // prettier-ignore
      w.appendOp(conv),
      { op: 'change', app: w.app, conv, event: 'e', payload: '{}', at, hooks: [] },
      { op: 'log', app: w.app, user: 'bob', event: 'e', convKey: null, payload: '{}', at },
    ]);
    const message: unknown = JSON.parse(messageJson({ ...tip, ...appended }, 'g:told'));
    const ofGroup = [
      { e: 'message.created', c: 'g:told', n: 1, d: { message } },
      { e: 'group.changed', c: 'g:told', n: 1, d: JSON.parse(changed.payload) as unknown },
    ];
    const claimed = await o.claim('n1');
    expect(said(claimed)).toEqual({
      'h1 g:told': ofGroup,
      'h2 g:told': ofGroup,
      'h1 u:bob': [
        { e: 'conversation.read', c: 'g:told', n: 1, u: 'bob', d: { b: 2 } },
        { e: 'user.changed', n: 2, u: 'bob', d: {} },
      ],
    });
    expect(claimed.find(({ lane }) => lane.lane === 'u:bob')?.events[0]).toEqual({ id: expect.any(Number) as number, app: w.app, hook: 'h1', lane: 'u:bob', event: expect.any(String) as string, at, parkedAt: null, error: null }); // prettier-ignore
  });

  it('a send that is repeated tells nothing again', async () => {
    const o = await make();
    const conv = await o.w.direct();
    const op = { ...o.w.appendOp(conv), hooks };
    await o.w.store.commit([op]);
    const next = { ...o.w.appendOp(conv), hooks };
    await Promise.all([op, next, next, op].map((one) => o.w.store.commit([one])));
    await o.w.store.commit([next, o.w.appendOp(conv)]);
    const { 'h1 d:alice bob': events } = said(await o.claim('n1'));
    expect(events).toMatchObject([{ n: 1 }, { n: 2 }]);
    expect(await o.waiting('h2')).toBe(2);
  });

  it('a unit that fails leaves nothing in the outbox, and takes nothing of others with it', async () => {
    const o = await make();
    const { w } = o;
    const conv = await w.direct();
    const good = (n: number) => w.store.commit([o.addOp('x', n), { ...w.appendOp(conv), hooks }]);
    const bad = () =>
      conflictOf(
        w.store.commit([
          { ...w.appendOp(conv), hooks },
          o.addOp('x', 'bad'),
          { op: 'change', app: w.app, conv, event: 'bad', payload: '{}', at: w.now(), hooks },
          { op: 'log', app: w.app, user: 'nobody', event: 'bad', convKey: null, payload: '{}', at: w.now(), hooks }, // prettier-ignore
        ]),
      );
    // In a unit that writes everything out before it does its own.
    const wide = () =>
      conflictOf(
        w.store.commit([
          { ...w.appendOp(conv), hooks },
          { op: 'message.replace', conv, seq: 99, type: 'text', body: '{}', revoked: true },
        ]),
      );
    const emptying = () =>
      conflictOf(
        w.store.commit([
          { op: 'hook.remove', app: w.app, id: 'h1' },
          o.addOp('x', 'bad'),
          { op: 'app.set', id: 'none', set: { name: 'x' } },
        ]),
      );
    const ends = await Promise.all([good(1), bad(), good(2), wide(), emptying(), good(3), bad()]);
    expect([ends[1], ends[3], ends[4]]).toEqual(['missing at 3', 'missing at 1', 'missing at 2']);
    const claimed = said(await o.claim('n1'));
    expect(claimed['h1 x']).toEqual([1, 2, 3]);
    expect(claimed['h2 d:alice bob']).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await o.waiting()).toBe(6);
  });

  it('events of a lane stand in the order of their facts, however many commit at once', async () => {
    const o = await make();
    const { w } = o;
    const convs = [await w.direct(), await w.group('order')];
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        w.store.commit([
          { ...w.appendOp(convs[i % 2] ?? 0, i % 3 ? 'alice' : 'bob'), hooks },
          {
            op: 'log',
            app: w.app,
            user: 'bob',
            event: 'e',
            convKey: null,
            payload: '{}',
            at: w.now(),
            hooks,
          },
        ]),
      ),
    );
    const claimed = await o.claim('n1', w.now(), { perLane: 999 });
    const expected = { 'd:alice bob': 150, 'g:order': 150, 'u:bob': 300 };
    expect(claimed).toHaveLength(6);
    for (const { lane, events } of claimed) {
      const numbers = events.map((row) => (JSON.parse(row.event) as { n: number }).n);
      const count = expected[lane.lane as keyof typeof expected];
      expect(numbers).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      const ids = events.map((row) => row.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
  });

  it('an id is never given twice, also when the outbox was empty in between', async () => {
    const { reopen } = get();
    if (!reopen) throw new Error('this driver gives no way to reopen');
    const o = await make();
    await o.add('x', 1);
    const [first] = await o.claim('n1');
    await o.settle('x', 'n1', { delivered: idsOf(first) });
    o.w.store = await reopen();
    await o.add('x', 2);
    const [second] = await o.claim('n1');
    expect(idsOf(second)[0]).toBeGreaterThan(idsOf(first)[0] ?? Infinity);
  });

  it('hooks are made, replaced, counted and removed with everything of theirs', async () => {
    const o = await make();
    const { w } = o;
    const mine = async () => (await w.store.webhooks.all()).filter((row) => row.app === w.app);
    const third = o.hookOp('h3', { events: ['a', 'b'], before: ['message.send'], active: false });
    expect(await conflictOf(w.store.commit([{ ...third, max: 2 }]))).toBe('full at 0');
    await w.store.commit([{ ...third, max: 3 }]);
    await w.store.commit([
      { op: 'hook.put', row: { ...third.row, active: true, url: 'https://b/' }, max: 1 },
    ]);
    expect((await mine()).map((row) => row.id)).toEqual(['h1', 'h2', 'h3']);
    expect((await mine())[2]).toEqual({ ...third.row, active: true, url: 'https://b/' });
    await o.add('x', 1, 2);
    const [claimed] = await o.claim('n1');
    await o.settle('x', 'n1', { park: { id: idsOf(claimed)[0] ?? 0, error: 'no' } });
    await w.store.commit([o.addOp('y', 3, { hooks })]);
    await w.store.commit([o.addOp('y', 4, { hooks }), { op: 'hook.remove', app: w.app, id: 'h1' }]);
    expect((await mine()).map((row) => row.id)).toEqual(['h2', 'h3']);
    expect(said(await o.claim('n1'))).toEqual({ 'h2 y': [3, 4] });
    expect(await w.store.webhooks.parked(w.app, 'h1', { limit: 9 })).toEqual([]);
    await w.store.commit([o.hookOp('h1')]);
    expect((await o.stats()).find((row) => row.hook === 'h1')).toMatchObject({ waiting: 0, parked: 0 });
  });

  it('tells what waits and what is parked, of one app and of all, and the longest trouble', async () => {
    const o = await make();
    const before = await o.w.store.webhooks.totals();
    expect(await o.stats()).toEqual([
      { hook: 'h1', waiting: 0, parked: 0, failingSince: null, error: null },
      { hook: 'h2', waiting: 0, parked: 0, failingSince: null, error: null },
    ]);
    await o.add('x', 1, 2, 3);
    await o.add('y', 1);
    await o.w.store.commit([o.addOp('x', 1, { hooks: ['h2'] })]);
    const claimed = await o.claim('n1');
    const first = claimed.find(({ lane }) => lane.lane === 'x' && lane.hook === 'h1');
    const retry = (failingSince: number, error: string) => ({
      dueAt: 9e12,
      attempts: 1,
      failingSince,
      error,
    });
    await o.settle('x', 'n1', {
      park: { id: idsOf(first)[0] ?? 0, error: 'gone' },
      retry: retry(70, 'newer'),
    });
    await o.settle('y', 'n1', { retry: retry(50, 'older') });
    expect(await o.stats()).toEqual([
      { hook: 'h1', waiting: 3, parked: 1, failingSince: 50, error: 'older' },
      { hook: 'h2', waiting: 1, parked: 0, failingSince: null, error: null },
    ]);
    const after = await o.w.store.webhooks.totals();
    expect([after.waiting - before.waiting, after.parked - before.parked]).toEqual([4, 1]);
    // No lane of any app is further behind than the one that fails since 50, long before all others.
    expect(await o.w.store.webhooks.behindSince()).toBe(50);
  });
}
