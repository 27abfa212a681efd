import type { Clock } from '../platform/platform.ts';

const DELAY = 200;

/** Says that direct messages arrived: per conversation the newest only, and not for each message of a burst. */
export class Delivery {
  readonly #clock: Clock;
  readonly #send: (ref: string, upTo: number) => void;
  readonly #upTo = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, send: (ref: string, upTo: number) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  report(ref: string, upTo: number): void {
    this.#upTo.set(ref, upTo);
    this.#cancel ??= this.#clock.after(DELAY, () => {
      this.#cancel = undefined;
      const all = [...this.#upTo];
      this.#upTo.clear();
      for (const [one, seq] of all) this.#send(one, seq);
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#upTo.clear();
  }
}
