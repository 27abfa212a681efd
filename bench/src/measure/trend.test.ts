import { expect, it } from 'vitest';
import { slope } from './trend.ts';

it('finds the slope through noise', () => {
  expect(slope([[0, 1], [1, 3], [2, 5]])).toBeCloseTo(2); // prettier-ignore
  expect(slope([[0, 10], [1, 12], [2, 8], [3, 10]])).toBeLessThan(0); // prettier-ignore
  expect(slope([[0, 1]])).toBeNaN();
});
