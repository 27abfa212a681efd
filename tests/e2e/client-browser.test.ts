import type { Client } from '@magpie/client';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { build } from 'esbuild';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../scripts/lib/browser.mjs';

// The browser adapter on a real page: the outbox over a reload, uploads by XMLHttpRequest, identities of tabs.

declare const client: Client;
declare const start: (token: string) => Promise<void>;

const START = `
globalThis.client = magpie.createClient({ persistOutbox: true, sendTimeout: Infinity });
globalThis.start = async (token) => {
  const ready = new Promise((resolve) => client.on('ready', resolve));
  await client.session.open({ token });
  await ready;
};`;

let server: TestServer;
let browser: Browser;
let code: string;

beforeAll(async () => {
  const found = await findChromium();
  if (found.path === undefined) throw new Error(`no browser: ${found.from}`);
  [server, browser] = await Promise.all([
    createTestServer(),
    chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] }),
  ]);
  const built = await build({
    entryPoints: ['packages/client/src/index.ts'],
    bundle: true,
    format: 'iife',
    globalName: 'magpie',
    platform: 'browser',
    conditions: ['@magpie/source', 'browser'],
    write: false,
  });
  code = built.outputFiles[0]?.text ?? '';
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A real page of the server, whatever it shows: one made up by the test would not be let near a local address. */
async function openPage(context: BrowserContext): Promise<Page> {
  if (context.pages().length === 0) await context.addInitScript(`${code}\n${START}`);
  const page = await context.newPage();
  await page.goto(`${server.url}/healthz`);
  return page;
}

const instanceOf = (page: Page): Promise<string> => page.evaluate(() => client.session.instance);

test('what was sent offline survives a reload of its tab, goes out once, and no other tab touches it', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  const { userSig } = await server.credentials('alice');
  await page.evaluate((token) => start(token), userSig);
  const instance = await instanceOf(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        // The network goes while the page is open: nothing may leave before the reload.
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) {
          if (!String(data).includes('message.send')) send.call(this, data);
        };
        client.on('outgoing', () => resolve());
        void client.messages
          .send({ ref: 'u:bob', content: { type: 'text', text: 'kept' } })
          .catch(() => undefined);
      }),
  );
  const other = await openPage(context);
  await other.evaluate((token) => start(token), userSig);
  expect(await instanceOf(other)).not.toBe(instance);
  expect(
    await other.evaluate(async () => (await client.messages.list({ ref: 'u:bob' })).messages.length),
  ).toBe(0);

  await page.reload();
  expect(await instanceOf(page)).toBe(instance);
  const arrived = other.evaluate(
    () => new Promise<number>((resolve) => client.on('messages', ({ messages }) => resolve(messages.length))),
  );
  await page.evaluate((token) => start(token), userSig);
  expect(await arrived).toBe(1);
  await page.reload();
  await page.evaluate((token) => start(token), userSig);
  expect(await page.evaluate(() => client.messages.outgoing().length)).toBe(0);
  const texts = await page.evaluate(async () =>
    (await client.messages.list({ ref: 'u:bob' })).messages.map(({ content }) => content),
  );
  expect(texts).toEqual([{ type: 'text', text: 'kept' }]);
  await context.close();
});

test('a file goes up with progress, in pieces when it is large', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  await page.evaluate((token) => start(token), (await server.credentials('carol')).userSig);
  const { size, parts, fetched } = await page.evaluate(async () => {
    const progress: number[] = [];
    const blob = new Blob([new Uint8Array(9 * 1024 * 1024)], { type: 'application/octet-stream' });
    const stored = await client.files.upload(
      { source: { kind: 'blob', blob }, name: 'big.bin', use: 'file' },
      { onProgress: (part) => progress.push(part) },
    );
    const response = await fetch(client.files.url(stored));
    return { size: stored.size, parts: progress, fetched: (await response.arrayBuffer()).byteLength };
  });
  expect([size, fetched]).toEqual([9 * 1024 * 1024, 9 * 1024 * 1024]);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.at(-1)).toBe(1);
  await context.close();
});

test('a page that goes offline and comes back has everything', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  await page.evaluate((token) => start(token), (await server.credentials('dave')).userSig);
  const heard = page.evaluate(
    () =>
      new Promise<unknown[]>((resolve) => {
        const texts: unknown[] = [];
        client.on('messages', ({ messages }) => {
          texts.push(...messages.map(({ content }) => content));
          if (texts.length === 2) resolve(texts);
        });
      }),
  );
  const say = (text: string) =>
    server.admin(
      'message.send',
      { ref: 'u:dave', clientId: `t:${text}`, content: { type: 'text', text } },
      { user: 'bob' },
    );
  await say('one');
  await context.setOffline(true);
  await server.restart();
  await say('two');
  await context.setOffline(false);
  expect(await heard).toEqual([
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ]);
  await context.close();
});
