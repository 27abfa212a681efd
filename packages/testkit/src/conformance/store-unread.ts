import fc from 'fast-check';
import { expect, it } from 'vitest';
import { World, type StoreUnderTest } from './store-world.ts';

type Get = () => StoreUnderTest;

const USERS = ['alice', 'bob', 'carol'] as const;
type User = (typeof USERS)[number];

/** One thing that may happen in a group. Seqs are picks among what is there. */
type Step =
  | {
      readonly kind: 'send';
      readonly by: User;
      readonly cls: 'content' | 'record';
      readonly to: readonly User[] | null;
    }
  | { readonly kind: 'revoke' | 'edit'; readonly pick: number }
  | { readonly kind: 'read' | 'clear' | 'delete'; readonly by: User; readonly pick: number }
  | { readonly kind: 'discard'; readonly by: User; readonly on: boolean }
  | { readonly kind: 'leave' | 'join'; readonly by: 'bob' | 'carol' };

const user = fc.constantFrom(...USERS);
const pick = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), by: user, cls: fc.constantFrom('content' as const, 'record' as const), to: fc.option(fc.subarray([...USERS]), { freq: 4 }) }) }, // prettier-ignore
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'edit' as const), pick }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('read' as const, 'clear' as const, 'delete' as const),
      by: user,
      pick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('discard' as const), by: user, on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('leave' as const, 'join' as const),
      by: fc.constantFrom('bob' as const, 'carol' as const),
    }),
  },
);

interface Entry {
  readonly from: User;
  readonly counts: boolean;
  revoked: boolean;
}

/** Promise 5 by a second way: everything is remembered and counted one by one. */
class Recount {
  readonly entries: Entry[] = [];
  readonly views = new Map(USERS.map((id) => [id, { read: 0, cleared: 0, from: 1, to: Infinity, present: true, discard: false, deleted: new Set<number>() }])); // prettier-ignore

  view(id: User) {
    const view = this.views.get(id);
    if (!view) throw new Error(id);
    return view;
  }

  unread(id: User): number {
    const view = this.view(id);
    if (view.discard) return 0;
    return this.entries.filter((entry, i) => {
      const seq = i + 1;
      const inSight = seq >= view.from && seq <= view.to && seq > view.cleared && !view.deleted.has(seq);
      return inSight && seq > view.read && entry.counts && !entry.revoked && entry.from !== id;
    }).length;
  }
}

async function apply(w: World, conv: number, model: Recount, s: Step): Promise<void> {
  const last = model.entries.length;
  switch (s.kind) {
    case 'send': {
      const counts = s.cls === 'content' && s.to === null;
      await w.append(conv, s.by, { cls: s.cls, counts, audience: s.to });
      model.entries.push({ from: s.by, counts, revoked: false });
      return;
    }
    case 'revoke':
    case 'edit': {
      const seq = last === 0 ? 0 : 1 + (s.pick % last);
      const entry = model.entries[seq - 1];
      if (!entry || entry.revoked) return;
      const revoked = s.kind === 'revoke';
      await w.store.commit([{ op: 'message.replace', conv, seq, type: 'text', body: '{}', revoked }]);
      entry.revoked = revoked;
      return;
    }
    default:
      return applyToView(w, conv, model, s);
  }
}

type ViewStep = Exclude<Step, { kind: 'send' | 'revoke' | 'edit' }>;

async function applyToView(w: World, conv: number, model: Recount, s: ViewStep): Promise<void> {
  const last = model.entries.length;
  const view = model.view(s.by);
  const seq = 'pick' in s ? Math.min(s.pick, last) : 0;
  switch (s.kind) {
    case 'read':
      await w.put(conv, s.by, { readSeq: s.pick });
      view.read = Math.max(view.read, seq);
      return;
    case 'clear':
      await w.put(conv, s.by, { clearedSeq: s.pick });
      view.cleared = Math.max(view.cleared, seq);
      return;
    case 'delete':
      await w.store.commit([{ op: 'deleted.add', conv, user: s.by, seqs: [s.pick + 1], at: w.now() }]);
      view.deleted.add(s.pick + 1);
      return;
    case 'discard':
      await w.put(conv, s.by, { discard: s.on });
      view.discard = s.on;
      return;
    case 'leave':
    case 'join': {
      const join = s.kind === 'join';
      if (join === view.present) return;
      await w.store.commit([
        w.memberOp(conv, s.by, { state: join ? 'member' : 'left', historyFrom: 'next' }),
      ]);
      if (join)
        Object.assign(view, { from: last + 1, to: Infinity, read: Math.max(view.read, last), present: true });
      else Object.assign(view, { to: last, present: false });
    }
  }
}

export function unreadConformance(get: Get): void {
  it('unread is what a plain recount says, after any history', async () => {
    let groups = 0;
    const w = await World.create(get().store);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const conv = await w.group(`unread-${++groups}`, USERS);
        const model = new Recount();
        for (const s of steps) await apply(w, conv, model, s);
        const rows = await Promise.all(USERS.map((id) => w.participant(conv, id)));
        expect(await w.store.conversations.unread(rows)).toEqual(USERS.map((id) => model.unread(id)));
      }),
      { numRuns: 100 },
    );
  });

  it('counts several conversations at once, in the order asked, and none', async () => {
    const w = await World.create(get().store);
    const convs = [
      await w.direct('alice', 'bob'),
      await w.direct('carol', 'bob'),
      await w.direct('bob', 'dave'),
    ];
    await w.appendMany(convs[0] ?? 0, 3);
    await w.appendMany(convs[1] ?? 0, 2, 'carol');
    const rows = await Promise.all([...convs].reverse().map((conv) => w.participant(conv, 'bob')));
    expect(await w.store.conversations.unread(rows)).toEqual([0, 2, 3]);
    expect(await w.store.conversations.unread([])).toEqual([]);
  });

  it('a message deleted before it came does not count either', async () => {
    const w = await World.create(get().store);
    const conv = await w.direct();
    await w.store.commit([{ op: 'deleted.add', conv, user: 'bob', seqs: [1], at: w.now() }]);
    await w.appendMany(conv, 2);
    expect(await w.unread(conv, 'bob')).toBe(1);
  });
}
