import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppTallies } from './apps.ts';

function ask(tallies: AppTallies, app: string, times: number): void {
  for (let i = 0; i < times; i++) tallies.of(app).add(true, false);
}
const requests = (tallies: AppTallies) => Object.fromEntries(tallies.read().map((row) => [row.app, row.requests])); // prettier-ignore

it('names the busiest, and the rest together', () => {
  const tallies = new AppTallies(2);
  ask(tallies, 'a', 1);
  ask(tallies, 'b', 5);
  ask(tallies, 'c', 3);
  expect(requests(tallies)).toEqual({ b: 5, c: 3, other: 1 });
});

it('keeps names while they are in use, and gives the name of an idle app to another', () => {
  const tallies = new AppTallies(1);
  ask(tallies, 'a', 1);
  expect(requests(tallies)).toEqual({ a: 1, other: 0 });
  ask(tallies, 'b', 9);
  expect(requests(tallies)).toEqual({ a: 1, other: 9 });
  for (let look = 0; look < 240; look++) {
    ask(tallies, 'b', 1);
    tallies.read();
  }
  ask(tallies, 'b', 1);
  // What it did before it had a name stays in `other`.
  expect(requests(tallies)).toEqual({ b: 2, other: 248 });
  ask(tallies, 'b', 4);
  expect(requests(tallies)).toEqual({ b: 6, other: 248 });
});

it('an app that is never seen to be used again has no name to give', () => {
  const tallies = new AppTallies(0);
  ask(tallies, 'a', 2);
  expect(requests(tallies)).toEqual({ other: 2 });
});

it('no counter goes back while its name stands, and nothing is lost or told twice', () => {
  const steps = fc.array(fc.record({ app: fc.constantFrom('a', 'b', 'c', 'd'), times: fc.nat(5), looks: fc.nat(2) })); // prettier-ignore
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 3 }), (all, max) => {
      const tallies = new AppTallies(max);
      let before = new Map<string, number>();
      let asked = 0;
      for (const { app, times, looks } of all) {
        ask(tallies, app, times);
        asked += times;
        for (let look = 0; look < looks; look++) {
          const rows = tallies.read();
          expect(rows.length).toBeLessThanOrEqual(max + 1);
          expect(rows.reduce((sum, row) => sum + row.requests, 0)).toBe(asked);
          for (const row of rows) expect(row.requests).toBeGreaterThanOrEqual(before.get(row.app) ?? 0);
          before = new Map(rows.map((row) => [row.app, row.requests]));
        }
      }
    }),
  );
});
