import type { WordRow } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function wordConformance(get: Get): void {
  it('keeps an app’s words in order, up to a bound', async () => {
    const [w, other] = [await World.create(get().store), await World.create(get().store)];
    const put = (words: readonly (readonly [string, WordRow['action']])[], max = 4) =>
      w.store.commit([{ op: 'word.put', app: w.app, words: words.map(([word, action]) => ({ word, action })), max }]); // prettier-ignore
    const all = async () => (await w.store.words.all(w.app)).map((row) => `${row.word} ${row.action}`);
    expect(await put([['赌博', 'block'], ['b', 'mask'], ['a', 'mask']])).toEqual([{ total: 3 }]); // prettier-ignore
    expect(await put([['a', 'block'], ['a', 'mask'], ['c', 'block']])).toEqual([{ total: 4 }]); // prettier-ignore
    expect(await all()).toEqual(['a mask', 'b mask', 'c block', '赌博 block']);
    expect(await conflictOf(put([['a', 'block'], ['d', 'mask']]))).toBe('full at 0'); // prettier-ignore
    expect(await put([['a', 'block']], 1)).toEqual([{ total: 4 }]);
    expect((await all())[0]).toBe('a block');
    const page = (after?: string) => w.store.words.page(w.app, { limit: 2, ...(after ? { after } : {}) });
    expect((await page()).map((row) => row.word)).toEqual(['a', 'b']);
    expect((await page('b')).map((row) => row.word)).toEqual(['c', '赌博']);
    expect(await page('赌博')).toEqual([]);
    expect([await w.store.words.count(w.app), await w.store.words.count(other.app)]).toEqual([4, 0]);
    await w.store.commit([{ op: 'word.remove', app: w.app, words: ['b', '赌博', 'none'] }]);
    expect(await all()).toEqual(['a block', 'c block']);
    await w.store.commit([{ op: 'word.remove', app: other.app, words: ['a'] }]);
    expect(await w.store.words.count(w.app)).toBe(2);
  });

  it('a list in one go is kept whole', async () => {
    const w = await World.create(get().store);
    const words = Array.from({ length: 1000 }, (_, i) => ({ word: `w${i}`, action: 'mask' as const }));
    expect(await w.store.commit([{ op: 'word.put', app: w.app, words, max: 1000 }])).toEqual([{ total: 1000 }]); // prettier-ignore
    expect(await w.store.words.all(w.app)).toHaveLength(1000);
  });
}
