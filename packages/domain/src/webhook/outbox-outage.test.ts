import { describe, expect, it } from 'vitest';
import type { WriteOp } from '../ports/writes.ts';
import { OUTBOX } from './lane.ts';
import { HANG, hookRow, refused, webhookWorld, type Got } from './test-support.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const texts = (got: readonly Got[]) => got.map(({ event }) => event);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a back end that is down', () => {
  it('with many lanes waiting is asked now and then, and all goes on within seconds when it is back', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    const lanes = numbers(400);
    backend.answer = refused;
    for (const lane of lanes) await tell(`c${lane}`, 1, 2);
    await time.advance(HOUR);
    expect(backend.got.length).toBeLessThan(HOUR / (5 * SECOND) + 30);
    expect(backend.got.length).toBeGreaterThan(HOUR / (5 * SECOND) - 30);
    const asked = backend.got.length;
    backend.answer = () => 200;
    await time.advance(6 * SECOND);
    expect(store.events).toEqual([]);
    const after = backend.got.slice(asked);
    expect(after).toHaveLength(800);
    for (const lane of lanes) {
      const mine = after.filter((got) => got.lane === `c${lane}`);
      expect(texts(mine)).toEqual([`c${lane} 1`, `c${lane} 2`]);
    }
    expect(backend.most).toBeLessThanOrEqual(OUTBOX.lanesPerHook);
  });

  it('with few lanes goes on within seconds too', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    backend.answer = refused;
    for (const lane of numbers(6)) await tell(`c${lane}`, 1, 2);
    await time.advance(HOUR);
    backend.answer = () => 200;
    await time.advance(12 * SECOND);
    expect(store.events).toEqual([]);
  });

  it('stops the requests that hang after a few, and probes one at a time', async () => {
    const { time, backend, tell } = await webhookWorld(hookRow('h'));
    backend.answer = () => HANG;
    for (const lane of numbers(100)) await tell(`c${lane}`, 1);
    await time.advance(OUTBOX.timeout + SECOND);
    const first = backend.got.length;
    expect(first).toBeLessThanOrEqual(OUTBOX.lanesPerHook + 1);
    backend.most = 0;
    await time.advance(10 * 60 * SECOND);
    expect(backend.most).toBe(1);
  });

  it('at a new address is a new one', async () => {
    const { time, backend, store, tell, change } = await webhookWorld(hookRow('h'));
    backend.answer = ({ url }) => (url.includes('new') ? 200 : refused());
    for (const lane of numbers(50)) await tell(`c${lane}`, 1);
    await time.advance(30 * SECOND);
    await change('h', { url: 'http://new.test/' });
    await time.advance(0);
    // Only the last probe has still to wait.
    expect(store.events.length).toBeLessThanOrEqual(1);
    await time.advance(6 * SECOND);
    expect(store.events).toEqual([]);
  });
});

describe('a node that goes', () => {
  it('between delivery and settling leaves its lane to the next, which sends the same events again', async () => {
    const { time, backend, store, tell, outbox, newNode } = await webhookWorld(hookRow('h'));
    const lose = (op: WriteOp) => {
      if (op.op === 'outbox.settle') throw new Error('the process is gone');
    };
    store.before = lose;
    await tell('c1', 1, 2);
    await time.advance(0);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2']);
    void outbox.close(0);
    await time.advance(2 * SECOND);
    store.before = () => undefined;
    const next = await newNode();
    next.outbox.wake();
    await time.advance(OUTBOX.lease + OUTBOX.poll);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2', 'c1 1', 'c1 2']);
    expect(backend.got.map(({ id }) => id)).toEqual(['1', '2', '1', '2']);
    expect(store.events).toEqual([]);
  });

  it('and comes back late settles nothing that another holds', async () => {
    const { time, backend, store, tell, newNode } = await webhookWorld(hookRow('h'));
    let answerFirst: (status: number) => void = () => undefined;
    backend.answer = () => (backend.got.length === 1 ? new Promise((resolve) => (answerFirst = resolve)) : 200); // prettier-ignore
    await tell('c1', 1, 2);
    await time.advance(0);
    // The machine slept; meanwhile the hold ended.
    time.jump(OUTBOX.lease + SECOND);
    const other = await newNode();
    other.outbox.wake();
    await time.advance(0);
    answerFirst(200);
    await time.advance(SECOND);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 1', 'c1 2']);
    expect(store.events).toEqual([]);
    expect(store.lanes.size).toBe(0);
  });

  it('sends nothing that could outlast its hold', async () => {
    const { time, backend, tell, outbox } = await webhookWorld(hookRow('h'));
    backend.answer = () => new Promise((resolve) => time.after(9 * SECOND, () => resolve(200)));
    await tell('c1', ...numbers(5));
    await time.advance(40 * SECOND);
    const holds = backend.got.map(({ at }) => at - (backend.got[0] as Got).at);
    expect(holds).toEqual([0, 9, 18, 27, 36].map((s) => s * SECOND));
    expect(backend.most).toBe(1);
    void outbox.close(0);
  });

  it('in order waits for what is under way, but not for ever', async () => {
    const { time, backend, store, tell, outbox } = await webhookWorld(hookRow('h'));
    let take: (status: number) => void = () => undefined;
    backend.answer = () => new Promise((resolve) => (take = resolve));
    await tell('c1', 1, 2);
    await time.advance(0);
    const closed = outbox.close(5 * SECOND);
    take(200);
    await closed;
    expect(store.waiting.map(({ id }) => id)).toEqual([2]);
    expect(backend.got).toHaveLength(1);
  });

  it('in order does not wait for a back end that hangs', async () => {
    const { time, backend, tell, outbox } = await webhookWorld(hookRow('h'));
    backend.answer = () => HANG;
    await tell('c1', 1);
    await time.advance(0);
    let ended = false;
    void outbox.close(5 * SECOND).then(() => (ended = true));
    await time.advance(4_999);
    expect(ended).toBe(false);
    await time.advance(1);
    expect(ended).toBe(true);
  });
});
