import { MagpieError } from '@magpie/protocol';
import type { Clock } from '../platform/platform.ts';

const RETRY = 500;
const LONGEST_RETRY = 10_000;

/**
 * Asks until there is an answer. Undefined when it is no longer wanted, or was refused for good: `refused` is told of that, and
 * says whether to ask on all the same.
 */
export async function persist<T>(
  clock: Clock,
  valid: () => boolean,
  ask: () => Promise<T>,
  refused: (error: MagpieError) => boolean = () => false,
): Promise<T | undefined> {
  for (let delay = RETRY; valid(); delay = Math.min(LONGEST_RETRY, delay * 2)) {
    try {
      return await ask();
    } catch (thrown) {
      const error = MagpieError.from(thrown);
      if (!valid() || (!error.retryable && !refused(error))) return undefined;
      await new Promise<void>((resolve) => void clock.after(error.retryAfter ?? delay, resolve));
    }
  }
  return undefined;
}
