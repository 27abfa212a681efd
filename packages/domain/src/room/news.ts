import type { Clock, Scheduler } from '../ports/platform.ts';

export type LeftReason = 'left' | 'kicked' | 'timeout';

/** Who came and went since it was last told; both empty where only the count is told. */
export interface Comings {
  readonly entered: ReadonlyMap<string, string | undefined>;
  readonly left: ReadonlyMap<string, LeftReason>;
}

const SPACING = 1_000;
/** Above so many members only the count is told. */
const COUNT_ONLY = 10_000;
/** As well when so many names would go to so many people: a crowd that enters at once would cost its square. */
const NAMES_TOLD = 1_000_000;

/** Gathers who came and went in one room: the first is told at once, the rest once a second. */
export class News {
  private entered = new Map<string, string | undefined>();
  private left = new Map<string, LeftReason>();
  private cancel: (() => void) | undefined;
  private toldAt = -Infinity;
  private toldCount = 0;
  private readonly time: { readonly clock: Clock; readonly scheduler: Scheduler };
  private readonly count: () => number;
  private readonly tell: (comings: Comings) => void;

  constructor(
    time: { readonly clock: Clock; readonly scheduler: Scheduler },
    count: () => number,
    tell: (comings: Comings) => void,
  ) {
    this.time = time;
    this.count = count;
    this.tell = tell;
  }

  came(user: string, ext: string | undefined): void {
    // Who came back within the second was not missed.
    if (this.count() <= COUNT_ONLY && !this.left.delete(user)) this.entered.set(user, ext);
    this.soon();
  }

  went(user: string, reason: LeftReason): void {
    if (this.count() <= COUNT_ONLY && !this.entered.delete(user)) this.left.set(user, reason);
    this.soon();
  }

  close(): void {
    this.cancel?.();
  }

  private soon(): void {
    if (this.cancel) return;
    const { clock, scheduler } = this.time;
    const wait = this.toldAt + SPACING - clock.now();
    if (wait <= 0) this.now();
    else this.cancel = scheduler.after(Math.min(SPACING, wait), () => this.now());
  }

  private now(): void {
    this.cancel = undefined;
    this.toldAt = this.time.clock.now();
    const { entered, left } = this;
    this.entered = new Map();
    this.left = new Map();
    const count = this.count();
    if (entered.size + left.size === 0 && count === this.toldCount) return;
    this.toldCount = count;
    const few = count <= COUNT_ONLY && (entered.size + left.size) * count <= NAMES_TOLD;
    this.tell(few ? { entered, left } : NOBODY);
  }
}

const NOBODY: Comings = { entered: new Map(), left: new Map() };
