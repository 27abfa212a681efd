import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';
import { failure } from './test-support.ts';

describe('slots', () => {
  it('run so many at once, in order, and turn away past the line', async () => {
    const inSlot = createSlots(2, 3);
    const started: number[] = [];
    const release: (() => void)[] = [];
    const job = (n: number) =>
      inSlot(() => new Promise<number>((resolve) => void (started.push(n), release.push(() => resolve(n)))));
    const jobs = [0, 1, 2, 3, 4].map(job);
    expect(started).toEqual([0, 1]);
    expect(await failure(job(5))).toMatchObject({ code: 'OVERLOADED', retryAfter: 2000 });
    for (let at = 0; at < 5; at++) {
      release[at]?.();
      await jobs[at];
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(await Promise.all(jobs)).toEqual([0, 1, 2, 3, 4]);
    await expect(inSlot(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inSlot(async () => 'still open')).toBe('still open');
  });
});
