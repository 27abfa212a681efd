import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { expect, it } from 'vitest';
import { textTo } from '../protocol/support.ts';
import { createBackend } from './support/backend.ts';

const TOKEN = 'test-admin-token-of-32-characters';

it('a server killed after a delivery and before it was noted delivers again: under the same id, in order, and nothing is lost', async () => {
  await using backend = await createBackend();
  const dataFolder = await mkdtemp(join(tmpdir(), 'magpie-crash-'));
  const port = await freePort();
  const env = { MAGPIE_ADMIN_TOKEN: TOKEN, MAGPIE_OUTBOUND_ALLOW: '127.0.0.1' };
  const start = () => startServerProcess({ dataFolder, port, env });
  let server: ServerProcess = await start();
  const admin = async (operation: string, input: unknown, user?: string): Promise<unknown> => {
    const headers = { 'authorization': `Bearer ${TOKEN}`, 'content-type': 'application/json', 'magpie-app': 'demo', ...(user === undefined ? {} : { 'magpie-user': user }) }; // prettier-ignore
    const response = await fetch(`${server.url}/v1/${operation}`, { method: 'POST', headers, body: JSON.stringify(input) }); // prettier-ignore
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return await response.json();
  };
  try {
    const { secret } = (await admin('webhook.create', { url: `${backend.url}/h`, events: ['message.created'] })) as { secret: string }; // prettier-ignore
    backend.secrets.set('/h', secret);
    // The back end has the second message; the server dies before it hears so.
    const dead = new Promise<void>((resolve) => {
      backend.answer = async () => {
        if (backend.got.length !== 2) return 200;
        await server.stop('SIGKILL');
        resolve();
        return undefined;
      };
    });
    for (const text of ['one', 'two', 'three']) void admin('message.send', textTo('u:bob', text, `c-${text}`), 'alice').catch(() => undefined); // prettier-ignore
    await dead;
    backend.answer = () => 200;
    server = await start();
    // What was not acknowledged is sent again by its client; what was, once more, changes nothing.
    for (const text of ['one', 'two', 'three']) await admin('message.send', textTo('u:bob', text, `c-${text}`), 'alice'); // prettier-ignore
    await backend.until((got) => new Set(got.map(({ body }) => body.event?.n)).size === 3 && got.length > 3);
    const seqs = backend.got.map(({ body }) => body.event?.n ?? 0);
    expect(backend.got.every(({ signed }) => signed)).toBe(true);
    // Each event stands for one id and the other way round, however often it came.
    expect(new Set(backend.got.map(({ id, body }) => `${id} ${body.event?.n}`)).size).toBe(3);
    const firstTimes = [...new Set(seqs)];
    expect(firstTimes).toEqual([1, 2, 3]);
    expect(seqs.filter((seq) => seq === 2).length).toBeGreaterThan(1);
    while (((await admin('webhook.list', {})) as { webhooks: { waiting: number }[] }).webhooks[0]?.waiting !== 0) await admin('node.status', {}); // prettier-ignore
  } finally {
    await server.stop('SIGKILL');
    await rm(dataFolder, { recursive: true, force: true });
  }
}, 120_000);
