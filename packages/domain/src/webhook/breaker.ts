/** Different lanes that must fail in a row before a hook is taken to be down. */
const LANES = 5;
/** ms between two probes of a hook that is down: how late its return is noticed at most. */
const PROBE_MIN = 1_000;
export const PROBE_MAX = 5_000;

/**
 * Whether a hook as a whole is down. Then only one lane at a time goes as a probe, so that a back end that is down with ten
 * thousand lanes waiting is not stormed; the first success lets all go on.
 */
export class LaneBreaker {
  private readonly failing = new Set<string>();
  private probes = 0;
  private nextProbe = 0;

  get open(): boolean {
    return this.failing.size >= LANES;
  }

  /** When a probe may go, while it is open. */
  get probeAt(): number {
    return this.nextProbe;
  }

  succeeded(): void {
    this.failing.clear();
    this.probes = 0;
  }

  failed(lane: string, now: number): void {
    if (!this.open) this.failing.add(lane);
    if (!this.open) return;
    this.nextProbe = now + Math.min(PROBE_MAX, PROBE_MIN * 2 ** this.probes);
    this.probes++;
  }
}

/** Requests without an answer in a row before askers are spared the wait. */
const SILENT = 5;
/** ms until one of them is asked again. */
const SPARED = 5_000;

/** Whether it makes sense to ask a hook at all: who waits for the answer is a person. */
export class AskBreaker {
  private silent = 0;
  private until = 0;

  /** Says whether to ask. After a pause one asker goes ahead, and the others are spared until it has an answer. */
  admits(now: number): boolean {
    if (this.silent < SILENT) return true;
    if (now < this.until) return false;
    this.until = now + SPARED;
    return true;
  }

  answered(): void {
    this.silent = 0;
  }

  unanswered(now: number): void {
    this.silent++;
    if (this.silent >= SILENT) this.until = now + SPARED;
  }
}
