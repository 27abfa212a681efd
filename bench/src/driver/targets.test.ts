import { expect, it } from 'vitest';
import { targetsOf } from './targets.ts';

it('pairs write to each other, an odd one to nobody', () => {
  expect(targetsOf({ kind: 'pairs' }, 5)).toEqual([[1], [0], [3], [2], []]);
});

it('clusters write to those near them, never across', () => {
  expect(targetsOf({ kind: 'clusters', size: 4, distance: 2 }, 6)).toEqual([
    [1, 2],
    [0, 2, 3],
    [0, 1, 3],
    [1, 2],
    [5],
    [4],
  ]);
});
