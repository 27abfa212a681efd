import { messageJson } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function appendConformance(get: Get): void {
  it('gives gapless seqs from 1 and keeps what was sent', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const op = w.appendOp(conv, 'alice', {
      receipt: true,
      audience: ['bob'],
      notLast: true,
      counts: false,
      cls: 'record',
    });
    const [first] = await w.store.commit([op]);
    expect(first).toEqual({ seq: 1, time: op.at, duplicate: false, sameContent: true });
    const { op: _, app: __, at, ...row } = op;
    expect(await w.message(conv, 1)).toEqual({ ...row, seq: 1, time: at, revoked: false });
    expect((await w.append(conv)).seq).toBe(2);
  });

  it('an empty audience is nobody but the sender', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv, 'alice', { audience: [] });
    expect((await w.message(conv, 1)).audience).toEqual([]);
  });

  it('times never decrease along a conversation', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const at = w.now();
    const times = [];
    for (const skew of [0, -5000, 10, -1])
      times.push((await w.append(conv, 'alice', { at: at + skew })).time);
    expect(times).toEqual([at, at, at + 10, at + 10]);
    expect((await w.conversation(conv)).lastTime).toBe(at + 10);
  });

  it('answers a repeated name with the first result and stores nothing', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const op = w.appendOp(conv);
    const [first] = await w.store.commit([op]);
    await w.append(conv);
    const [again] = await w.store.commit([{ ...op, at: w.now() }]);
    expect(again).toEqual({ ...first, duplicate: true });
    const [other] = await w.store.commit([
      { ...op, fp: op.fp + 1, body: '{"content":{"type":"text","text":"other"}}' },
    ]);
    expect(other).toEqual({ ...first, duplicate: true, sameContent: false });
    expect((await w.conversation(conv)).lastSeq).toBe(2);
    expect((await w.message(conv, 1)).body).toBe(op.body);
  });

  it('a name belongs to its sender and conversation', async () => {
    const w = await World.create(get().store);
    const [here, there] = [await w.direct(), await w.direct('alice', 'carol')];
    const name = { clientId: 'same' };
    expect((await w.append(here, 'alice', name)).duplicate).toBe(false);
    expect((await w.append(here, 'bob', name)).duplicate).toBe(false);
    expect((await w.append(there, 'alice', name)).duplicate).toBe(false);
  });

  it('knows a name again within one batch and within one unit', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const op = w.appendOp(conv);
    const results = await Promise.all(Array.from({ length: 5 }, () => w.store.commit([op])));
    expect(results.map(([r]) => r.seq)).toEqual([1, 1, 1, 1, 1]);
    expect(results.filter(([r]) => !r.duplicate)).toHaveLength(1);
    const next = w.appendOp(conv);
    const [a, b] = await w.store.commit([next, next]);
    expect([a.seq, a.duplicate, b.seq, b.duplicate]).toEqual([2, false, 2, true]);
    expect((await w.append(conv)).seq).toBe(3);
  });

  it('many at once into few conversations: no gap, no repetition, order of times', async () => {
    const w = await World.create(get().store);
    const convs = [await w.direct(), await w.direct('alice', 'carol'), await w.group('many')];
    const sends = Array.from({ length: 600 }, (_, i) => w.append(convs[i % 3] ?? 0, i % 2 ? 'alice' : 'bob'));
    const results = await Promise.all(sends);
    expect(results.some((result) => result.duplicate)).toBe(false);
    for (const conv of convs) {
      const rows = await w.store.messages.page(conv, { direction: 'newer', from: 1, to: 1000, limit: 1000 });
      expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      const times = rows.map((row) => row.time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect((await w.conversation(conv)).lastSeq).toBe(200);
    }
  });

  it('refuses an entry for a conversation that does not exist, and only that one', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const nowhere = await w.store.conversationNumber();
    const [lost, ...kept] = await Promise.all([
      conflictOf(w.append(nowhere)),
      w.append(conv),
      w.append(conv),
    ]);
    expect(lost).toBe('missing at 0');
    expect(kept.map((result) => result.seq)).toEqual([1, 2]);
  });

  it('keeps the heads: entry, content, live; what is marked notLast or hidden is passed over', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv);
    const content = await w.append(conv);
    const record = await w.append(conv, 'alice', { cls: 'record', counts: false });
    await w.append(conv, 'alice', { notLast: true });
    const hidden = await w.append(conv, 'alice', { cls: 'hidden', counts: false });
    const row = await w.conversation(conv);
    expect(row).toMatchObject({ lastSeq: 5, headEntry: 3, headContent: 2, headLive: 2 });
    expect(row.activeAt).toBe(record.time);
    expect(row.lastTime).toBe(hidden.time);
    expect(row.changedAt).toBeGreaterThanOrEqual(hidden.time);
    await w.revoke(conv, content.seq);
    expect(await w.conversation(conv)).toMatchObject({ headEntry: 3, headContent: 2, headLive: 1 });
    await w.revoke(conv, 1);
    expect(await w.conversation(conv)).toMatchObject({ headContent: 2, headLive: 0 });
  });

  it('replaces an entry, once revoked never again', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv, 'alice', { receipt: true });
    const edit = {
      op: 'message.replace',
      conv,
      seq: 1,
      type: 'custom',
      body: '{"content":{}}',
      revoked: false,
    } as const;
    await w.store.commit([edit]);
    expect(await w.message(conv, 1)).toMatchObject({ type: 'custom', body: '{"content":{}}', revoked: false, counts: true, receipt: true }); // prettier-ignore
    await w.store.commit([{ ...edit, revoked: true }]);
    expect(await w.message(conv, 1)).toMatchObject({ revoked: true, counts: true });
    expect(await conflictOf(w.store.commit([edit]))).toBe('stale at 0');
    expect(await conflictOf(w.store.commit([{ ...edit, seq: 2 }]))).toBe('missing at 0');
  });

  it('an entry appended in a unit can be replaced in it', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.store.commit([
      w.appendOp(conv),
      {
        op: 'message.replace',
        conv,
        seq: 1,
        type: 'text',
        body: '{"content":{"type":"text","text":"new"}}',
        revoked: false,
      },
    ]);
    expect((await w.message(conv, 1)).body).toContain('new');
  });

  it('numbers changes without gaps and puts the tip into their payload', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('changes');
    const tip = w.appendOp(conv, 'alice', { type: 'tip', cls: 'record', counts: false });
    const at = w.now();
    const [appended, full, empty, plain] = await w.store.commit([
      tip,
      { op: 'change', app: w.app, conv, event: 'group.changed', payload: '{"name":"x"}', at, tip: true },
      { op: 'change', app: w.app, conv, event: 'group.changed', payload: '{}', at, tip: true },
      { op: 'change', app: w.app, conv, event: 'message.revoked', payload: '{"seq":1}', at },
    ]);
    const json: unknown = JSON.parse(
      messageJson({ ...tip, seq: appended.seq, time: appended.time }, 'g:changes'),
    );
    expect(JSON.parse(full.payload)).toEqual({ name: 'x', tip: json });
    expect(JSON.parse(empty.payload)).toEqual({ tip: json });
    expect([full.changeSeq, empty.changeSeq, plain.changeSeq]).toEqual([1, 2, 3]);
    const rows = await w.store.messages.changes(conv, 1, 10);
    expect(rows).toEqual([
      { conv, changeSeq: 2, at, event: 'group.changed', payload: empty.payload },
      { conv, changeSeq: 3, at, event: 'message.revoked', payload: '{"seq":1}' },
    ]);
    expect(await w.store.messages.changes(conv, 0, 1)).toHaveLength(1);
    expect(await w.conversation(conv)).toMatchObject({ changeSeq: 3, changesPruned: 0 });
  });
}
