import { expect, it } from 'vitest';
import { judge, median, runChain } from './aba.ts';
import { verdict } from './report.ts';

it('puts each of our runs between two of the peer', async () => {
  const order: string[] = [];
  const peer = [10, 20, 40, 10].values();
  const ours = [30, 60, 5].values();
  const chain = await runChain(3, {
    peer: async () => (order.push('A'), peer.next().value ?? 0),
    ours: async () => (order.push('B'), ours.next().value ?? 0),
  });
  expect(order.join('')).toBe('ABABABA');
  const outcome = judge({ name: 'x', must: 2, aim: 1 }, chain, 'µs', (value) => value);
  expect(outcome.ratios).toEqual([2, 2, 0.2]);
  expect(outcome).toMatchObject({ ratio: 2, ours: '30.0 µs', beside: '15.0 µs' });
});

it('median of odd and even numbers of values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('says whether must and aim are met; what is no number is missed', () => {
  const goal = { must: 5, aim: 2.5 };
  expect([2.5, 2.6, 5, 5.1, Number.NaN].map((ratio) => verdict({ ...goal, ratio }))).toEqual(['ok', 'MISSED AIM', 'MISSED AIM', 'MISSED MUST', 'MISSED MUST']); // prettier-ignore
});
