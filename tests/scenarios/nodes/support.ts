import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client, type ClientOptions } from '@magpie/client';
import { lacksNats, startNats, type TestNats } from '@magpie/testkit/nats';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import { afterAll, beforeAll } from 'vitest';
import { next } from '../support/clients.ts';

export const WITHOUT_NATS = lacksNats();

export interface Nodes {
  readonly nats: TestNats;
  readonly postgres: TestPostgres;
  node(index: number): TestServer;
  /** A client on that node that is ready. */
  login(index: number, user: string, options?: ClientOptions): Promise<Client>;
}

/** Servers of one cluster in this process, over a real PostgreSQL and a real nats-server, for a test file. */
export function useNodes(count: number, settings: Readonly<Record<string, unknown>> = {}): Nodes {
  let nats: TestNats | undefined;
  let postgres: TestPostgres | undefined;
  let files: string | undefined;
  const servers: TestServer[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    if (WITHOUT_NATS) return;
    [nats, postgres, files] = await Promise.all([
      startNats(),
      startPostgres({ settings: { fsync: 'on' } }),
      mkdtemp(join(tmpdir(), 'magpie-files-')),
    ]);
    const env = {
      MAGPIE_STORE: await postgres.createDatabase(),
      MAGPIE_BUS: nats.url,
      MAGPIE_FILES: files,
      MAGPIE_MASTER_KEY: randomBytes(32).toString('base64'),
    };
    // One after the other: the first makes the demo app.
    for (let i = 0; i < count; i++)
      servers.push(await createTestServer({ env, ...(i === 0 ? { settings } : {}) }));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.destroy()));
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all([nats?.close(), postgres?.close()]);
    if (files !== undefined) await rm(files, { recursive: true, force: true });
  });

  const node = (index: number): TestServer => {
    const server = servers[index];
    if (!server) throw new Error(`there is no node ${index}, or it has not started yet`);
    return server;
  };
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('it starts before the first test');
    return part;
  };
  return {
    get nats() {
      return started(nats);
    },
    get postgres() {
      return started(postgres);
    },
    node,
    login: async (index, user, options = {}) => {
      const client = createClient({ server: node(index).url, ...options });
      clients.push(client);
      const ready = next(client, 'ready');
      const { userSig } = await node(index).credentials(user);
      await client.session.open({ token: userSig, user });
      await ready;
      return client;
    },
  };
}
