import { expect, test } from 'vitest';
import { BoundedCache } from './cache.ts';

test('the entry unused for longest goes first', () => {
  const cache = new BoundedCache<number>(3);
  for (const key of ['a', 'b', 'c']) cache.set(key, 1);
  cache.get('a');
  cache.set('d', 1);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([1, undefined, 1, 1]);
});

test('what was read before something was forgotten is not kept after it: it may be what was forgotten', () => {
  const cache = new BoundedCache<string>(3);
  for (const forget of [() => cache.delete('a'), () => cache.clear()]) {
    const { version } = cache;
    forget();
    cache.keep('a', 'as it was', version);
    expect(cache.get('a')).toBeUndefined();
    cache.keep('a', 'as it is', cache.version);
    expect(cache.get('a')).toBe('as it is');
  }
});
