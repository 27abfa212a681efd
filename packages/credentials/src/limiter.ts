/** Thrown when work is refused because too much is waiting; the same call may succeed a moment later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Runs at most `concurrency` tasks at once and keeps at most `queueLimit` waiting, first come first served. */
export function createLimiter(options: {
  readonly concurrency: number;
  readonly queueLimit: number;
}): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async (task) => {
    if (running < options.concurrency) running += 1;
    else if (waiting.length < options.queueLimit) await new Promise<void>((go) => waiting.push(go));
    else throw new QueueFullError('too many tasks are waiting');
    try {
      return await task();
    } finally {
      // The place is handed over, not freed: a newcomer must not slip in before the one it wakes.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
