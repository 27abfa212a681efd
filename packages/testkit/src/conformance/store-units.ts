import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function unitConformance(get: Get): void {
  it('a unit is done whole or not at all', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('whole');
    const before = await w.conversation(conv);
    const at = w.now();
    const failing = w.store.commit([
      w.appendOp(conv),
      { op: 'change', app: w.app, conv, event: 'e', payload: '{}', at },
      { op: 'log', app: w.app, user: 'alice', event: 'e', convKey: null, payload: '{}', at },
      { op: 'participant.put', conv, app: w.app, user: 'bob', set: { pinnedAt: at }, at },
      w.memberOp(conv, 'carol'),
      { op: 'deleted.add', conv, user: 'bob', seqs: [1], at },
      { op: 'receipt.add', conv, user: 'bob', seqs: [1], content: null, at },
      { op: 'block.put', app: w.app, user: 'alice', targets: ['bob'], at, max: 10 },
      { op: 'log', app: w.app, user: 'nobody', event: 'e', convKey: null, payload: '{}', at },
    ]);
    expect(await conflictOf(failing)).toBe('missing at 8');
    expect(await w.conversation(conv)).toEqual(before);
    expect(await w.store.messages.get(conv, [1])).toEqual([]);
    expect(await w.store.messages.changes(conv, 0, 10)).toEqual([]);
    expect((await w.store.users.log(w.app, 'alice', 0, 10)).rows).toEqual([]);
    expect((await w.participant(conv, 'bob')).pinnedAt).toBeNull();
    expect(await w.store.conversations.participant(conv, 'carol')).toBeUndefined();
    expect(await w.store.messages.deleted(conv, 'bob', 1, 10)).toEqual([]);
    expect(await w.store.receipts.counts(conv, [1])).toEqual([{ seq: 1, read: 0 }]);
    expect(await w.store.users.blocked(w.app, 'alice')).toEqual([]);
    expect((await w.append(conv)).seq).toBe(1);
    expect((await w.store.users.get(w.app, 'alice'))?.userSeq).toBe(0);
  });

  it('a unit that fails among others fails alone, whatever it had done to the same rows', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('alone');
    const at = w.now();
    const good = () =>
      w.store.commit([w.appendOp(conv), { op: 'change', app: w.app, conv, event: 'e', payload: '{}', at }]);
    const bad = () =>
      conflictOf(
        w.store.commit([
          w.appendOp(conv),
          { op: 'change', app: w.app, conv, event: 'bad', payload: '{}', at },
          w.memberOp(conv, 'carol'),
          { op: 'message.replace', conv, seq: 999, type: 'text', body: '{}', revoked: true },
        ]),
      );
    const results = await Promise.all([good(), bad(), w.append(conv), bad(), good(), bad(), w.append(conv)]);
    expect([results[1], results[3], results[5]]).toEqual(['missing at 3', 'missing at 3', 'missing at 3']);
    const [first, , second, , third, , fourth] = results;
    expect([first[0].seq, second.seq, third[0].seq, fourth.seq]).toEqual([1, 2, 3, 4]);
    expect([first[1].changeSeq, third[1].changeSeq]).toEqual([1, 2]);
    const rows = await w.store.messages.page(conv, { direction: 'newer', from: 1, to: 99, limit: 99 });
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4]);
    expect((await w.store.messages.changes(conv, 0, 9)).map((row) => row.event)).toEqual(['e', 'e']);
    expect((await w.store.groups.byId(w.app, 'alone'))?.memberCount).toBe(2);
  });

  it('a name used by a unit that failed is free again', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const op = w.appendOp(conv);
    const failing = w.store.commit([
      op,
      { op: 'message.replace', conv, seq: 99, type: 'text', body: '{}', revoked: true },
    ]);
    const [conflict, [sent]] = await Promise.all([conflictOf(failing), w.store.commit([op])]);
    expect(conflict).toBe('missing at 1');
    expect(sent).toMatchObject({ seq: 1, duplicate: false });
  });

  it('results stand in the order of the operations', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const at = w.now();
    const results = await w.store.commit([
      { op: 'log', app: w.app, user: 'bob', event: 'one', convKey: null, payload: '{}', at },
      w.appendOp(conv),
      { op: 'participant.put', conv, app: w.app, user: 'alice', set: { readSeq: 'last' }, at },
      { op: 'deleted.add', conv, user: 'bob', seqs: [1], at },
    ]);
    expect(results[0]).toEqual({ userSeq: 1 });
    expect(results[1].seq).toBe(1);
    expect(results[2].row.readSeq).toBe(1);
    expect(results[3]).toBeUndefined();
    expect(await w.store.commit([])).toEqual([]);
  });

  it('symbolic seqs are resolved at their point of the unit', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('symbolic', ['alice']);
    await w.appendMany(conv, 3);
    const at = w.now();
    const results = await w.store.commit([
      { op: 'participant.put', conv, app: w.app, user: 'alice', set: { readSeq: 'last' }, at },
      w.memberOp(conv, 'bob', { historyFrom: 'next' }),
      w.appendOp(conv),
      {
        op: 'participant.put',
        conv,
        app: w.app,
        user: 'alice',
        set: { reportedSeq: 'last', hiddenSeq: 'last' },
        at,
      },
      w.memberOp(conv, 'carol', { historyFrom: 'last' }),
    ]);
    expect(results[0].row.readSeq).toBe(3);
    expect(results[3].row).toMatchObject({ reportedSeq: 4, hiddenSeq: 4, readSeq: 3 });
    expect(await w.participant(conv, 'bob')).toMatchObject({ historyFrom: 4, readSeq: 3 });
    expect(await w.participant(conv, 'carol')).toMatchObject({ historyFrom: 4 });
  });

  it('numbers of conversations are never given twice', async () => {
    const { store } = get();
    const numbers = await Promise.all(Array.from({ length: 100 }, () => store.conversationNumber()));
    expect(new Set(numbers).size).toBe(100);
    expect(numbers.every((num) => Number.isSafeInteger(num) && num > 0)).toBe(true);
  });

  it('two first sends make one conversation', async () => {
    const w = await World.create(get().store);
    const create = async () => {
      const conv = await w.store.conversationNumber();
      return conflictOf(
        w.store.commit([
          { op: 'conversation.create', conv, app: w.app, key: 'd:alice bob', kind: 'direct', at: w.now() },
        ]),
      );
    };
    const ends = await Promise.all([create(), create(), create()]);
    expect(ends.sort()).toEqual(['done', 'exists at 0', 'exists at 0']);
  });
}
