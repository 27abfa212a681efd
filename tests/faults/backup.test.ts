import { expect, it } from 'vitest';
import { backupRun } from './backup-run.ts';

it('a backup under traffic, restored elsewhere, has all that was acknowledged before; clients that were ahead go on', async () => {
  const result = await backupRun();
  expect(result.restored).toEqual([]);
  expect(result.wentOn).toEqual([]);
  expect(result.before).toBeGreaterThanOrEqual(150);
  // Without it nobody would have been ahead.
  expect(result.lost).toBeGreaterThan(0);
  expect(result.files).toBeGreaterThan(0);
}, 300_000);
