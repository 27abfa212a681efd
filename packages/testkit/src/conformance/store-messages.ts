import { expect, it } from 'vitest';
import { World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function messageConformance(get: Get): void {
  it('pages are ascending, in both directions, within their bounds', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.appendMany(conv, 10);
    const page = async (direction: 'older' | 'newer', from: number, to: number, limit: number) =>
      (await w.store.messages.page(conv, { direction, from, to, limit })).map((row) => row.seq);
    expect(await page('older', 8, 1, 3)).toEqual([6, 7, 8]);
    expect(await page('older', 4, 3, 9)).toEqual([3, 4]);
    expect(await page('newer', 3, 10, 3)).toEqual([3, 4, 5]);
    expect(await page('newer', 9, 99, 9)).toEqual([9, 10]);
    expect(await page('older', 99, 1, 2)).toEqual([9, 10]);
    expect(await page('older', 0, 1, 2)).toEqual([]);
    expect((await w.store.messages.get(conv, [7, 2, 2, 77])).map((row) => row.seq)).toEqual([2, 7]);
    expect(await w.store.messages.get(conv, [])).toEqual([]);
  });

  it('finds the first entry at or after a time', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    expect(await w.store.messages.seqAtTime(conv, 0)).toBeUndefined();
    for (const at of [100, 200, 200, 200, 300]) await w.append(conv, 'alice', { at });
    const found = await Promise.all(
      [0, 100, 101, 200, 201, 300, 301].map((time) => w.store.messages.seqAtTime(conv, time)),
    );
    expect(found).toEqual([1, 1, 2, 2, 5, 5, undefined]);
  });

  it('finds an entry by its sender’s name for it', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv, 'bob', { clientId: 'x' });
    await w.append(conv, 'alice', { clientId: 'x' });
    expect((await w.store.messages.byClientId(conv, 'alice', 'x'))?.seq).toBe(2);
    expect(await w.store.messages.byClientId(conv, 'alice', 'y')).toBeUndefined();
  });

  it('keeps any text, and numbers up to 2^53', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const text = '你好 👋🏽 \\ " \u0000 \u2028 é مرحبا';
    const body = JSON.stringify({ content: { type: 'text', text } });
    await w.append(conv, 'alice', { body, fp: Number.MAX_SAFE_INTEGER });
    expect(await w.message(conv, 1)).toMatchObject({ body, fp: Number.MAX_SAFE_INTEGER });
  });

  it('deletes for one user, in ranges', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.appendMany(conv, 6);
    const before = await w.participant(conv, 'bob');
    await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [5, 2, 3, 2], at: w.now() }]);
    await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [3], at: w.now() }]);
    expect(await w.store.messages.deleted(conv, 'bob', 1, 4)).toEqual([2, 3]);
    expect(await w.store.messages.deleted(conv, 'bob', 3, 9)).toEqual([3, 5]);
    expect(await w.store.messages.deleted(conv, 'alice', 1, 9)).toEqual([]);
    expect((await w.participant(conv, 'bob')).changedAt).toBeGreaterThan(before.changedAt);
  });

  it('leads a user to the newest entry they are shown', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('head', ['alice', 'bob', 'carol']);
    await w.append(conv);
    await w.append(conv);
    await w.append(conv, 'alice', { cls: 'record' });
    await w.append(conv, 'alice', { audience: ['carol'] });
    await w.append(conv, 'alice', { notLast: true });
    await w.append(conv, 'alice', { cls: 'hidden' });
    const head = async (user: string, over: Partial<Parameters<typeof w.store.messages.head>[1]> = {}) => {
      const query = {
        user,
        from: 99,
        lowest: 1,
        classes: ['content', 'record'] as const,
        live: false,
        ...over,
      };
      return (await w.store.messages.head(conv, query))?.seq;
    };
    expect([await head('bob'), await head('carol'), await head('alice')]).toEqual([3, 4, 4]);
    expect(await head('bob', { classes: ['content'] })).toBe(2);
    expect(await head('bob', { classes: ['hidden'] })).toBe(6);
    expect(await head('bob', { from: 1 })).toBe(1);
    await w.revoke(conv, 2);
    expect([
      await head('bob', { classes: ['content'] }),
      await head('bob', { classes: ['content'], live: true }),
    ]).toEqual([2, 1]);
    await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [3], at: w.now() }]);
    expect(await head('bob')).toBe(2);
    expect(await head('bob', { live: true, lowest: 2 })).toBeUndefined();
    await w.put(conv, 'bob', { clearedSeq: 2 });
    expect(await head('bob')).toBeUndefined();
    expect(await head('carol')).toBe(4);
  });

  it('ids that begin alike are not in one another’s audience', async () => {
    const w = await World.create(get().store, ['al', 'ali', 'alice']);
    const conv = await w.group('alike', ['al', 'ali', 'alice']);
    await w.append(conv, 'alice', { audience: ['ali'] });
    const head = (user: string) =>
      w.store.messages.head(conv, { user, from: 9, lowest: 1, classes: ['content'], live: false });
    expect(await head('al')).toBeUndefined();
    expect((await head('ali'))?.seq).toBe(1);
  });

  it('finds the mentions of a user: newest first, counting, not revoked, not their own', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('mentions', ['alice', 'bob']);
    const naming = (mentions: object) => ({
      body: JSON.stringify({ content: { type: 'text', text: 'x' }, mentions }),
    });
    await w.append(conv, 'alice', naming({ users: ['bob'] }));
    await w.append(conv, 'alice', naming({ users: ['carol'] }));
    await w.append(conv, 'alice', naming({ all: true }));
    await w.append(conv, 'bob', naming({ all: true }));
    await w.append(conv, 'alice', naming({ users: ['bob'] }));
    await w.append(conv, 'alice', { ...naming({ users: ['bob'] }), counts: false });
    await w.append(conv, 'alice', {
      body: JSON.stringify({ content: { type: 'text', text: '"mentions":{"users":["bob"]}' } }),
    });
    await w.append(conv, 'alice', naming({ users: ['bob', 'carol'] }));
    await w.revoke(conv, 5);
    const seqs = async (after: number, upTo: number) =>
      (await w.store.messages.mentions(conv, 'bob', after, upTo)).map((row) => row.seq);
    expect(await seqs(0, 99)).toEqual([8, 3, 1]);
    expect(await seqs(1, 7)).toEqual([3]);
    for (let i = 0; i < 25; i++) await w.append(conv, 'alice', naming({ users: ['bob'] }));
    expect(await seqs(0, 99)).toEqual(Array.from({ length: 20 }, (_, i) => 33 - i));
  });

  it('an edit can begin and end a mention', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv);
    const edit = (body: object) =>
      w.store.commit([
        { op: 'message.replace', conv, seq: 1, type: 'text', body: JSON.stringify(body), revoked: false },
      ]);
    await edit({ content: {}, mentions: { users: ['bob'] } });
    expect(await w.store.messages.mentions(conv, 'bob', 0, 9)).toHaveLength(1);
    await edit({ content: {} });
    expect(await w.store.messages.mentions(conv, 'bob', 0, 9)).toEqual([]);
  });

  it('adds receipts once and tells which were new', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('receipts', ['alice', 'bob', 'carol']);
    await w.appendMany(conv, 3);
    const add = (user: string, seqs: readonly number[], content: string | null = null) =>
      w.store.commit([{ op: 'receipt.add', conv, user, seqs, content, at: w.now() }]);
    expect(await add('bob', [2, 1], 'seen')).toEqual([{ added: [1, 2] }]);
    expect(await add('bob', [2, 3, 3])).toEqual([{ added: [3] }]);
    expect(await add('carol', [2])).toEqual([{ added: [2] }]);
    expect(await add('carol', [])).toEqual([{ added: [] }]);
    const { counts, readers, of } = w.store.receipts;
    expect(await counts(conv, [1, 2, 9])).toEqual([{ seq: 1, read: 1 }, { seq: 2, read: 2 }, { seq: 9, read: 0 }]); // prettier-ignore
    const rows = await readers(conv, 2, { limit: 10 });
    expect(rows.map((row) => [row.user, row.content])).toEqual([['bob', 'seen'], ['carol', null]]); // prettier-ignore
    expect((await readers(conv, 2, { limit: 10, afterUser: 'bob' })).map((row) => row.user)).toEqual([
      'carol',
    ]);
    expect(await of(conv, 'bob', [3, 1, 9])).toEqual([1, 3]);
    expect(await of(conv, 'bob', [])).toEqual([]);
  });
}
