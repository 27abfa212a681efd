import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { capacityTables, COSTS, HABITS, needs } from './capacity.ts';

it('the tables of docs/scale.md are those of the model', () => {
  const page = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  expect(page).toContain(capacityTables());
  for (const cost of [COSTS.message, COSTS.messageDatabase, COSTS.crossing])
    expect(page).toContain(`${cost} µs`);
});

it('more of anything never needs less, and nobody needs less than two nodes for long', () => {
  for (const users of [100, 10_000, 3_000_000, 50_000_000]) {
    const some = needs(users);
    for (const key of Object.keys(HABITS) as (keyof typeof HABITS)[]) {
      const more = needs(users, COSTS, { ...HABITS, [key]: HABITS[key] * 1.5 });
      expect([key, more.nodes >= some.nodes, more.databaseCores >= some.databaseCores]).toEqual([
        key,
        true,
        true,
      ]);
    }
  }
  expect([needs(100).nodes, needs(10_000).nodes]).toEqual([1, 2]);
});
