import type { Client } from '@magpie/client';
import { violations } from '@magpie/testkit/checker';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chances, Traffic, USERS } from '../faults/traffic.ts';
import { readFacts, writeFacts } from './support/facts.ts';
import { clientsOf, startNode, type VersionedNode } from './support/node.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres.close());

const stores: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
  ['a data folder', async () => ({})],
  ['a PostgreSQL', async () => ({ MAGPIE_STORE: await postgres.createDatabase() })],
];

describe.each(stores)('%s that the landed version filled', (_name, env) => {
  it('is opened by the new one: nothing is missing, and clients go on where they were', async () => {
    const seed = Date.now() % 2 ** 31;
    const create = await clientsOf('old');
    const node: VersionedNode = await startNode('old', { env: await env() });
    const resumed: boolean[] = [];
    const watch = (client: Client): Client => {
      client.on('ready', (ready) => void (ready.first || resumed.push(ready.resumed)));
      return client;
    };
    const traffic = new Traffic(
      () => node.url,
      chances(seed),
      USERS,
      (options) => watch(create(options)),
    );
    try {
      await writeFacts(node);
      await traffic.begin(node.url);
      await traffic.acknowledged(60);
      const before = await readFacts(node);
      // Users write on while their server is exchanged for the next one.
      await node.become('new');
      expect(await readFacts(node)).toEqual(before);
      await traffic.acknowledged(60);
      await traffic.settle();
      expect(violations(await traffic.history(node.url)), `seed ${seed}`).toEqual([]);
      expect(resumed).toEqual(USERS.map(() => true));
    } finally {
      await traffic.end();
      await node.close();
    }
  });
});
