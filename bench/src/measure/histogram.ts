/** Milliseconds in buckets of 1 %, from 10 µs to over an hour: cheap to fill, small to send, and several can be added up. */
const SMALLEST = 0.01;
const STEP = Math.log(1.01);

export class Histogram {
  private readonly buckets: number[] = [];
  count = 0;

  add(ms: number): void {
    const bucket = ms <= SMALLEST ? 0 : Math.ceil(Math.log(ms / SMALLEST) / STEP);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.count++;
  }

  /** The time that this share of all did not exceed; NaN of nothing. */
  percentile(share: number): number {
    let left = Math.max(1, Math.ceil(this.count * share));
    for (const [bucket, count = 0] of this.buckets.entries()) {
      left -= count;
      if (left <= 0) return SMALLEST * Math.exp(bucket * STEP);
    }
    return Number.NaN;
  }

  /** Counts by bucket; holes are null on the way between processes. */
  toJSON(): readonly (number | null)[] {
    return Array.from(this.buckets, (count) => count ?? null);
  }

  merge(buckets: readonly (number | null)[]): this {
    for (const [bucket, count] of buckets.entries()) {
      if (!count) continue;
      this.buckets[bucket] = (this.buckets[bucket] ?? 0) + count;
      this.count += count;
    }
    return this;
  }
}
