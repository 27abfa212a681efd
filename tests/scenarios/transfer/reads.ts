import type { TestServer } from '@magpie/testkit/network';
import type { Filled } from './fill.ts';

const USERS = ['alice', 'bob', 'carol', 'dave'] as const;

/** What a server answers to many questions; equal for equal stores. Times of asking are left out. */
export async function answers(server: TestServer, made: Filled): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  const ask = async (operation: string, input: object = {}, as: { user?: string; app?: string } = {}) => {
    const name = `${as.user ?? 'operator'} ${as.app ?? ''} ${operation} ${JSON.stringify(input)}`;
    // A refusal is an answer too.
    all[name] = await server.admin(operation, input, as).catch((error: { code?: string }) => error.code ?? String(error)); // prettier-ignore
    return all[name];
  };
  await ask('app.list');
  await ask('app.get', { id: 'other' });
  await ask('word.list', { limit: 100 });
  await ask('word.test', { text: 'darn 敏感词' });
  const { webhooks } = (await server.admin('webhook.list')) as { webhooks: { waiting: number }[] };
  all['waiting'] = webhooks.map(({ waiting }) => waiting);
  all['webhooks'] = webhooks.map((hook) => ({ ...hook, waiting: undefined }));
  await ask('webhook.parked', { id: made.hook, limit: 100 });
  await ask('user.get', { ids: [...USERS, 'gone', 'erased'] });
  for (const id of [made.group, made.dismissed]) await ask('group.get', { id });
  await ask('group.members', { id: made.group, limit: 100 });
  await ask('room.get', { id: made.room });
  for (const what of ['muted', 'banned', 'admins']) await ask('room.restricted', { id: made.room, what, limit: 100 }); // prettier-ignore
  await ask('file.get', { fileId: made.fileId });
  for (const user of USERS) await ofUser(user, made, (operation, input) => ask(operation, input, { user }));
  return all;
}

async function ofUser(
  user: string,
  made: Filled,
  ask: (operation: string, input?: object) => Promise<unknown>,
): Promise<void> {
  await ask('conversation.list', { limit: 100 });
  await ask('sync.since', { position: { userSeq: 0, at: 0 } });
  await ask('contact.blocked');
  await ask('presence.subscriptions', { limit: 100 });
  await ask('group.mine', { limit: 100 });
  await ask('receipt.list', { ids: [made.receipted] });
  await ask('receipt.readers', { id: made.receipted, read: true, limit: 100 });
  const refs = [...USERS.filter((other) => other !== user).map((other) => `u:${other}`), `g:${made.group}`, `r:${made.room}`]; // prettier-ignore
  for (const ref of refs) {
    await ask('message.list', { ref, direction: 'newer', limit: 100 });
    await ask('message.list', { ref, seq: 40, direction: 'older', limit: 20 });
    await ask('message.changes', { ref, after: 0, limit: 100 });
  }
}
