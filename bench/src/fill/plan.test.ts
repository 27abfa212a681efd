import { expect, it } from 'vitest';
import { chances, directKeyOf, drawConversation, membersOf, pairOf, planOf } from './plan.ts';

const plan = planOf(20_000);

it('every pair is one conversation', () => {
  const keys = Array.from({ length: plan.directs }, (_, i) => directKeyOf(plan, i));
  expect(new Set(keys).size).toBe(plan.directs);
  for (let i = 0; i < plan.directs; i++) expect(new Set(pairOf(plan, i)).size).toBe(2);
});

it('groups have different members', () => {
  const members = membersOf(plan, 3);
  expect(new Set(members).size).toBe(20);
  expect(membersOf(plan, 4)).not.toEqual(members);
});

it('some conversations are busy, nearly all have something', () => {
  const counts = new Map<number, number>();
  const chance = chances(1);
  for (let i = 0; i < plan.messages; i++) {
    const conversation = drawConversation(plan, chance);
    counts.set(conversation, (counts.get(conversation) ?? 0) + 1);
  }
  const directs = [...counts].filter(([conversation]) => conversation < plan.directs);
  expect(directs.length).toBeGreaterThan(plan.directs * 0.99);
  expect(Math.max(...directs.map(([, count]) => count))).toBeGreaterThan(100);
  expect(Math.max(...counts.keys())).toBeLessThan(plan.directs + plan.groups);
});
