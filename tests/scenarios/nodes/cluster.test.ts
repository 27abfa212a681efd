import { randomUUID } from 'node:crypto';
import { startCluster, type ClusterNode, type TestCluster } from '@magpie/testkit/cluster';
import { lacksNats } from '@magpie/testkit/nats';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textTo } from '../../protocol/support.ts';

async function signIn(node: ClusterNode, user: string): Promise<RawClient> {
  const client = await connectRawClient(node.url);
  const { userSig } = await node.credentials(user);
  await client.request('session.open', { token: userSig, instance: randomUUID(), platform: 'web', protocol: 1 }); // prettier-ignore
  return client;
}

async function history(client: RawClient, ref: string): Promise<readonly unknown[]> {
  const { entries } = await client.request('message.list', { ref, direction: 'older', limit: 10 });
  return entries.map((entry) => ('id' in entry ? entry.id : undefined));
}

/** Asks until the answer fits: what goes from node to node by the bus takes its time. */
async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
  }
}

describe.skipIf(lacksNats())('three nodes on one PostgreSQL and one NATS', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster();
  }, 180_000);
  afterAll(() => cluster?.close());

  it('are started at once, and ready', async () => {
    for (let i = 0; i < cluster.size; i++) {
      const response = await fetch(`${cluster.node(i).url}/readyz`);
      expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ ok: true })]);
    }
  });

  it('an app made on one is known on another', async () => {
    await cluster.node(0).admin('app.create', { id: 'second', name: 'Second', doors: [] });
    const known = () => cluster.node(2).admin('app.get', { id: 'second' }, { app: 'second' }).catch((error: unknown) => error); // prettier-ignore
    expect(await eventually(known, (answer) => !(answer instanceof Error))).toMatchObject({ app: { id: 'second', name: 'Second' } }); // prettier-ignore
  });

  it('what is sent over one is read over another', async () => {
    await using alice = await signIn(cluster.node(0), 'alice');
    await using bob = await signIn(cluster.node(1), 'bob');
    const { id } = await alice.request('message.send', textTo('u:bob', 'over the bridge'));
    expect(await history(bob, 'u:alice')).toContain(id);
  });

  it('a node that was killed comes back at its address, and knows what happened', async () => {
    await cluster.kill(1);
    await using alice = await signIn(cluster.node(0), 'alice');
    const { id } = await alice.request('message.send', textTo('u:carol', 'while you were gone'));
    await cluster.restart(1);
    await using carol = await signIn(cluster.node(1), 'carol');
    expect(await history(carol, 'u:alice')).toContain(id);
  });

  it('a node whose way to the bus is cut serves on, and hears again when it is back', async () => {
    cluster.cut('bus', 2);
    await using bob = await signIn(cluster.node(2), 'bob');
    await bob.request('message.send', textTo('u:alice', 'from the far side'));
    await cluster.node(0).admin('app.create', { id: 'third', name: 'Third', doors: [] });
    cluster.heal('bus', 2);
    const known = () => cluster.node(2).admin('app.get', { id: 'third' }, { app: 'third' }).catch((error: unknown) => error); // prettier-ignore
    expect(await eventually(known, (answer) => !(answer instanceof Error))).toMatchObject({ app: { id: 'third' } }); // prettier-ignore
  });

  it('a node whose bus falls silent says so, and serves on', async () => {
    const readiness = async () => {
      const response = await fetch(`${cluster.node(2).url}/readyz`);
      return { status: response.status, ...((await response.json()) as { bus?: string }) };
    };
    cluster.silence('bus', 2);
    expect(await eventually(readiness, ({ bus }) => bus === 'down')).toMatchObject({ status: 200, ok: true });
    await using bob = await signIn(cluster.node(2), 'bob');
    await bob.request('message.send', textTo('u:alice', 'still here'));
    cluster.heal('bus', 2);
    expect(await eventually(readiness, ({ bus }) => bus === 'up')).toMatchObject({ status: 200, ok: true });
  });

  it('a node that was stopped for a while goes on', async () => {
    cluster.stop(0);
    await using alice = await signIn(cluster.node(1), 'alice');
    const { id } = await alice.request('message.send', textTo('u:dave', 'while you stood still'));
    cluster.cont(0);
    await using dave = await signIn(cluster.node(0), 'dave');
    expect(await history(dave, 'u:alice')).toContain(id);
  });
});
