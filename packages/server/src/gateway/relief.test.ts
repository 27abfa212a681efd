import { expect, it } from 'vitest';
import { relieve } from './relief.ts';

const holding = (...queued: number[]) => queued.map((bytes) => ({ socket: { queued: bytes } }));

it('leaves everybody while memory holds it', () => {
  expect(relieve(holding(40, 0, 60), 100)).toEqual({ total: 100, cut: [] });
});

it('beyond, those with the most go until half is left', () => {
  const holders = holding(10, 70, 5, 30);
  expect(relieve(holders, 100)).toEqual({ total: 115, cut: [holders[1]] });
  const even = holding(30, 30, 30, 30);
  expect(relieve(even, 100).cut).toHaveLength(3);
});
