/** What became of the messages of rooms since the start, for operators. */
export class Tally {
  sent = 0;
  /** By reason and priority (`rate/low`); `congested`: events not given to peers that were behind. */
  private readonly byReason = new Map<string, number>();

  drop(what: string, count = 1): void {
    this.byReason.set(what, (this.byReason.get(what) ?? 0) + count);
  }

  get dropped(): Record<string, number> {
    return Object.fromEntries(this.byReason);
  }
}
