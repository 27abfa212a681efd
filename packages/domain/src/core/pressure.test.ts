import { expect, it } from 'vitest';
import { Pressure, type PressureReading } from './pressure.ts';

const CALM: PressureReading = { lag: 1, waiting: 0, outbound: 0 };

it.each<[string, Partial<PressureReading>, number]>([
  ['nothing', {}, 0],
  ['a late event loop', { lag: 200 }, 1],
  ['a later one', { lag: 500 }, 2],
  ['a standstill', { lag: 5_000 }, 3],
  ['a long queue for the writer', { waiting: 10_000 }, 2],
  ['peers that do not read', { outbound: 70 * 1024 * 1024 }, 1],
  ['the worst of several', { lag: 200, waiting: 20_000 }, 3],
])('%s', (_name, reading, level) => {
  const pressure = new Pressure();
  pressure.update({ ...CALM, ...reading });
  expect(pressure.level).toBe(level);
});

it('rises at once and falls step by step, only when the cause has halved', () => {
  const pressure = new Pressure();
  const levels = [5_000, 1_000, 490, 290, 140, 60, 49, 10].map((lag) => {
    pressure.update({ ...CALM, lag });
    return pressure.level;
  });
  expect(levels).toEqual([3, 3, 2, 2, 1, 1, 0, 0]);
});
