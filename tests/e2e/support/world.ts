import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestServer, type TestServer, type TestServerOptions } from '@magpie/testkit/network';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/browser.mjs';
import { buildWebApps } from '../../../scripts/lib/web-apps.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore

export const RESULTS = fileURLToPath(new URL('../../../test-results/', import.meta.url));

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: 'en-US' | 'zh-CN';
  readonly dark?: boolean;
  readonly scale?: number;
}

/** One person at one window, and everything that went wrong in it. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, refused by the content policy, thrown, or asked of another host. Empty when all is well. */
  readonly complaints: string[];
  shoot(name: string): Promise<void>;
}

export interface World {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A window of its own; with a user's name logged in as that demo user. */
  person(user: string | undefined, look?: Look): Promise<Person>;
  close(): Promise<void>;
}

/** The built page, a real server and a real browser. */
export async function createWorld(options: TestServerOptions = {}): Promise<World> {
  const [browser, server] = await Promise.all([launchBrowser(), createTestServer(options)]);
  return {
    server,
    browser,
    person: (user, look) => openWindow(server.url, browser, user, look),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** The browser, once the page is built. */
export async function launchBrowser(): Promise<Browser> {
  const found = await findChromium();
  if (found.path === undefined) throw new Error(`no browser: ${found.from}`);
  await buildWebApps(() => undefined, { only: '@magpie/chat' });
  mkdirSync(RESULTS, { recursive: true });
  return chromium.launch({ executablePath: found.path, args: FLAGS });
}

export async function openWindow(
  home: string,
  browser: Browser,
  user: string | undefined,
  look: Look = {},
): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1180, height: look.height ?? 760 },
    locale: look.locale ?? 'en-US',
    colorScheme: look.dark === true ? 'dark' : 'light',
    deviceScaleFactor: look.scale ?? 1,
    hasTouch: (look.width ?? 1180) < 720,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints = watch(page, home);
  await page.goto(user === undefined ? home : `${home}/?user=${user}`);
  if (user !== undefined) await page.waitForSelector('nav input[type=search]');
  const shoot = async (name: string): Promise<void> => {
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    await page.screenshot({ path: join(RESULTS, `${name}.png`), animations: 'disabled' });
  };
  return { page, context, complaints, shoot };
}

function watch(page: Page, home: string): string[] {
  const complaints: string[] = [];
  // A broken network is part of the stories; the page's own words about it are not errors of the page.
  const expected =
    /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|NETWORK_CHANGED|ABORTED)|WebSocket connection to/;
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(home).host) complaints.push(`request: ${url.href}`); // prettier-ignore
  });
  return complaints;
}
