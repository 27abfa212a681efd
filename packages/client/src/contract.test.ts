import { ALL_EVENTS, ALL_OPERATIONS } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { ONCE } from './requests/once.ts';
import { EVENT_STREAM } from './sync/event-streams.ts';

test('operations that must not be repeated are those of the contract', () => {
  const mine = ALL_OPERATIONS.filter(
    ({ callers, idempotency }) => idempotency === 'no' && callers.some((caller) => caller !== 'admin'),
  );
  expect([...ONCE].sort()).toEqual(mine.map(({ name }) => name).sort());
});

test('the streams of events are those of the contract', () => {
  expect(EVENT_STREAM).toEqual(Object.fromEntries(ALL_EVENTS.map(({ name, stream }) => [name, stream])));
});
