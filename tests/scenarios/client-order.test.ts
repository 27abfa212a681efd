import { createTestServer } from '@magpie/testkit/network';
import { createClient, type Client } from '@magpie/client';
import { afterEach, expect, it } from 'vitest';

const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
});

async function login(
  server: { url: string; credentials(user: string): Promise<{ userSig: string }> },
  user: string,
): Promise<Client> {
  const client = createClient({ server: server.url });
  clients.push(client);
  const ready = new Promise<void>((resolve) => client.on('ready', () => resolve()));
  await client.session.open({ token: (await server.credentials(user)).userSig, user });
  await ready;
  return client;
}

it('a message of a conversation that was deleted from the list is told before the list, as any other', async () => {
  await using server = await createTestServer();
  const alice = await login(server, 'alice');
  const before = await login(server, 'bob');
  const arrived = new Promise<void>((resolve) => before.on('messages', () => resolve()));
  await alice.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'first' } });
  await arrived;
  await before.conversations.delete('u:alice');
  await before.session.close();

  const bob = await login(server, 'bob');
  const order: string[] = [];
  bob.on('messages', ({ messages }) =>
    order.push(...messages.map(({ content }) => `message ${content.type === 'text' ? content.text : ''}`)),
  );
  const told = new Promise<void>((resolve) =>
    bob.on('conversations', ({ changed }) => {
      order.push(`list ${changed.map(({ ref, unread }) => `${ref} ${unread}`).join()}`);
      resolve();
    }),
  );
  await alice.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'second' } });
  await told;
  expect(order.slice(0, 2)).toEqual(['message second', expect.stringMatching(/^list u:alice/)]);
});
