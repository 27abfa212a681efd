import { MagpieError } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import { FailureLimiter, RateLimiter } from './rate.ts';

function clock() {
  let time = 0;
  return { now: () => time, pass: (ms: number) => void (time += ms) };
}

function waitOf(run: () => void): number | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof MagpieError && error.code === 'RATE_LIMITED' ? error.retryAfter : Number.NaN;
  }
}

describe('RateLimiter', () => {
  it('gives each of several sharers its part, at least one at a time', () => {
    const limiter = new RateLimiter(clock());
    const take = (key: string, burst: number) => waitOf(() => limiter.take(key, 10, burst, 2));
    expect([take('k', 4), take('k', 4), take('k', 4)]).toEqual([undefined, undefined, 200]);
    expect([take('one', 1), take('one', 1)]).toEqual([undefined, 200]);
  });

  it('lets a burst through, then the rate, and says how long to wait', () => {
    const time = clock();
    const limiter = new RateLimiter(time);
    const take = () => waitOf(() => limiter.take('k', 10, 3));
    expect([take(), take(), take(), take()]).toEqual([undefined, undefined, undefined, 100]);
    time.pass(100);
    expect([take(), take()]).toEqual([undefined, 100]);
    time.pass(60_000);
    expect([take(), take(), take(), take()]).toEqual([undefined, undefined, undefined, 100]);
  });

  it('counts each key apart and a rate of 0 not at all', () => {
    const limiter = new RateLimiter(clock());
    expect(waitOf(() => limiter.take('a', 1, 1))).toBeUndefined();
    expect(waitOf(() => limiter.take('b', 1, 1))).toBeUndefined();
    for (let i = 0; i < 100; i++) limiter.take('c', 0, 0);
  });

  it('is not fooled by a clock that goes back', () => {
    let now = 1_000;
    const limiter = new RateLimiter({ now: () => now });
    limiter.take('a', 1, 1);
    now = 0;
    expect(waitOf(() => limiter.take('a', 1, 1))).toBe(1_000);
  });
});

describe('FailureLimiter', () => {
  it('stops after so many failures within the window', () => {
    const time = clock();
    const limiter = new FailureLimiter(time, 1_000);
    limiter.fail('u');
    time.pass(400);
    limiter.fail('u');
    expect(waitOf(() => limiter.check('u', 2))).toBe(600);
    expect(waitOf(() => limiter.check('u', 3))).toBeUndefined();
    expect(waitOf(() => limiter.check('v', 2))).toBeUndefined();
    time.pass(600);
    expect(waitOf(() => limiter.check('u', 2))).toBeUndefined();
  });
});
