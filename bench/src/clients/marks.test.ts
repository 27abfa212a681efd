import { expect, it } from 'vitest';
import { eachMark, markedBody, now } from './marks.ts';

it('finds what others sent, and not what is mine', () => {
  const bodies = [markedBody('u1', 7), markedBody('u11', 8), markedBody('u2', 9)];
  const found: number[] = [];
  eachMark(
    `{"e":[${bodies.map((body) => JSON.stringify({ text: body })).join(',')}]}`,
    'u1',
    (slot, sentAt) => {
      found.push(slot);
      expect(now() - sentAt).toBeLessThan(60_000);
      expect(now() - sentAt).toBeGreaterThan(-1);
    },
  );
  expect(found).toEqual([8, 9]);
});

it('makes bodies of 200 bytes', () => {
  expect(markedBody('u1', 7)).toHaveLength(200);
});
