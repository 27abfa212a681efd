import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboundError, type Outbound } from '@magpie/domain';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeTime } from '../../packages/domain/src/testing/fake-time.ts';
import { APP, openWholeDomain, type WholeDomain } from './support/whole-domain.ts';

/** An hour would be too long to wait for; so the clock is a fake one, and all else the real thing. */
const MINUTE = 60_000;
const PEOPLE = Array.from({ length: 12 }, (_, i) => `user${i}`);

let folder: string;
let world: WholeDomain;
const time = new FakeTime();

interface Got {
  readonly at: number;
  readonly id: string;
  readonly event: { readonly e: string; readonly c: string; readonly n: number };
}
const got: Got[] = [];
let asked = 0;
let isDown = false;

const outbound: Outbound = {
  check: async () => undefined,
  close: async () => undefined,
  request: async ({ body }) => {
    asked++;
    if (isDown) throw new OutboundError('connect', 'No connection.');
    got.push({ ...(JSON.parse(body ?? '') as Omit<Got, 'at'>), at: time.now() });
    return { status: 200, headers: {}, body: '' };
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-outage-'));
  world = await openWholeDomain(join(folder, 'magpie.db'), time, outbound);
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await world.close();
  world = await openWholeDomain(join(folder, 'magpie.db'), time, outbound);
}

let serial = 0;
async function say(from: string, to: string): Promise<string> {
  const input = { ref: `u:${to}`, clientId: `c${++serial}`, content: { type: 'text' as const, text: `text ${serial}` } }; // prettier-ignore
  return (await world.domain.call('message.send', world.ctx(from), input)).id;
}

async function everybodyWrites(): Promise<number> {
  let count = 0;
  for (const [i, from] of PEOPLE.entries())
    for (const to of PEOPLE.slice(i + 1)) {
      const id = await say(from, to);
      if (++count % 5 === 0) await world.domain.call('message.revoke', world.ctx(from), { id });
    }
  return count + Math.floor(count / 5);
}

it('a back end that is down for an hour misses nothing, gets each conversation in order, and is not stormed', async () => {
  await makeApp();
  const made = await world.domain.call('webhook.create', world.admin, { url: 'http://back.end/', events: ['message.created', 'message.revoked'] }); // prettier-ignore
  let told = await everybodyWrites();
  await world.pass(5_000);
  expect(got).toHaveLength(told);

  isDown = true;
  asked = 0;
  told += await everybodyWrites();
  await world.pass(20 * MINUTE);
  told += await everybodyWrites();
  await world.pass(10 * MINUTE);
  await reopen();
  await world.pass(25 * MINUTE);
  told += await everybodyWrites();
  await world.pass(5 * MINUTE);
  const waiting = (await world.domain.call('webhook.list', world.admin, {})).webhooks[0];
  expect(waiting).toMatchObject({ id: made.webhook.id, parked: 0, lastError: 'No connection.' });
  expect(waiting?.waiting).toBe(told - got.length);
  // A probe every five seconds, and a few at each start.
  expect(asked).toBeLessThan(60 * 12 + 60);

  isDown = false;
  const back = time.now();
  await world.pass(10_000);
  expect(got).toHaveLength(told);
  expect((got.at(-1)?.at ?? Infinity) - back).toBeLessThanOrEqual(10_000);
  expect(new Set(got.map(({ id }) => id)).size).toBe(told);
  for (const name of ['message.created', 'message.revoked']) inOrder(name);
  expect((await world.domain.call('webhook.list', world.admin, {})).webhooks[0]).toMatchObject({ waiting: 0, parked: 0 }); // prettier-ignore
}, 120_000);

async function makeApp(): Promise<void> {
  const nobody = { app: { id: '', name: '', doors: [], settings: {} as never, createdAt: 0 }, userId: '' };
  await world.domain.call('app.create', { ...nobody, caller: 'admin' }, { id: APP, name: 'Demo', doors: [], settings: { registration: 'open' } }); // prettier-ignore
  for (const userId of PEOPLE)
    await world.domain.call('user.register', { ...world.admin, caller: 'anonymous' }, { userId, password: 'x' }); // prettier-ignore
}

/** Messages of a conversation by seq, its changes by changeSeq: each from where it began, without a gap. */
function inOrder(name: string): void {
  const byConversation = new Map<string, number[]>();
  for (const { event } of got.filter((one) => one.event.e === name))
    byConversation.set(event.c, [...(byConversation.get(event.c) ?? []), event.n]);
  expect(byConversation.size).toBeGreaterThan(10);
  for (const seqs of byConversation.values()) expect(seqs).toEqual(seqs.map((_, i) => i + 1));
}
