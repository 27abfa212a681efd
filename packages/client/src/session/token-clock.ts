import type { Clock } from '../platform/platform.ts';

/** Longest delay a timer takes; longer ones fire at once in most environments. */
const LONGEST = 2_000_000_000;

export interface TokenHandlers {
  onExpiring(expiresAt: number, left: number): void;
  onExpired(expiresAt: number): void;
}

/** Tells some time before a token ends, and when it has. */
export class TokenClock {
  readonly #clock: Clock;
  /** Server clock. */
  readonly #now: () => number;
  readonly #handlers: TokenHandlers;
  #cancel: (() => void) | undefined;
  #told = 0;
  /** A fraction is of the life at first sight, not of what is left at each reconnect. */
  #warn: { readonly expiresAt: number; readonly at: number } | undefined;

  constructor(clock: Clock, now: () => number, handlers: TokenHandlers) {
    this.#clock = clock;
    this.#now = now;
    this.#handlers = handlers;
  }

  /** `lead`: ms, or a fraction ≤ 1 of the life left. */
  start(expiresAt: number | undefined, lead: number): void {
    this.stop();
    if (expiresAt === undefined) return;
    if (this.#warn?.expiresAt !== expiresAt) {
      const life = Math.max(0, expiresAt - this.#now());
      this.#warn = { expiresAt, at: expiresAt - (lead <= 1 ? life * lead : lead) };
    }
    const warnAt = this.#warn.at;
    const watch = (): void => {
      const now = this.#now();
      if (now >= expiresAt) return this.#handlers.onExpired(expiresAt);
      if (now >= warnAt && this.#told !== expiresAt) {
        this.#told = expiresAt;
        this.#handlers.onExpiring(expiresAt, expiresAt - now);
      }
      const next = this.#told === expiresAt ? expiresAt : warnAt;
      this.#cancel = this.#clock.after(Math.min(LONGEST, Math.max(1, next - now)), watch);
    };
    this.#cancel = this.#clock.after(0, watch);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
