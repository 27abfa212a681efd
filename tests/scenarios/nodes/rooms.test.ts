import { randomUUID } from 'node:crypto';
import type { Room } from '@magpie/protocol';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { describe, expect, it, vi } from 'vitest';
import { signIn, textTo } from '../../protocol/support.ts';
import { useNodes, WITHOUT_NATS } from './support.ts';

/** For a machine that does much else. */
const within = { timeout: 20_000, interval: 20 };

const nodes = useNodes(3, { 'rooms.silence': 60_000 });

async function hall(): Promise<string> {
  const { room } = (await nodes.node(0).admin('room.create', { kind: 'hall', owner: 'alice' })) as { room: Room }; // prettier-ignore
  return room.id;
}

async function enter(index: number, id: string, user: string, more: Record<string, unknown> = {}): Promise<RawClient> {
  const client = await signIn(nodes.node(index), user);
  await client.request('room.enter', { id, ...more });
  return client;
} // prettier-ignore

/** On a node, perhaps going on with a session. */
async function open(index: number, user: string, instance: string, session?: string): Promise<[RawClient, string]> {
  const client = await connectRawClient(nodes.node(index).url);
  const { userSig } = await nodes.node(index).credentials(user);
  const output = await client.request('session.open', { token: userSig, instance, platform: 'web', protocol: 1, ...(session === undefined ? {} : { resume: { session } }) }); // prettier-ignore
  expect(output.resumed).toBe(session !== undefined);
  return [client, output.session];
} // prettier-ignore

/** Of high priority: a busy machine sheds the rest. */
const say = (id: string, words: string) => ({ ...textTo(`r:${id}`, words), priority: 'high' as const });

async function told(client: RawClient, id: string, event: string, fits: (d: Record<string, unknown>) => boolean = () => true) {
  const { d } = await client.event(event, (one) => one.c === `r:${id}` && fits(one.d as Record<string, unknown>));
  return d as Record<string, unknown>;
} // prettier-ignore

const hears = (client: RawClient, id: string, words: string) =>
  told(client, id, 'message.transient', ({ message }) => (message as { content: { text: string } }).content.text === words); // prettier-ignore
const counts = (count: number) => (d: Record<string, unknown>) => d['memberCount'] === count;
const comings = (client: RawClient, id: string) => client.events.filter(({ e, c }) => e === 'room.membersChanged' && c === `r:${id}`); // prettier-ignore
const countOn = async (index: number, id: string) =>
  ((await nodes.node(index).admin('room.get', { ids: [id] })) as { rooms: Room[] }).rooms[0]?.memberCount;

describe.skipIf(WITHOUT_NATS)('a room whose people are on three nodes', () => {
  it('is one room: entering, members, talk, what was said before, leaving', async () => {
    const id = await hall();
    await using alice = await enter(0, id, 'alice');
    await using bob = await enter(1, id, 'bob', { ext: 'hello' });
    expect(await told(alice, id, 'room.membersChanged', counts(2))).toMatchObject({ entered: [{ userId: 'bob', ext: 'hello' }] }); // prettier-ignore
    const { id: first } = await bob.request('message.send', say(id, 'Good evening'));
    for (const client of [alice, bob]) await hears(client, id, 'Good evening');
    await using carol = await signIn(nodes.node(2), 'carol');
    const { room, recent } = await carol.request('room.enter', { id });
    expect([room.memberCount, recent.map((message) => message.id)]).toEqual([3, [first]]);
    await vi.waitFor(async () => expect(await Promise.all([0, 1, 2].map((i) => countOn(i, id)))).toEqual([3, 3, 3]), within); // prettier-ignore
    for (const client of [alice, bob, carol]) {
      const { members } = await client.request('room.members', { id, limit: 10 });
      expect(members.map(({ userId }) => userId).sort()).toEqual(['alice', 'bob', 'carol']);
    }
    // Fewer than the node's share of the room's rate.
    const words = Array.from({ length: 10 }, (_, i) => `m${i}`);
    for (const one of words) await carol.request('message.send', say(id, one));
    for (const client of [alice, bob]) {
      await hears(client, id, 'm9');
      const heard = client.events.filter(({ e }) => e === 'message.transient').map(({ d }) => (d as { message: { content: { text: string } } }).message.content.text); // prettier-ignore
      expect(heard.slice(-10)).toEqual(words);
    }
    await bob.request('room.leave', { id });
    expect(await told(carol, id, 'room.membersChanged', counts(2))).toMatchObject({ left: [{ userId: 'bob', reason: 'left' }] }); // prettier-ignore
  });

  it('is kept in order from any of them: mute, revoke, kick, exclusive, dismiss', async () => {
    const id = await hall();
    await using alice = await enter(0, id, 'alice');
    await using bob = await enter(1, id, 'bob');
    await using carol = await enter(2, id, 'carol');
    const sent = await bob.request('message.send', say(id, 'oops'));
    await hears(carol, id, 'oops');
    await hears(alice, id, 'oops');
    await alice.request('message.revoke', { id: sent.id });
    for (const client of [bob, carol]) expect(await told(client, id, 'room.revoked')).toMatchObject({ id: sent.id, by: 'alice', role: 'owner' }); // prettier-ignore
    expect((await bob.refused('message.revoke', { id: sent.id })).code).toBe('ALREADY_REVOKED');
    await alice.request('room.mute', { id, users: ['bob'], seconds: 600 });
    await told(bob, id, 'room.changed', (d) => d['change'] === 'muted');
    expect((await bob.refused('message.send', say(id, 'm'))).code).toBe('MUTED');
    await using too = await enter(0, id, 'carol', { exclusive: true });
    expect(await told(carol, id, 'room.out')).toMatchObject({ reason: 'elsewhere' });
    expect(await alice.request('room.kick', { id, users: ['bob', 'dave'] })).toEqual({ removed: ['bob'] });
    expect(await told(bob, id, 'room.out')).toMatchObject({ reason: 'kicked', by: 'alice' });
    await vi.waitFor(async () => expect(await countOn(2, id)).toBe(2), within);
    await nodes.node(2).admin('room.dismiss', { id });
    for (const client of [alice, too]) expect(await told(client, id, 'room.out')).toMatchObject({ reason: 'dismissed' }); // prettier-ignore
    await vi.waitFor(async () => expect((await bob.refused('room.enter', { id })).code).toBe('ROOM_NOT_FOUND'), within); // prettier-ignore
  });

  it('a send whose answer was lost is tried again through another node, and heard once', async () => {
    const id = await hall();
    await using alice = await enter(0, id, 'alice');
    await using carol = await enter(2, id, 'carol');
    const [first, session] = await open(1, 'bob', `b-${id}`);
    await first.request('room.enter', { id });
    const input = say(id, 'once');
    await first.request('message.send', input);
    for (const client of [alice, carol]) await hears(client, id, 'once');
    await first.close();
    const [second] = await open(2, 'bob', `b-${id}`, session);
    await second.request('message.send', input);
    await second.request('message.send', say(id, 'then'));
    for (const client of [alice, carol]) {
      await hears(client, id, 'then');
      expect(client.events.filter(({ e }) => e === 'message.transient')).toHaveLength(2);
    }
    await second.close();
  });
});

describe.skipIf(WITHOUT_NATS)('a device that comes back on another node', () => {
  it('was there all the time', async () => {
    const id = await hall();
    await using alice = await enter(0, id, 'alice');
    const [first, session] = await open(1, 'bob', `b-${id}`);
    await first.request('room.enter', { id });
    await told(alice, id, 'room.membersChanged', counts(2));
    await first.close();
    const [second] = await open(2, 'bob', `b-${id}`, session);
    expect((await second.request('room.resume', { rooms: [id], away: 50 })).rooms).toMatchObject([{ id, room: { memberCount: 2, me: { role: 'member' } } }]); // prettier-ignore
    await alice.request('message.send', say(id, 'welcome'));
    await hears(second, id, 'welcome');
    await second.request('room.leave', { id });
    await told(alice, id, 'room.membersChanged', ({ left }) => (left as unknown[]).length > 0);
    // Nothing in between: no ghost went, nobody came.
    expect(comings(alice, id).map(({ d }) => (d as { memberCount: number }).memberCount)).toEqual([1, 2, 1]);
    expect(await countOn(1, id)).toBe(1);
    await second.close();
  });

  it('also when its node was stopped, with what was said last', async () => {
    const id = await hall();
    await using alice = await enter(0, id, 'alice');
    const [first, session] = await open(1, 'bob', `b-${id}`);
    await first.request('room.enter', { id });
    await told(alice, id, 'room.membersChanged', counts(2));
    await nodes.node(1).restart();
    await alice.request('message.send', say(id, 'while away'));
    const [second] = await open(2, 'bob', `b-${id}`, session);
    expect((await second.request('room.resume', { rooms: [id], away: 1_000 })).rooms).toMatchObject([{ id, room: { memberCount: 2 } }]); // prettier-ignore
    await second.request('message.send', say(id, 'back'));
    await hears(alice, id, 'back');
    expect(comings(alice, id)).toHaveLength(2);
    await using carol = await signIn(nodes.node(1), `carol-${randomUUID().slice(0, 8)}`);
    const { room, recent } = await carol.request('room.enter', { id });
    expect(room.memberCount).toBe(3);
    expect(recent.map(({ content }) => (content.type === 'text' ? content.text : ''))).toEqual(['while away', 'back']); // prettier-ignore
    await second.close();
  });
});
