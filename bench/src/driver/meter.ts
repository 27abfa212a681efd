import { now } from '../clients/marks.ts';
import { Histogram } from '../measure/histogram.ts';
import type { Figures } from './calls.ts';

interface ErrorCount {
  count: number;
  withDelay: number;
}

/** Counts what a driver sees while figures count. */
export class Meter {
  private measuring = false;
  private latencies = new Histogram();
  private deliveries = 0;
  private messages = 0;
  private sends = 0;
  /** Of loads whose answers are counted, whether figures count or not. */
  private unanswered = 0;
  private counts: Record<string, number> = {};
  private errors: Record<string, ErrorCount> = {};
  private cpu = process.cpuUsage();

  /** A load begins: nothing is under way. */
  reset(): void {
    this.unanswered = 0;
  }

  begin(): void {
    this.latencies = new Histogram();
    this.deliveries = 0;
    this.messages = 0;
    this.sends = 0;
    this.counts = {};
    this.errors = {};
    this.cpu = process.cpuUsage();
    this.measuring = true;
  }

  end(): Figures {
    this.measuring = false;
    const { user, system } = process.cpuUsage(this.cpu);
    const { messages, deliveries, sends, unanswered, counts, errors } = this;
    return {
      messages,
      deliveries,
      latencies: this.latencies.toJSON(),
      cpu: user + system,
      sent: sends,
      unanswered,
      counts,
      errors,
    };
  }

  sent(count = 1): void {
    this.unanswered += count;
    if (this.measuring) this.sends += count;
  }

  count(name: string): void {
    if (this.measuring) this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  /** A body arrived. */
  delivered(sentAt: number): void {
    if (!this.measuring) return;
    this.deliveries++;
    // Of a fan-out every eighth is enough for percentiles.
    if (this.deliveries < 20_000 || this.deliveries % 8 === 0) this.latencies.add(now() - sentAt);
  }

  /** A message is where it should be. */
  done(): void {
    this.unanswered--;
    if (this.measuring) this.messages++;
  }

  /** `text` is the shape of an error, as JSON. */
  refused(text: string): void {
    this.unanswered--;
    if (!this.measuring) return;
    const [, code = 'unreadable'] = /"code":"(\w+)"/.exec(text) ?? [];
    const entry = (this.errors[code] ??= { count: 0, withDelay: 0 });
    entry.count++;
    if (text.includes('"retryAfter":')) entry.withDelay++;
  }
}
