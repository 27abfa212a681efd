import { LIMITS } from '@magpie/protocol';
import { expect, it } from 'vitest';
import { Turns, type Waiter } from './turns.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function waiter(name: string, shares: number, log: string[]): Waiter {
  return {
    work: () => {
      log.push(name);
      return --shares > 0;
    },
  };
}

it('serves those who wait round robin, one share each a turn', async () => {
  const turns = new Turns(() => 0);
  const log: string[] = [];
  turns.wait(waiter('a', 3, log));
  turns.wait(waiter('b', 1, log));
  turns.wait(waiter('c', 2, log));
  await turn();
  expect(log).toEqual(['a', 'b', 'c']);
  await turn();
  await turn();
  await turn();
  expect(log).toEqual(['a', 'b', 'c', 'a', 'c', 'a']);
});

it('ends a round when its time is up, and goes on with those who were passed over', async () => {
  let now = 0;
  const turns = new Turns(() => (now += 5));
  const log: string[] = [];
  for (const name of ['a', 'b', 'c']) turns.wait(waiter(name, 2, log));
  await turn();
  expect(log).toEqual(['a', 'b']);
  await turn();
  expect(log).toEqual(['a', 'b', 'c', 'a']);
});

it('names each turn once, whoever asks', async () => {
  const turns = new Turns();
  const first = turns.current;
  expect(turns.current).toBe(first);
  await turn();
  expect(turns.current).toBe(first + 1);
});

it('begins nothing at once while the server is busy, and goes on as soon as it is not', async () => {
  const turns = new Turns(() => 0);
  const log: string[] = [];
  for (let i = 0; i < LIMITS.connection.busyRequests; i++) turns.begun();
  const all = new Promise<void>((resolve) => {
    const last = waiter('c', 1, log);
    for (const name of ['a', 'b']) turns.wait(waiter(name, 1, log));
    turns.wait({ work: () => (last.work(), resolve(), false) });
  });
  await turn();
  await turn();
  expect(log).toEqual([]);
  turns.ended();
  await all;
  expect(log).toEqual(['a', 'b', 'c']);
});

it('goes on now and then when the server stays busy', async () => {
  const turns = new Turns(() => 0);
  for (let i = 0; i < LIMITS.connection.busyRequests; i++) turns.begun();
  let served = 0;
  await new Promise<void>((resolve) => {
    turns.wait({ work: () => ++served < 3 || (resolve(), false) });
  });
  expect(served).toBe(3);
});

it('is not busy before there is enough under way to keep its writer busy', () => {
  expect(LIMITS.connection.busyRequests).toBeGreaterThanOrEqual(3 * LIMITS.store.maxBatch);
});
