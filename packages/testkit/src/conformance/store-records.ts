import type { DoorRow, FileRow } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

export function recordConformance(get: Get): void {
  it('a user id is given once, and a fold once where that is asked', async () => {
    const w = await World.create(get().store, ['Alice']);
    const create = (id: string, unique: boolean) => conflictOf(w.store.commit([w.userOp(id, { unique })]));
    expect(await create('Alice', true)).toBe('exists at 0');
    expect(await create('ALICE', true)).toBe('taken at 0');
    expect(await create('ALICE', false)).toBe('done');
    expect((await w.store.users.byFold(w.app, 'alice')).map((user) => user.id)).toEqual(['ALICE', 'Alice']);
    const ends = await Promise.all(['Eve', 'eVe', 'evE'].map((id) => create(id, true)));
    expect(ends.filter((end) => end === 'done')).toHaveLength(1);
  });

  it('keeps what is set of a user, and nothing else changes', async () => {
    const w = await World.create(get().store);
    const before = await w.store.users.get(w.app, 'bob');
    expect(before).toMatchObject({ app: w.app, id: 'bob', fold: 'bob', profile: { nick: 'bob' }, deletedAt: null, bannedUntil: null, validFrom: 0, passwordHash: null, userSeq: 0 }); // prettier-ignore
    const set = { bannedUntil: 5, validFrom: 6, passwordHash: 'h', updatedAt: 7, deletedAt: 8 };
    const [{ row }] = await w.store.commit([{ op: 'user.set', app: w.app, id: 'bob', set }]);
    expect(row).toEqual({ ...before, ...set });
    expect(await w.store.users.get(w.app, 'bob')).toEqual(row);
    expect((await w.store.commit([{ op: 'user.set', app: w.app, id: 'bob', set: {} }]))[0].row).toEqual(row);
    expect(await conflictOf(w.store.commit([{ op: 'user.set', app: w.app, id: 'no', set }]))).toBe(
      'missing at 0',
    );
    expect(await conflictOf(w.store.commit([w.userOp('bob')]))).toBe('exists at 0');
    expect(
      (await w.store.users.many(w.app, ['bob', 'no', 'alice', 'bob'])).map((user) => user.id).sort(),
    ).toEqual(['alice', 'bob']);
    expect(await w.store.users.many(w.app, [])).toEqual([]);
  });

  it('numbers a user’s log without gaps, together with the row in one unit', async () => {
    const w = await World.create(get().store);
    const at = w.now();
    const entry = (user: string, event: string) => ({ op: 'log', app: w.app, user, event, convKey: 'd:a b', payload: '{"x":1}', at }) as const; // prettier-ignore
    const results = await w.store.commit([
      w.userOp('new'),
      entry('new', 'one'),
      entry('new', 'two'),
      { op: 'user.set', app: w.app, id: 'new', set: { updatedAt: 1 } },
      entry('alice', 'other'),
    ]);
    expect([results[1], results[2], results[4]]).toEqual([{ userSeq: 1 }, { userSeq: 2 }, { userSeq: 1 }]);
    expect(results[3].row.userSeq).toBe(2);
    await Promise.all(Array.from({ length: 50 }, () => w.store.commit([entry('new', 'more')])));
    const { rows, from } = await w.store.users.log(w.app, 'new', 1, 1000);
    expect(rows.map((row) => row.userSeq)).toEqual(Array.from({ length: 51 }, (_, i) => i + 2));
    expect(rows[0]).toEqual({
      app: w.app,
      user: 'new',
      userSeq: 2,
      at,
      event: 'two',
      convKey: 'd:a b',
      payload: '{"x":1}',
    });
    expect(from).toBe(1);
    expect((await w.store.users.log(w.app, 'new', 0, 3)).rows).toHaveLength(3);
    expect((await w.store.users.get(w.app, 'new'))?.userSeq).toBe(52);
    expect(await w.store.users.log(w.app, 'bob', 0, 10)).toEqual({ rows: [], from: 1 });
  });

  it('blocks and unblocks, up to a bound', async () => {
    const w = await World.create(get().store);
    const { blocked, isBlocked } = w.store.users;
    const put = (targets: readonly string[], max = 3) =>
      w.store.commit([{ op: 'block.put', app: w.app, user: 'alice', targets, at: w.now(), max }]);
    expect(await put(['bob', 'carol'])).toEqual([{ added: ['bob', 'carol'] }]);
    expect(await put(['bob', 'dave', 'dave'])).toEqual([{ added: ['dave'] }]);
    expect(await conflictOf(put(['eve']))).toBe('full at 0');
    expect(await put(['bob'], 1)).toEqual([{ added: [] }]);
    expect((await blocked(w.app, 'alice')).map((row) => row.id)).toEqual(['bob', 'carol', 'dave']);
    expect([await isBlocked(w.app, 'alice', 'bob'), await isBlocked(w.app, 'bob', 'alice')]).toEqual([
      true,
      false,
    ]);
    const [gone] = await w.store.commit([
      { op: 'block.remove', app: w.app, user: 'alice', targets: ['bob', 'eve'] },
    ]);
    expect(gone).toEqual({ removed: ['bob'] });
    expect(await isBlocked(w.app, 'alice', 'bob')).toBe(false);
  });

  it('an instance’s position never goes back', async () => {
    const w = await World.create(get().store);
    const put = (instance: string, userSeq: number, at: number) =>
      w.store.commit([
        { op: 'instance.put', app: w.app, user: 'bob', instance, platform: 'web', userSeq, at, seenAt: at },
      ]);
    const standing = async (user: string, instance: string) =>
      (await w.store.users.standing(w.app, user, instance))?.position;
    expect(await w.store.users.standing(w.app, 'bob', 'i1')).toEqual({ userSeq: 0 });
    await put('i1', 5, 1);
    await put('i1', 3, 2);
    await put('i2', 9, 3);
    await put('i3', 7, 4);
    expect(await standing('bob', 'i1')).toEqual({ userSeq: 5, at: 2 });
    // One that was never here begins where the furthest stood.
    expect(await standing('bob', 'i9')).toEqual({ userSeq: 9, at: 3 });
    expect(await standing('alice', 'i1')).toBeUndefined();
    expect(await w.store.users.standing(w.app, 'nobody', 'i1')).toBeUndefined();
  });

  it('keeps files from grant to use', async () => {
    const w = await World.create(get().store);
    const row = (id: string, over: Partial<FileRow> = {}): FileRow => ({ app: w.app, id, owner: 'alice', use: 'message' as FileRow['use'], name: 'ä.png', size: 10, mime: 'image/png', state: 'granted', uploadKey: 'k', createdAt: w.now(), finishedAt: null, usedAt: null, meta: '{}', ...over }); // prettier-ignore
    const first = row('f1');
    await w.store.commit([
      { op: 'file.create', row: first },
      { op: 'file.create', row: row('f2') },
    ]);
    expect(await w.store.files.get(w.app, 'f1')).toEqual(first);
    expect(await conflictOf(w.store.commit([{ op: 'file.create', row: first }]))).toBe('exists at 0');
    const set = {
      size: 12,
      state: 'finished',
      finishedAt: 99,
      mime: 'image/jpeg',
      meta: '{"w":1}',
      name: 'b',
    } as const;
    await w.store.commit([{ op: 'file.set', app: w.app, id: 'f1', set }]);
    expect(await w.store.files.get(w.app, 'f1')).toEqual({ ...first, ...set });
    expect(await conflictOf(w.store.commit([{ op: 'file.set', app: w.app, id: 'no', set }]))).toBe(
      'missing at 0',
    );
    expect(await w.store.files.usedBytes(w.app)).toBe(12);
    expect(await w.store.files.usedBytes('none')).toBe(0);
    const mine = async () =>
      (await w.store.files.unused(w.now(), 1000)).filter((file) => file.app === w.app).map((f) => f.id);
    expect(await mine()).toEqual(['f1', 'f2']);
    await w.store.commit([{ op: 'file.use', app: w.app, ids: ['f1', 'no'], at: 5 }]);
    await w.store.commit([{ op: 'file.use', app: w.app, ids: ['f1'], at: 6 }]);
    expect((await w.store.files.get(w.app, 'f1'))?.usedAt).toBe(5);
    expect(await mine()).toEqual(['f2']);
    expect(await w.store.files.grantedSince(w.app, 'alice', first.createdAt)).toBe(2);
    expect(await w.store.files.grantedSince(w.app, 'alice', first.createdAt + 1)).toBe(1);
    await w.store.commit([{ op: 'file.remove', app: w.app, ids: ['f1', 'no'] }]);
    expect(await w.store.files.get(w.app, 'f1')).toBeUndefined();
  });

  it('keeps apps and their doors', async () => {
    const [w, other] = [await World.create(get().store), await World.create(get().store)];
    const id = `${w.app} door`;
    const door = (app: string, over: Partial<DoorRow> = {}): DoorRow => ({ kind: 'tim' as DoorRow['kind'], vendorId: id, app, clientId: null, sealedSecret: 's', sealedOldSecret: null, oldUntil: null, ...over }); // prettier-ignore
    const entry = async () => (await w.store.apps.all()).find(({ app }) => app.id === w.app);
    await w.store.commit([{ op: 'door.put', row: door(w.app) }]);
    expect(await conflictOf(w.store.commit([{ op: 'door.put', row: door(other.app) }]))).toBe('exists at 0');
    const renewed = door(w.app, { sealedSecret: 'new', sealedOldSecret: 's', oldUntil: 9, clientId: 'c' });
    await w.store.commit([{ op: 'door.put', row: renewed }]);
    expect((await entry())?.doors).toEqual([renewed]);
    await w.store.commit([{ op: 'door.remove', app: other.app, kind: renewed.kind, vendorId: id }]);
    expect((await entry())?.doors).toHaveLength(1);
    await w.store.commit([{ op: 'door.remove', app: w.app, kind: renewed.kind, vendorId: id }, { op: 'app.set', id: w.app, set: { settings: { x: [1] } } }]); // prettier-ignore
    expect(await entry()).toMatchObject({ app: { name: 'Test', settings: { x: [1] } }, doors: [] });
    expect(await conflictOf(w.store.commit([{ op: 'app.set', id: 'none', set: { name: 'x' } }]))).toBe(
      'missing at 0',
    );
    const again = w.store.commit([
      { op: 'app.create', row: { id: w.app, name: '', settings: {}, createdAt: 1 } },
    ]);
    expect(await conflictOf(again)).toBe('exists at 0');
  });
}
