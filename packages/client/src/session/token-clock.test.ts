import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { TokenClock } from './token-clock.ts';

function bench() {
  const clock = new FakeClock();
  const told: [string, number][] = [];
  const start = clock.now();
  const tokens = new TokenClock(clock, () => clock.now(), {
    onExpiring: (_, left) => told.push(['expiring', left]),
    onExpired: () => told.push(['expired', clock.now() - start]),
  });
  return { clock, told, tokens, start };
}

test('tells the lead and the end, once each; renewal starts anew', async () => {
  const { clock, told, tokens, start } = bench();
  tokens.start(start + 60_000, 30_000);
  await clock.advance(31_000);
  tokens.start(start + 60_000, 30_000); // a reconnect
  await clock.advance(5_000);
  expect(told).toEqual([['expiring', 30_000]]);
  tokens.start(start + 100_000, 30_000);
  await clock.advance(200_000);
  expect(told).toEqual([['expiring', 30_000], ['expiring', 30_000], ['expired', 100_000]]); // prettier-ignore
});

test('a fraction is of the life at first sight, and lives longer than a timer are waited out', async () => {
  const { clock, told, tokens, start } = bench();
  const life = 30 * 86_400_000;
  tokens.start(start + life, 0.2);
  await clock.advance(life * 0.5);
  tokens.start(start + life, 0.2);
  await clock.advance(life * 0.29);
  expect(told).toEqual([]);
  await clock.advance(life * 0.02);
  expect(told).toHaveLength(1);
});
