import { StoreConflict, type WriteOp } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { expect, it, vi } from 'vitest';
import { CommitQueue, numberSource } from './queue.ts';
import type { Unit, UnitOutcome } from './write/batch.ts';

/** For a machine that does much else. */
const within = { timeout: 20_000, interval: 20 };

const unit = [{ op: 'member.dismissAll', conv: 1, at: 1 }] as const satisfies readonly WriteOp[];
const done = (units: readonly Unit[]): UnitOutcome[] => units.map(() => ({ results: [undefined] }));

/** A writer that answers when the test says so. */
function manual() {
  const batches: { units: readonly Unit[]; answer: (outcomes: readonly UnitOutcome[]) => void }[] = [];
  const heard: (() => void)[] = [];
  return {
    batches,
    run: (units: readonly Unit[]) =>
      new Promise<readonly UnitOutcome[]>((answer) => {
        batches.push({ units, answer });
        heard.splice(0).forEach((hear) => hear());
      }),
    /** The n-th batch, once it was asked for. */
    async batch(n: number) {
      while (batches.length <= n) await new Promise<void>((resolve) => heard.push(resolve));
      const batch = batches[n];
      if (!batch) throw new Error('no batch');
      return {
        size: batch.units.length,
        answer: batch.answer,
        succeed: () => batch.answer(done(batch.units)),
      };
    },
  };
}

const codeOf = (commit: Promise<unknown>): Promise<string> =>
  commit.then(
    () => 'done',
    (error: unknown) =>
      error instanceof MagpieError || error instanceof StoreConflict ? error.code : String(error),
  );

it('what is ready in one turn is one batch; what comes during a commit is the next', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run });
  const early = [queue.commit(unit), queue.commit(unit), queue.commit(unit)];
  const first = await writer.batch(0);
  const late = [queue.commit(unit), queue.commit(unit)];
  expect([first.size, writer.batches.length, queue.length]).toEqual([3, 1, 2]);
  first.succeed();
  await Promise.all(early);
  const second = await writer.batch(1);
  expect(second.size).toBe(2);
  second.succeed();
  await Promise.all(late);
  await queue.close();
});

it('batches and the queue are bounded', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run, maxBatch: 2, maxQueue: 3 });
  const commits = [1, 2, 3].map(() => queue.commit(unit));
  expect(await codeOf(queue.commit(unit))).toBe('OVERLOADED');
  for (const [n, size] of [2, 1].entries()) {
    const batch = await writer.batch(n);
    expect(batch.size).toBe(size);
    batch.succeed();
  }
  await Promise.all(commits);
  await queue.close();
});

it('each unit gets its own outcome', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run });
  const ends = Promise.all([1, 2, 3, 4].map(() => codeOf(queue.commit(unit))));
  (await writer.batch(0)).answer([
    { results: [undefined] },
    { conflict: 'full', op: 0 },
    { error: 'broken' },
    { unavailable: 'disk full' },
  ]);
  expect(await ends).toEqual(['done', 'full', 'INTERNAL', 'STORE_UNAVAILABLE']);
  expect(queue.trouble).toBe('disk full');
  await queue.close();
});

it('a commit that takes too long is answered as unknown, and nothing is taken until it ends', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run, timeout: 20 });
  const stuck = queue.commit(unit);
  const batch = await writer.batch(0);
  const waiting = codeOf(queue.commit(unit));
  const error = await stuck.then(() => undefined, (thrown: unknown) => thrown as MagpieError); // prettier-ignore
  expect([error?.code, error?.retryable, error?.detail]).toEqual([
    'STORE_UNAVAILABLE',
    true,
    { unknown: true },
  ]);
  expect(await waiting).toBe('STORE_UNAVAILABLE');
  expect(await codeOf(queue.commit(unit))).toBe('STORE_UNAVAILABLE');
  expect(queue.trouble).toContain('too long');
  batch.succeed();
  await vi.waitFor(() => expect(queue.trouble).toBeUndefined(), within);
  const after = queue.commit(unit);
  (await writer.batch(writer.batches.length)).succeed();
  await after;
  await queue.close();
});

it('tries by itself whether writes work again', async () => {
  let full = true;
  const probes: Unit[] = [];
  const queue = new CommitQueue({
    run: async (units) => {
      probes.push(...units);
      return full ? units.map(() => ({ unavailable: 'disk full' })) : done(units);
    },
    timeout: 20,
  });
  expect(await codeOf(queue.commit(unit))).toBe('STORE_UNAVAILABLE');
  await vi.waitFor(() => expect(probes.length).toBeGreaterThan(2), within);
  expect(queue.trouble).toBe('disk full');
  full = false;
  await vi.waitFor(() => expect(queue.trouble).toBeUndefined(), within);
  await queue.close();
});

it('closing finishes what was accepted and refuses the rest', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run });
  const accepted = queue.commit(unit);
  const closed = queue.close();
  expect(await codeOf(queue.commit(unit))).toBe('STORE_UNAVAILABLE');
  (await writer.batch(0)).succeed();
  await Promise.all([accepted, closed]);
});

it('numbers are fetched in blocks and given once', async () => {
  let taken = 0;
  let fetches = 0;
  const queue = new CommitQueue({
    run: async (units) =>
      units.map(([op]) => {
        fetches += 1;
        const first = taken + 1;
        taken += op?.op === 'numbers.take' ? op.count : 0;
        return { results: [first] };
      }),
  });
  const next = numberSource(queue);
  const numbers = await Promise.all(Array.from({ length: 70 }, () => next()));
  expect(numbers).toEqual(Array.from({ length: 70 }, (_, i) => i + 1));
  expect(fetches).toBe(3);
  await queue.close();
});

it('to a runner that keeps order, the next batch goes ahead of time once it is worth it', async () => {
  const writer = manual();
  const queue = new CommitQueue({ run: writer.run, depth: 2 });
  const order: number[] = [];
  const commit = (n: number) => queue.commit(unit).then(() => order.push(n));
  const all = [commit(0)];
  const first = await writer.batch(0);
  for (let n = 1; n <= 5; n++) all.push(commit(n));
  // A few wait, as ever; many do not.
  await new Promise((resolve) => setImmediate(resolve));
  expect(writer.batches).toHaveLength(1);
  for (let n = 6; n <= 80; n++) all.push(commit(n));
  const second = await writer.batch(1);
  expect(second.size).toBe(80);
  for (let n = 81; n <= 160; n++) all.push(commit(n));
  await new Promise((resolve) => setImmediate(resolve));
  expect(writer.batches).toHaveLength(2);
  first.succeed();
  const third = await writer.batch(2);
  second.succeed();
  third.succeed();
  await Promise.all(all);
  expect(order).toEqual(Array.from({ length: 161 }, (_, n) => n));
  await queue.close();
});

it('tells of each batch how many units it had and how long it took', async () => {
  const heard: [number, number][] = [];
  const queue = new CommitQueue({
    run: async (units) => done(units),
    onBatch: (units, ms) => heard.push([units, ms]),
  });
  await Promise.all([queue.commit(unit), queue.commit(unit), queue.commit(unit)]);
  await queue.commit(unit);
  expect(heard.map(([units]) => units)).toEqual([3, 1]);
  expect(heard.every(([, ms]) => ms >= 0 && ms < 10_000)).toBe(true);
  await queue.close();
});
