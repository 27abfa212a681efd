import { randomUUID } from 'node:crypto';
import type { Room } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ settings: { 'rooms.silence': 400 } });
});
afterAll(() => server.close());

async function hall(more: Record<string, unknown> = {}): Promise<string> {
  const { room } = (await server.admin('room.create', { kind: 'hall', owner: 'alice', name: 'Hall', ...more })) as { room: Room }; // prettier-ignore
  return room.id;
}

async function enter(id: string, user: string, more: Record<string, unknown> = {}): Promise<RawClient> {
  const client = await signIn(server, user, more);
  await client.request('room.enter', { id });
  return client;
}

/** Of high priority: a busy machine sheds the rest. */
const say = (id: string, words: string) => ({ ...textTo(`r:${id}`, words), priority: 'high' as const });

/** Waits for a piece of news of a room, and answers its payload. */
async function told(client: RawClient, id: string, event: string, fits: (d: Record<string, unknown>) => boolean = () => true) {
  const { d } = await client.event(event, (one) => one.c === `r:${id}` && fits(one.d as Record<string, unknown>));
  return d as Record<string, unknown>;
} // prettier-ignore

const someLeft = (d: Record<string, unknown>) => (d['left'] as unknown[]).length > 0;

describe('being in a room', () => {
  it('enter, members, count, talk, leave', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    await using bob = await signIn(server, 'bob');
    const { room, recent } = await bob.request('room.enter', { id, ext: 'hello' });
    expect(room).toMatchObject({ id, kind: 'hall', owner: 'alice', memberCount: 2, me: { role: 'member' } });
    expect(recent).toEqual([]);
    expect(await told(alice, id, 'room.membersChanged', (d) => d['memberCount'] === 2)).toMatchObject({ entered: [{ userId: 'bob', ext: 'hello' }], left: [] }); // prettier-ignore
    const sent = await bob.request('message.send', say(id, 'Good evening'));
    expect(sent).toMatchObject({ conv: `r:${id}`, stored: false });
    expect(sent).not.toHaveProperty('seq');
    for (const client of [alice, bob]) expect(await told(client, id, 'message.transient')).toMatchObject({ message: { id: sent.id, from: 'bob', content: { text: 'Good evening' } } }); // prettier-ignore
    const { members } = await alice.request('room.members', { id, limit: 10 });
    expect(members.map(({ userId, role }) => [userId, role])).toEqual([['bob', 'member'], ['alice', 'owner']]); // prettier-ignore
    await bob.request('room.leave', { id });
    expect(await told(alice, id, 'room.membersChanged', someLeft)).toMatchObject({ left: [{ userId: 'bob', reason: 'left' }] }); // prettier-ignore
    expect((await bob.refused('message.send', say(id, 'again'))).code).toBe('NOT_MEMBER');
    expect((await bob.refused('room.leave', { id })).code).toBe('NOT_MEMBER');
  });

  it('who enters is shown what was said last, with names', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    await alice.request('user.update', { name: 'Alice A.' });
    for (let i = 0; i < 25; i++) await alice.request('message.send', say(id, `m${i}`));
    await using bob = await signIn(server, 'bob');
    const { recent, people } = await bob.request('room.enter', { id });
    expect(recent.map(({ content }) => (content.type === 'text' ? content.text : ''))).toEqual(Array.from({ length: 20 }, (_, i) => `m${i + 5}`)); // prettier-ignore
    expect(people['alice']).toMatchObject({ name: 'Alice A.' });
  });

  it('a message is taken back', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    await using bob = await enter(id, 'bob');
    const sent = await bob.request('message.send', say(id, 'oops'));
    const reply = await alice.request('message.revoke', { id: sent.id, reason: 'manners' });
    expect(reply).toMatchObject({ id: sent.id, conv: `r:${id}` });
    expect(await told(bob, id, 'room.revoked')).toMatchObject({ id: sent.id, conv: `r:${id}`, from: 'bob', by: 'alice', role: 'owner', reason: 'manners' }); // prettier-ignore
    expect((await bob.refused('message.revoke', { id: sent.id })).code).toBe('ALREADY_REVOKED');
    await using carol = await signIn(server, 'carol');
    expect((await carol.request('room.enter', { id })).recent).toEqual([]);
  });

  it('is not in the list of conversations, keeps no unread and no receipts', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    await alice.request('message.send', { ...say(id, 'm'), receipt: true });
    const { conversations } = await alice.request('conversation.list', { limit: 100 });
    expect(conversations.filter(({ conv }) => conv.startsWith('r:'))).toEqual([]);
    for (const [op, input] of [
      ['conversation.read', { ref: `r:${id}`, report: true }],
      ['conversation.pin', { ref: `r:${id}`, on: true }],
      ['message.delete', { ref: `r:${id}`, upTo: 1 }],
      ['receipt.send', { ref: `r:${id}`, ids: ['10000000001'] }],
    ] as const)
      expect((await alice.refused(op, input)).code).toBe('CONVERSATION_NOT_FOUND');
  });

  it('who is unknown or gone is told so', async () => {
    await using alice = await signIn(server, 'alice');
    for (const [op, input, field] of [
      ['room.enter', { id: 'none' }, 'id'],
      ['room.leave', { id: 'none' }, 'id'],
      ['room.members', { id: 'none', limit: 5 }, 'id'],
      ['message.send', say('none', 'm'), 'ref'],
    ] as const)
      expect(await alice.refused(op, input)).toMatchObject({ code: 'ROOM_NOT_FOUND', field });
    expect((await alice.refused('room.create', { kind: 'hall' })).code).toBe('FORBIDDEN');
  });
});

describe('keeping order', () => {
  it('mute, mute all, kick, ban, dismiss', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    await using bob = await enter(id, 'bob');
    await using carol = await enter(id, 'carol');
    await alice.request('room.mute', { id, users: ['bob'], seconds: 600 });
    expect(await told(carol, id, 'room.changed')).toMatchObject({ change: 'muted', targets: ['bob'], actor: 'alice' }); // prettier-ignore
    expect((await bob.refused('message.send', say(id, 'm'))).code).toBe('MUTED');
    const { users } = await alice.request('room.restricted', { id, what: 'muted', limit: 10 });
    expect(users).toMatchObject([{ userId: 'bob' }]);
    await alice.request('room.update', { id, mutedAll: true, announcement: 'Quiet, please' });
    expect((await carol.refused('message.send', say(id, 'm'))).code).toBe('MUTED');
    expect(await told(carol, id, 'room.changed', (d) => d['change'] === 'profileChanged')).toMatchObject({ room: { announcement: 'Quiet, please', mutedAll: true } }); // prettier-ignore
    expect(await alice.request('room.kick', { id, users: ['bob', 'dave'] })).toEqual({ removed: ['bob'] });
    expect(await told(bob, id, 'room.out')).toMatchObject({ id, reason: 'kicked', by: 'alice' });
    await bob.request('room.enter', { id });
    await alice.request('room.kick', { id, users: ['bob'], seconds: 600, reason: 'rude' });
    expect(await told(bob, id, 'room.out')).toMatchObject({ reason: 'banned', text: 'rude' });
    expect((await bob.refused('room.enter', { id })).code).toBe('BANNED');
    expect((await alice.request('room.restricted', { id, what: 'banned', limit: 10 })).users).toMatchObject([{ userId: 'bob' }]); // prettier-ignore
    await server.restart();
    await using late = await signIn(server, 'bob');
    expect((await late.refused('room.enter', { id })).code).toBe('BANNED');
    await server.admin('room.unban', { id, users: ['bob'] });
    const { room } = await late.request('room.enter', { id });
    expect(room).toMatchObject({ mutedAll: true, me: { mutedUntil: expect.any(Number) as number } });
    await server.admin('room.dismiss', { id });
    expect(await told(late, id, 'room.out')).toMatchObject({ reason: 'dismissed' });
    expect((await late.refused('room.enter', { id })).code).toBe('ROOM_NOT_FOUND');
  });

  it('several devices; one that enters `exclusive` puts out the others', async () => {
    const id = await hall();
    await using one = await enter(id, 'bob');
    await using two = await enter(id, 'bob');
    expect((await two.request('room.members', { id, limit: 10 })).memberCount).toBe(1);
    await two.request('room.enter', { id, exclusive: true });
    expect(await told(one, id, 'room.out')).toMatchObject({ reason: 'elsewhere' });
    expect((await two.request('room.members', { id, limit: 10 })).memberCount).toBe(1);
  });
});

describe('a lost connection', () => {
  const open = async (user: string, instance: string, session?: string): Promise<[RawClient, string]> => {
    const client = await connectRawClient(server.url);
    const { userSig } = await server.credentials(user);
    const output = await client.request('session.open', { token: userSig, instance, platform: 'web', protocol: 1, ...(session === undefined ? {} : { resume: { session } }) }); // prettier-ignore
    return [client, output.session];
  };

  it('that comes back in time is still in, and nobody notices; later it is out', async () => {
    const id = await hall();
    await using alice = await enter(id, 'alice');
    const instance = `i-${randomUUID().slice(0, 8)}`;
    const [first, session] = await open('bob', instance);
    await first.request('room.enter', { id });
    await told(alice, id, 'room.membersChanged', (d) => d['memberCount'] === 2);
    await first.close();
    const [second] = await open('bob', instance, session);
    const { rooms } = await second.request('room.resume', { rooms: [id], away: 50 });
    expect(rooms).toMatchObject([{ id, room: { memberCount: 2, me: { role: 'member' } } }]);
    await alice.request('message.send', say(id, 'welcome back'));
    await told(second, id, 'message.transient');
    await second.close();
    expect(await told(alice, id, 'room.membersChanged', someLeft)).toMatchObject({ entered: [], left: [{ userId: 'bob', reason: 'timeout' }] }); // prettier-ignore
    const [third] = await open('bob', instance, session);
    expect((await third.request('room.resume', { rooms: [id, 'none'], away: 5_000 })).rooms).toEqual([{ id, reason: 'timeout' }, { id: 'none', reason: 'dismissed' }]); // prettier-ignore
    await third.close();
  });

  it('over a restart of the server: back in within the silence, without entering', async () => {
    await server.admin('app.update', { id: 'demo', settings: { 'rooms.silence': 60_000 } });
    const id = await hall();
    const [before] = await open('bob', 'phone');
    await before.request('room.enter', { id });
    const lostAt = Date.now();
    await server.restart();
    const [after] = await open('bob', 'phone');
    const { rooms } = await after.request('room.resume', { rooms: [id], away: Date.now() - lostAt });
    expect(rooms).toMatchObject([{ id, room: { memberCount: 1 } }]);
    await after.request('message.send', say(id, 'still here'));
    await told(after, id, 'message.transient');
    await after.close();
    await server.admin('app.update', { id: 'demo', settings: { 'rooms.silence': 400 } });
  });
});

describe('a lounge', () => {
  it('is made by entering, ends by itself when the last one left, and may be made again', async () => {
    const id = `lounge-${randomUUID().slice(0, 8)}`;
    const create = { kind: 'lounge' as const, name: 'Fireside', endDelay: 0 };
    await using bob = await signIn(server, 'bob');
    await using carol = await signIn(server, 'carol');
    expect((await bob.request('room.enter', { id, create })).room).toMatchObject({ id, kind: 'lounge', name: 'Fireside', memberCount: 1 }); // prettier-ignore
    expect((await carol.request('room.enter', { id, create: { ...create, name: 'Ignored' } })).room).toMatchObject({ name: 'Fireside', memberCount: 2 }); // prettier-ignore
    await bob.request('room.leave', { id });
    await carol.request('room.leave', { id });
    await expect.poll(async () => ((await server.admin('room.get', { ids: [id] })) as { rooms: Room[] }).rooms, { timeout: 20_000 }).toEqual([]); // prettier-ignore
    expect((await bob.refused('room.enter', { id })).code).toBe('ROOM_NOT_FOUND');
    expect((await bob.request('room.enter', { id, create: { ...create, name: 'Anew' } })).room).toMatchObject({ name: 'Anew', memberCount: 1 }); // prettier-ignore
  });

  it('left by a lost connection ends too, also after a restart', async () => {
    const id = `lounge-${randomUUID().slice(0, 8)}`;
    const bob = await signIn(server, 'bob');
    await bob.request('room.enter', { id, create: { kind: 'lounge' } });
    await server.restart();
    await expect.poll(async () => ((await server.admin('room.get', { ids: [id] })) as { rooms: Room[] }).rooms, { timeout: 20_000 }).toEqual([]); // prettier-ignore
  });
});
