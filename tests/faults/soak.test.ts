import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInspector, type Inspector } from '@magpie/testkit/inspector';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { afterAll, beforeAll, expect, it } from 'vitest';

/**
 * The short form of `npm run bench:soak`: rounds of the same load by the same users, who come and go; after each the heap is measured
 * with its garbage collected. A message or a session that is held on to shows as a heap that is larger each time.
 */
const USERS = ['alice', 'bob', 'carol', 'dave'] as const;
const ADMIN = 'soak-admin-token';
/** Code and caches become warm. */
const WARM = 4;
const ROUNDS = 12;
const DIRECT = 300;
const IN_GROUP = 60;
const AT_ONCE = 30;
/** Of each user, devices that only look in. */
const GUESTS = 15;
/** Between the first and the last third are 11,500 messages and 500 sessions: held on to, either weighs more. */
const BOUND = 1.5 * 1024 * 1024;

let folder = '';
let server: ServerProcess;
let inspector: Inspector;
const tokens = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-soak-'));
  const [port, debugPort] = [await freePort(), await freePort()];
  const env = { MAGPIE_ADMIN_TOKEN: ADMIN, NODE_OPTIONS: `--inspect=127.0.0.1:${debugPort}` };
  server = await startServerProcess({ dataFolder: folder, port, env });
  inspector = await openInspector(debugPort);
  const settings = { 'limits.rate.user': 0, 'limits.rate.group': 0, 'limits.rate.requests': 0 };
  await operator('app.update', { id: 'demo', settings });
  for (const user of USERS) {
    const response = await fetch(`${server.url}/demo/credentials?user=${user}`);
    tokens.set(user, ((await response.json()) as { userSig: string }).userSig);
  }
  await operator('group.create', { id: 'soak', kind: 'community', members: USERS.slice(1) }, USERS[0]);
});

afterAll(async () => {
  inspector.close();
  await server.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

it('the heap does not grow under a steady load, and nothing is refused', async () => {
  const sizes: number[] = [];
  for (let round = 0; round < WARM + ROUNDS; round++) {
    await runRound();
    const { heapUsed, external } = await inspector.memory();
    if (round >= WARM) sizes.push(heapUsed + external);
  }
  const third = ROUNDS / 3;
  const growth = median(sizes.slice(-third)) - median(sizes.slice(0, third));
  expect(growth, `bytes after each round: ${sizes.join(' ')}`).toBeLessThan(BOUND);
  expect(server.output).not.toContain('"level":50');
});

/** Everybody signs in, writes to a neighbour and to the group, reads what came, and goes. A refusal throws. */
async function runRound(): Promise<void> {
  const clients = await Promise.all(USERS.map((user) => signIn(user, 'i-main')));
  await Promise.all(clients.map(writeAndRead));
  for (let guest = 0; guest < GUESTS; guest++) {
    const guests = await Promise.all(USERS.map((user) => signIn(user, 'i-guest')));
    await Promise.all(guests.map((client) => client.close()));
  }
  await Promise.all(clients.map((client) => client.close()));
}

async function signIn(user: string, instance: string): Promise<RawClient> {
  const client = await connectRawClient(server.url);
  const token = tokens.get(user) ?? '';
  await client.request('session.open', { token, instance, platform: 'web', protocol: 1 });
  return client;
}

async function writeAndRead(client: RawClient, place: number): Promise<void> {
  const ref = `u:${USERS[place ^ 1]}`;
  await send(client, ref, DIRECT);
  await send(client, 'g:soak', IN_GROUP);
  await client.request('sync.since', { position: { userSeq: 0, at: Date.now() } });
  for (const conversation of [ref, 'g:soak']) {
    const page = await client.request('message.list', { ref: conversation, direction: 'older', limit: 50 });
    await client.request('conversation.read', { ref: conversation, upTo: page.lastSeq, report: true });
  }
}

async function send(client: RawClient, ref: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const texts = Array.from({ length: AT_ONCE }, (_, i) => `${sent + i} `.padEnd(200, 'x'));
    await Promise.all(
      texts.map((text) => client.request('message.send', { ref, clientId: randomUUID(), content: { type: 'text', text } })),
    ); // prettier-ignore
  }
}

async function operator(operation: string, input: unknown, user?: string): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'magpie-app': 'demo' };
  const response = await fetch(`${server.url}/v1/${operation}`, {
    method: 'POST',
    headers: user === undefined ? headers : { ...headers, 'magpie-user': user },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
