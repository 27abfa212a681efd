import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@magpie/client';
import type { AuditEntry, MessagePage } from '@magpie/protocol';
import { messageId } from '@magpie/protocol';
import { expect, test, vi } from 'vitest';
import { next, text, useWorld } from './support/clients.ts';

/** Users who are exported and erased, apps that are deleted, and the log of who did it. */

const within = { timeout: 30_000, interval: 50 };
const world = useWorld({ settings: { 'presence.grace': 100 } });

interface Erased {
  readonly state: string;
  readonly messages: number;
}
type Record_ = { readonly record: string } & Record<string, unknown>;

const admin = <T>(operation: string, input: unknown, user?: string) => world.server.admin(operation, input, user === undefined ? {} : { user }) as Promise<T>; // prettier-ignore

async function exported(userId: string, limit?: number): Promise<readonly Record_[]> {
  const records: Record_[] = [];
  let cursor: string | undefined;
  do {
    const page = await admin<{ records: Record_[]; next?: string }>('user.export', { userId, ...(cursor ? { cursor } : {}), ...(limit ? { limit } : {}) }); // prettier-ignore
    if (limit) expect(page.records.length).toBeLessThanOrEqual(limit + 20);
    records.push(...page.records);
    cursor = page.next;
  } while (cursor !== undefined);
  return records;
}

async function erase(userId: string, options: Record<string, unknown> = {}): Promise<Erased> {
  const ask = () => admin<Erased>('user.erase', { userId, ...options });
  expect((await ask()).state).toBe('running');
  return vi.waitFor(async () => {
    const now = await ask();
    expect(now.state).toBe('done');
    return now;
  }, within);
}

async function newcomer(userId: string): Promise<Client> {
  const client = await world.login(userId);
  await client.users.update({ name: `Name of ${userId}`, email: 'x@example.org' });
  return client;
}

const upload = async (client: Client, name: string) => client.files.upload({ source: { kind: 'bytes', bytes: new TextEncoder().encode(name) }, name, mime: 'text/plain', use: 'file' }); // prettier-ignore

test('what is held of a user is exported, in pages of any size', async () => {
  const erin = await newcomer('erin');
  await erin.contacts.block(['dave']);
  const { fileId } = await upload(erin, 'notes');
  for (let i = 0; i < 7; i++) await erin.messages.send({ ref: 'u:alice', content: text(`to alice ${i}`) });
  await erin.messages.send({ ref: 'u:bob', content: { type: 'file', file: { fileId, name: 'notes' } } });
  const { group } = await erin.groups.create({ kind: 'meeting', members: ['bob'] });
  const bob = await world.login('bob');
  await bob.messages.send({ ref: `g:${group.id}`, content: text('not hers') });
  await erin.messages.send({ ref: `g:${group.id}`, content: text('hers') });
  const records = await exported('erin');
  const of = (record: string) => records.filter((one) => one.record === record);
  expect(of('profile')).toMatchObject([{ id: 'erin', name: 'Name of erin', email: 'x@example.org', password: false }]); // prettier-ignore
  expect(of('block')).toMatchObject([{ user: 'dave' }]);
  expect(of('conversation').map(({ conv }) => conv).sort()).toEqual([`d:alice erin`, `d:bob erin`, `g:${group.id}`].sort()); // prettier-ignore
  expect(of('message')).toHaveLength(9);
  expect(of('message').every(({ from }) => from === 'erin')).toBe(true);
  expect(of('file')).toMatchObject([{ fileId, name: 'notes' }]);
  expect(JSON.stringify(records)).not.toContain('not hers');
  expect(await exported('erin', 2)).toEqual(records);
  await expect(admin('user.export', { userId: 'nobody' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  await expect(admin('user.export', { userId: 'erin', cursor: 'x' })).rejects.toMatchObject({ field: 'cursor' }); // prettier-ignore
});

test('a user who is erased is gone: the others keep the places, not the words', async () => {
  const [frank, bob] = [await newcomer('frank'), await world.login('bob', { instance: { id: 'watching' } })];
  const mine = await upload(frank, 'only mine');
  const { group } = await frank.groups.create({ kind: 'public', members: ['bob', 'carol'] });
  const ref = `g:${group.id}`;
  await frank.messages.send({ ref, content: text('a secret') });
  const revoked = await frank.messages.send({ ref, content: text('taken back') });
  await frank.messages.revoke(revoked.id);
  await frank.messages.send({ ref: 'u:bob', content: { type: 'file', file: { fileId: mine.fileId, name: 'x' } } }); // prettier-ignore
  await bob.messages.send({ ref, content: text('an answer') });
  await vi.waitFor(() => expect(bob.conversations.get('u:frank')?.unread).toBe(1), within);
  const window = bob.messages.window(ref);
  await vi.waitFor(() => expect(window.messages.length).toBeGreaterThan(2), within);
  const lastSeq = bob.conversations.get(ref)!.lastSeq;

  const kicked = next(frank, 'kicked');
  const done = await erase('frank');
  expect(done.messages).toBe(3);
  expect((await kicked).reason).toBe('accountDeleted');
  await expect(world.login('frank', { instance: { id: 'again' } })).rejects.toThrow();

  // Told through the streams: an open window follows, unread too.
  await vi.waitFor(() => expect(bob.conversations.get('u:frank')?.unread ?? 0).toBe(0), within);
  const words = () => JSON.stringify(window.messages.map(({ content }) => content));
  await vi.waitFor(() => expect(words()).not.toContain('secret'), within);
  expect(words()).toContain('an answer');
  const page = await admin<MessagePage>('message.list', { ref, direction: 'newer', limit: 50 }, 'bob');
  expect(page.entries.map(({ seq }) => seq)).toEqual(page.entries.map((_, i) => i + 1));
  expect(page.lastSeq).toBeGreaterThanOrEqual(lastSeq);
  for (const word of ['secret', 'taken back', 'Name of frank']) expect(JSON.stringify(page)).not.toContain(word); // prettier-ignore
  expect((await world.server.running.composition.store.groups.byId('demo', group.id))?.owner).toBe('bob');
  expect((await bob.groups.members(group.id)).members.map(({ userId }) => userId)).not.toContain('frank');
  await vi.waitFor(async () => expect((await fetch(bob.files.url({ fileId: mine.fileId, name: 'x' }))).status).toBe(404), within); // prettier-ignore
  expect(await admin('user.get', { ids: ['frank'] })).toEqual({ users: [] });
  const left = await exported('frank');
  expect(left.filter(({ record }) => record !== 'message')).toMatchObject([{ record: 'profile', id: 'frank' }]); // prettier-ignore
  expect(JSON.stringify(left)).not.toMatch(/secret|example/);
}, 90_000);

test('what was said can become holes, or stay under another name; an erasure outlives a restart', async () => {
  const [gina, hugo] = [await newcomer('gina'), await newcomer('hugo')];
  const sent = await gina.messages.send({ ref: 'u:carol', content: text('to be a hole') });
  await gina.messages.send({ ref: 'u:carol', content: text('too') });
  const kept = await hugo.messages.send({ ref: 'u:carol', content: text('to be kept') });
  const { store } = world.server.running.composition;
  const { conv, seq } = { conv: (await store.conversations.byKey('demo', 'd:carol gina'))!.num, seq: sent.seq ?? 0 }; // prettier-ignore
  await admin('user.erase', { userId: 'hugo', messages: 'keep', name: 'Somebody' });
  await admin('user.erase', { userId: 'gina', messages: 'remove' });
  await world.server.restart();
  for (const userId of ['gina', 'hugo'])
    await vi.waitFor(async () => expect((await admin<Erased>('user.erase', { userId })).state).toBe('done'), within); // prettier-ignore
  const carol = await world.login('carol');
  const page = await admin<MessagePage>('message.list', { ref: 'u:gina', direction: 'newer', limit: 9 }, 'carol'); // prettier-ignore
  expect(page.entries).toEqual([
    { seq: 1, hole: true },
    { seq: 2, hole: true },
  ]);
  expect(await admin('message.get', { ids: [messageId(conv, seq)] }, 'carol')).toMatchObject({
    messages: [],
  });
  expect(carol.conversations.get('u:gina')).toBeUndefined();
  expect(carol.conversations.get('u:hugo')).toMatchObject({ unread: 1, lastLive: { id: kept.id, content: { text: 'to be kept' } } }); // prettier-ignore
  expect(carol.users.person('hugo')).toMatchObject({ name: 'Somebody' });
}, 90_000);

test('an app that is deleted goes with its bytes, and its id can be taken again', async () => {
  const { server } = world;
  const app = 'doomed';
  const as = { app, user: 'u' };
  await server.admin('app.create', { id: app, name: '', doors: [{ kind: 'tim', id: 1400000555 }], settings: { registration: 'open' } }); // prettier-ignore
  for (const userId of ['u', 'v']) await server.admin('user.register', { userId }, { app });
  for (let i = 0; i < 30; i++) await server.admin('message.send', { ref: 'u:v', clientId: `c${i}`, content: text('x') }, as); // prettier-ignore
  const grant = (await server.admin('file.grant', { name: 'f', size: 3, use: 'file', mime: 'text/plain' }, as)) as { fileId: string; path: string }; // prettier-ignore
  await fetch(`${server.url}${grant.path}`, { method: 'PUT', body: 'abc' });
  await server.admin('file.finish', { fileId: grant.fileId }, as);
  const files = async () => (await readdir(join(server.dataFolder, 'files'), { recursive: true })).filter((path) => path.includes(app) && path.includes(grant.fileId)); // prettier-ignore
  expect((await files()).length).toBeGreaterThan(0);
  await server.admin('app.delete', { id: app, confirm: app });
  await expect(server.admin('user.get', { ids: ['u'] }, { app })).rejects.toMatchObject({ code: 'APP_NOT_FOUND' }); // prettier-ignore
  // The door is free at once, the id when all is gone.
  await vi.waitFor(() => server.admin('app.create', { id: app, name: 'anew', doors: [{ kind: 'tim', id: 1400000555 }] }), within); // prettier-ignore
  expect(await files()).toEqual([]);
  expect(await server.admin('user.get', { ids: ['u'] }, { app })).toEqual({ users: [] });
}, 90_000);

test('the audit log says who did what, and no operation changes it', async () => {
  await admin('user.register', { userId: 'ivan', password: 'hunter2' });
  await admin('user.setPassword', { userId: 'ivan', password: 'hunter3' });
  await expect(admin('user.delete', { userId: 'nobody' })).rejects.toThrow();
  await admin('message.send', { ref: 'u:alice', clientId: 'audit:1', content: text('hunter4') }, 'ivan');
  await admin('app.update', { id: 'demo', settings: { 'recall.window': 60_000 } });
  const list = (input: object) => admin<{ entries: AuditEntry[]; next?: string }>('audit.list', input);
  const { entries } = await list({ app: 'demo', user: 'ivan' });
  expect(entries.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['message.send', 'ok'],
    ['user.setPassword', 'ok'],
    ['user.register', 'ok'],
  ]);
  expect(entries[0]).toMatchObject({ by: 'operator', address: '127.0.0.1', target: 'u:alice', user: 'ivan' });
  expect((await list({ app: 'demo', operation: 'user.delete' })).entries).toMatchObject([{ outcome: 'USER_NOT_FOUND', user: 'nobody' }]); // prettier-ignore
  expect((await list({ operation: 'app.update', limit: 1 })).entries).toMatchObject([{ target: 'demo', outcome: 'ok', input: { settings: { 'recall.window': 60_000 } } }]); // prettier-ignore
  expect((await list({ operation: 'app.delete' })).entries).toMatchObject([{ target: 'doomed', outcome: 'ok' }]); // prettier-ignore
  const all: AuditEntry[] = [];
  for (let cursor: string | undefined, first = true; first || cursor; first = false) {
    const page = await list({ app: 'demo', limit: 3, ...(cursor ? { cursor } : {}) });
    all.push(...page.entries);
    cursor = page.next;
  }
  expect(all.length).toBeGreaterThan(10);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => b - a));
  expect(all.every(({ outcome }) => outcome !== undefined)).toBe(true);
  expect(JSON.stringify(all)).not.toContain('hunter');
  expect(all.filter(({ operation }) => operation === 'user.export').length).toBeGreaterThan(0);
});

test('a picture in a profile is not collected as unused, and goes with the user', async () => {
  const kim = await newcomer('kim');
  const { fileId } = await upload(kim, 'picture');
  const other = await upload(kim, 'never used');
  await kim.users.update({ avatar: kim.files.url({ fileId, name: 'picture' }) });
  const { store } = world.server.running.composition;
  expect((await store.files.get('demo', fileId))?.usedAt).not.toBeNull();
  expect((await store.files.get('demo', other.fileId))?.usedAt).toBeNull();
  await erase('kim');
  await vi.waitFor(async () => expect(await store.files.get('demo', fileId)).toBeUndefined(), within);
});
