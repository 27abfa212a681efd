import { effectiveSettings, type Input } from '@magpie/protocol';
import { expect, it } from 'vitest';
import type { Ctx, RawJson } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { PageQuery } from '../ports/store.ts';
import { listHandler } from './list.ts';

const place = { app: 'a', num: 1, key: 'g:x', kind: 'group' };
const ctx = { app: { id: 'a', settings: effectiveSettings({}) }, caller: 'user', userId: 'bob' } as unknown as Ctx; // prettier-ignore

/** A log of ten whose beginning goes, entry by entry, each time a page of it is about to be read. */
function shrinking(until: number) {
  let purged = 0;
  const sight = () => ({ place, lo: purged + 1, hi: 10, conversation: { lastSeq: 10, changeSeq: 0 } });
  const page = async (_conv: number, { direction, from, to, limit }: PageQuery) => {
    if (purged < until) purged++;
    const [lo, hi] = direction === 'older' ? [to, from] : [from, to];
    const seqs = Array.from({ length: 10 }, (_, i) => i + 1).filter((seq) => seq > purged && seq >= lo && seq <= hi); // prettier-ignore
    const some = direction === 'older' ? seqs.slice(-limit) : seqs.slice(0, limit);
    return some.map((seq) => ({ conv: 1, seq, sender: 'alice', time: seq, clientId: `${seq}`, type: 'text', body: '{"content":{}}', audience: null })); // prettier-ignore
  };
  const glance = async () => ({
    place,
    lo: purged + 1,
    hi: 10,
    lastSeq: 10,
    changeSeq: 0,
    hasDeleted: false,
  });
  const deps = {
    conversations: { glance, read: async () => sight() },
    store: { messages: { page, deleted: async () => [] } },
    accounts: { people: async () => ({}) },
  } as unknown as Deps;
  return async (input: Omit<Input<'message.list'>, 'ref'>) => {
    const output = (await listHandler(deps)(ctx, { ref: 'g:x', ...input })) as RawJson;
    return JSON.parse(output.json) as { entries: { seq: number }[]; covered?: number[]; more: boolean };
  };
}

it.each(['newer', 'older'] as const)(
  'a page speaks only for what it holds, though the beginning moves (%s)',
  async (direction) => {
    const list = shrinking(3);
    const page = await list({ direction, limit: 100 });
    const seqs = page.entries.map(({ seq }) => seq);
    expect(seqs).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(page).toMatchObject({ covered: [4, 10], more: false });
  },
);

it('a beginning that never rests is an error that can be tried again', async () => {
  await expect(shrinking(99)({ direction: 'newer', limit: 100 })).rejects.toMatchObject({ code: 'OVERLOADED' }); // prettier-ignore
});

it('where nothing is gone, the page is read once', async () => {
  const page = await shrinking(0)({ direction: 'older', limit: 3 });
  expect(page).toMatchObject({ covered: [8, 10], more: true });
});
