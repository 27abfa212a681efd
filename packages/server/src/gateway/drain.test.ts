import { expect, it } from 'vitest';
import { delaysFor, handOver } from './drain.ts';

it('spreads clients evenly, 500 a second, within three quarters of the time there is', () => {
  const few = delaysFor(100, 10_000);
  few.forEach((delay, i) => {
    expect(delay).toBeGreaterThanOrEqual(i * 2);
    expect(delay).toBeLessThanOrEqual(i * 2 + 2);
  });
  const many = delaysFor(20_000, 10_000);
  expect(Math.max(...many)).toBeLessThanOrEqual(7_500);
  for (let second = 0; second < 7; second++) {
    const here = many.filter((delay) => Math.floor(delay / 1000) === second).length;
    expect(Math.abs(here - 20_000 / 7.5)).toBeLessThan(10);
  }
  expect(delaysFor(0, 10_000)).toEqual([]);
  expect(delaysFor(3, 0)).toEqual([0, 0, 0]);
});

it('waits for those who go by themselves, makes the others go, and ends in time when one does not', async () => {
  const connections = new Set<ReturnType<typeof make>>();
  const told: string[] = [];
  function make(name: string, on: 'asked' | 'made' | 'never') {
    const connection = {
      askToReconnect: (after: number) => {
        told.push(`${name} asked`);
        if (on === 'asked') setTimeout(() => connections.delete(connection), after);
      },
      leave: () => {
        told.push(`${name} made`);
        if (on === 'made') connections.delete(connection);
      },
    };
    connections.add(connection);
    return connection;
  }
  make('a', 'asked');
  make('b', 'made');
  await handOver(() => connections, 60_000);
  expect(told).toEqual(['a asked', 'b asked', 'b made']);
  make('c', 'never');
  await handOver(() => connections, 300);
  expect([told.at(-1), connections.size]).toEqual(['c made', 1]);
});
