import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callAsAdmin } from '@magpie/testkit/admin';
import type { LogEntry } from '@magpie/testkit/checker';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADMIN, readLog } from './traffic.ts';

/** What goes on by itself for a long time, while the server is killed again and again. */

const CLOCK = fileURLToPath(new URL('./clock-ahead.mjs', import.meta.url));
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let dataFolder: string;
let server: ServerProcess;
let port: number;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'magpie-upkeep-'));
  port = await freePort();
  await start(0);
});
afterEach(async () => {
  await server.stop('SIGKILL');
  await rm(dataFolder, { recursive: true, force: true });
});

/** Ahead of the real clock: the lease of whoever was killed has ended. */
async function start(ahead: number): Promise<void> {
  const env = { MAGPIE_ADMIN_TOKEN: ADMIN, NODE_OPTIONS: `--import=${CLOCK}`, TEST_CLOCK_AHEAD: `${ahead}` };
  server = await startServerProcess({ dataFolder, port, env });
}

async function killed(ahead: number): Promise<void> {
  await server.stop('SIGKILL');
  await start(ahead);
}

const admin = <T>(operation: string, input: unknown, user?: string): Promise<T> =>
  callAsAdmin(server.url, ADMIN, operation, input, user === undefined ? {} : { user }) as Promise<T>;

let named = 0;
/** Each of these writes so many messages into a conversation, in turn. */
async function fill(ref: string, users: readonly string[], each: number): Promise<void> {
  for (let i = 0; i < each; i += 50) {
    const turn = Array.from({ length: Math.min(50, each - i) }, () => ++named);
    await Promise.all(turn.flatMap((n) => users.map((user) => admin('message.send', { ref, clientId: `${user}-${ref}-${n}`, content: { type: 'text', text: `${user} ${n}` } }, user)))); // prettier-ignore
  }
}

async function group(): Promise<string> {
  await admin('app.update', {
    id: 'demo',
    settings: { 'limits.rate.user': 100_000, 'limits.rate.group': 100_000, 'presence.grace': 100 },
  });
  for (const userId of ['ann', 'ben']) await admin('user.register', { userId, password: 'a long password' });
  const { group: made } = await admin<{ group: { id: string } }>('group.create', { kind: 'community', members: ['ben'] }, 'ann'); // prettier-ignore
  return `g:${made.id}`;
}

const said = (log: readonly LogEntry[], user: string): readonly LogEntry[] => log.filter(({ from, text }) => from === user && text !== 'tip'); // prettier-ignore

/** Asks until it holds. */
async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
  }
}

it('the erasure of a user goes on where it was', async () => {
  const ref = await group();
  await fill(ref, ['ann', 'ben'], 1_000);
  await fill('u:ben', ['ann'], 300);
  const before = await readLog(server.url, ref, 'ben');
  interface Erasure {
    readonly state: string;
    readonly messages: number;
  }
  const erasure = () => admin<Erasure>('user.erase', { userId: 'ann' });
  await erasure();
  let reached = 0;
  for (const kill of [1, 2, 3]) {
    ({ messages: reached } = await until(erasure, ({ messages }) => messages > reached));
    expect((await erasure()).state).toBe('running');
    await killed(kill * MINUTE);
  }
  const done = await until(erasure, ({ state }) => state === 'done');
  expect(done.messages).toBe(1_300);
  const after = await readLog(server.url, ref, 'ben');
  expect(after.map(({ seq }) => seq)).toEqual(before.map(({ seq }) => seq));
  expect(said(after, 'ben')).toEqual(said(before, 'ben'));
  for (const log of [after, await readLog(server.url, 'd:ben ann')])
    expect(new Set(said(log, 'ann').map(({ text }) => text))).toEqual(new Set(['revoked']));
}, 120_000);

it('what is kept no longer goes, in order and no more than that', async () => {
  const ref = await group();
  await fill(ref, ['ann', 'ben'], 2_000);
  const old = await readLog(server.url, ref, 'ben');
  await killed(2 * DAY);
  await fill(ref, ['ben'], 30);
  const all = await readLog(server.url, ref, 'ben');
  await admin('app.update', { id: 'demo', settings: { 'retention.group': DAY } });
  const first = async () => (await readFirst(ref)) ?? 0;
  let reached = 1;
  for (const kill of [1, 2]) {
    reached = await until(first, (seq) => seq > reached);
    expect(reached).toBeLessThanOrEqual(old.length);
    await killed(2 * DAY + kill * MINUTE);
  }
  await until(first, (seq) => seq === old.length + 1);
  expect(await readLog(server.url, ref, 'ben')).toEqual(all.slice(old.length));
}, 120_000);

async function readFirst(ref: string): Promise<number | undefined> {
  const { entries } = await admin<{ entries: { seq?: number }[] }>('message.list', { ref, seq: 1, direction: 'newer', limit: 1 }, 'ben'); // prettier-ignore
  return entries[0]?.seq;
}
