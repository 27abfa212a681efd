import { expect, it } from 'vitest';
import { conflictOf, must, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

/** With all its rows, a few at a time. */
async function deleteApp(w: World): Promise<void> {
  await w.store.commit([{ op: 'app.delete', id: w.app, at: w.now() }]);
  for (let more = true; more;)
    [{ more }] = await w.store.commit([{ op: 'app.purge', id: w.app, max: 3, last: true }]);
}

export function upkeepConformance(get: Get): void {
  it('apps do not see one another', async () => {
    const [one, two] = [await World.create(get().store), await World.create(get().store)];
    const convs = [await one.direct(), await two.direct(), await two.group('same')];
    await one.append(convs[0] ?? 0);
    expect((await one.store.conversations.byKey(one.app, 'd:alice bob'))?.num).toBe(convs[0]);
    expect((await two.store.conversations.byKey(two.app, 'd:alice bob'))?.num).toBe(convs[1]);
    expect(await one.store.groups.byId(one.app, 'same')).toBeUndefined();
    expect(await one.store.conversations.ofUser(one.app, 'bob', { limit: 9 })).toHaveLength(1);
    expect(await two.store.conversations.ofUser(two.app, 'bob', { limit: 9 })).toEqual([]);
    await one.group('same');
    expect(await conflictOf(two.group('same'))).toBe('exists at 0');
    await one.store.commit([
      { op: 'log', app: one.app, user: 'bob', event: 'e', convKey: null, payload: '{}', at: one.now() },
    ]);
    expect((await two.store.users.log(two.app, 'bob', 0, 9)).rows).toEqual([]);
  });

  it('deleting an app removes everything of it and nothing of another', async () => {
    const [gone, kept] = [await World.create(get().store), await World.create(get().store)];
    const fill = async (w: World) => {
      const conv = await w.group('g');
      const at = w.now();
      await w.store.commit([
        w.appendOp(conv),
        { op: 'change', app: w.app, conv, event: 'e', payload: '{}', at },
        { op: 'log', app: w.app, user: 'bob', event: 'e', convKey: null, payload: '{}', at },
        { op: 'deleted.add', conv, user: 'bob', seqs: [1], at },
        { op: 'receipt.add', conv, user: 'bob', seqs: [1], content: null, at },
        { op: 'block.put', app: w.app, user: 'bob', targets: ['x'], at, max: 9 },
        {
          op: 'instance.put',
          app: w.app,
          user: 'bob',
          instance: 'i',
          platform: 'web',
          userSeq: 1,
          at,
          seenAt: at,
        },
        { op: 'timer.put', id: `${w.app} t`, app: w.app, kind: 'deleting', dueAt: 1, payload: '{}' },
        { op: 'presence.put', app: w.app, user: 'bob', set: { at } },
        { op: 'subscription.put', app: w.app, watcher: 'bob', targets: ['alice'], expiresAt: null, untilLogout: false, at, max: 9 }, // prettier-ignore
        { op: 'room.create', row: { conv, app: w.app, id: 'r', kind: 'live', name: '', avatar: null, intro: null, announcement: null, ext: null, owner: null, mutedAll: false, endDelay: 0, createdAt: at } }, // prettier-ignore
        { op: 'room.users.put', conv, app: w.app, users: ['bob'], set: { role: 'admin' }, at },
        { op: 'word.put', app: w.app, words: [{ word: 'w', action: 'mask' }], max: 9 },
        { op: 'hook.put', row: { app: w.app, id: 'h', url: '', events: [], before: [], active: true, sealedSecret: '', createdAt: at } }, // prettier-ignore
        { op: 'outbox.add', app: w.app, hooks: ['h'], lane: 'l', event: '{}', at },
      ]);
      return conv;
    };
    const [lost, stays] = [await fill(gone), await fill(kept)];
    await deleteApp(gone);
    const look = async (w: World, conv: number) => ({
      app: (await w.store.apps.all()).some(({ app }) => app.id === w.app),
      user: (await w.store.users.get(w.app, 'bob')) !== undefined,
      conversation: (await w.store.conversations.byNumber(conv)) !== undefined,
      participant: (await w.store.conversations.participant(conv, 'bob')) !== undefined,
      group: (await w.store.groups.byId(w.app, 'g')) !== undefined,
      messages: (await w.store.messages.get(conv, [1])).length,
      changes: (await w.store.messages.changes(conv, 0, 9)).length,
      log: (await w.store.users.log(w.app, 'bob', 0, 9)).rows.length,
      deleted: (await w.store.messages.deleted(conv, 'bob', 1, 9)).length,
      receipts: (await w.store.receipts.of(conv, 'bob', [1])).length,
      blocks: (await w.store.users.blocked(w.app, 'bob')).length,
      instance: (await w.store.presences.lastSeen(w.app, ['bob'])).length,
      presence: (await w.store.presences.many(w.app, ['bob'])).length,
      subscription: await w.store.presences.countSubscriptions(w.app, 'bob', 0),
      room: (await w.store.rooms.byId(w.app, 'r')) !== undefined,
      roomUser: (await w.store.rooms.user(conv, 'bob')) !== undefined,
      words: await w.store.words.count(w.app),
      hooks: (await w.store.webhooks.all()).filter((row) => row.app === w.app).length,
      waiting: (await w.store.webhooks.stats(w.app))[0]?.waiting ?? 0,
    });
    expect(Object.values(await look(gone, lost)).every((value) => value === false || value === 0)).toBe(true);
    expect(Object.values(await look(kept, stays)).every((value) => value === true || value === 1)).toBe(true);
    expect(await conflictOf(gone.append(lost))).toBe('missing at 0');
    const [due, claimed] = await kept.store.commit([
      { op: 'timer.claim', owner: 'n', kinds: ['deleting'], now: 1, leaseUntil: 2, limit: 9 },
      { op: 'outbox.claim', owner: 'n', now: 9e12, leaseUntil: 9e12, lanes: 9, perLane: 9, paused: [] },
    ]);
    expect(due.timers.map((row) => row.app)).toEqual([kept.app]);
    expect(claimed.lanes.map(({ lane, events }) => [lane.app, events.length])).toEqual([[kept.app, 1]]);
  });

  it('prunes old changes and log entries from the beginning, in bounded batches', async () => {
    const w = await World.create(get().store);
    const conv = await w.group('prune');
    // Older than what any other test writes.
    for (let at = 1; at <= 6; at++) {
      await w.store.commit([
        { op: 'change', app: w.app, conv, event: `e${at}`, payload: '{}', at },
        { op: 'log', app: w.app, user: 'bob', event: `e${at}`, convKey: null, payload: '{}', at },
      ]);
    }
    await w.store.commit([{ op: 'prune', changesBefore: 5, logBefore: 4, now: 0, max: 2 }]);
    const left = async () => ({
      changes: (await w.store.messages.changes(conv, 0, 9)).map((row) => row.changeSeq),
      pruned: (await w.conversation(conv)).changesPruned,
      log: (await w.store.users.log(w.app, 'bob', 0, 9)).rows.map((row) => row.userSeq),
      from: (await w.store.users.log(w.app, 'bob', 0, 9)).from,
    });
    expect(await left()).toEqual({ changes: [3, 4, 5, 6], pruned: 2, log: [3, 4, 5, 6], from: 3 });
    await w.store.commit([{ op: 'prune', changesBefore: 5, logBefore: 99, now: 0, max: 100 }]);
    expect(await left()).toEqual({ changes: [5, 6], pruned: 4, log: [], from: 7 });
    const [change, log] = await w.store.commit([
      { op: 'change', app: w.app, conv, event: 'next', payload: '{}', at: w.now() },
      { op: 'log', app: w.app, user: 'bob', event: 'next', convKey: null, payload: '{}', at: w.now() },
    ]);
    expect([change.changeSeq, log.userSeq]).toEqual([7, 7]);
    expect(await left()).toEqual({ changes: [5, 6, 7], pruned: 4, log: [7], from: 7 });
  });

  it('keeps everything when it is opened again, the epoch too', async () => {
    const { store, reopen } = get();
    if (!reopen) throw new Error('this driver gives no way to reopen');
    const w = await World.create(store);
    const conv = await w.group('again', ['alice', 'bob']);
    const op = w.appendOp(conv);
    await w.store.commit([op, { op: 'change', app: w.app, conv, event: 'e', payload: '{}', at: w.now() }]);
    await w.append(conv, 'bob');
    await w.read(conv, 'alice', 1);
    const look = async () => ({
      epoch: await w.store.epoch(),
      conversation: await w.conversation(conv),
      rows: await w.store.messages.page(conv, { direction: 'newer', from: 1, to: 9, limit: 9 }),
      list: await w.store.conversations.ofUser(w.app, 'alice', { limit: 9 }),
      unread: await w.unread(conv, 'alice'),
    });
    const before = await look();
    const number = await w.store.conversationNumber();
    w.store = await reopen();
    expect(await look()).toEqual(before);
    expect(must(before.rows[0]).seq).toBe(1);
    expect(await w.store.commit([op])).toEqual([expect.objectContaining({ seq: 1, duplicate: true })]);
    expect((await w.append(conv)).seq).toBe(3);
    expect(await w.store.conversationNumber()).toBeGreaterThan(number);
    expect(w.store.health()).toEqual({ ok: true });
  });
}
