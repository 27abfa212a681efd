import { expect, it } from 'vitest';
import { readinessOf, type HealthDeps } from './health.ts';

const well: HealthDeps = { store: { health: () => ({ ok: true }) }, draining: () => false, busUp: () => undefined }; // prettier-ignore

it('a node is ready while it can store, and is not about to stop', () => {
  expect(readinessOf(well)).toEqual({ ok: true });
  expect(readinessOf({ ...well, draining: () => true, store: { health: () => ({ ok: false, reason: 'disk full' }) } })).toEqual({
    ok: false,
    reasons: [{ part: 'draining', reason: 'the node hands its connections over and stops' }, { part: 'store', reason: 'disk full' }],
  }); // prettier-ignore
});

it('a writer that will not come back is named as such', () => {
  const dead = { health: () => ({ ok: false, reason: 'gone', fatal: true }) as const };
  expect(readinessOf({ ...well, store: dead }).reasons).toEqual([{ part: 'writer', reason: 'gone' }]);
});

it('a node without its bus serves on, and says so', () => {
  expect(readinessOf({ ...well, busUp: () => false })).toEqual({ ok: true, bus: 'down' });
  expect(readinessOf({ ...well, busUp: () => true })).toEqual({ ok: true, bus: 'up' });
});
