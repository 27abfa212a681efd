import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffDelay, fraction } from './backoff.ts';

test('delays stay under a bound that doubles up to half a minute', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.uint8Array({ minLength: 3, maxLength: 3 }), (attempt, bytes) => {
      const delay = backOffDelay(attempt, fraction(bytes));
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.min(30_000, 400 * 2 ** attempt));
    }),
  );
});
