import { MagpieError } from '@magpie/protocol';
import type { Clock } from '../ports/platform.ts';
import { BoundedCache } from './cache.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by key, bounded in number. A key pushed out starts full again. */
export class RateLimiter {
  private readonly buckets = new BoundedCache<Bucket>(100_000);
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Takes one token or throws RATE_LIMITED with the wait. `perSecond` 0 = no bound. `sharers`: nodes that hand out tokens of this key,
   * each its part.
   */
  take(key: string, wholePerSecond: number, wholeBurst: number, sharers = 1): void {
    if (wholePerSecond <= 0) return;
    const perSecond = wholePerSecond / sharers;
    const burst = Math.max(1, wholeBurst / sharers);
    const now = this.clock.now();
    const bucket = this.buckets.get(key);
    if (!bucket) {
      this.buckets.set(key, { tokens: burst - 1, at: now });
      return;
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) {
      throw new MagpieError('RATE_LIMITED', {
        retryAfter: Math.ceil(((1 - bucket.tokens) / perSecond) * 1000),
      });
    }
    bucket.tokens -= 1;
  }
}

/** Counts failures in a sliding window, to slow guessing down. */
export class FailureLimiter {
  private readonly failures = new BoundedCache<number[]>(50_000);
  private readonly clock: Clock;
  private readonly window: number;

  constructor(clock: Clock, window: number) {
    this.clock = clock;
    this.window = window;
  }

  check(key: string, max: number): void {
    const recent = this.recent(key);
    if (max > 0 && recent.length >= max) {
      const wait = this.window - (this.clock.now() - (recent[0] ?? 0));
      throw new MagpieError('RATE_LIMITED', {
        message: 'Too many failed logins; wait before trying again.',
        retryAfter: Math.max(1, wait),
      });
    }
  }

  fail(key: string): void {
    this.failures.set(key, [...this.recent(key).slice(-99), this.clock.now()]);
  }

  private recent(key: string): number[] {
    const since = this.clock.now() - this.window;
    return (this.failures.get(key) ?? []).filter((at) => at > since);
  }
}
