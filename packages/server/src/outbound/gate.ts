import { OutboundError } from '@magpie/domain';

export interface GateLimits {
  /** Inside at once, per key. */
  readonly perKey: number;
  /** Inside at once, in all. */
  readonly total: number;
  /** Waiting at once; one more is refused. */
  readonly waiting: number;
}

interface Waiter {
  readonly key: string;
  readonly admit: () => void;
}

/** Lets so many in at once and keeps the rest in order. */
export interface Gate {
  /** Resolves to the way out, to be called once; rejects with the signal's reason. */
  enter(key: string, signal: AbortSignal): Promise<() => void>;
}

export function createGate({ perKey, total, waiting }: GateLimits): Gate {
  const inside = new Map<string, number>();
  const queue = new Set<Waiter>();
  let sum = 0;
  const hasRoom = (key: string): boolean => sum < total && (inside.get(key) ?? 0) < perKey;

  const admit = (key: string): (() => void) => {
    sum += 1;
    inside.set(key, (inside.get(key) ?? 0) + 1);
    return () => {
      sum -= 1;
      const left = (inside.get(key) ?? 1) - 1;
      if (left === 0) inside.delete(key);
      else inside.set(key, left);
      for (const waiter of queue) {
        if (!hasRoom(waiter.key)) continue;
        queue.delete(waiter);
        return waiter.admit();
      }
    };
  };

  return {
    enter: async (key, signal) => {
      signal.throwIfAborted();
      if (hasRoom(key)) return admit(key);
      if (queue.size >= waiting) throw new OutboundError('connect', 'Too many requests wait for their turn.');
      return await new Promise((resolve, reject) => {
        const giveUp = (): void => {
          queue.delete(waiter);
          reject(signal.reason as Error);
        };
        const waiter: Waiter = {
          key,
          admit: () => {
            signal.removeEventListener('abort', giveUp);
            resolve(admit(key));
          },
        };
        queue.add(waiter);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
