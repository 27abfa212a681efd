import { createBalancer, type Balancer } from '@magpie/testkit/balancer';
import { startCluster, type TestCluster } from '@magpie/testkit/cluster';
import { lacksNats } from '@magpie/testkit/nats';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasStatus, look, message, openConversation, write } from './support/actions.ts';
import { launchBrowser, openWindow, type Person } from './support/world.ts';

// The page as it is, against three servers that are killed one after another.

describe.skipIf(lacksNats())('three nodes', () => {
  let cluster: TestCluster;
  let browser: Browser;
  let balancers: readonly Balancer[] = [];
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    browser = await launchBrowser();
    cluster = await startCluster({ nodes: 3 });
    const ports = [0, 1, 2].map((i) => Number(new URL(cluster.node(i).url).port));
    // They begin on different nodes.
    balancers = await Promise.all([0, 1].map((first) => createBalancer(ports, first)));
    const [a, b] = balancers.map(({ url }) => url);
    await cluster.node(0).admin('message.send', { ref: 'u:bob', clientId: 'e2e:1', content: { type: 'text', text: 'the first' } }, { user: 'alice' }); // prettier-ignore
    [alice, bob] = await Promise.all([openWindow(a!, browser, 'alice'), openWindow(b!, browser, 'bob')]);
    await openConversation(alice.page, 'u:bob');
    await openConversation(bob.page, 'u:alice');
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(balancers.map((balancer) => balancer.close()));
    await cluster?.close();
  });

  test('two people chat on, whichever node is killed', async () => {
    for (const victim of [0, 1, 2]) {
      await cluster.kill(victim);
      await write(alice.page, `alice without ${victim}`);
      await message(bob.page, `alice without ${victim}`).waitFor();
      await hasStatus(message(alice.page, `alice without ${victim}`), /Sent|Read/);
      await write(bob.page, `bob without ${victim}`);
      await message(alice.page, `bob without ${victim}`).waitFor();
      await cluster.restart(victim);
    }
    const texts = ['the first', ...[0, 1, 2].flatMap((i) => [`alice without ${i}`, `bob without ${i}`])];
    for (const { page } of [alice, bob])
      expect(await page.locator('article[data-message] .bubble').allInnerTexts()).toEqual(texts.map((text) => expect.stringContaining(text))); // prettier-ignore
    await look(alice, 'cluster-after-kills');
  }, 180_000);
});
