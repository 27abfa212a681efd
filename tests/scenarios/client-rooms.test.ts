import type { Client, ClientEvents } from '@magpie/client';
import { describe, expect, test } from 'vitest';
import { next, record, text, textOf, useWorld } from './support/clients.ts';

const SILENCE = 2_500;
const world = useWorld({ settings: { 'rooms.silence': SILENCE, 'limits.rate.room': 10 } });
const { login } = world;

let made = 0;
/** A live room of alice's, with alice in it. */
async function room(): Promise<{ id: string; ref: string; alice: Client }> {
  const alice = await login('alice');
  const id = `live-${++made}`;
  await alice.rooms.create({ id, kind: 'live', name: 'Bridge' });
  await alice.rooms.enter(id);
  return { id, ref: `r:${id}`, alice };
}

function gather<E extends keyof ClientEvents>(client: Client, ...events: E[]): E[] {
  const told: E[] = [];
  for (const event of events) client.on(event, () => void told.push(event));
  return told;
}

test('a room: entered, talked in, looked at, left; and nothing of it in any list', async () => {
  const { id, ref, alice } = await room();
  const bob = await login('bob');
  const came = next(alice, 'roomMembers', ({ entered }) => entered.some(({ userId }) => userId === 'bob'));
  await alice.messages.send({ ref, content: text('before') });
  const entered = await bob.rooms.enter(id, { ext: 'hello' });
  expect(entered.recent.map(textOf)).toEqual(['before']);
  expect(entered.room).toMatchObject({ id, kind: 'live', name: 'Bridge', owner: 'alice', memberCount: 2, me: { role: 'member' } }); // prettier-ignore
  expect(entered).not.toHaveProperty('lastSeq');
  expect(await came).toMatchObject({ ref, entered: [{ userId: 'bob', ext: 'hello' }], memberCount: 2 });
  expect(alice.rooms.current(id)?.memberCount).toBe(2);

  const heard = record(bob);
  const sent = await alice.messages.send({ ref, content: text('after') });
  expect(sent).toMatchObject({ stored: false, status: 'sent' });
  expect(await heard.of(1)).toEqual(['after']);
  expect(bob.rooms.recent(id).map(textOf)).toEqual(['before', 'after']);
  expect(alice.rooms.recent(id).map(textOf)).toEqual(['before', 'after']);

  const members = await bob.rooms.members(id);
  expect(members).toMatchObject({ memberCount: 2, members: [{ userId: 'bob', role: 'member' }, { userId: 'alice', role: 'owner' }] }); // prettier-ignore
  expect((await bob.rooms.get([id, 'none']))[0]).toMatchObject({ id, me: { role: 'member' } });
  expect((await bob.rooms.list({ limit: 100 })).rooms.map((one) => one.id)).toContain(id);

  const gone = next(alice, 'roomMembers', ({ left }) => left.length > 0);
  await bob.rooms.leave(id);
  expect(await gone).toMatchObject({ left: [{ userId: 'bob', reason: 'left' }], memberCount: 1 });
  await expect(bob.messages.send({ ref, content: text('?') })).rejects.toMatchObject({ code: 'NOT_MEMBER' });
  for (const client of [alice, bob]) {
    expect(client.conversations.list().filter(({ kind }) => kind === 'room')).toEqual([]);
    expect(await client.conversations.load(ref)).toBeUndefined();
  }
});

test('its owner governs: name, silence, mute, kick, ban; what was said is taken back; it ends for all', async () => {
  const { id, ref, alice } = await room();
  const [bob, carol] = [await login('bob'), await login('carol')];
  for (const client of [bob, carol]) await client.rooms.enter(id);

  const renamed = next(bob, 'room', ({ change }) => change === 'profileChanged');
  expect((await alice.rooms.update(id, { name: 'New', announcement: 'Rules' })).me?.role).toBe('owner');
  expect(await renamed).toMatchObject({ ref, actor: 'alice', mine: false, room: { name: 'New' } });
  expect(bob.rooms.current(id)).toMatchObject({ announcement: 'Rules', me: { role: 'member' } });

  const quiet = next(bob, 'room', ({ change }) => change === 'mutedAll');
  await alice.rooms.update(id, { mutedAll: true });
  await quiet;
  await expect(bob.messages.send({ ref, content: text('x') })).rejects.toMatchObject({ code: 'MUTED' });
  await alice.rooms.update(id, { mutedAll: false });

  const muted = next(bob, 'room', ({ change }) => change === 'muted');
  const { until } = await alice.rooms.mute(id, ['bob'], 60);
  expect(await muted).toMatchObject({ mine: true, until });
  expect(bob.rooms.current(id)?.me?.mutedUntil).toBe(until);
  expect((await alice.rooms.restricted(id, 'muted')).users).toMatchObject([{ userId: 'bob', until }]);
  const unmuted = next(bob, 'room', ({ change }) => change === 'unmuted');
  await alice.rooms.mute(id, ['bob'], 0);
  await unmuted;
  expect(bob.rooms.current(id)?.me).not.toHaveProperty('mutedUntil');

  const heard = next(alice, 'messages');
  const sent = await bob.messages.send({ ref, content: text('oops') });
  await heard;
  const [told, here] = [next(carol, 'revoked'), next(alice, 'revoked')];
  const revoked = await alice.messages.revoke(sent.id, { reason: 'rude' });
  expect(revoked).toMatchObject({ id: sent.id, revoked: { by: 'alice', role: 'owner', reason: 'rude' } });
  expect((await told).message).toMatchObject({ id: sent.id, content: { type: 'revoked', original: { text: 'oops' } } }); // prettier-ignore
  expect((await here).message).toBe(revoked);
  expect(carol.rooms.recent(id).map(textOf)).toEqual(['revoked']);

  const kicked = next(carol, 'roomOut');
  expect(await alice.rooms.kick(id, ['carol', 'dave'], { reason: 'bye' })).toEqual(['carol']);
  expect(await kicked).toMatchObject({ ref, reason: 'kicked', by: 'alice', text: 'bye' });
  await carol.rooms.enter(id);
  const banned = next(carol, 'roomOut');
  await alice.rooms.kick(id, ['carol'], { seconds: 60 });
  expect((await banned).until).toBeGreaterThan(Date.now());
  await expect(carol.rooms.enter(id)).rejects.toMatchObject({ code: 'BANNED' });
  expect(carol.rooms.joined()).toEqual([]);
  expect((await alice.rooms.restricted(id, 'banned')).users.map(({ userId }) => userId)).toEqual(['carol']);
  await alice.rooms.unban(id, ['carol']);
  await carol.rooms.enter(id);

  const ended = [alice, bob, carol].map((client) => next(client, 'roomOut'));
  await alice.rooms.dismiss(id);
  for (const out of await Promise.all(ended)) expect(out).toMatchObject({ ref, reason: 'dismissed' });
  await expect(bob.rooms.enter(id)).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND' });
});

test('roles are handed out and over by the app, and known to those who get them', async () => {
  const { id, alice } = await room();
  const bob = await login('bob');
  await bob.rooms.enter(id);
  const admin = next(bob, 'room', ({ change }) => change === 'roleChanged');
  await world.server.admin('room.setRole', { id, users: ['bob'], role: 'admin' });
  await admin;
  expect(bob.rooms.current(id)?.me?.role).toBe('admin');
  const owner = next(bob, 'room', ({ change }) => change === 'ownerChanged');
  const lost = next(alice, 'room', ({ change }) => change === 'ownerChanged');
  await world.server.admin('room.transfer', { id, user: 'bob' });
  await Promise.all([owner, lost]);
  expect([bob, alice].map((client) => client.rooms.current(id)?.me?.role)).toEqual(['owner', 'member']);
});

test('above its rate, high arrives, low goes first, and every sender is told', async () => {
  const { id, ref, alice } = await room();
  const bob = await login('bob');
  const carol = await login('carol');
  for (const client of [bob, carol]) await client.rooms.enter(id);
  const heard = record(carol);
  const priorities = ['high', 'normal', 'low', 'lowest'] as const;
  const sends = Array.from({ length: 32 }, (_, i) => {
    const priority = priorities[i % 4] ?? 'low';
    return bob.messages.send({ ref, content: text(`${priority} ${i}`), priority });
  });
  const sent = await Promise.all(sends);
  const arrived = sent.filter(({ dropped }) => dropped === undefined).map(textOf);
  expect(sent.filter(({ dropped }) => dropped !== undefined).every(({ dropped }) => dropped === 'rate')).toBe(true); // prettier-ignore
  const dropped = (priority: string): number => sent.filter((one) => one.priority === priority && one.dropped !== undefined).length; // prettier-ignore
  expect(dropped('high')).toBe(0);
  expect(dropped('lowest')).toBeGreaterThan(0);
  expect(dropped('normal')).toBeLessThanOrEqual(dropped('low'));
  const last = next(carol, 'messages', ({ messages }) => messages.some((one) => textOf(one) === 'last'));
  await alice.messages.send({ ref, content: text('last') });
  await last;
  expect([...heard.texts].sort()).toEqual([...arrived, 'last'].sort());
  expect(bob.messages.outgoing()).toEqual([]);
});

describe('a connection that is lost', () => {
  test('and back in time is not noticed; the room goes on', async () => {
    const { id, ref, alice } = await room();
    const proxy = await world.server.proxy();
    const bob = await login('bob', { server: proxy.url });
    await bob.rooms.enter(id);
    const told = gather(bob, 'syncing', 'roomOut', 'room', 'ready');
    const left = gather(alice, 'roomMembers');
    const back = next(bob, 'ready');
    proxy.cut();
    await back;
    expect(told).toEqual(['syncing', 'ready']);
    const heard = record(bob);
    await alice.messages.send({ ref, content: text('still there?') });
    expect(await heard.of(1)).toEqual(['still there?']);
    expect(await bob.messages.send({ ref, content: text('yes') })).toMatchObject({ status: 'sent' });
    expect(left.length).toBeLessThanOrEqual(1);
  });

  test('for longer is out, and told so before ready; what waited fails with that', async () => {
    const { id, ref, alice } = await room();
    const proxy = await world.server.proxy();
    const bob = await login('bob', { server: proxy.url });
    await bob.rooms.enter(id);
    const told = gather(bob, 'syncing', 'roomOut', 'ready');
    const out = next(bob, 'roomOut');
    const back = next(bob, 'ready');
    const gone = next(alice, 'roomMembers', ({ left }) => left.some(({ userId }) => userId === 'bob'));
    const lost = next(bob, 'state');
    proxy.block();
    await lost;
    const waiting = bob.messages.send({ ref, content: text('too late') });
    const failed = expect(waiting).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    expect((await gone).left).toEqual([{ userId: 'bob', reason: 'timeout' }]);
    proxy.restore();
    await back;
    expect(await out).toMatchObject({ ref, reason: 'timeout', room: { name: 'Bridge' } });
    expect(told).toEqual(['syncing', 'roomOut', 'ready']);
    await failed;
    await bob.rooms.enter(id);
    expect(bob.rooms.joined()).toHaveLength(1);
  });

  test('with a message on its way: it is said once or not at all, and the sender knows which, or that nobody does', async () => {
    const { id, ref, alice } = await room();
    const proxy = await world.server.proxy();
    const bob = await login('bob', { server: proxy.url });
    await bob.rooms.enter(id);
    const heard = record(alice);
    proxy.hold('toClient');
    const sending = bob.messages.send({ ref, content: text('perhaps') });
    const failed = expect(sending).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    await heard.of(1);
    const back = next(bob, 'ready');
    proxy.cut();
    proxy.release();
    await failed;
    await back;
    await bob.messages.send({ ref, content: text('again') });
    expect(await heard.of(2)).toEqual(['perhaps', 'again']);
    expect(bob.messages.outgoing(ref).map(({ status }) => status)).toEqual(['failed']);
  });
});

test('devices are in rooms each for themselves; another may take over; a new login is in none', async () => {
  const { id, ref } = await room();
  const [phone, laptop] = [await login('bob'), await login('bob')];
  await phone.rooms.enter(id);
  const heardThere = record(laptop);
  await phone.messages.send({ ref, content: text('mine') });
  await laptop.rooms.enter(id);
  const news = next(laptop, 'messages');
  await phone.messages.send({ ref, content: text('from the phone') });
  expect((await news).messages.map((one) => [textOf(one), one.mine])).toEqual([['from the phone', true]]);
  expect(heardThere.texts).toEqual(['from the phone']);

  const over = next(phone, 'roomOut');
  await laptop.rooms.enter(id, { exclusive: true });
  expect(await over).toMatchObject({ ref, reason: 'elsewhere' });
  expect((await laptop.rooms.members(id)).memberCount).toBe(2);

  const other = await room();
  const moved = next(laptop, 'roomOut');
  await laptop.rooms.enter(other.id, { leaveOthers: true });
  expect(await moved).toMatchObject({ ref, reason: 'left' });
  expect(laptop.rooms.joined().map((one) => one.id)).toEqual([other.id]);

  await laptop.session.close();
  expect(laptop.rooms.joined()).toEqual([]);
  const { userSig } = await world.server.credentials('bob');
  const ready = next(laptop, 'ready');
  await laptop.session.open({ token: userSig, user: 'bob' });
  await ready;
  expect(laptop.rooms.joined()).toEqual([]);
  expect((await laptop.rooms.get([other.id]))[0]).not.toHaveProperty('me');
});

test('many rooms at once are resumed in one go; entering twice is being in once', async () => {
  const carol = await login('carol', { server: (await world.server.proxy()).url });
  const ids = Array.from({ length: 5 }, () => `lounge-${++made}`);
  for (const id of ids) await carol.rooms.enter(id, { create: { kind: 'lounge', name: id } });
  await carol.rooms.enter(ids[0] ?? '');
  await expect(carol.rooms.enter(`lounge-${++made}`, { create: { kind: 'lounge' } })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' }); // prettier-ignore
  const back = next(carol, 'ready');
  (await world.server.proxy()).cut();
  await back;
  expect(carol.rooms.joined().map(({ id, memberCount }) => [id, memberCount])).toEqual(ids.map((id) => [id, 1])); // prettier-ignore
});
