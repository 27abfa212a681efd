import { createClient, type Client, type ClientOptions, type MagpieError } from '@magpie/client';
import { createBalancer } from '@magpie/testkit/balancer';
import { violations } from '@magpie/testkit/checker';
import { startCluster, type TestCluster } from '@magpie/testkit/cluster';
import { lacksNats } from '@magpie/testkit/nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chances, Traffic } from '../faults/traffic.ts';

const USERS = ['alice', 'bob', 'carol', 'dave'];

/** A client that also reads now and then, and what it met that was no matter of trying again. */
function reading(options: ClientOptions, met: unknown[]): Client {
  const client = createClient(options);
  let sent = 0;
  const note = (error: Partial<MagpieError>): void => void (error.retryable === true || met.push(error));
  client.on('error', ({ error }) => note(error));
  client.on('kicked', (kicked) => void met.push(kicked));
  client.on('outgoing', ({ message }) => {
    if (message.status !== 'sent' || ++sent % 5 !== 0) return;
    client.messages.list({ ref: message.ref, limit: 5 }).catch(note);
    client.conversations.load(message.ref).catch(note);
    client.session.list().catch(note);
  });
  return client;
}

describe.skipIf(lacksNats())('three nodes that are drained and started again one after the other', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 180_000);
  afterAll(() => cluster?.close());

  it('lose, double and reorder nothing; clients see nothing that trying again does not mend', async () => {
    const seed = Date.now() % 2 ** 31;
    const nodes = [0, 1, 2];
    const ports = nodes.map((i) => Number(new URL(cluster.node(i).url).port));
    const ways = await Promise.all(USERS.map((_, i) => createBalancer(ports, i % ports.length)));
    const met: unknown[] = [];
    const traffic = new Traffic((user) => ways[USERS.indexOf(user)]?.url ?? '', chances(seed), USERS, (options) => reading(options, met)); // prettier-ignore
    try {
      await traffic.begin(cluster.node(0).url);
      for (const i of nodes) {
        await traffic.acknowledged(30);
        await cluster.end(i);
        await traffic.acknowledged(30);
        await cluster.restart(i);
      }
      await traffic.acknowledged(30);
      await traffic.settle();
      const history = await traffic.history(cluster.node(0).url);
      expect(violations(history), `seed ${seed}`).toEqual([]);
      expect(traffic.count).toBe(history.sends.length);
      expect(met).toEqual([]);
    } finally {
      await traffic.end();
      await Promise.all(ways.map((way) => way.close()));
    }
  });
});
