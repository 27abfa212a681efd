import type { Clock } from '../platform/platform.ts';

/** How long a ping may stay unanswered. */
const PATIENCE = 10_000;
/** The same when there is reason to doubt the network. */
const IMPATIENCE = 4_000;

/** Pings the peer and says when it has fallen silent. Anything heard counts as an answer. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ping: (n: number) => void;
  readonly #onSilent: () => void;
  #interval = 0;
  #count = 0;
  #cancelNext: (() => void) | undefined;
  #cancelVerdict: (() => void) | undefined;

  constructor(clock: Clock, ping: (n: number) => void, onSilent: () => void) {
    this.#clock = clock;
    this.#ping = ping;
    this.#onSilent = onSilent;
  }

  start(interval: number): void {
    this.close();
    this.#interval = interval;
    this.#schedule();
  }

  heard(): void {
    this.#cancelVerdict?.();
    this.#cancelVerdict = undefined;
  }

  /** Pings now and expects the answer soon. */
  probe(): void {
    if (this.#interval > 0) this.#askNow(IMPATIENCE);
  }

  close(): void {
    this.#interval = 0;
    this.#cancelNext?.();
    this.#cancelVerdict?.();
    this.#cancelNext = this.#cancelVerdict = undefined;
  }

  #schedule(): void {
    this.#cancelNext = this.#clock.after(this.#interval, () => {
      this.#askNow(PATIENCE);
      this.#schedule();
    });
  }

  #askNow(patience: number): void {
    this.#cancelVerdict?.();
    this.#cancelVerdict = this.#clock.after(patience, () => {
      this.close();
      this.#onSilent();
    });
    this.#ping(++this.#count);
  }
}
