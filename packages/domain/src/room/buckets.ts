import type { Priority } from '@magpie/protocol';

/** How much of the bucket must be left for a message of this priority: under pressure the lowest are shed first. */
const RESERVE: Readonly<Record<Exclude<Priority, 'high'>, number>> = { normal: 0, low: 0.25, lowest: 0.5 };

/** The rate of one room: one bucket shared by the lower priorities, one of the same size for `high` alone. */
export class RoomBuckets {
  private rest = Infinity;
  private high = Infinity;
  private at = 0;

  /** Whether a message may pass; it is then paid for. `perSecond` 0 = no bound. */
  take(priority: Priority, perSecond: number, now: number): boolean {
    if (perSecond <= 0) return true;
    const gained = (Math.max(0, now - this.at) / 1000) * perSecond;
    this.at = now;
    // A share of the rate may be less than one message a second.
    const size = Math.max(1, perSecond);
    this.rest = Math.min(size, this.rest + gained);
    this.high = Math.min(size, this.high + gained);
    if (priority === 'high') {
      if (this.high < 1) return false;
      this.high -= 1;
      return true;
    }
    if (this.rest < Math.max(1, perSecond * RESERVE[priority])) return false;
    this.rest -= 1;
    return true;
  }
}
