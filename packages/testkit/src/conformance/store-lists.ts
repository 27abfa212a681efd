import { expect, it } from 'vitest';
import { must, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function listConformance(get: Get): void {
  const listed = async (w: World, user: string) =>
    (await w.store.conversations.ofUser(w.app, user, { limit: 100 })).map((row) => row.conversation.num);

  it('reads a conversation by key and number', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    const row = await w.conversation(conv);
    expect(row).toMatchObject({
      num: conv,
      app: w.app,
      key: 'd:alice bob',
      kind: 'direct',
      lastSeq: 0,
      changeSeq: 0,
      headEntry: 0,
    });
    expect(await w.store.conversations.byKey(w.app, 'd:alice bob')).toEqual(row);
    expect(await w.store.conversations.byKey('elsewhere', 'd:alice bob')).toBeUndefined();
    expect(await w.store.conversations.byNumber(conv + 1_000_000)).toBeUndefined();
  });

  it('lists pinned first, then by activity; empty ones only when pinned', async () => {
    const w = await World.create(get().store);
    const convs = [];
    for (const other of ['b', 'c', 'd', 'e', 'f']) convs.push(await w.direct('alice', other));
    const [b = 0, c = 0, d = 0, e = 0, f = 0] = convs;
    for (const conv of [d, b, c]) await w.append(conv);
    expect(await listed(w, 'alice')).toEqual([c, b, d]);
    await w.put(d, 'alice', { pinnedAt: 10 });
    await w.put(e, 'alice', { pinnedAt: 20 });
    expect(await listed(w, 'alice')).toEqual([e, d, c, b]);
    await w.append(f, 'f', { cls: 'hidden' });
    expect(await listed(w, 'alice')).toEqual([e, d, c, b]);
    await w.append(b, 'b', { notLast: true });
    expect(await listed(w, 'alice')).toEqual([e, d, c, b]);
    const first = await w.store.conversations.ofUser(w.app, 'alice', { limit: 2 });
    const last = must(first.at(-1));
    const after = {
      pinnedAt: last.participant.pinnedAt ?? 0,
      activeAt: last.conversation.activeAt,
      num: last.conversation.num,
    };
    const second = await w.store.conversations.ofUser(w.app, 'alice', { after, limit: 2 });
    expect([...first, ...second].map((row) => row.conversation.num)).toEqual([e, d, c, b]);
    expect(second[0]?.participant).toEqual(await w.participant(c, 'alice'));
    expect(second[0]?.conversation).toEqual(await w.conversation(c));
  });

  it('equal times are listed once each, across pages', async () => {
    const w = await World.create(get().store);
    const at = w.now();
    const convs: number[] = [];
    for (let i = 0; i < 7; i++) {
      const conv = await w.direct('alice', `x${i}`);
      await w.append(conv, 'alice', { at });
      convs.push(conv);
    }
    const seen: number[] = [];
    for (let after: { pinnedAt: number; activeAt: number; num: number } | undefined; ;) {
      const page = await w.store.conversations.ofUser(w.app, 'alice', {
        limit: 2,
        ...(after ? { after } : {}),
      });
      seen.push(...page.map((row) => row.conversation.num));
      const last = page.at(-1);
      if (!last || page.length < 2) break;
      after = { pinnedAt: 0, activeAt: last.conversation.activeAt, num: last.conversation.num };
    }
    expect(seen).toEqual(convs.reverse());
  });

  it('a deleted conversation is gone until its next drawable entry', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.append(conv);
    await w.put(conv, 'bob', { hiddenSeq: 'last' });
    expect([await listed(w, 'bob'), await listed(w, 'alice')]).toEqual([[], [conv]]);
    await w.append(conv, 'alice', { cls: 'hidden' });
    expect(await listed(w, 'bob')).toEqual([]);
    await w.append(conv);
    expect(await listed(w, 'bob')).toEqual([conv]);
  });

  it('what a user is not shown does not make a conversation appear', async () => {
    const w = await World.create(get().store);
    const blocked = await w.direct('alice', 'bob');
    await w.append(blocked, 'alice', { audience: ['alice'], counts: false });
    expect([await listed(w, 'alice'), await listed(w, 'bob')]).toEqual([[blocked], []]);
    const group = await w.group('sight', ['alice', 'bob']);
    await w.append(group, 'alice', { audience: ['bob'] });
    await w.store.commit([w.memberOp(group, 'carol', { historyFrom: 'next' })]);
    expect([await listed(w, 'bob'), await listed(w, 'carol')]).toEqual([[group], []]);
    await w.append(group);
    expect(await listed(w, 'carol')).toEqual([group]);
  });

  it('who left keeps what they saw, and sees nothing newer', async () => {
    const w = await World.create(get().store);
    const [seen, unseen] = [await w.group('seen'), await w.group('unseen')];
    await w.append(seen);
    await w.store.commit([
      w.memberOp(seen, 'bob', { state: 'left' }),
      w.memberOp(unseen, 'bob', { state: 'left' }),
    ]);
    await w.append(seen);
    await w.append(unseen);
    expect(await listed(w, 'bob')).toEqual([seen]);
    await w.put(seen, 'bob', { hiddenSeq: 1 });
    expect(await listed(w, 'bob')).toEqual([]);
  });

  it('tells what changed since a time: entries, changes and the own row, by number', async () => {
    const w = await World.create(get().store);
    const convs = [];
    for (const other of ['b', 'c', 'd', 'e']) convs.push(await w.direct('alice', other));
    const [b = 0, c = 0, d = 0, e = 0] = convs;
    const since = w.now();
    const changed = async (options: { afterNum?: number; limit: number } = { limit: 10 }) =>
      (await w.store.conversations.changedSince(w.app, 'alice', since, options)).map(
        (row) => row.conversation.num,
      );
    expect(await changed()).toEqual([]);
    await w.append(e, 'e', { cls: 'hidden' });
    await w.store.commit([{ op: 'change', app: w.app, conv: b, event: 'x', payload: '{}', at: w.now() }]);
    await w.put(c, 'alice', { pinnedAt: 5 });
    await w.put(d, 'd', { pinnedAt: 5 });
    expect(await changed()).toEqual([b, c, e]);
    expect(await changed({ afterNum: b, limit: 1 })).toEqual([c]);
    await w.put(c, 'alice', { hiddenSeq: 'last' });
    await w.store.commit([{ op: 'deleted.add', conv: d, user: 'alice', seqs: [1], at: w.now() }]);
    expect(await changed()).toEqual([b, c, d, e]);
    await w.append(d, 'd');
    const later = w.now();
    await w.put(d, 'd', { reportedSeq: 1 });
    const told = await w.store.conversations.changedSince(w.app, 'alice', later, { limit: 10 });
    expect(told.map((row) => row.conversation.num)).toEqual([d]);
  });

  it('keeps groups, their ids for ever, and what they hold', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('g1');
    const { byId, many, byConversations } = w.store.groups;
    expect(await byId(w.app, 'g1')).toMatchObject({
      conv,
      id: 'g1',
      name: 'Group',
      owner: 'alice',
      memberCount: 2,
      dismissedAt: null,
    });
    const set = {
      name: 'New',
      avatar: 'a',
      intro: 'i',
      announcement: 'n',
      ext: 'e',
      owner: 'bob',
      maxMembers: 5,
    };
    const [{ row }] = await w.store.commit([{ op: 'group.set', conv, set }]);
    expect(row).toMatchObject({ ...set, memberCount: 2 });
    expect(await byId(w.app, 'g1')).toEqual(row);
    expect((await w.store.commit([{ op: 'group.set', conv, set: {} }]))[0].row).toEqual(row);
    const both = await w.store.commit([
      w.memberOp(conv, 'carol'),
      { op: 'group.set', conv, set: { avatar: null } },
    ]);
    expect(both[1].row).toMatchObject({ memberCount: 3, avatar: null });
    const other = await w.group('g2', ['bob']);
    expect((await many(w.app, ['g2', 'g1', 'none'])).map((g) => g.id).sort()).toEqual(['g1', 'g2']);
    expect((await byConversations([conv, other])).map((g) => g.conv).sort()).toEqual([conv, other].sort());
    expect([await many(w.app, []), await byConversations([])]).toEqual([[], []]);
  });

  it('lists a user’s groups while they are a member', async () => {
    const w = await World.create(get().store);
    const [one, two] = [await w.group('one'), await w.group('two')];
    await w.direct('bob', 'carol');
    const mine = async (options: { afterNum?: number; limit: number } = { limit: 10 }) =>
      w.store.groups.ofUser(w.app, 'bob', options);
    expect((await mine()).map((row) => row.group.conv)).toEqual([one, two]);
    expect((await mine())[0]).toEqual({ group: await w.store.groups.byId(w.app, 'one'), participant: await w.participant(one, 'bob') }); // prettier-ignore
    expect((await mine({ afterNum: one, limit: 1 })).map((row) => row.group.conv)).toEqual([two]);
    await w.store.commit([w.memberOp(one, 'bob', { state: 'left' })]);
    expect((await mine()).map((row) => row.group.conv)).toEqual([two]);
  });
}
