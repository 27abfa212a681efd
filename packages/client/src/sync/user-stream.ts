import type { EventEnvelope } from '@magpie/protocol';
import type { Clock } from '../platform/platform.ts';

export interface UserStreamNeeds {
  readonly clock: Clock;
  readonly apply: (event: EventEnvelope) => void;
  /** Reads the log on from `seq`, hands what it finds to `take`, and tries until it has. */
  readonly readOn: (valid: () => boolean) => Promise<unknown>;
}

/** For what comes out of order to come. */
const PATIENCE = 100;

/** The user's own log: each number once, in order, gaps healed from the server. */
export class UserStream {
  /** Everything up to here was applied. */
  seq = 0;
  readonly #needs: UserStreamNeeds;
  /** Events that came before their turn. */
  readonly #early = new Map<number, EventEnvelope>();
  #healing: Promise<void> | undefined;
  #generation = 0;

  constructor(needs: UserStreamNeeds) {
    this.#needs = needs;
  }

  /** Begins anew. */
  reset(): void {
    this.offline();
    this.seq = 0;
    this.#early.clear();
  }

  /** Whoever connects again reads on by itself. */
  offline(): void {
    this.#generation++;
    this.#healing = undefined;
  }

  /** Resolves when no gap is being healed. */
  async settled(): Promise<void> {
    await this.#healing;
  }

  take(event: EventEnvelope): void {
    const n = event.n ?? 0;
    if (n <= this.seq) return;
    this.#early.set(n, event);
    this.caughtUp(this.seq);
  }

  /** The server's log was read up to here: goes on with what came meanwhile. */
  caughtUp(seq: number): void {
    this.seq = Math.max(this.seq, seq);
    for (const n of this.#early.keys()) if (n <= this.seq) this.#early.delete(n);
    for (let next = this.#early.get(this.seq + 1); next; next = this.#early.get(this.seq + 1)) {
      this.#early.delete(++this.seq);
      this.#needs.apply(next);
    }
    if (this.#early.size > 0) this.#healing ??= this.#heal();
  }

  async #heal(): Promise<void> {
    const generation = this.#generation;
    const valid = (): boolean => generation === this.#generation && this.#early.size > 0;
    await new Promise<void>((resolve) => void this.#needs.clock.after(PATIENCE, resolve));
    while (valid()) {
      const first = Math.min(...this.#early.keys());
      await this.#needs.readOn(valid);
      // The server had it when it was asked: what is still missing before it is nowhere.
      if (valid() && this.#early.has(first)) this.caughtUp(first - 1);
    }
    if (generation === this.#generation) this.#healing = undefined;
  }
}
