import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { NodeProbe, NodeReading } from '@magpie/domain';
import type { ErrorCode } from '@magpie/protocol';

/** What a gateway says of itself. */
export interface Watched {
  readonly size: number;
  readonly requests: number;
  readonly outbound: number;
  /** Brings `outbound` up to date. */
  measure(): void;
}

const NOTHING: Watched = { size: 0, requests: 0, outbound: 0, measure: () => undefined };
const RESOLUTION = 10;

/** The process's own readings, sampled twice a second. */
export class Monitor implements NodeProbe {
  private readonly histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  private readonly version: string;
  private readonly startedAt = Date.now();
  private readonly counts: Partial<Record<ErrorCode, number>> = {};
  private watched: Watched = NOTHING;
  private timer: NodeJS.Timeout | undefined;
  private lag = 0;

  constructor(version: string) {
    this.version = version;
    this.histogram.enable();
  }

  /** Begins sampling; `onSample` hears of each one. */
  start(
    watched: Watched,
    onSample: (reading: { readonly lag: number; readonly outbound: number }) => void,
  ): void {
    this.watched = watched;
    this.timer = setInterval(() => {
      this.lag = this.lateness(99);
      // One pause is no pressure: what counts is that most turns are late.
      const usual = this.lateness(75);
      this.histogram.reset();
      watched.measure();
      onSample({ lag: usual, outbound: watched.outbound });
    }, 500);
    this.timer.unref();
  }

  /** The histogram holds whole intervals, in ns; the part above the resolution is lateness. */
  private lateness(percentile: number): number {
    return Math.max(0, this.histogram.percentile(percentile) / 1e6 - RESOLUTION);
  }

  /** A request was answered with an error. */
  refused(code: ErrorCode): void {
    if (code === 'OVERLOADED' || code === 'RATE_LIMITED') this.counts[code] = (this.counts[code] ?? 0) + 1;
  }

  reading(): NodeReading {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { size, requests, outbound } = this.watched;
    return { version: this.version, startedAt: this.startedAt, connections: size, requests, outbound, lag: this.lag, memory: { rss, heapUsed, external }, refused: { ...this.counts } }; // prettier-ignore
  }

  close(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }
}
