import { randomBytes } from 'node:crypto';
import { callAsAdmin } from '@magpie/testkit/admin';
import type { VersionedNode } from './node.ts';

const PEOPLE = ['erin', 'frank', 'gita'] as const;

/** Asks as a user, over REST. */
export function asUser(node: VersionedNode, user: string) {
  return async <T = unknown>(operation: string, input: unknown = {}): Promise<T> =>
    (await callAsAdmin(node.url, await node.userSig(user), operation, input)) as T;
}

let names = 0;

/** A text under a name of its own; answers the id. */
export async function say(node: VersionedNode, user: string, ref: string, words: string, more: object = {}): Promise<string> {
  const clientId = `${Date.now()}-${++names}-${randomBytes(4).toString('hex')}`;
  const { id } = await asUser(node, user)<{ id: string }>('message.send', { ref, clientId, content: { type: 'text', text: words }, ...more });
  return id;
} // prettier-ignore

/** Something of everything that is kept: reads, receipts, groups and roles, recalls, pins, mutes, blocks, cleared histories. */
export async function writeFacts(node: VersionedNode): Promise<void> {
  for (const userId of PEOPLE) await node.admin('user.register', { userId });
  const [erin, frank, gita] = [asUser(node, 'erin'), asUser(node, 'frank'), asUser(node, 'gita')];
  const sent: string[] = [];
  for (let i = 0; i < 6; i++) sent.push(await say(node, 'erin', 'u:frank', `fact ${i}`, { receipt: true }));
  await frank('conversation.read', { ref: 'u:erin', upTo: 4, report: true });
  await frank('receipt.send', { ref: 'u:erin', ids: [sent[0]] });
  await erin('message.revoke', { id: sent[5] });
  await erin('user.update', { name: 'Erin', avatar: 'https://example.org/erin.png' });
  const { group } = await erin<{ group: { id: string } }>('group.create', {
    kind: 'work',
    name: 'kept',
    members: ['frank', 'gita'],
  });
  const ref = `g:${group.id}`;
  await say(node, 'gita', ref, 'from gita', { mentions: { users: ['frank'] } });
  await node.admin('group.setRole', { id: group.id, user: 'gita', role: 'admin' });
  await frank('conversation.mute', { ref, notify: { level: 'none' } });
  await frank('conversation.pin', { ref, on: true });
  await say(node, 'gita', 'u:erin', 'cleared');
  await erin('conversation.delete', { ref: 'u:gita', clearHistory: true });
  await gita('contact.block', { users: ['frank'] });
}

interface Row {
  readonly conv: string;
}

/** All that the people of `writeFacts` are told when they ask. */
export async function readFacts(node: VersionedNode): Promise<unknown> {
  const told: Record<string, unknown> = {};
  for (const user of PEOPLE) {
    const ask = asUser(node, user);
    const { conversations } = await ask<{ conversations: readonly Row[] }>('conversation.list', {
      limit: 50,
    });
    const groups = await ask<{ groups: readonly { id: string }[] }>('group.list', { limit: 50 });
    const members = groups.groups.map(({ id }) => ask('group.members', { id, limit: 50 }));
    const refs = conversations.map(({ conv }) => refOf(conv, user));
    const logs = refs.map((ref) => ask('message.list', { ref, seq: 1, direction: 'newer', limit: 50 }));
    const changes = refs.map((ref) => ask('message.changes', { ref, after: 0, limit: 100 }));
    told[user] = {
      conversations,
      groups,
      members: await Promise.all(members),
      logs: await Promise.all(logs),
      changes: await Promise.all(changes),
      blocked: await ask('contact.blocked'),
      profile: await ask('user.get', { ids: [...PEOPLE] }),
    };
  }
  return told;
}

/** As a user names it. */
function refOf(conv: string, user: string): string {
  if (!conv.startsWith('d:')) return conv;
  return `u:${conv
    .slice(2)
    .split(' ')
    .find((name) => name !== user)}`;
}
