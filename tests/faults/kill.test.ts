import { expect, it } from 'vitest';
import { killRun } from './kill-run.ts';

it('kill -9 in the middle of traffic loses, doubles and reorders nothing that was acknowledged', async () => {
  const seed = Date.now() % 2 ** 31;
  const result = await killRun({ kills: 10, cuts: 1, seed });
  expect(result.violations, `seed ${seed}`).toEqual([]);
  expect(result.acknowledged).toBeGreaterThan(50);
  expect(result.sent).toBe(result.acknowledged);
}, 240_000);
