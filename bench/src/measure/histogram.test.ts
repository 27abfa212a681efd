import { expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

it('tells percentiles to 1 %', () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
  for (const share of [0.5, 0.99]) {
    const exact = share * 1000;
    expect(Math.abs(histogram.percentile(share) / exact - 1)).toBeLessThan(0.011);
  }
  expect(histogram.percentile(0)).toBeLessThan(1.02);
  expect(new Histogram().percentile(0.5)).toBeNaN();
});

it('adds up, also after a way through JSON', () => {
  const a = new Histogram();
  const b = new Histogram();
  a.add(0);
  a.add(5);
  b.add(700);
  const all = new Histogram();
  for (const one of [a, b]) all.merge(JSON.parse(JSON.stringify(one)) as (number | null)[]);
  expect(all.count).toBe(3);
  expect(all.percentile(0.1)).toBe(0.01);
  expect(all.percentile(1)).toBeGreaterThan(690);
});
