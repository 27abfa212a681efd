import { MagpieError } from '@magpie/protocol';

/** Runs at most `width` jobs at once; the rest wait in line, and beyond `line` are sent away to come again. */
export function createSlots(width: number, line: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= width) {
      if (waiting.length >= line) throw new MagpieError('OVERLOADED', { retryAfter: 2_000 });
      // The one who leaves hands the slot over: `running` does not change.
      await new Promise<void>((resolve) => void waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
