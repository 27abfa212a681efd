import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '@magpie/client';
import { createTestServer, type DemoCredentials, type TestServer } from '@magpie/testkit/network';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { freePort, startServerProcess } from '@magpie/testkit/server-process';
import { describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';
import { createBackend, type Backend } from './support/backend.ts';
import { next, record, text } from './support/clients.ts';

const reconnectOf = async (client: RawClient) =>
  (await client.frame(({ reconnect }) => reconnect !== undefined)).reconnect?.after ?? -1;

/** A server one of whose requests is under way until the back end is let go. */
async function busy(drain: string): Promise<{
  readonly server: TestServer;
  readonly backend: Backend;
  readonly alice: RawClient;
  readonly sent: Promise<{ readonly seq?: number | undefined }>;
  letGo(): void;
  close(): Promise<void>;
}> {
  const backend = await createBackend();
  const server = await createTestServer({ env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8', MAGPIE_DRAIN: drain }, settings: { 'webhook.before.timeout': 10_000 } }); // prettier-ignore
  await server.admin('webhook.create', { url: `${backend.url}/before`, before: ['message.send'] });
  let letGo: () => void = () => undefined;
  backend.answer = () => new Promise((resolve) => (letGo = () => resolve(200)));
  const alice = await signIn(server, 'alice');
  const sent = alice.request('message.send', textTo('u:bob', 'under way'));
  sent.catch(() => undefined);
  await backend.until((got) => got.length === 1);
  return { server, backend, alice, sent, letGo: () => letGo(), close: () => backend.stop() };
}

describe('a drain', () => {
  it('finishes what is under way, is not ready at once, and takes nobody in', async () => {
    const { server, alice, sent, letGo, close } = await busy('60');
    const ready = () => fetch(`${server.url}/readyz`);
    expect((await ready()).status).toBe(200);
    const closing = server.running.close();
    const refused = await ready();
    expect([refused.status, await refused.json()]).toMatchObject([503, { ok: false, reasons: [{ part: 'draining' }] }]); // prettier-ignore
    await reconnectOf(alice);
    await expect(connectRawClient(server.url)).rejects.toThrow('503');
    expect((await fetch(`${server.url}/healthz`)).headers.get('connection')).toBe('close');
    letGo();
    expect(await sent).toMatchObject({ seq: 1 });
    expect(await alice.closed).toEqual({ code: 4300, reason: 'DRAINING' });
    await closing;
    await expect(ready()).rejects.toThrow();
    await server.close();
    await close();
  });

  it('ends in time when something does not', async () => {
    const { server, alice, sent, close } = await busy('1');
    await server.close();
    await expect(sent).rejects.toThrow('closed with');
    await alice.closed;
    await close();
  });

  it('tells clients to come back at times that are spread', async () => {
    const server = await createTestServer();
    const clients = await Promise.all(Array.from({ length: 40 }, (_, i) => signIn(server, `user${i}`)));
    await Promise.all([server.close(), ...clients.map(({ closed }) => closed)]);
    const told = await Promise.all(clients.map(reconnectOf));
    told.sort((a, b) => a - b);
    // 500 a second: each has two milliseconds of its own.
    told.forEach((after, i) => {
      expect(after).toBeGreaterThanOrEqual(i * 2);
      expect(after).toBeLessThanOrEqual(i * 2 + 2);
    });
  });

  it('serves a client until its time has come', async () => {
    const { server, alice, sent, letGo, close } = await busy('60');
    await using bob = await signIn(server, 'bob');
    const closing = server.running.close();
    await reconnectOf(bob);
    // Neither has to go yet: the first makes the server wait.
    const { conversations } = await bob.request('conversation.list', { limit: 10 });
    expect(conversations).toEqual([]);
    letGo();
    await sent;
    await closing;
    await alice.closed;
    await server.close();
    await close();
  });
});

describe('messages', () => {
  it('are neither lost nor doubled nor disordered over drains and restarts', async () => {
    const server = await createTestServer();
    const clients: Client[] = [];
    const login = async (user: string): Promise<Client> => {
      const client = createClient({ server: server.url });
      clients.push(client);
      const ready = next(client, 'ready');
      await client.session.open({ token: (await server.credentials(user)).userSig, user });
      await ready;
      return client;
    };
    const [alice, bob] = [await login('alice'), await login('bob')];
    const heard = record(bob);
    const offline: string[] = [];
    bob.on('state', ({ state }) => void offline.push(state));
    const sends: Promise<unknown>[] = [];
    const say = (from: number, to: number): void => {
      for (let i = from; i < to; i++)
        sends.push(alice.messages.send({ ref: 'u:bob', content: text(`m${i}`) }));
    };
    for (let round = 0; round < 2; round++) {
      say(round * 100, round * 100 + 50);
      const back = [alice, bob].map((client) => next(client, 'state', ({ state }) => state === 'online'));
      const restarted = server.restart();
      say(round * 100 + 50, round * 100 + 100);
      await restarted;
      await Promise.all(back);
    }
    await Promise.all(sends);
    expect(await heard.of(200)).toEqual(Array.from({ length: 200 }, (_, i) => `m${i}`));
    expect(offline).toContain('online');
    await Promise.all(clients.map((client) => client.destroy()));
    await server.close();
  });
});

describe('signals', () => {
  it('the first drains, the second ends the process at once', async () => {
    await using backend = await createBackend();
    const folder = await mkdtemp(join(tmpdir(), 'magpie-signals-'));
    const token = 'test-admin-token-of-32-characters';
    const child = await startServerProcess({ dataFolder: folder, port: await freePort(), env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8', MAGPIE_DRAIN: '600', MAGPIE_ADMIN_TOKEN: token } }); // prettier-ignore
    const admin = (operation: string, input: unknown) =>
      fetch(`${child.url}/v1/${operation}`, { method: 'POST', headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json', 'magpie-app': 'demo' }, body: JSON.stringify(input) }); // prettier-ignore
    await admin('app.update', { id: 'demo', settings: { 'webhook.before.timeout': 10_000 } });
    await admin('webhook.create', { url: `${backend.url}/before`, before: ['message.send'] });
    backend.answer = () => new Promise(() => undefined);
    const credentials = (await (await fetch(`${child.url}/demo/credentials?user=alice`)).json()) as DemoCredentials; // prettier-ignore
    const alice = await connectRawClient(child.url);
    await alice.request('session.open', { token: credentials.userSig, instance: 'one', platform: 'web', protocol: 1 }); // prettier-ignore
    alice.request('message.send', textTo('u:bob', 'never answered')).catch(() => undefined);
    await backend.until((got) => got.length === 1);
    const first = child.stop('SIGTERM');
    await reconnectOf(alice);
    await Promise.all([first, child.stop('SIGTERM')]);
    expect((await alice.closed).code).toBe(1006);
    await rm(folder, { recursive: true, force: true });
  });
});
