import type { AuditRow, WriteOp } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, must, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

const REVOKED = '{"content":{"type":"revoked","original":{"type":"text"}}}';

export function eraseConformance(get: Get): void {
  const make = (): Promise<World> => World.create(get().store);

  const erase = (w: World, conv: number, seqs: readonly number[], hide: boolean): WriteOp => ({
    op: 'message.erase',
    app: w.app,
    conv,
    entries: seqs.map((seq) => ({ seq, type: 'revoked' as const, body: REVOKED })),
    hide,
  });

  it('entries of a user are found, and replaced where they stand, revoked ones too', async () => {
    const w = await make();
    const conv = await w.group('erase', ['alice', 'bob']);
    for (const sender of ['alice', 'bob', 'alice', 'alice']) await w.append(conv, sender);
    await w.revoke(conv, 3);
    expect((await w.store.upkeep.sent(conv, 'alice', 1, 9, 9)).map(({ seq }) => seq)).toEqual([1, 3, 4]);
    expect((await w.store.upkeep.sent(conv, 'alice', 2, 3, 9)).map(({ seq }) => seq)).toEqual([3]);
    expect((await w.store.upkeep.sent(conv, 'alice', 1, 9, 1)).map(({ seq }) => seq)).toEqual([1]);
    await w.store.commit([erase(w, conv, [3, 4], false)]);
    expect(await w.message(conv, 3)).toMatchObject({ type: 'revoked', body: REVOKED, revoked: true });
    expect(await w.conversation(conv)).toMatchObject({ headEntry: 4, headContent: 4, headLive: 2 });
    expect(await w.unread(conv, 'bob')).toBe(1);
    expect(await conflictOf(w.store.commit([erase(w, conv, [1, 99], false)]))).toBe('missing at 0');
    expect((await w.message(conv, 1)).revoked).toBe(false);
  });

  it('a hidden entry is shown to nobody and heads nothing', async () => {
    const w = await make();
    const conv = await w.group('hide', ['alice', 'bob']);
    await w.append(conv, 'bob');
    await w.append(conv, 'alice');
    await w.store.commit([erase(w, conv, [2], true)]);
    expect(await w.message(conv, 2)).toMatchObject({ audience: [], cls: 'hidden', revoked: true });
    expect(await w.conversation(conv)).toMatchObject({ lastSeq: 2, headEntry: 1, headContent: 1, headLive: 1 }); // prettier-ignore
    await w.store.commit([erase(w, conv, [1], true)]);
    expect(await w.conversation(conv)).toMatchObject({ headEntry: 0, headContent: 0, headLive: 0 });
    expect(await w.store.conversations.ofUser(w.app, 'bob', { limit: 9 })).toEqual([]);
  });

  it('what is a user’s own goes, a few rows at a time, and nothing of another', async () => {
    const w = await make();
    const conv = await w.direct();
    const at = w.now();
    await w.append(conv);
    for (const user of ['alice', 'bob']) {
      const other = user === 'alice' ? 'bob' : 'alice';
      await w.store.commit([
        { op: 'log', app: w.app, user, event: 'e', convKey: null, payload: '{}', at },
        { op: 'log', app: w.app, user, event: 'e', convKey: null, payload: '{}', at },
        { op: 'instance.put', app: w.app, user, instance: 'i', platform: 'web', userSeq: 1, at, seenAt: at },
        { op: 'block.put', app: w.app, user, targets: ['x'], at, max: 9 },
        { op: 'presence.put', app: w.app, user, set: { at } },
        { op: 'subscription.put', app: w.app, watcher: user, targets: [other, 'carol'], expiresAt: null, untilLogout: false, at, max: 9 }, // prettier-ignore
        { op: 'deleted.add', conv, user, seqs: [1], at },
      ]);
    }
    let rounds = 0;
    for (let more = true; more; rounds++)
      more = must((await w.store.commit([{ op: 'user.wipe', app: w.app, user: 'alice', max: 2 }]))[0]).more;
    expect(rounds).toBeGreaterThan(3);
    const { users, presences, conversations, messages, upkeep } = w.store;
    const left = async (user: string) => [
      (await users.log(w.app, user, 0, 9)).rows.length,
      (await upkeep.instances(w.app, user)).length,
      (await users.blocked(w.app, user)).length,
      (await presences.many(w.app, [user])).length,
      await presences.countSubscriptions(w.app, user, 0),
      (await messages.deleted(conv, user, 1, 9)).length,
      (await conversations.participant(conv, user)) ? 1 : 0,
    ];
    expect(await left('alice')).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await left('bob')).toEqual([2, 1, 1, 1, 1, 1, 1]);
    expect(must(await users.get(w.app, 'alice')).userSeq).toBe(2);
  });

  it('files lose their owner; those nobody else’s entry holds go', async () => {
    const w = await make();
    const conv = await w.direct();
    const file = (id: string, createdAt: number): WriteOp => ({ op: 'file.create', row: { app: w.app, id, owner: 'alice', use: 'file', name: '', size: 1, mime: '', state: 'finished', uploadKey: '', createdAt, finishedAt: 1, usedAt: 1, meta: '{}' } }); // prettier-ignore
    await w.store.commit([file('b', 1), file('a', 2), file('c', 2)]);
    const after = (createdAt: number, id: string, limit = 9) => w.store.upkeep.filesOf(w.app, 'alice', { createdAt, id }, limit); // prettier-ignore
    expect((await after(0, '')).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect((await after(1, 'b', 1)).map(({ id }) => id)).toEqual(['a']);
    expect((await after(2, 'a')).map(({ id }) => id)).toEqual(['c']);
    await w.append(conv, 'bob', { files: ['a'] });
    const disown = async () => must((await w.store.commit([{ op: 'file.disown', app: w.app, owner: 'alice', max: 2 }]))[0]).more; // prettier-ignore
    expect([await disown(), await disown()]).toEqual([true, false]);
    const rows = await Promise.all(['a', 'b', 'c'].map((id) => w.store.files.get(w.app, id)));
    expect(rows.map((row) => [row?.owner, row?.state])).toEqual([['', 'finished'], ['', 'removed'], ['', 'removed']]); // prettier-ignore
  });

  it('an erasure is remembered', async () => {
    const w = await make();
    const put = (set: Extract<WriteOp, { op: 'erasure.put' }>['set']) => w.store.commit([{ op: 'erasure.put', app: w.app, user: 'alice', set }]); // prettier-ignore
    expect(await w.store.upkeep.erasure(w.app, 'alice')).toBeUndefined();
    await put({ startedAt: 5, messages: 'remove' });
    await put({ startedAt: 5, entries: 7 });
    await put({ startedAt: 5, doneAt: 9 });
    expect(await w.store.upkeep.erasure(w.app, 'alice')).toEqual({ app: w.app, user: 'alice', messages: 'remove', startedAt: 5, doneAt: 9, entries: 7 }); // prettier-ignore
  });

  it('acts are added, ended once, listed newest first, and pruned when old', async () => {
    const w = await make();
    const row = (at: number, over: Partial<AuditRow> = {}): AuditRow => ({ app: w.app, at, id: `i${at}`, by: 'operator', address: '::1', operation: 'user.delete', user: null, target: null, outcome: null, input: '{}', ...over }); // prettier-ignore
    await w.store.commit([
      { op: 'audit.add', row: row(1) },
      { op: 'audit.add', row: row(2, { user: 'bob' }) },
      { op: 'audit.add', row: row(2, { id: 'j', operation: 'word.add' }) },
      { op: 'audit.add', row: row(3, { user: 'bob', outcome: 'ok' }) },
    ]);
    // What stands there stays.
    await w.store.commit([{ op: 'audit.add', row: row(3, { outcome: 'FORBIDDEN', by: 'somebody' }) }]);
    await w.store.commit([{ op: 'audit.end', app: w.app, at: 1, id: 'i1', outcome: 'ok' }]);
    await w.store.commit([
      { op: 'audit.end', app: w.app, at: 1, id: 'i1', outcome: 'FORBIDDEN' },
      { op: 'audit.end', app: w.app, at: 3, id: 'i3', outcome: 'FORBIDDEN' },
    ]);
    const ever = { from: 0, to: 99, limit: 9 };
    const list = async (query: Partial<Parameters<typeof w.store.upkeep.audit>[1]> = {}) => (await w.store.upkeep.audit(w.app, { ...ever, ...query })).map(({ id }) => id); // prettier-ignore
    expect(await list()).toEqual(['i3', 'j', 'i2', 'i1']);
    expect(await list({ limit: 2, before: { at: 2, id: 'j' } })).toEqual(['i2', 'i1']);
    expect(await list({ user: 'bob' })).toEqual(['i3', 'i2']);
    expect(await list({ operation: 'word.add' })).toEqual(['j']);
    expect(await list({ from: 2, to: 3 })).toEqual(['j', 'i2']);
    expect(await w.store.upkeep.audit('other', ever)).toEqual([]);
    const [newest, , , oldest] = await w.store.upkeep.audit(w.app, ever);
    expect(newest).toEqual(row(3, { user: 'bob', outcome: 'ok' }));
    expect(oldest).toEqual(row(1, { outcome: 'ok' }));
    const prune = async (max: number) => must((await w.store.commit([{ op: 'audit.prune', app: w.app, before: 3, max }]))[0]).more; // prettier-ignore
    expect([await prune(2), await prune(2)]).toEqual([true, false]);
    expect(await list()).toEqual(['i3']);
  });
}
