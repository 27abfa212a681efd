import type { Client } from '@magpie/client';
import type { Message, MessagePage } from '@magpie/protocol';
import { messageId } from '@magpie/protocol';
import { violations, type LogEntry, type Received, type SendRecord } from '@magpie/testkit/checker';
import { expect, test, vi } from 'vitest';
import { next, textOf, useWorld } from './support/clients.ts';

/** Retention while the app is used: real sockets, and the checker judges what was written meanwhile. */

const DAY = 86_400_000;
const OLD = 700;
const USERS = ['alice', 'bob', 'carol'] as const;
const within = { timeout: 30_000, interval: 50 };

const world = useWorld();

const admin = <T>(operation: string, input: unknown, user?: string) => world.server.admin(operation, input, user === undefined ? {} : { user }) as Promise<T>; // prettier-ignore

/** A group as old as what is in it. */
async function oldGroup(id: string): Promise<number> {
  const { store } = world.server.running.composition;
  const conv = await store.conversationNumber();
  const at = Date.now() - 40 * DAY;
  await store.commit([
    { op: 'conversation.create', conv, app: 'demo', key: `g:${id}`, kind: 'group', at },
    { op: 'group.create', row: { conv, app: 'demo', id, kind: 'work', name: id, avatar: null, intro: null, announcement: null, ext: null, owner: 'alice', join: 'closed', maxMembers: 9, createdAt: at } },
    ...USERS.map((user) => ({ op: 'member.put', conv, app: 'demo', user, state: 'member', role: user === 'alice' ? 'owner' : 'member', at, historyFrom: 1 }) as const),
  ]); // prettier-ignore
  return conv;
}

/** As if it had been written long ago, a day or more after one another; every tenth with a file. */
async function fillOld(conv: number, sender: string, files: readonly string[]): Promise<void> {
  const { store } = world.server.running.composition;
  const begin = Date.now() - 40 * DAY;
  for (let i = 0; i < OLD; i++) {
    const file = files[(i / 10) % files.length]!;
    const content = i % 10 === 0 ? { type: 'file', file: { fileId: file, name: 'x', size: 3, mime: 'text/plain' } } : { type: 'text', text: `old ${i}` }; // prettier-ignore
    await store.commit([
      { op: 'append', app: 'demo', conv, sender, clientId: `old:${i}`, fp: i, type: content.type as 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: JSON.stringify({ content }), at: begin + i * 60_000, ...(i % 10 === 0 ? { files: [file] } : {}) },
    ]); // prettier-ignore
  }
}

async function upload(client: Client, name: string): Promise<string> {
  const { fileId } = await client.files.upload({ source: { kind: 'bytes', bytes: new TextEncoder().encode(name) }, name, mime: 'text/plain', use: 'file' }); // prettier-ignore
  return fileId;
}

const isThere = async (client: Client, fileId: string) => (await fetch(client.files.url({ fileId, name: 'x' }))).ok; // prettier-ignore

/** The whole log as an app's back end reads it, and where it begins. */
async function readLog(ref: string, user: string): Promise<readonly Message[]> {
  const entries: Message[] = [];
  for (let seq = 1, more = true; more;) {
    const page = await admin<MessagePage>('message.list', { ref, seq, direction: 'newer', limit: 100 }, user);
    entries.push(...(page.entries as Message[]));
    seq = (page.covered?.[1] ?? 0) + 1;
    ({ more } = page);
  }
  return entries;
}

test('retention of a busy app, while it is used', async () => {
  const { store } = world.server.running.composition;
  const conv = await oldGroup('busy');
  const ref = 'g:busy';
  const early = await world.login('alice');
  const doomed = await upload(early, 'only in old messages');
  const shared = await upload(early, 'also in a new one');
  await fillOld(conv, 'alice', [doomed, shared]);
  await early.messages.send({ ref: 'u:bob', content: { type: 'file', file: { fileId: shared, name: 'x' } } });
  await early.destroy();
  const begun = OLD;
  const clients = new Map<string, Client>();
  for (const user of USERS) clients.set(user, await world.login(user));
  const [alice, bob, carol] = USERS.map((user) => clients.get(user)!) as [Client, Client, Client];
  const view = bob.messages.window(ref, { limit: 50 });
  await vi.waitFor(() => expect(view.messages.length).toBeGreaterThan(0), within);
  expect(bob.conversations.get(ref)?.unread).toBeGreaterThanOrEqual(OLD);

  const sends: SendRecord[] = [];
  const received = new Map<string, Received[]>(USERS.map((user) => [user, []]));
  for (const [user, client] of clients)
    client.on('messages', ({ messages }) => {
      for (const message of messages.filter(({ conv: key, seq = 0 }) => key === ref && seq > begun))
        received.get(user)!.push({ conv: ref, seq: (message.seq ?? 0) - begun, text: textOf(message) });
    });
  let stopped = false;
  const write = async (user: string): Promise<void> => {
    for (let i = 0; !stopped; i++) {
      const record: SendRecord = { conv: ref, from: user, text: `${user} ${i}`, acked: undefined };
      sends.push(record);
      const sent = await clients.get(user)!.messages.send({ ref, content: { type: 'text', text: record.text } }); // prettier-ignore
      record.acked = { id: sent.id, seq: (sent.seq ?? 0) - begun };
    }
  };
  const writing = ['alice', 'bob'].map((user) => write(user).catch((error: unknown) => (stopped ? undefined : Promise.reject(error)))); // prettier-ignore
  await vi.waitFor(() => expect(sends.length).toBeGreaterThan(20), within);
  await admin('app.update', { id: 'demo', settings: { 'retention.group': DAY, 'retention.direct': 0 } });
  await vi.waitFor(() => expect(bob.conversations.get(ref)?.historyFrom).toBe(begun + 1), within);
  const before = sends.length;
  await vi.waitFor(() => expect(sends.length).toBeGreaterThan(before + 50), within);
  stopped = true;
  await Promise.all(writing);

  const log = await readLog(ref, 'carol');
  expect(log[0]?.seq).toBe(begun + 1);
  await vi.waitFor(() => expect(USERS.map((user) => received.get(user)!.length)).toEqual(USERS.map((user) => log.filter(({ from }) => from !== user).length)), within); // prettier-ignore
  const entries = log.map(({ id, seq, from, time, content }): LogEntry => ({ id, seq: (seq ?? 0) - begun, from, time, counts: true, text: content.type === 'text' ? content.text : content.type })); // prettier-ignore
  const unread = await Promise.all(USERS.map(async (user) => ({ user, conv: ref, unread: (await clients.get(user)!.conversations.load(ref))?.unread ?? -1 }))); // prettier-ignore
  expect(violations({ sends, logs: new Map([[ref, entries]]), clients: new Map(USERS.map((user) => [user, { user, convs: [ref], received: received.get(user)! }])), unread })).toEqual([]); // prettier-ignore

  // What clients show follows by itself, and looking further back finds the beginning.
  for (const { user, unread: said } of unread) expect(clients.get(user)!.conversations.get(ref)?.unread).toBe(said); // prettier-ignore
  expect(view.messages.every(({ seq }) => (seq ?? 0) > begun)).toBe(true);
  while (view.hasOlder) await view.loadOlder();
  expect(view.messages[0]?.seq).toBe(begun + 1);
  const below = await admin<MessagePage>('message.list', { ref, seq: 5, direction: 'older', limit: 10 }, 'bob'); // prettier-ignore
  expect(below).toMatchObject({ entries: [], more: false, lastSeq: begun + log.length });
  const gone = messageId(conv, 1);
  expect(await admin('message.get', { ids: [gone, log[0]!.id] }, 'bob')).toMatchObject({ messages: [{ id: log[0]!.id }] }); // prettier-ignore
  await expect(admin('message.revoke', { id: gone }, 'alice')).rejects.toMatchObject({
    code: 'MESSAGE_NOT_FOUND',
  });

  // The file that only old messages held is gone, bytes and all; the other is not.
  await vi.waitFor(async () => expect(await isThere(alice, doomed)).toBe(false), within);
  expect(await isThere(alice, shared)).toBe(true);
  expect(await store.files.get('demo', doomed)).toBeUndefined();

  // A client that comes later finds the same.
  const later = await world.login('carol', { instance: { id: 'later' } });
  expect((await later.conversations.load(ref))?.historyFrom).toBe(begun + 1);
  await carol.destroy();
}, 90_000);

test('whoever was away finds an emptied conversation gone, and back with the next message', async () => {
  const { store } = world.server.running.composition;
  const conv = await store.conversationNumber();
  const at = Date.now() - 50 * DAY;
  await store.commit([
    { op: 'conversation.create', conv, app: 'demo', key: 'd:bob dave', kind: 'direct', at },
    { op: 'participant.put', conv, app: 'demo', user: 'bob', set: {}, at },
    { op: 'participant.put', conv, app: 'demo', user: 'dave', set: {}, at },
  ]);
  for (let i = 0; i < 3; i++)
    await store.commit([{ op: 'append', app: 'demo', conv, sender: 'bob', clientId: `e:${i}`, fp: i, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{"content":{"type":"text","text":"old"}}', at }]); // prettier-ignore
  const dave = await world.login('dave');
  expect(dave.conversations.get('u:bob')?.unread).toBe(3);
  const emptied = next(dave, 'conversations', () => dave.conversations.get('u:bob') === undefined);
  await admin('app.update', { id: 'demo', settings: { 'retention.direct': DAY } });
  await emptied;
  const again = await world.login('dave', { instance: { id: 'again' } });
  expect(again.conversations.list()).toEqual([]);
  expect(dave.conversations.totalUnread()).toBe(0);
  const bob = await world.login('bob', { instance: { id: 'second' } });
  const came = next(dave, 'messages');
  expect((await bob.messages.send({ ref: 'u:dave', content: { type: 'text', text: 'new' } })).seq).toBe(4);
  await came;
  expect(dave.conversations.get('u:bob')).toMatchObject({ unread: 1, lastSeq: 4, lastLive: { seq: 4 } });
}, 60_000);

test('a day is the least that messages are kept', async () => {
  const set = (value: unknown) => admin('app.update', { id: 'demo', settings: { 'retention.group': value } });
  await expect(set(DAY - 1)).rejects.toThrow('at least 86400000 ms');
  await expect(set(-1)).rejects.toThrow('>=0');
  await set(0);
  await set(DAY);
});
