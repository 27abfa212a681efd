import type { Client } from '@magpie/client';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { describe, expect, it, vi } from 'vitest';
import { next, record, text } from '../scenarios/support/clients.ts';
import { useWorld, type World } from './support/world.ts';

const DAY = 86_400_000;

/** A process whose clock is two days behind: what it stores is old for the one that comes after it. */
const daysAgo = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now = Date.now; Date.now = () => now() - ${2 * DAY};`)}`,
};

/** Another device of a user, which sees what the server sends. */
async function witness({ node }: World, user: string): Promise<RawClient> {
  const client = await connectRawClient(node.url);
  await client.request('session.open', { token: await node.userSig(user), instance: 'witness', platform: 'web', protocol: 1 }); // prettier-ignore
  return client;
}

function troubles(client: Client): readonly unknown[] {
  const seen: unknown[] = [];
  client.on('error', ({ error }) => void seen.push(error));
  client.on('kicked', (reason) => void seen.push(reason));
  return seen;
}

describe('what the server of the landed version does not know', () => {
  const world = useWorld('old', 'new');

  it('is refused as unknown, and the client goes on, also after a cut', async () => {
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    const heard = record(bob);
    const trouble = troubles(alice);
    const unknown = { code: 'UNKNOWN_OPERATION' };
    await expect(alice.presence.subscribe(['bob'])).rejects.toMatchObject(unknown);
    await expect(alice.presence.set({ custom: 'here' })).rejects.toMatchObject(unknown);
    await expect(alice.rooms.create({ kind: 'live', id: 'hall', name: 'Hall' })).rejects.toMatchObject(unknown); // prettier-ignore
    await expect(alice.rooms.enter('hall')).rejects.toMatchObject(unknown);
    await alice.messages.send({ ref: 'u:bob', content: text('still here') });
    const back = next(alice, 'ready');
    world.proxy.cut();
    await back;
    await alice.messages.send({ ref: 'u:bob', content: text('here again') });
    expect(await heard.of(2)).toEqual(['still here', 'here again']);
    expect(trouble).toEqual([]);
  });
});

describe('events that clients of the landed version do not know', () => {
  const world = useWorld('new', 'old', { env: daysAgo });

  it('are passed over: of presence, and of messages kept no longer', async () => {
    const [carl, dora] = [await world.login('carl'), await world.login('dora')];
    for (const words of ['old', 'older']) await carl.messages.send({ ref: 'u:dora', content: text(words) });
    await world.node.become('new', {});
    const heard = record(dora);
    const trouble = troubles(dora);
    await using seen = await witness(world, 'dora');
    const fresh = await carl.messages.send({ ref: 'u:dora', content: text('fresh') });
    await heard.of(1);
    await seen.request('presence.subscribe', { users: ['carl'] });
    await (await witness(world, 'carl')).close();
    await seen.event('presence.changed');
    await world.node.admin('app.update', { id: 'demo', settings: { 'retention.direct': DAY } });
    await seen.event('message.purged', ({ d }) => (d as { upTo: number }).upTo === 2);
    // The next change of the same stream must not be held back by the one that was passed over.
    const told = next(dora, 'revoked');
    await carl.messages.revoke(fresh.id);
    expect((await told).message.id).toBe(fresh.id);
    await carl.messages.send({ ref: 'u:dora', content: text('going on') });
    await vi.waitFor(() => expect(heard.texts).toContain('going on'), { timeout: 30_000 });
    const page = await dora.messages.list({ ref: 'u:carl', limit: 10 });
    expect(page.messages.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(trouble).toEqual([]);
  });
});
