import { MagpieError } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import { OUTBOX } from './lane.ts';
import { HANG, hookRow, refused, webhookWorld, type Got } from './test-support.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const texts = (got: readonly Got[]) => got.map(({ event }) => event);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('delivery', () => {
  it('sends the events of a lane in order, signed, under their ids, and forgets what was taken', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    await tell('c1', 1, 2, 3);
    await time.advance(0);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2', 'c1 3']);
    const { url, headers, body, at } = backend.got[1] as Got;
    expect(url).toBe('http://h.test/');
    expect(body).toEqual({ id: '2', app: 'a', at, attempt: 1, event: { e: 'x.y', d: 'c1 2' } });
    expect(headers).toEqual({
      'content-type': 'application/json',
      'magpie-event-id': '2',
      'magpie-signature': `t=${at},v1=secret of h<${at}.${JSON.stringify(body)}>`,
    });
    expect(store.events).toEqual([]);
    expect(store.lanes.size).toBe(0);
  });

  it('has a bounded number of lanes under way for one hook, and a slow hook holds up no other', async () => {
    const { time, backend, tell } = await webhookWorld(hookRow('slow'), hookRow('fast'));
    backend.answer = ({ url }) => (url.includes('slow') ? HANG : 200);
    for (const lane of numbers(40)) await tell(`c${lane}`, 1);
    await time.advance(SECOND);
    const slow = backend.got.filter(({ url }) => url.includes('slow'));
    expect(slow.length).toBeLessThanOrEqual(OUTBOX.lanesPerHook);
    expect(slow.length).toBeGreaterThan(OUTBOX.lanesPerHook / 2);
    expect(backend.got.length - slow.length).toBe(40);
  });

  it('takes more of a long lane again and again, without another node’s help', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    await tell('c1', ...numbers(100));
    await time.advance(0);
    expect(texts(backend.got)).toEqual(numbers(100).map((n) => `c1 ${n}`));
    expect(store.events).toEqual([]);
  });

  it('finds what other nodes added, and what waited before the start', async () => {
    const { time, store, backend } = await webhookWorld(hookRow('h'));
    await store.commit([{ op: 'outbox.add', app: 'a', hooks: ['h'], lane: 'c', event: '{"d":"c 1"}', at: time.now() }]); // prettier-ignore
    await time.advance(OUTBOX.poll);
    expect(texts(backend.got)).toEqual(['c 1']);
  });

  it('keeps events of a hook that is not active, and sends them when it is again', async () => {
    const { time, backend, store, tell, change } = await webhookWorld(hookRow('h', { active: false }), hookRow('other')); // prettier-ignore
    await tell('c1', 1, 2);
    await time.advance(2 * HOUR);
    expect(backend.got.filter(({ url }) => url.includes('//h.'))).toEqual([]);
    await change('h', { active: true });
    await time.advance(0);
    expect(texts(backend.got.filter(({ url }) => url.includes('//h.')))).toEqual(['c1 1', 'c1 2']);
    expect(store.events).toEqual([]);
  });

  it('stops in the middle of a lane when the hook is switched off', async () => {
    const { time, backend, store, tell, change } = await webhookWorld(hookRow('h'));
    backend.answer = async ({ event }) => {
      if (event === 'c1 2') await change('h', { active: false });
      return 200;
    };
    await tell('c1', 1, 2, 3);
    await time.advance(HOUR);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2']);
    expect(texts(store.waiting.map((row) => ({ event: row.event }) as Got))).toHaveLength(1);
  });

  it('clears away what reached the outbox after its hook was removed', async () => {
    const { time, backend, store, directory, tell } = await webhookWorld(hookRow('h'), hookRow('other'));
    store.hooks = store.hooks.filter(({ id }) => id !== 'h');
    await directory.reload();
    await tell('c1', 1);
    await time.advance(SECOND);
    expect(backend.got.map(({ url }) => url)).toEqual(['http://other.test/']);
    expect(store.events).toEqual([]);
  });
});

describe('failure', () => {
  it.each([
    ['an error', () => 500],
    ['a redirect', () => 302],
    ['no connection', refused],
  ])('tries again after %s with growing pauses, in order', async (_name, answer) => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    const start = time.now();
    backend.answer = answer;
    await tell('c1', 1, 2);
    await time.advance(2 * HOUR);
    const pauses = backend.got.map(({ at }, i) => at - (backend.got[i - 1]?.at ?? start));
    const base = [0, ...numbers(10).map((n) => 2 ** (n - 1) * SECOND)];
    for (const [index, pause] of pauses.entries()) {
      const expected = Math.min(base[index] ?? Infinity, OUTBOX.backoffMax);
      expect(Math.abs(pause - expected)).toBeLessThanOrEqual(expected * 0.21);
    }
    expect(pauses.length).toBeGreaterThan(15);
    expect(new Set(texts(backend.got))).toEqual(new Set(['c1 1']));
    expect(backend.got.map(({ body }) => body['attempt'])).toEqual(numbers(backend.got.length));
    expect(new Set(backend.got.map(({ id }) => id))).toEqual(new Set(['1']));
    expect([...store.lanes.values()][0]?.failingSince).toBe(start);
    backend.answer = () => 204;
    await time.advance(OUTBOX.backoffMax * 1.3);
    expect(texts(backend.got).slice(-2)).toEqual(['c1 1', 'c1 2']);
    expect(store.events).toEqual([]);
  });

  it('gives an event up 24 hours after its first failure, and the lane goes on', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    const start = time.now();
    backend.answer = ({ event }) => (event === 'c1 1' ? 503 : 200);
    await tell('c1', 1, 2);
    await time.advance(24 * HOUR - 1);
    expect(texts(backend.got)).not.toContain('c1 2');
    await time.advance(1);
    expect(store.parked).toMatchObject([{ id: 1, error: 'HTTP 503', parkedAt: start + 24 * HOUR }]);
    expect(texts(backend.got).at(-1)).toBe('c1 2');
    expect(store.waiting).toEqual([]);
  });

  it('counts the 24 hours for each event by itself', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    backend.answer = () => 500;
    await tell('c1', 1, 2);
    await time.advance(25 * HOUR);
    expect(store.parked.map(({ id }) => id)).toEqual([1]);
    expect(backend.got.at(-1)?.body).toMatchObject({ id: '2' });
    await time.advance(24 * HOUR);
    expect(store.parked.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('begins anew with the next event, also in the middle of a lane', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    const start = time.now();
    backend.answer = () => 500;
    await tell('c1', 1, 2);
    await time.advance(HOUR);
    backend.answer = ({ event }) => (event === 'c1 1' ? 200 : 500);
    while (backend.got.at(-1)?.event !== 'c1 2') await time.advance(SECOND);
    expect(backend.got.at(-1)?.body).toMatchObject({ id: '2', attempt: 1 });
    const [lane] = store.lanes.values();
    expect(lane).toMatchObject({ attempts: 1, failingSince: backend.got.at(-1)?.at });
    expect(lane?.failingSince).toBeGreaterThan(start + HOUR);
  });

  it('gives an event up at once where the back end says 410', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    backend.answer = ({ event }) => (event === 'c1 2' ? 410 : 200);
    await tell('c1', 1, 2, 3);
    await time.advance(0);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2', 'c1 3']);
    expect(store.parked).toMatchObject([{ id: 2, error: 'HTTP 410' }]);
  });

  it('of one lane holds up no other', async () => {
    const { time, backend, tell } = await webhookWorld(hookRow('h'));
    backend.answer = ({ lane }) => (lane === 'bad' ? 500 : 200);
    await tell('bad', 1, 2);
    for (const n of numbers(20)) {
      await tell('good', n);
      await time.advance(100);
    }
    expect(texts(backend.got.filter(({ lane }) => lane === 'good'))).toEqual(numbers(20).map((n) => `good ${n}`)); // prettier-ignore
  });

  it('of the store is waited out, before and after a delivery', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    backend.answer = ({ event }) => {
      store.down = event === 'c1 1';
      return 200;
    };
    await tell('c1', 1);
    await time.advance(5 * SECOND);
    expect(store.waiting).toHaveLength(1);
    store.down = false;
    await time.advance(SECOND);
    expect(store.events).toEqual([]);
    await tell('c1', 2);
    store.down = true;
    await time.advance(20 * SECOND);
    store.down = false;
    await time.advance(2 * SECOND);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2']);
  });

  it('of the store after it had settled does not let a lane be sent twice at once', async () => {
    const { time, backend, store, tell } = await webhookWorld(hookRow('h'));
    let isFirst = true;
    store.after = ({ op }) => {
      if (op !== 'outbox.settle' || !isFirst) return;
      isFirst = false;
      throw new MagpieError('STORE_UNAVAILABLE', { detail: { unknown: true } });
    };
    backend.answer = ({ event }) => (event === 'c1 1' ? 200 : HANG);
    await tell('c1', 1);
    await time.advance(0);
    await tell('c1', 2);
    await time.advance(9 * SECOND);
    expect(texts(backend.got)).toEqual(['c1 1', 'c1 2']);
  });

  it('reports nothing: all of these are expected', async () => {
    const { time, backend, reports, tell } = await webhookWorld(hookRow('h'));
    backend.answer = refused;
    await tell('c1', 1);
    await time.advance(HOUR);
    expect(reports).toEqual([]);
  });
});
