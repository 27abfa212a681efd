import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOOK_EVENTS, HOOKABLE } from '@magpie/protocol';
import { createTestServer } from '@magpie/testkit/network';
import { freePort } from '@magpie/testkit/server-process';
import { expect, it } from 'vitest';
import { textTo } from '../protocol/support.ts';

const guide = await readFile(new URL('../../docs/guide/webhooks.md', import.meta.url), 'utf8');

/** Resolves with what it has printed once that fits. */
function printed(child: ChildProcess, fits: (text: string) => boolean): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (fits(text)) resolve(text);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}:\n${text}`)));
  });
}

async function answers(url: string, init?: RequestInit): Promise<number | undefined> {
  return await fetch(url, init).then(
    ({ status }) => status,
    () => undefined,
  );
}

it('the receiver of the guide takes what the server signed, and nothing else', async () => {
  const [, code = ''] = /^```js\n([\s\S]*?)^```/m.exec(guide) ?? [];
  expect(code.split('\n').length).toBeLessThanOrEqual(14);
  const folder = await mkdtemp(join(tmpdir(), 'magpie-guide-'));
  await writeFile(join(folder, 'receiver.mjs'), code);
  await using server = await createTestServer({ env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.1' } });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/hook`;
  const made = (await server.admin('webhook.create', { url, events: ['message.created'] })) as { secret: string; webhook: { id: string } }; // prettier-ignore
  const env = { ...process.env, PORT: String(port), HOOK_SECRET: made.secret };
  const receiver = spawn(process.execPath, [join(folder, 'receiver.mjs')], { env });
  try {
    // A request without a signature: 401 says that it listens.
    while ((await answers(url)) !== 401) continue;
    expect(await server.admin('webhook.test', { id: made.webhook.id })).toMatchObject({ status: 204 });
    const seen = printed(receiver, (text) => text.includes('message.created'));
    await server.admin('message.send', textTo('u:bob', 'from the guide'), { user: 'alice' });
    expect(await seen).toMatch(/^\d+ \{\s+e: 'message\.created',\s+c: 'd:alice bob'/m);
    const forged = { 'magpie-signature': `t=${Date.now()},v1=${'0'.repeat(64)}` };
    expect(await answers(url, { method: 'POST', headers: forged, body: '{"event":{}}' })).toBe(401);
  } finally {
    receiver.removeAllListeners('exit');
    receiver.kill();
    await rm(folder, { recursive: true, force: true });
  }
});

it('the guide names every event and every operation there is to ask for, and no other', () => {
  const rows = [...guide.matchAll(/^\| (`[a-z]+\.[A-Za-z]+`[^|]*)\|/gm)].map(([, cell = '']) => cell);
  const named = new Set(rows.flatMap((cell) => [...cell.matchAll(/`([a-z]+\.[A-Za-z]+)`/g)].map(([, name]) => name))); // prettier-ignore
  expect(named).toEqual(new Set([...HOOK_EVENTS, ...HOOKABLE]));
});
