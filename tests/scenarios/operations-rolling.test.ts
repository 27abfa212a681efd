import { createClient, type Client } from '@magpie/client';
import { createBalancer } from '@magpie/testkit/balancer';
import { expect, describe, it } from 'vitest';
import { next, record, text } from './support/clients.ts';
import { useNodes, WITHOUT_NATS } from './nodes/support.ts';

describe.skipIf(WITHOUT_NATS)('a rolling restart of two nodes behind a balancer', () => {
  const nodes = useNodes(2);

  it('hands clients over: nothing is lost, doubled or out of order', async () => {
    const all = [nodes.node(0), nodes.node(1)];
    const balancer = await createBalancer(all.map(({ running }) => running.port));
    const clients: Client[] = [];
    const login = async (user: string): Promise<Client> => {
      const client = createClient({ server: balancer.url });
      clients.push(client);
      const ready = next(client, 'ready');
      await client.session.open({ token: (await nodes.node(0).credentials(user)).userSig, user });
      await ready;
      return client;
    };
    const [alice, bob] = [await login('alice'), await login('bob')];
    const heard = record(bob);
    const sends: Promise<unknown>[] = [];
    const say = (from: number, to: number): void => {
      for (let i = from; i < to; i++)
        sends.push(alice.messages.send({ ref: 'u:bob', content: text(`m${i}`) }));
    };
    for (const [i, node] of all.entries()) {
      say(i * 60, i * 60 + 30);
      const restarted = node.restart();
      say(i * 60 + 30, i * 60 + 60);
      await restarted;
    }
    await Promise.all(sends);
    expect(await heard.of(120)).toEqual(Array.from({ length: 120 }, (_, i) => `m${i}`));
    await Promise.all(clients.map((client) => client.destroy()));
    await balancer.close();
  });
});
