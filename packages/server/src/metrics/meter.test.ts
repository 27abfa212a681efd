import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CoarseClock } from './clock.ts';
import { Tallied } from './histogram.ts';
import { Meter } from './meter.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a value counts where it is at most the bound', () => {
  const tallied = new Tallied([1, 2, 5]);
  for (const value of [0.5, 1, 1.1, 5, 6]) tallied.observe(value);
  expect([tallied.counts, tallied.sum]).toEqual([[2, 1, 1, 1], 13.6]);
});

it('every request is known to be slow or not, and one in seven exactly', () => {
  const clock = new CoarseClock(50);
  const tally = new Meter(clock, 0).operation('message.send');
  const took: number[] = [];
  for (let i = 0; i < 14; i++) {
    const began = tally.begin();
    vi.advanceTimersByTime(1_030);
    took.push(tally.end(began));
  }
  clock.close();
  expect([took[0], took[7]]).toEqual([1_030, 1_030]);
  for (const ms of took) expect(Math.abs(ms - 1_030)).toBeLessThanOrEqual(50);
  expect(tally.latency.counts.reduce((a, b) => a + b)).toBe(2);
  expect(tally.latency.sum).toBeCloseTo(2.06);
});
