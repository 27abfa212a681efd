import type { Person } from '@magpie/protocol';
import type { Clock, Scheduler } from '../ports/platform.ts';

export type LeftReason = 'left' | 'kicked' | 'timeout';

export interface Entered {
  readonly ext?: string | undefined;
  /** As another node knows them. */
  readonly person?: Person | undefined;
}

/** Who came and went since it was last told; both empty where only the count is told. */
export interface Comings {
  readonly entered: ReadonlyMap<string, Entered>;
  readonly left: ReadonlyMap<string, LeftReason>;
}

/** What of it this node tells the app's back end; undefined: nothing, another node does. */
type Own = Comings | undefined;

const SPACING = 1_000;
/** Above so many members only the count is told. */
const COUNT_ONLY = 10_000;
/** As well when so many names would go to so many people: a crowd that enters at once would cost its square. */
const NAMES_TOLD = 1_000_000;

/** Gathers who came and went in one room: the first is told at once, the rest once a second. */
export class News {
  private entered = new Map<string, Entered>();
  private left = new Map<string, LeftReason>();
  /** Those of them that other nodes tell of, and whether there was anybody else. */
  private theirs = new Set<string>();
  private own = false;
  private cancel: (() => void) | undefined;
  private toldAt = -Infinity;
  private toldCount = 0;
  private readonly time: { readonly clock: Clock; readonly scheduler: Scheduler };
  private readonly count: () => number;
  private readonly tell: (comings: Comings, own: Own) => void;

  constructor(
    time: { readonly clock: Clock; readonly scheduler: Scheduler },
    count: () => number,
    tell: (comings: Comings, own: Own) => void,
  ) {
    this.time = time;
    this.count = count;
    this.tell = tell;
  }

  /** `mine`: this node tells the app's back end. */
  came(user: string, entered: Entered, mine = true): void {
    // Who came back within the second was not missed.
    if (this.count() <= COUNT_ONLY && !this.left.delete(user)) this.entered.set(user, entered);
    this.soon(user, mine);
  }

  went(user: string, reason: LeftReason, mine = true): void {
    if (this.count() <= COUNT_ONLY && !this.entered.delete(user)) this.left.set(user, reason);
    this.soon(user, mine);
  }

  close(): void {
    this.cancel?.();
  }

  private soon(user: string, mine: boolean): void {
    if (mine) this.own = true;
    if (mine) this.theirs.delete(user);
    else this.theirs.add(user);
    this.recount();
  }

  /** How many there are may differ from what was told. */
  recount(): void {
    if (this.cancel) return;
    const { clock, scheduler } = this.time;
    const wait = this.toldAt + SPACING - clock.now();
    if (wait <= 0) this.now();
    else this.cancel = scheduler.after(Math.min(SPACING, wait), () => this.now());
  }

  private now(): void {
    this.cancel = undefined;
    this.toldAt = this.time.clock.now();
    const { entered, left, theirs, own } = this;
    this.entered = new Map();
    this.left = new Map();
    this.theirs = new Set();
    this.own = false;
    const count = this.count();
    if (entered.size + left.size === 0 && count === this.toldCount) return;
    this.toldCount = count;
    const few = count <= COUNT_ONLY && (entered.size + left.size) * count <= NAMES_TOLD;
    const all = few ? { entered, left } : NOBODY;
    this.tell(all, own ? without(all, theirs) : undefined);
  }
}

function without(all: Comings, theirs: ReadonlySet<string>): Comings | undefined {
  if (theirs.size === 0 || all === NOBODY) return all;
  const entered = new Map([...all.entered].filter(([user]) => !theirs.has(user)));
  const left = new Map([...all.left].filter(([user]) => !theirs.has(user)));
  return entered.size + left.size > 0 ? { entered, left } : undefined;
}

const NOBODY: Comings = { entered: new Map(), left: new Map() };
