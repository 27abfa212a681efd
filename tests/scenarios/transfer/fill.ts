import { randomUUID } from 'node:crypto';
import type { TestServer } from '@magpie/testkit/network';
import type { RawClient } from '@magpie/testkit/raw-client';
import { signIn, textTo } from '../../protocol/support.ts';

/** What was made, for asking about it later. */
export interface Filled {
  readonly group: string;
  readonly dismissed: string;
  readonly room: string;
  readonly hook: string;
  readonly fileId: string;
  readonly receipted: string;
}

/** Somebody uses every slice, so that every table has rows; odd characters among them. */
export async function fill(server: TestServer): Promise<Filled> {
  const hook = await operator(server);
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((user) => signIn(server, user, { instance: `i-${user}` }))) as [RawClient, RawClient, RawClient]; // prettier-ignore
  const receipted = await talk(alice, bob);
  const groups = await inGroups(alice, bob, carol);
  const fileId = await upload(server, alice);
  await alice.request('message.send', { ref: 'u:bob', clientId: `t:${randomUUID()}`, content: { type: 'file', file: { fileId, name: 'a "b" \\c.txt' } } } as never); // prettier-ignore
  const room = await inRoom(server, alice, carol);
  await around(alice, bob, carol);
  for (const client of [alice, bob, carol]) await client.request('sync.ack', { position: { userSeq: 1, at: Date.now() } }); // prettier-ignore
  await server.admin('user.erase', { userId: 'erased' });
  await Promise.all([alice, bob, carol].map((client) => client.close()));
  return { ...groups, room, hook, fileId, receipted };
}

async function operator(server: TestServer): Promise<string> {
  await server.admin('app.create', { id: 'other', name: '另一个 “app”', doors: [{ kind: 'tim', id: 1400000777, secret: 's'.repeat(64) }] }); // prettier-ignore
  await server.admin('app.update', { id: 'other', settings: { 'recall.window': 60_000 } });
  for (const userId of ['erased', 'gone']) await server.admin('user.register', { userId, password: 'pass word', name: `${userId} 🐦` }); // prettier-ignore
  await server.admin('user.delete', { userId: 'gone' });
  await server.admin('word.add', { words: [{ word: '敏感词', action: 'block' }, { word: 'darn', action: 'mask' }] }); // prettier-ignore
  const { webhook } = (await server.admin('webhook.create', { url: 'http://127.0.0.1:8999/hook', events: ['message.created'] })) as { webhook: { id: string } }; // prettier-ignore
  // What it wants waits in the outbox.
  await server.admin('webhook.update', { id: webhook.id, active: false });
  return webhook.id;
}

async function talk(alice: RawClient, bob: RawClient): Promise<string> {
  const texts = [
    'hello',
    'NULL',
    '',
    'q"u\\o\'te,{}\n\ttabs',
    'nul\u0000nul',
    '你好 🐦 ﷽',
    'x'.repeat(5_000),
  ];
  for (const text of texts.filter((text) => text !== '')) await alice.request('message.send', textTo('u:bob', text)); // prettier-ignore
  for (let i = 0; i < 60; i++) await bob.request('message.send', textTo('u:alice', `m${i}`));
  const asked = await alice.request('message.send', { ...textTo('u:bob', 'read me'), receipt: true });
  await bob.request('receipt.send', { ref: 'u:alice', ids: [asked.id], content: 'read “it”' });
  const revoked = await alice.request('message.send', textTo('u:bob', 'taken back'));
  await alice.request('message.revoke', { id: revoked.id });
  const deleted = await alice.request('message.send', textTo('u:bob', 'only for bob'));
  await alice.request('message.delete', { ref: 'u:bob', ids: [deleted.id] });
  await bob.request('conversation.read', { ref: 'u:alice', upTo: 3, report: true });
  return asked.id;
}

async function inGroups(alice: RawClient, bob: RawClient, carol: RawClient): Promise<Pick<Filled, 'group' | 'dismissed'>> {
  const { group } = await alice.request('group.create', { kind: 'work', name: '群 "1"', members: ['bob', 'carol', 'dave'] });
  for (let i = 0; i < 20; i++) await carol.request('message.send', textTo(`g:${group.id}`, `g${i}`));
  await alice.request('message.send', { ...textTo(`g:${group.id}`, 'you two'), mentions: { users: ['bob', 'carol'] } } as never);
  await alice.request('group.kick', { id: group.id, users: ['dave'] });
  await bob.request('group.leave', { id: group.id });
  const { group: over } = await alice.request('group.create', { kind: 'community', members: ['bob'] });
  await alice.request('group.dismiss', { id: over.id });
  return { group: group.id, dismissed: over.id };
} // prettier-ignore

async function upload(server: TestServer, alice: RawClient): Promise<string> {
  const grant = await alice.request('file.grant', { name: '文件.txt', size: 5, use: 'file' });
  await fetch(`${server.url}${grant.path}`, { method: 'PUT', body: 'bytes' });
  await alice.request('file.finish', { fileId: grant.fileId });
  await alice.request('file.grant', { name: 'never.txt', size: 5, use: 'file' });
  return grant.fileId;
}

async function inRoom(server: TestServer, alice: RawClient, carol: RawClient): Promise<string> {
  const { room } = (await server.admin('room.create', { kind: 'hall', owner: 'alice', name: 'Hall' })) as { room: { id: string } }; // prettier-ignore
  await alice.request('room.enter', { id: room.id });
  await carol.request('room.enter', { id: room.id });
  await carol.request('message.send', { ...textTo(`r:${room.id}`, 'in the hall'), priority: 'high' });
  await alice.request('room.mute', { id: room.id, users: ['carol'], seconds: 86_400 });
  for (const client of [alice, carol]) await client.request('room.leave', { id: room.id });
  // A kind that ends some time after the last one left: that is a timer.
  const { room: lounge } = await alice.request('room.enter', { id: 'lounge', create: { kind: 'lounge', endDelay: 10_800_000 } }); // prettier-ignore
  await alice.request('room.leave', { id: lounge.id });
  return room.id;
}

async function around(alice: RawClient, bob: RawClient, carol: RawClient): Promise<void> {
  await carol.request('contact.block', { users: ['dave'] });
  await bob.request('presence.set', { custom: 'at “lunch”' });
  await alice.request('presence.subscribe', { users: ['bob', 'dave'] });
  await alice.request('user.update', { name: 'Alice 🐦' });
  await alice.request('conversation.pin', { ref: 'u:bob', on: true });
  await bob.request('message.send', textTo('u:carol', 'soon hidden'));
  await carol.request('conversation.delete', { ref: 'u:bob', clearHistory: true });
}
