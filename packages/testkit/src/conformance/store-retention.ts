import type { WriteOp } from '@magpie/domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conflictOf, must, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

const purge = (w: World, conv: number, upTo: number): WriteOp => ({
  op: 'purge.entries',
  app: w.app,
  conv,
  upTo,
});

export function retentionConformance(get: Get): void {
  const make = (): Promise<World> => World.create(get().store);

  it('what is purged is gone, the rest stands where it stood', async () => {
    const w = await make();
    const conv = await w.group('purge', ['alice', 'bob']);
    for (let i = 0; i < 6; i++) await w.append(conv, 'alice', { at: 1_000 + i });
    await w.store.commit([
      { op: 'receipt.add', conv, user: 'bob', seqs: [2, 5], content: null, at: 1 },
      { op: 'deleted.add', conv, user: 'bob', seqs: [1, 6], at: 1 },
    ]);
    expect(await w.unread(conv, 'bob')).toBe(4);
    await w.store.commit([purge(w, conv, 4)]);
    const row = await w.conversation(conv);
    expect(row).toMatchObject({ lastSeq: 6, purgedSeq: 4, headEntry: 6, headLive: 6 });
    expect((await w.store.messages.get(conv, [1, 2, 3, 4, 5, 6])).map(({ seq }) => seq)).toEqual([5, 6]);
    expect(await w.unread(conv, 'bob')).toBe(1);
    expect(await w.store.receipts.of(conv, 'bob', [2, 5])).toEqual([5]);
    expect(await w.store.messages.deleted(conv, 'bob', 1, 9)).toEqual([6]);
    expect(await w.store.messages.seqAtTime(conv, 0)).toBe(5);
    expect(await w.store.messages.seqAtTime(conv, 1_005)).toBe(6);
    expect(await w.store.messages.seqAtTime(conv, 9_999)).toBeUndefined();
    expect(must(await w.store.conversations.glance(conv, 'bob')).purgedSeq).toBe(4);
    expect(await w.store.upkeep.oldest(conv, 4)).toBe(1_004);
    expect((await w.append(conv)).seq).toBe(7);
  });

  it('an emptied conversation has no heads, leaves the lists, and comes back with the next entry', async () => {
    const w = await make();
    const conv = await w.group('emptied', ['alice', 'bob']);
    await w.appendMany(conv, 3);
    const listed = async () => (await w.store.conversations.ofUser(w.app, 'bob', { limit: 9 })).length;
    expect(await listed()).toBe(1);
    // In one batch with a send: the writer's memory of the heads follows.
    const [, sent] = await Promise.all([w.store.commit([purge(w, conv, 99)]), w.append(conv)]);
    const after = await w.conversation(conv);
    expect(after).toMatchObject({ lastSeq: 4, headEntry: sent.seq === 4 && after.purgedSeq === 3 ? 4 : 0 });
    await w.store.commit([purge(w, conv, 99)]);
    expect(await w.conversation(conv)).toMatchObject({ lastSeq: 4, purgedSeq: 4, headEntry: 0, headContent: 0, headLive: 0 }); // prettier-ignore
    expect([await listed(), await w.unread(conv, 'bob')]).toEqual([0, 0]);
    expect(await w.store.upkeep.oldest(conv, 4)).toBeUndefined();
    await w.store.commit([purge(w, conv, 4)]);
    expect((await w.append(conv)).seq).toBe(5);
    expect([await listed(), await w.unread(conv, 'bob')]).toEqual([1, 1]);
  });

  it('a unit that fails purges nothing', async () => {
    const w = await make();
    const conv = await w.group('undone', ['alice', 'bob']);
    await w.appendMany(conv, 3);
    const failing = w.store.commit([purge(w, conv, 3), { op: 'member.role', conv, user: 'nobody', role: 'admin', at: 1 }]); // prettier-ignore
    expect(await conflictOf(failing)).toBe('missing at 1');
    expect(await w.conversation(conv)).toMatchObject({ purgedSeq: 0, headEntry: 3 });
    expect(await w.unread(conv, 'bob')).toBe(3);
    expect(await conflictOf(w.store.commit([purge(w, 987_654_321, 3)]))).toBe('missing at 0');
  });

  it('what hangs on entries goes ahead of them, a few rows at a time', async () => {
    const w = await make();
    const conv = await w.group('trim', ['alice', 'bob']);
    await w.appendMany(conv, 4);
    for (const user of ['bob', 'carol'])
      await w.store.commit([
        { op: 'receipt.add', conv, user, seqs: [1, 2, 4], content: null, at: 1 },
        { op: 'deleted.add', conv, user, seqs: [1, 4], at: 1 },
      ]);
    const trim = async () => must((await w.store.commit([{ op: 'purge.trim', conv, upTo: 3, max: 4 }]))[0]).more; // prettier-ignore
    expect([await trim(), await trim(), await trim()]).toEqual([true, false, false]);
    expect(await w.store.receipts.of(conv, 'carol', [1, 2, 4])).toEqual([4]);
    expect(await w.store.messages.deleted(conv, 'carol', 1, 9)).toEqual([4]);
  });

  it('tells which conversations of a kind may hold what is old, oldest first', async () => {
    const w = await make();
    const convs: number[] = [];
    for (const at of [300, 100, 200]) {
      const conv = await w.store.conversationNumber();
      await w.store.commit([{ op: 'conversation.create', conv, app: w.app, key: `g:aged${at}`, kind: 'group', at }]); // prettier-ignore
      convs.push(conv);
    }
    const [third, first, second] = convs as [number, number, number];
    const aged = async (before: number, limit = 9) => (await w.store.upkeep.aged(w.app, 'group', before, limit)).map(({ num }) => num); // prettier-ignore
    expect(await aged(100)).toEqual([]);
    expect(await aged(300)).toEqual([first, second]);
    expect(await aged(999, 1)).toEqual([first]);
    expect(await w.store.upkeep.aged(w.app, 'direct', 999, 9)).toEqual([]);
    await w.store.commit([{ op: 'purge.looked', places: [{ conv: first, oldestAt: 700 }, { conv: third, oldestAt: 5 }] }]); // prettier-ignore
    expect(await aged(999)).toEqual([second, third, first]);
    await w.append(second, 'alice', { at: 250 });
    await w.append(second, 'alice', { at: 800 });
    await w.store.commit([purge(w, second, 1)]);
    expect(await aged(999)).toEqual([third, first, second]);
  });

  it('a file goes with the last entry that holds it', async () => {
    const w = await make();
    const [here, there] = [await w.direct(), await w.group('files', ['alice', 'bob'])];
    const file = (id: string): WriteOp => ({ op: 'file.create', row: { app: w.app, id, owner: 'alice', use: 'image', name: '', size: 1, mime: '', state: 'finished', uploadKey: '', createdAt: 1, finishedAt: 1, usedAt: null, meta: '{}' } }); // prettier-ignore
    await w.store.commit([file('one'), file('two'), file('three')]);
    const hold = (conv: number, ...files: string[]) => w.append(conv, 'alice', { files });
    await hold(here, 'one', 'two', 'one');
    await hold(there, 'two');
    expect(must(await w.store.files.get(w.app, 'one')).usedAt).not.toBeNull();
    const state = async (id: string) => (await w.store.files.get(w.app, id))?.state;
    await w.store.commit([purge(w, here, 1)]);
    expect([await state('one'), await state('two'), await state('three')]).toEqual(['removed', 'finished', 'finished']); // prettier-ignore
    expect(await conflictOf(hold(there, 'one'))).toBe('missing at 0');
    expect((await w.conversation(there)).lastSeq).toBe(1);
    // Also when it is taken back, not only when it is old.
    await w.revoke(there, 1);
    expect(await state('two')).toBe('removed');
    const removed = (await w.store.upkeep.removedFiles(1_000)).filter(({ app }) => app === w.app);
    expect(removed.map(({ id }) => id)).toEqual(['one', 'two']);
    await hold(there, 'three');
    await w.store.commit([{ op: 'file.doom', app: w.app, ids: ['three'] }]);
    expect(await state('three')).toBe('finished');
    // The retry of a send holds nothing twice.
    const op = w.appendOp(there, 'alice', { files: ['three'] });
    await w.store.commit([op]);
    expect((await w.store.commit([op]))[0]).toMatchObject({ duplicate: true });
  });

  it('purged anywhere, any time, unread and pages are those of what is left', async () => {
    type Step = { readonly do: 'send' | 'read' | 'purge' | 'revoke' | 'hide'; readonly n: number };
    const step = fc.record({ do: fc.constantFrom<Step['do'][]>('send', 'send', 'send', 'read', 'purge', 'revoke', 'hide'), n: fc.nat(30) }); // prettier-ignore
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const w = await make();
        const conv = await w.group(`model ${run++}`, ['alice', 'bob']);
        const log: { seq: number; mine: boolean; live: boolean; hidden: boolean }[] = [];
        let [purged, read] = [0, 0];
        for (const { do: what, n } of steps) {
          const entry = log.find(({ seq }) => seq === n);
          if (what === 'send') {
            const mine = n % 3 === 0;
            const { seq } = await w.append(conv, mine ? 'bob' : 'alice');
            expect(seq).toBe(log.length + 1);
            log.push({ seq, mine, live: true, hidden: false });
          } else if (what === 'read') {
            read = (await w.read(conv, 'bob', n)).readSeq;
          } else if (what === 'purge') {
            await w.store.commit([purge(w, conv, n)]);
            purged = Math.max(purged, Math.min(n, log.length));
          } else if (entry && n > purged && what === 'revoke' && entry.live) {
            await w.revoke(conv, n);
            entry.live = false;
          } else if (entry && n > purged && what === 'hide') {
            await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [n], at: 1 }]);
            entry.hidden = true;
          }
        }
        const left = log.filter(({ seq }) => seq > purged);
        const counted = left.filter(({ seq, mine, live, hidden }) => seq > read && !mine && live && !hidden);
        const row = await w.conversation(conv);
        const page = await w.store.messages.page(conv, { direction: 'newer', from: 1, to: 99, limit: 99 });
        expect(page.map(({ seq }) => seq)).toEqual(left.map(({ seq }) => seq));
        expect(await w.unread(conv, 'bob')).toBe(counted.length);
        expect([row.lastSeq, row.purgedSeq]).toEqual([log.length, purged]);
        expect(row.headEntry).toBe(left.at(-1)?.seq ?? 0);
        expect(row.headLive).toBe(left.findLast(({ live }) => live)?.seq ?? 0);
      }),
      { numRuns: 25 },
    );
  });
}
