import type { Clock } from '../platform/platform.ts';

const SHORTEST = 30_000;
const LONGEST = 15 * 60_000;

/**
 * Looks for what was missed when nothing is heard for a while: an event that was lost shows by the next of its stream, and the last
 * one has no next. Soon after something was heard, then less and less often.
 */
export class QuietCheck {
  readonly #clock: Clock;
  readonly #check: () => void;
  #wait = SHORTEST;
  #heard = false;
  #cancel: (() => void) | undefined;
  /** Told before it was started. */
  #due: number | undefined;
  /** Told, and about to look: that is late enough for whatever is told until then. */
  #told = false;

  constructor(clock: Clock, check: () => void) {
    this.#clock = clock;
    this.#check = check;
  }

  start(): void {
    const due = this.#due;
    this.stop();
    this.#wait = SHORTEST;
    this.#arm();
    if (due !== undefined) this.after(due);
  }

  /** Costs nothing: it is called for every frame. */
  heard(): void {
    this.#heard = true;
  }

  /** The server lost events: checks after this time, also if something is heard. While not everything is read yet, after that. */
  after(ms: number): void {
    if (!this.#cancel) return void (this.#due = ms);
    if (this.#told) return;
    this.#told = true;
    this.#cancel();
    this.#wait = SHORTEST;
    this.#cancel = this.#clock.after(ms, () => {
      this.#told = false;
      this.#check();
      this.#heard = false;
      this.#arm();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = this.#due = undefined;
    this.#told = false;
  }

  #arm(): void {
    this.#cancel = this.#clock.after(this.#wait, () => {
      if (this.#heard) this.#wait = SHORTEST;
      else {
        this.#check();
        this.#wait = Math.min(LONGEST, this.#wait * 2);
      }
      this.#heard = false;
      this.#arm();
    });
  }
}
