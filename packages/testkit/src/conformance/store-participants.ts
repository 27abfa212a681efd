import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function participantConformance(get: Get): void {
  it('makes a row when it is missing, and says whether anything changed', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const at = w.now();
    const put = (set: object, when = w.now()) =>
      w.store.commit([{ op: 'participant.put', conv, app: w.app, user: 'carol', set, at: when }]);
    const [made] = await put({}, at);
    expect(made.changed).toBe(true);
    expect(made.row).toEqual({ conv, app: w.app, user: 'carol', state: 'member', role: 'member', joinedAt: at, inviter: null, card: null, historyFrom: 1, historyTo: null, readSeq: 0, reportedSeq: 0, reportedAt: 0, pinnedAt: null, notifyLevel: 'all', discard: false, hiddenSeq: 0, clearedSeq: 0, changedAt: at }); // prettier-ignore
    expect((await put({}))[0]).toEqual({ row: made.row, changed: false });
    const set = { pinnedAt: 7, notifyLevel: 'mentions', discard: true, card: 'Caz', reportedAt: 5 } as const;
    const [changed] = await put(set);
    expect(changed.changed).toBe(true);
    expect(changed.row).toMatchObject(set);
    expect(changed.row.changedAt).toBeGreaterThan(at);
    expect(await w.participant(conv, 'carol')).toEqual(changed.row);
    expect((await put({ pinnedAt: null, card: null }))[0].row).toMatchObject({
      pinnedAt: null,
      card: null,
      discard: true,
    });
  });

  it('positions never go back and never pass the end', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.appendMany(conv, 5);
    const all = (seq: number) => ({ readSeq: seq, reportedSeq: seq, hiddenSeq: seq, clearedSeq: seq });
    expect(await w.put(conv, 'bob', all(3))).toMatchObject(all(3));
    expect(await w.put(conv, 'bob', all(2))).toMatchObject(all(3));
    expect(await w.put(conv, 'bob', all(99))).toMatchObject(all(5));
  });

  it('a glance tells where a conversation stands and what bounds a reader', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.appendMany(conv, 4);
    await w.store.commit([{ op: 'change', app: w.app, conv, event: 'e', payload: '{}', at: w.now() }]);
    await w.put(conv, 'bob', { clearedSeq: 2 });
    const seen = {
      lastSeq: 4,
      changeSeq: 1,
      purgedSeq: 0,
      historyFrom: 1,
      historyTo: null,
      clearedSeq: 2,
      hasDeleted: false,
    };
    expect(await w.store.conversations.glance(conv, 'bob')).toEqual(seen);
    expect(await w.store.conversations.glance(conv, 'nobody')).toBeUndefined();
    await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [4], at: w.now() }]);
    const glances = ['bob', 'alice'].map((user) => w.store.conversations.glance(conv, user));
    expect((await Promise.all(glances)).map((one) => one?.hasDeleted)).toEqual([true, false]);
  });

  it('joining, leaving and joining again', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('come-and-go', ['alice']);
    await w.appendMany(conv, 2);
    const [joined] = await w.store.commit([
      w.memberOp(conv, 'bob', { inviter: 'alice', historyFrom: 'next', role: 'admin' }),
    ]);
    expect(joined).toEqual({ done: true, memberCount: 2 });
    expect(await w.participant(conv, 'bob')).toMatchObject({ state: 'member', role: 'admin', inviter: 'alice', historyFrom: 3, readSeq: 2, historyTo: null }); // prettier-ignore
    await w.appendMany(conv, 2);
    const [left] = await w.store.commit([w.memberOp(conv, 'bob', { state: 'left' })]);
    expect(left).toEqual({ done: true, memberCount: 1 });
    expect(await w.participant(conv, 'bob')).toMatchObject({ state: 'left', role: 'member', historyTo: 4 });
    await w.appendMany(conv, 2);
    const at = w.now();
    await w.store.commit([w.memberOp(conv, 'bob', { at, historyFrom: 'next' })]);
    expect(await w.participant(conv, 'bob')).toMatchObject({ state: 'member', joinedAt: at, inviter: null, historyFrom: 7, readSeq: 6, historyTo: null }); // prettier-ignore
    expect((await w.store.groups.byId(w.app, 'come-and-go'))?.memberCount).toBe(2);
  });

  it('history starts with the next entry when nothing is said', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('default-start', ['alice']);
    await w.appendMany(conv, 2);
    const { historyFrom: _, ...op } = w.memberOp(conv, 'bob');
    await w.store.commit([op]);
    expect((await w.participant(conv, 'bob')).historyFrom).toBe(3);
  });

  it('a member who joins or a stranger who leaves changes nothing, unless told to expect otherwise', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('expect');
    const commit = (over: Parameters<World['memberOp']>[2], user: string) =>
      w.store.commit([w.memberOp(conv, user, over)]);
    expect(await commit({}, 'bob')).toEqual([{ done: false, memberCount: 2 }]);
    expect(await commit({ state: 'left' }, 'carol')).toEqual([{ done: false, memberCount: 2 }]);
    expect(await conflictOf(commit({ expect: 'none' }, 'bob'))).toBe('stale at 0');
    expect(await conflictOf(commit({ state: 'left', expect: 'member' }, 'carol'))).toBe('stale at 0');
    expect(await conflictOf(commit({ expect: 'none' }, 'carol'))).toBe('done');
  });

  it('a full group takes nobody', async () => {
    const w = await World.create(get().store, ['alice', 'bob', 'carol', 'dave']);
    const conv = await w.group('full');
    const full = w.store.commit([w.memberOp(conv, 'carol', { max: 2 })]);
    expect(await conflictOf(full)).toBe('full at 0');
    const joins = await w.store.commit([
      w.memberOp(conv, 'carol', { max: 3, onFull: 'skip' }),
      w.memberOp(conv, 'dave', { max: 3, onFull: 'skip' }),
    ]);
    expect(joins).toEqual([
      { done: true, memberCount: 3 },
      { done: false, memberCount: 3 },
    ]);
    expect(await w.store.conversations.memberIds(conv)).toHaveLength(3);
  });

  it('many joining at once are counted right and stop at the bound', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('rush', ['alice']);
    const users = Array.from({ length: 30 }, (_, i) => `u${i}`);
    const ends = await Promise.all(
      users.map((user) => conflictOf(w.store.commit([w.memberOp(conv, user, { max: 21 })]))),
    );
    expect(ends.filter((end) => end === 'done')).toHaveLength(20);
    expect((await w.store.groups.byId(w.app, 'rush'))?.memberCount).toBe(21);
    expect(await w.store.conversations.memberIds(conv)).toHaveLength(21);
  });

  it('dismissing ends everybody’s membership, also of those who joined in the same unit', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('dismissed');
    await w.store.commit([w.memberOp(conv, 'bob', { state: 'left' })]);
    await w.append(conv);
    const [join, tip] = [w.memberOp(conv, 'carol'), w.appendOp(conv)];
    const at = w.now();
    await w.store.commit([join, tip, { op: 'member.dismissAll', conv, at }]);
    for (const user of ['alice', 'carol']) {
      expect(await w.participant(conv, user)).toMatchObject({
        state: 'dismissed',
        historyTo: 2,
        changedAt: at,
      });
    }
    expect(await w.participant(conv, 'bob')).toMatchObject({ state: 'left', historyTo: 0 });
    expect(await w.store.conversations.memberIds(conv)).toEqual([]);
    expect((await w.store.groups.byId(w.app, 'dismissed'))?.memberCount).toBe(0);
    expect(await w.store.commit([w.memberOp(conv, 'bob')])).toEqual([{ done: true, memberCount: 1 }]);
  });

  it('lists members by role, time of joining and id, page by page', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('list', ['alice']);
    const at = w.now();
    await w.store.commit(['dave', 'bob', 'carol'].map((user) => w.memberOp(conv, user, { at })));
    await w.store.commit([
      w.memberOp(conv, 'zoe', { at: at - 1 }),
      w.memberOp(conv, 'gone'),
      w.memberOp(conv, 'adm'),
    ]);
    await w.store.commit([w.memberOp(conv, 'gone', { state: 'left' }), { op: 'member.role', conv, user: 'adm', role: 'admin', at: w.now() }]); // prettier-ignore
    const order = ['alice', 'adm', 'zoe', 'bob', 'carol', 'dave'];
    const { members, memberIds } = w.store.conversations;
    const ids = async (options: Parameters<typeof members>[1]) =>
      (await members(conv, options)).map((row) => row.user);
    expect(await ids({ limit: 10 })).toEqual(order);
    const [, , third] = await members(conv, { limit: 3 });
    expect(await ids({ limit: 2, ...(third ? { after: third } : {}) })).toEqual(['bob', 'carol']);
    expect(await ids({ limit: 10, role: 'admin' })).toEqual(['adm']);
    expect([...(await memberIds(conv))].sort()).toEqual([...order].sort());
    const role = { op: 'member.role', conv, user: 'gone', role: 'admin', at: w.now() } as const;
    expect(await conflictOf(w.store.commit([role]))).toBe('missing at 0');
  });

  it('reads rows of several users, and of none', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('several');
    const rows = await w.store.conversations.participants(conv, ['bob', 'nobody', 'alice', 'bob']);
    expect(rows.map((row) => row.user).sort()).toEqual(['alice', 'bob']);
    expect(await w.store.conversations.participants(conv, [])).toEqual([]);
    // Each read answers for who is asked, whatever was read just before (a driver once answered for the one before).
    for (const user of ['bob', 'alice']) {
      await w.store.conversations.participants(conv, [user === 'bob' ? 'alice' : 'bob']);
      expect((await w.participant(conv, user)).user).toBe(user);
    }
  });
}
