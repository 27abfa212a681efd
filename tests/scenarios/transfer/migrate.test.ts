import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '@magpie/client';
import { violations, type LogEntry, type Received, type SendRecord } from '@magpie/testkit/checker';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { databaseFacts } from '@magpie/store-sql';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import { freePort } from '@magpie/testkit/server-process';
import { isHole, type MessagePage } from '@magpie/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { next, text, textOf } from '../support/clients.ts';
import { magpie } from './command-line.ts';
import { fill, type Filled } from './fill.ts';
import { answers } from './reads.ts';

let postgres: TestPostgres;
let folder: string;
let port: number;
let server: TestServer;

const env = (more: Record<string, string> = {}) => ({ MAGPIE_DATA: folder, PORT: String(port), MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8', ...more }); // prettier-ignore

beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), 'magpie-migrate-'));
  port = await freePort();
  server = await createTestServer({ env: env() });
});
afterAll(async () => {
  await server?.close();
  await postgres?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Tables without a row: what is in none of them was never copied by this test. */
function emptyTables(): string[] {
  const { rows } = databaseFacts(join(folder, 'magpie.db'));
  return Object.keys(rows).filter((table) => rows[table] === 0);
}

interface Connected {
  readonly client: Client;
  readonly received: Received[];
}

async function connect(user: string): Promise<Connected> {
  const client = createClient({ server: server.url, sendTimeout: Number.POSITIVE_INFINITY });
  const received: Received[] = [];
  client.on('messages', ({ messages }) => received.push(...messages.map((message) => ({ conv: message.conv, seq: message.seq ?? 0, text: textOf(message) })))); // prettier-ignore
  const ready = next(client, 'ready');
  await client.session.open({ token: (await server.credentials(user)).userSig, user });
  await ready;
  return { client, received };
}

async function readLog(ref: string, user: string): Promise<LogEntry[]> {
  const page = (await server.admin('message.list', { ref, direction: 'newer', limit: 100 }, { user })) as MessagePage; // prettier-ignore
  return page.entries.flatMap((entry) => isHole(entry) ? [] : [{ seq: entry.seq ?? 0, id: entry.id, from: entry.from, time: entry.time, text: textOf(entry as never), counts: entry.counts !== false }]); // prettier-ignore
}

it('a data folder with everything in it goes to PostgreSQL: the same answers, and clients go on where they were', async () => {
  const made: Filled = await fill(server);
  const frank = await connect('frank');
  const grace = await connect('grace');
  const sends: SendRecord[] = [];
  const say = async (words: string) => {
    const record: SendRecord = { conv: 'd:frank grace', text: words, from: 'frank', acked: undefined };
    sends.push(record);
    const { id, seq } = await frank.client.messages.send({ ref: 'u:grace', content: text(words) });
    record.acked = { id, seq: seq ?? 0 };
  };
  for (let i = 0; i < 10; i++) await say(`before ${i}`);
  await expect.poll(() => grace.received.length, { timeout: 20_000 }).toBe(10);
  const before = await answers(server, made);

  await server.running.close();
  expect(emptyTables()).toEqual([]);
  const store = await postgres.createDatabase();
  expect(await magpie(['migrate', '--to', store], { dataFolder: folder })).toContain('Both databases hold the same'); // prettier-ignore
  // Written while nobody is there to take it.
  const meanwhile = say('meanwhile');
  const again = Promise.all([frank, grace].map(({ client }) => next(client, 'ready')));
  server = await createTestServer({ env: env({ MAGPIE_STORE: store }) });

  expect(await again).toEqual([
    { first: false, resumed: true },
    { first: false, resumed: true },
  ]);
  // All that came in is the one that waited, and the webhook wants it.
  const [waiting = 0] = before['waiting'] as number[];
  expect(await answers(server, made)).toEqual({ ...before, waiting: [waiting + 1] });
  await meanwhile;
  for (let i = 0; i < 10; i++) await say(`after ${i}`);
  await expect.poll(() => grace.received.length, { timeout: 20_000 }).toBe(21);
  const logs = new Map([['d:frank grace', await readLog('u:frank', 'grace')]]);
  const unread = [{ user: 'grace', conv: 'd:frank grace', unread: (await grace.client.conversations.load('u:frank'))?.unread ?? -1 }]; // prettier-ignore
  const clients = new Map(Object.entries({ frank, grace }).map(([user, { received }]) => [user, { user, convs: ['d:frank grace'], received }])); // prettier-ignore
  expect(violations({ sends, logs, clients, unread })).toEqual([]);
  await Promise.all([frank.client.destroy(), grace.client.destroy()]);
}, 180_000);
