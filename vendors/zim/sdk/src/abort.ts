import type { AbortSignalLike } from '@magpie/client';

/** A signal and its trigger; mini-programs have no AbortController. */
export interface Abort {
  readonly signal: AbortSignalLike;
  readonly aborted: boolean;
  abort(): void;
}

export function createAbort(): Abort {
  const listeners = new Set<() => void>();
  let aborted = false;
  const signal: AbortSignalLike = {
    get aborted() {
      return aborted;
    },
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
  };
  return {
    signal,
    get aborted() {
      return aborted;
    },
    abort: () => {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
    },
  };
}
