import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHole, type Message } from '@magpie/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeTime } from '../../packages/domain/src/testing/fake-time.ts';
import { APP, openWholeDomain, type WholeDomain } from './support/whole-domain.ts';

const HOUR = 3_600_000;
const KEEP = { 'retention.direct': 48 * HOUR, 'retention.group': 30 * HOUR };
/** A pass comes every ten minutes; with what it takes. */
const LATE = HOUR;

const OPERATOR = { app: { id: '', name: '', doors: [], settings: {} as never, createdAt: 0 }, caller: 'admin', userId: '' } as const; // prettier-ignore

interface Sent {
  readonly seq: number;
  readonly at: number;
  readonly mine: boolean;
}

async function begin(world: WholeDomain): Promise<Map<string, Sent[]>> {
  const { domain } = world;
  await domain.call('app.create', OPERATOR, { id: APP, name: '', doors: [], settings: KEEP });
  for (const userId of ['alice', 'bob', 'carol']) await domain.call('user.register', world.admin, { userId }); // prettier-ignore
  const { group } = await domain.call('group.create', world.ctx('alice'), { kind: 'meeting', members: ['bob', 'carol'] }); // prettier-ignore
  return new Map([['u:alice', []], ['u:carol', []], [`g:${group.id}`, []]]); // prettier-ignore
}

/** What bob is told of a conversation against what was sent in it. */
async function compare(world: WholeDomain, ref: string, sent: readonly Sent[]): Promise<void> {
  const { domain } = world;
  const bob = world.ctx('bob');
  const keep = ref.startsWith('g:') ? KEEP['retention.group'] : KEEP['retention.direct'];
  const now = world.time.now();
  const page = await domain.call('message.list', bob, { ref, direction: 'newer', limit: 100 });
  const seqs = (page.entries as Message[]).map(({ seq }) => seq ?? 0);
  const first = seqs[0] ?? sent.length + 1;
  expect(page.entries.some(isHole)).toBe(false);
  expect(seqs).toEqual(sent.filter(({ seq }) => seq >= first).map(({ seq }) => seq));
  // None too early, none much too late.
  for (const { seq, at } of sent) {
    if (at > now - keep) expect([seq, seq >= first]).toEqual([seq, true]);
    if (at < now - keep - LATE) expect([seq, seq < first]).toEqual([seq, true]);
  }
  const { conversations } = await domain.call('conversation.list', bob, { refs: [ref], limit: 9 });
  if (sent.length === 0 && conversations.length === 0) return;
  const left = sent.filter(({ seq }) => seq >= first);
  const [row] = conversations;
  const unread = left.filter(({ seq, mine }) => !mine && seq > row!.readSeq).length;
  expect(row).toMatchObject({ unread, lastSeq: sent.length });
  expect(row?.historyFrom).toBe(first);
  expect(row?.heads.entry?.seq).toBe(left.at(-1)?.seq);
  const { conversations: listed } = await domain.call('conversation.list', bob, { limit: 9 });
  expect(listed.some(({ conv }) => conv === row!.conv)).toBe(left.length > 0);
}

it('retention at any time leaves what is young enough, and every number fits what is left', async () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 20 }),
    sends: fc.array(fc.record({ to: fc.nat(2), mine: fc.boolean() }), { maxLength: 8 }),
    read: fc.option(fc.nat(2)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      const folder = await mkdtemp(join(tmpdir(), 'magpie-retention-'));
      const world = await openWholeDomain(join(folder, 'm.db'), new FakeTime(), {} as never);
      try {
        const model = await begin(world);
        const refs = [...model.keys()];
        let names = 0;
        for (const { hours, sends, read } of steps) {
          for (const { to, mine } of sends) {
            const ref = refs[to]!;
            const other = ref === 'u:carol' ? 'carol' : 'alice';
            const ctx = world.ctx(mine ? 'bob' : other);
            const target = mine || ref.startsWith('g:') ? ref : 'u:bob';
            const { seq = 0, time } = await world.domain.call('message.send', ctx, { ref: target, clientId: `c:${names++}`, content: { type: 'text', text: 'x' } }); // prettier-ignore
            model.get(ref)!.push({ seq, at: time, mine });
          }
          if (read !== null && model.get(refs[read]!)!.length > 0)
            await world.domain.call('conversation.read', world.ctx('bob'), { ref: refs[read]!, report: false }); // prettier-ignore
          world.time.jump(hours * HOUR);
          await world.pass(20_000);
          for (const [ref, sent] of model) await compare(world, ref, sent);
        }
      } finally {
        await world.close();
        await rm(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 120_000);

it('a node that has not heard of the setting yet looks before it lets the timer go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-retention-'));
  const world = await openWholeDomain(join(folder, 'm.db'), new FakeTime(), {} as never);
  try {
    await begin(world);
    const { domain, store } = world;
    const id = `retention ${APP}`;
    await domain.call('app.update', OPERATOR, { id: APP, settings: { 'retention.direct': 0, 'retention.group': 0 } }); // prettier-ignore
    await world.pass(2_000);
    const { id: message } = await domain.call('message.send', world.ctx('alice'), { ref: 'u:bob', clientId: 'c:1', content: { type: 'text', text: 'x' } }); // prettier-ignore
    world.time.jump(72 * HOUR);
    await world.pass(5_000);
    const get = async () => (await domain.call('message.get', world.ctx('bob'), { ids: [message] })).messages.length; // prettier-ignore
    expect(await get()).toBe(1);
    // As another node writes it, whose word has not come.
    await store.commit([
      { op: 'app.set', id: APP, set: { settings: KEEP } },
      { op: 'timer.put', id, app: APP, kind: 'retention', dueAt: world.time.now(), payload: '' },
    ]);
    await world.pass(10_000);
    expect(await get()).toBe(0);
    expect(await store.timers.count()).toBe(1);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
});
