import { expect, it } from 'vitest';
import { Generations } from './generations.ts';

it('what comes over an earlier connection of a publisher is told apart', () => {
  const [hearer, one, two] = [new Generations(), new Generations(), new Generations()];
  const [early, other] = [one.tag, two.tag];
  expect([early, other, early].map((tag) => hearer.isCurrent(tag))).toEqual([true, true, true]);
  one.next();
  expect(hearer.isCurrent(early)).toBe(true);
  expect(hearer.isCurrent(one.tag)).toBe(true);
  expect([early, other, one.tag].map((tag) => hearer.isCurrent(tag))).toEqual([false, true, true]);
  for (let i = 0; i < 9; i++) one.next();
  expect(hearer.isCurrent(one.tag)).toBe(true);
});

it('remembers a bounded number of publishers', () => {
  const hearer = new Generations();
  const first = new Generations();
  const early = first.tag;
  first.next();
  hearer.isCurrent(first.tag);
  for (let i = 0; i < 999; i++) hearer.isCurrent(new Generations().tag);
  expect(hearer.isCurrent(early)).toBe(false);
  for (let i = 0; i < 1_000; i++) expect(hearer.isCurrent(new Generations().tag)).toBe(true);
  expect(hearer.isCurrent(early)).toBe(true);
});
