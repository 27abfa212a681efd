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
      // The histogram holds whole intervals; the part above the resolution is lateness.
      this.lag = Math.max(0, this.histogram.percentile(99) / 1e6 - RESOLUTION);
      this.histogram.reset();
      watched.measure();
      onSample({ lag: this.lag, outbound: watched.outbound });
    }, 500);
    this.timer.unref();
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
