import type { Clock } from '../platform/platform.ts';

const DELAY = 50;
const MOST = 100;

/** Gathers rows that must be asked for again, and asks for them together. */
export class Refresher {
  readonly #clock: Clock;
  readonly #load: (keys: readonly string[]) => Promise<unknown>;
  readonly #wanted = new Set<string>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, load: (keys: readonly string[]) => Promise<unknown>) {
    this.#clock = clock;
    this.#load = load;
  }

  want(key: string): void {
    this.#wanted.add(key);
    this.#cancel ??= this.#clock.after(DELAY, () => {
      this.#cancel = undefined;
      const keys = [...this.#wanted];
      this.#wanted.clear();
      // A row that cannot be had now comes with the next sync.
      for (let i = 0; i < keys.length; i += MOST)
        void this.#load(keys.slice(i, i + MOST)).catch(() => undefined);
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wanted.clear();
  }
}
