import { describe, expect, it } from 'vitest';
import type { TimerRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { MemoryTimerStore } from './memory-store.ts';
import { Timers, type TimerHandler, type TimersOptions } from './timers.ts';

const MARK: WriteOp = { op: 'timer.remove', id: 'nothing' };
const EFFECT: WriteOp = { op: 'presence.put', app: 'a', user: 'u', set: { custom: null } };

function world(store = new MemoryTimerStore(), time = new FakeTime()) {
  const reports: string[] = [];
  let node = 0;
  const random = { text: () => `node${node++}`, digits: () => '1' };
  const start = (handlers: Record<string, TimerHandler>, options: TimersOptions = {}) => {
    const report = (what: string) => void reports.push(what);
    const timers = new Timers({ store, clock: time, scheduler: time, random, report }, options);
    for (const [kind, handler] of Object.entries(handlers)) timers.register(kind, handler);
    timers.start();
    return timers;
  };
  const put = async (timers: Timers, id: string, after: number, kind = 'k') => {
    const dueAt = time.now() + after;
    await store.commit([timers.putOp({ id, app: 'a', kind, dueAt, payload: id })]);
    timers.noted(dueAt);
  };
  /** Notes what ran and when. */
  const fired: string[] = [];
  const start0 = time.now();
  const note: TimerHandler = async ({ id }) => {
    fired.push(`${id}@${time.now() - start0}`);
    return { ops: [EFFECT] };
  };
  return { store, time, reports, start, put, fired, note };
}

/** A handler whose runs end when they are told to. */
function gate() {
  const begun: TimerRow[] = [];
  const ends: (() => void)[] = [];
  const handler: TimerHandler = (timer) => {
    begun.push(timer);
    return new Promise((resolve) => ends.push(() => resolve({ ops: [EFFECT] })));
  };
  return { begun, ends, handler };
}

describe('when a timer fires', () => {
  it('at its time, once, with its effects in the unit that ends it', async () => {
    const { store, time, start, put, fired, note } = world();
    const timers = start({ k: note });
    await time.advance(300);
    await put(timers, 'x', 250);
    await put(timers, 'y', 5_400);
    await time.advance(10_000);
    expect(fired).toEqual(['x@550', 'y@5700']);
    expect(store.done).toEqual([EFFECT, EFFECT]);
    expect(store.rows.size).toBe(0);
  });

  it('one that was due before the start, and those put behind its back within a second', async () => {
    const { store, time, start, fired, note } = world();
    const putter = new Timers({ store, clock: time, scheduler: time, random: { text: () => 'p', digits: () => '' } }); // prettier-ignore
    await store.commit([putter.putOp({ id: 'old', app: 'a', kind: 'k', dueAt: 5, payload: '' })]);
    start({ k: note });
    await time.advance(100);
    await store.commit([putter.putOp({ id: 'new', app: 'a', kind: 'k', dueAt: time.now(), payload: '' })]);
    await time.advance(2_000);
    expect(fired).toEqual(['old@0', 'new@1000']);
  });

  it.each<[string, number, string[]]>([
    ['a clock set forward makes it due', 3_600_000, ['x@3601000']],
    ['a clock set back lets it wait for its time', -3_600_000, ['x@60000']],
  ])('%s', async (_name, jump, expected) => {
    const { time, start, put, fired, note } = world();
    const timers = start({ k: note });
    await put(timers, 'x', 60_000);
    await time.advance(500);
    time.jump(jump);
    await time.advance(3_700_000);
    expect(fired).toEqual(expected);
  });

  it('moved or removed, not at its old time', async () => {
    const { store, time, start, put, fired, note } = world();
    const timers = start({ k: note });
    await put(timers, 'x', 500);
    await put(timers, 'y', 500);
    await put(timers, 'x', 1_700);
    await store.commit([timers.removeOp('y')]);
    await time.advance(5_000);
    expect(fired).toEqual(['x@1700']);
  });

  it('again, when its own unit puts it again', async () => {
    const { time, start, put, fired } = world();
    const timers: Timers = start({
      k: async ({ id, app, kind, dueAt }) => {
        fired.push(id);
        return { ops: [timers.putOp({ id, app, kind, dueAt: dueAt + 1_000, payload: '' })] };
      },
    });
    await put(timers, 'x', 1_000);
    await time.advance(3_500);
    expect(fired).toEqual(['x', 'x', 'x']);
    await timers.close();
  });

  it('an idle node reads once a second and writes nothing', async () => {
    const { store, time, start, put, note } = world();
    const timers = start({ k: note });
    await put(timers, 'x', 100_000);
    const { units } = store;
    await time.advance(10_000);
    expect(store.units).toBe(units);
    expect(store.reads).toBe(11);
  });
});

describe('several at once', () => {
  it('no more than allowed, the earliest first, and the next as soon as one ends', async () => {
    const { time, start, put } = world();
    const { begun, ends, handler } = gate();
    const timers = start({ k: handler }, { atOnce: 2 });
    for (const [i, id] of ['c', 'a', 'd', 'b'].entries()) await put(timers, id, [3, 1, 4, 2][i]!);
    await time.advance(500);
    expect(begun.map(({ id }) => id)).toEqual(['a', 'b']);
    ends[1]!();
    await time.advance(0);
    expect(begun.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    for (const end of ends) end();
    await time.advance(0);
    expect(begun.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('two nodes on one store run each once', async () => {
    const { store, time, start, put, fired, note } = world();
    const one = start({ k: note });
    const two = start({ k: note });
    for (let i = 0; i < 100; i++) await put(i % 2 ? one : two, `t${i}`, 1 + (i % 7) * 400);
    await time.advance(10_000);
    expect(fired).toHaveLength(100);
    expect(new Set(fired.map((text) => text.split('@')[0])).size).toBe(100);
    expect(store.rows.size).toBe(0);
  });

  it('kinds of a newer node are left to it, and do not stand in the way', async () => {
    const { store, time, start, put, fired, note } = world();
    const old = start({ k: note }, { atOnce: 1 });
    await put(old, 'new', 0, 'unheard-of');
    await put(old, 'x', 10);
    await time.advance(5_000);
    expect(fired).toEqual(['x@10']);
    expect(store.rows.get('new')).toMatchObject({ attempts: 0, owner: undefined });
    start({ 'unheard-of': note });
    await time.advance(0);
    expect(fired).toEqual(['x@10', 'new@5000']);
  });
});

describe('trouble', () => {
  it('a handler that fails is tried again ever later, loudly, and never thrown away', async () => {
    const { store, time, start, put, reports } = world();
    const at: number[] = [];
    const zero = time.now();
    const timers = start(
      {
        k: async () => {
          at.push(time.now() - zero);
          throw new Error('broken');
        },
      },
      { tries: 4, maxDelay: 3_000, rarely: 100_000 },
    );
    await put(timers, 'x', 1_000);
    await time.advance(220_000);
    expect(at).toEqual([1_000, 2_000, 4_000, 7_000, 107_000, 207_000]);
    expect(reports).toEqual([
      ...Array<string>(3).fill('a timer failed'),
      ...Array<string>(3).fill('a timer keeps failing'),
    ]);
    expect(store.rows.size).toBe(1);
  });

  it('a store that is away for a while delays, and is reported once', async () => {
    const { store, time, start, put, fired, note, reports } = world();
    const timers = start({ k: note });
    await put(timers, 'x', 2_000);
    await time.advance(1_500);
    store.down = true;
    await time.advance(60_000);
    expect(fired).toEqual([]);
    expect(reports).toEqual(['timers cannot be read']);
    store.down = false;
    await time.advance(1_000);
    expect(fired).toHaveLength(1);
  });

  it('a store lost between the handler and its unit: the effect is still there once', async () => {
    const { store, time, start, put, fired } = world();
    const timers = start({
      k: async ({ id, attempts }) => {
        fired.push(`${id} ${attempts}`);
        store.down = attempts === 0;
        return { ops: [EFFECT] };
      },
    });
    await put(timers, 'x', 0);
    await time.advance(10_000);
    expect(store.done).toEqual([]);
    store.down = false;
    await time.advance(31_000);
    expect(fired).toEqual(['x 0', 'x 1']);
    expect(store.done).toEqual([EFFECT]);
  });

  it('a node that dies in the middle leaves its timer to another after the lease', async () => {
    const { store, time, start, put, fired, note } = world();
    const dead = start({ k: () => new Promise(() => undefined) }, { closeWithin: 0 });
    await put(dead, 'x', 0);
    await time.advance(0);
    await Promise.all([dead.close(), time.advance(0)]);
    start({ k: note });
    await time.advance(29_000);
    expect(fired).toEqual([]);
    await time.advance(2_000);
    expect(fired).toEqual(['x@30000']);
    expect(store.done).toEqual([EFFECT]);
  });

  it('one taken over or moved while it runs has no effect', async () => {
    const { store, time, start, put } = world();
    const { begun, ends, handler } = gate();
    const timers = start({ k: handler });
    await put(timers, 'x', 0);
    await time.advance(0);
    await put(timers, 'x', 10_000);
    ends[0]!();
    await time.advance(0);
    expect(store.done).toEqual([]);
    await time.advance(10_000);
    ends[1]!();
    await time.advance(0);
    expect(begun).toHaveLength(2);
    expect(store.done).toEqual([EFFECT]);
    expect(store.rows.size).toBe(0);
  });

  it('one that outlives its lease is not begun twice here, and is reported', async () => {
    const { store, time, start, put, reports } = world();
    const { begun, ends, handler } = gate();
    const timers = start({ k: handler });
    await put(timers, 'x', 0);
    await time.advance(65_000);
    expect(begun).toHaveLength(1);
    expect(reports).toEqual(Array(2).fill('a timer takes longer than its lease'));
    ends[0]!();
    await time.advance(0);
    expect(store.done).toEqual([EFFECT]);
    expect(store.rows.size).toBe(0);
  });
});

describe('what follows the commit', () => {
  it('gets the results of the handler’s own operations', async () => {
    const { time, start, put } = world();
    let seen: readonly unknown[] = [];
    const timers = start({ k: async () => ({ ops: [EFFECT, MARK], after: (results) => void (seen = results) }) }); // prettier-ignore
    await put(timers, 'x', 0);
    await time.advance(0);
    expect(seen).toEqual([{ of: 'presence.put' }, undefined]);
  });

  it('does not bring the timer back when it fails', async () => {
    const { store, time, start, put, reports } = world();
    const timers = start({ k: async () => ({ after: () => Promise.reject(new Error('no')) }) });
    await put(timers, 'x', 0);
    await time.advance(60_000);
    expect(reports).toEqual(['what follows a timer failed']);
    expect(store.rows.size).toBe(0);
  });
});

it('closing waits for what runs and begins nothing more', async () => {
  const { store, time, start, put } = world();
  const { begun, ends, handler } = gate();
  const timers = start({ k: handler }, { atOnce: 1 });
  await put(timers, 'x', 0);
  await put(timers, 'y', 0);
  await time.advance(0);
  let closed = false;
  const closing = timers.close().then(() => (closed = true));
  await time.advance(100);
  expect(closed).toBe(false);
  ends[0]!();
  await time.advance(5_000);
  await closing;
  expect(begun.map(({ id }) => id)).toEqual(['x']);
  expect(store.rows.has('y')).toBe(true);
});

it('a kind registered twice or after the start is a mistake', async () => {
  const { start, note } = world();
  const timers = start({ k: note });
  expect(() => timers.register('l', note)).toThrow('too late or twice');
  await timers.close();
});
