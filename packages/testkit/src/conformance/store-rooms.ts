import type { RoomRow, WriteOp } from '@magpie/domain';
import { expect, it } from 'vitest';
import { conflictOf, must, World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;
type UsersPut = Extract<WriteOp, { op: 'room.users.put' }>;

const rowOf = (w: World, conv: number, id: string, over: Partial<RoomRow> = {}): RoomRow => ({ conv, app: w.app, id, kind: 'live', name: 'Room', avatar: null, intro: null, announcement: null, ext: null, owner: 'alice', mutedAll: false, endDelay: 0, createdAt: w.now(), dismissedAt: null, ...over }); // prettier-ignore

async function create(w: World, id: string, over: Partial<RoomRow> = {}): Promise<RoomRow> {
  const conv = await w.store.conversationNumber();
  const row = rowOf(w, conv, id, over);
  const { dismissedAt: _, ...rest } = row;
  await w.store.commit([
    { op: 'conversation.create', conv, app: w.app, key: `r:${id}`, kind: 'room', at: w.now() },
    { op: 'room.create', row: rest },
  ]);
  return row;
}

const put = (w: World, conv: number, users: readonly string[], set: UsersPut['set'], maxAdmins?: number) =>
  w.store.commit([{ op: 'room.users.put', conv, app: w.app, users, set, at: w.now(), ...(maxAdmins === undefined ? {} : { maxAdmins }) }]); // prettier-ignore

export function roomConformance(get: Get): void {
  it('a room is made once, is found by its id in its app, and keeps what is set', async () => {
    const [w, other] = [await World.create(get().store), await World.create(get().store)];
    const row = await create(w, 'one', { kind: 'hall', avatar: 'a', ext: '{}', endDelay: 5, mutedAll: true });
    expect(await w.store.rooms.byId(w.app, 'one')).toEqual(row);
    expect(await w.store.rooms.byId(other.app, 'one')).toBeUndefined();
    await create(other, 'one');
    expect(await conflictOf(create(w, 'one'))).toBe('exists at 0');
    const again = { ...row, conv: await w.store.conversationNumber() };
    expect(await conflictOf(w.store.commit([{ op: 'room.create', row: again }]))).toBe('exists at 0');
    const set = { name: 'b', avatar: null, owner: null, mutedAll: false, intro: 'i', announcement: 'n' };
    const [{ row: after }] = await w.store.commit([{ op: 'room.set', conv: row.conv, set }]);
    expect(after).toEqual({ ...row, ...set });
    expect(await w.store.rooms.byId(w.app, 'one')).toEqual(after);
    expect((await w.store.commit([{ op: 'room.set', conv: row.conv, set: {} }]))[0].row).toEqual(after);
    const nowhere = w.store.commit([{ op: 'room.set', conv: 999_999_999, set }]);
    expect(await conflictOf(nowhere)).toBe('missing at 0');
  });

  it('a dismissed room is not changed, its id not given again; it may be opened anew', async () => {
    const w = await World.create(get().store);
    const row = await create(w, 'gone', { kind: 'lounge' });
    const set = (over: Partial<Extract<WriteOp, { op: 'room.set' }>> = {}) =>
      w.store.commit([{ op: 'room.set', conv: row.conv, set: { name: 'x' }, ...over }]);
    const anew = { revive: true, set: { dismissedAt: null, createdAt: 9, endDelay: 8, owner: 'bob' } } as const; // prettier-ignore
    expect(await conflictOf(set(anew))).toBe('stale at 0');
    await set({ set: { dismissedAt: 77 } });
    expect((await w.store.rooms.byId(w.app, 'gone'))?.dismissedAt).toBe(77);
    expect(await conflictOf(set())).toBe('missing at 0');
    expect(await conflictOf(set({ set: {} }))).toBe('missing at 0');
    expect(await conflictOf(create(w, 'gone'))).toBe('exists at 0');
    expect(await conflictOf(set({ ...anew, conv: 999_999_999 }))).toBe('missing at 0');
    const ends = await Promise.all([conflictOf(set(anew)), conflictOf(set(anew))]);
    expect(ends.sort()).toEqual(['done', 'stale at 0']);
    expect(await w.store.rooms.byId(w.app, 'gone')).toEqual({ ...row, ...anew.set });
  });

  it('rooms are read together, and listed by id without those dismissed', async () => {
    const w = await World.create(get().store);
    const rows = [];
    for (const id of ['b', 'a', 'd', 'c']) rows.push(await create(w, id));
    await w.store.commit([{ op: 'room.set', conv: must(rows[0]).conv, set: { dismissedAt: 5 } }]);
    const many = await w.store.rooms.many(w.app, ['a', 'none', 'b', 'a']);
    expect(many.map((row) => row.id).sort()).toEqual(['a', 'b']);
    expect(await w.store.rooms.many(w.app, [])).toEqual([]);
    const first = await w.store.rooms.list(w.app, { limit: 2 });
    expect(first.map((row) => row.id)).toEqual(['a', 'c']);
    const rest = await w.store.rooms.list(w.app, { after: 'c', limit: 2 });
    expect(rest.map((row) => row.id)).toEqual(['d']);
  });

  it('remembers users: admins, muted, banned; what is not set stays', async () => {
    const w = await World.create(get().store);
    const { conv } = await create(w, 'users');
    const user = (id: string) => w.store.rooms.user(conv, id);
    const names = async (what: 'muted' | 'banned' | 'admins', now: number, after?: string, limit = 99) =>
      (await w.store.rooms.users(conv, { what, now, limit, ...(after ? { after } : {}) })).map((row) => row.user); // prettier-ignore
    expect(await user('bob')).toBeUndefined();
    await put(w, conv, ['bob', 'carol', 'bob'], { mutedUntil: 100 });
    await put(w, conv, ['bob'], { role: 'admin' });
    await put(w, conv, ['dave'], { bannedUntil: 200 });
    expect(await user('bob')).toEqual({ conv, app: w.app, user: 'bob', role: 'admin', mutedUntil: 100, bannedUntil: null, at: expect.any(Number) as number }); // prettier-ignore
    expect(await user('dave')).toMatchObject({ role: 'member', mutedUntil: null, bannedUntil: 200 });
    expect(await names('muted', 99)).toEqual(['bob', 'carol']);
    expect(await names('muted', 99, undefined, 1)).toEqual(['bob']);
    expect(await names('muted', 99, 'bob')).toEqual(['carol']);
    expect(await names('muted', 100)).toEqual([]);
    expect([await names('banned', 199), await names('banned', 200)]).toEqual([['dave'], []]);
    expect(await names('admins', 0)).toEqual(['bob']);
    await put(w, conv, ['bob'], { role: 'member', mutedUntil: null });
    expect([await names('admins', 0), await names('muted', 0)]).toEqual([[], ['carol']]);
  });

  it('there are no more admins than allowed, also when many are made at once', async () => {
    const w = await World.create(get().store);
    const { conv } = await create(w, 'admins');
    await put(w, conv, ['a1'], { role: 'admin' }, 3);
    const made = await Promise.all(
      ['a2', 'a3', 'a4', 'a5'].map((id) => conflictOf(put(w, conv, [id], { role: 'admin' }, 3))),
    );
    expect(made.filter((end) => end === 'done')).toHaveLength(2);
    expect(await conflictOf(put(w, conv, ['a1'], { role: 'admin' }, 3))).toBe('done');
    expect(await conflictOf(put(w, conv, ['x', 'y'], { role: 'admin' }, 3))).toBe('full at 0');
    expect(await w.store.rooms.user(conv, 'x')).toBeUndefined();
    expect(await conflictOf(put(w, conv, ['z'], { mutedUntil: 5 }, 3))).toBe('done');
  });

  it('housekeeping forgets users of whom nothing is to be remembered, in bounded batches', async () => {
    const w = await World.create(get().store);
    const { conv } = await create(w, 'prune');
    // Earlier than in any other test.
    await put(w, conv, ['m1', 'm2', 'm3'], { mutedUntil: 2 });
    await put(w, conv, ['both'], { mutedUntil: 2, bannedUntil: 9 });
    await put(w, conv, ['admin'], { mutedUntil: 2, role: 'admin' });
    await put(w, conv, ['demoted'], { role: 'admin' });
    await put(w, conv, ['demoted'], { role: 'member' });
    const prune = (now: number, max: number) =>
      w.store.commit([{ op: 'prune', changesBefore: 0, logBefore: 0, now, max }]);
    const left = async () => {
      const found = [];
      for (const id of ['m1', 'm2', 'm3', 'both', 'admin', 'demoted'])
        if (await w.store.rooms.user(conv, id)) found.push(id);
      return found;
    };
    await prune(1, 99);
    expect(await left()).toEqual(['m1', 'm2', 'm3', 'both', 'admin']);
    await prune(2, 2);
    expect(await left()).toHaveLength(3);
    await prune(2, 99);
    expect(await left()).toEqual(['both', 'admin']);
    await prune(9, 99);
    expect(await left()).toEqual(['admin']);
  });
}
