import { LIMITS } from '@magpie/protocol';

/** Has frames that were read and wait, because there are more of them than its share of a turn. */
export interface Waiter {
  /** Works on its next share. True if more could be done at once. */
  work(): boolean;
}

/** How long those who wait are worked on in one turn, in milliseconds; what others do comes between. */
const ROUND = 8;
/** While the server is busy, one of those who wait is worked on at least this often. */
const DRIP = 20;

/**
 * Shares the event loop, and the requests that may be under way, among connections that ask for more than their share: round robin.
 * Who asks for little never meets it.
 */
export class Turns {
  /** Requests being worked on, of all connections. */
  requests = 0;
  private turn = 0;
  private waiting: Waiter[] = [];
  private scheduled = false;
  private drip: NodeJS.Timeout | undefined;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Names the turn of the event loop, for those who count what they do in it. */
  get current(): number {
    this.schedule();
    return this.turn;
  }

  get busy(): boolean {
    return this.requests >= LIMITS.connection.busyRequests;
  }

  /** Must not be waiting already. */
  wait(waiter: Waiter): void {
    this.waiting.push(waiter);
    this.schedule();
  }

  begun(): void {
    this.requests++;
  }

  ended(): void {
    this.requests--;
    if (this.waiting.length > 0 && !this.busy) this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.turn++;
      this.goOn();
    });
  }

  /** Now if the server is not busy, else before long all the same: nobody waits for ever. */
  private goOn(): void {
    if (this.waiting.length === 0) return;
    if (!this.busy) this.round(this.waiting.length);
    else
      this.drip ??= setTimeout(() => {
        this.drip = undefined;
        this.round(1);
      }, DRIP).unref();
  }

  private round(most: number): void {
    clearTimeout(this.drip);
    this.drip = undefined;
    const round = this.waiting;
    const more: Waiter[] = [];
    // Waiters that come while others work go behind those who were passed over.
    this.waiting = more;
    const until = this.now() + ROUND;
    let served = 0;
    while (served < Math.min(most, round.length)) {
      const waiter = round[served++];
      if (waiter?.work()) more.push(waiter);
      if (this.busy || this.now() >= until) break;
    }
    this.waiting = served < round.length ? [...round.slice(served), ...more] : more;
    if (this.waiting.length > 0) this.schedule();
  }
}
