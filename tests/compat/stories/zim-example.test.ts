import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { signToken04 } from '@magpie/credentials';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../../../examples/zim-two-clients/src/main.ts', import.meta.url));
const SECRET = '0123456789abcdef0123456789abcdef';
const USERS = ['alice', 'bob'] as const;
const APP_ID = 1_234_567_890;

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
  await server.admin('app.create', {
    id: 'shop',
    name: 'Shop',
    doors: [{ kind: 'zim', id: APP_ID, secret: SECRET }],
  });
  // The two start at once: one may write before the other's first login would have made the account.
  for (const userId of USERS) await server.admin('user.register', { userId }, { app: 'shop' });
});
afterAll(async () => {
  for (const child of running) child.kill();
  await server.close();
});

/** The app's own back end: its first token for a user is nearly over, so that it is renewed at once. */
async function startBackEnd() {
  const asked = new Map<string, number>();
  const http = createServer((request, response) => {
    const userId = new URL(request.url ?? '/', 'http://x').searchParams.get('user') ?? '';
    const times = (asked.get(userId) ?? 0) + 1;
    asked.set(userId, times);
    const zimToken = signToken04({
      appId: APP_ID,
      userId,
      secret: SECRET,
      now: Date.now(),
      effectiveSeconds: times === 1 ? 32 : 3600,
    });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ zimToken }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/token`,
    close: () => new Promise<void>((resolve) => void http.close(() => resolve())),
  };
}

const running: ChildProcess[] = [];

function run(env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--conditions=@magpie/source', '--import', 'tsx', main], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  // Ended from here it still says how far it came.
  const timer = setTimeout(() => child.kill(), 60_000);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    }),
  );
}

it('two clients of an app with secrets of its own write to each other, and renew their tokens', async () => {
  const backEnd = await startBackEnd();
  const { code, output } = await run({
    MAGPIE_SERVER: server.url,
    TOKEN_URL: backEnd.url,
    UNTIL_RENEWED: '1',
    ZIM_APP_ID: String(APP_ID),
  });
  await backEnd.close();
  expect(code, output).toBe(0);
  for (const me of USERS) {
    const lines = output
      .split('\n')
      .filter((line) => line.startsWith(`[${me}]`))
      .map((line) => line.slice(me.length + 3));
    expect(lines, output).toEqual(
      expect.arrayContaining([
        'connection 2/0',
        'token renewed',
        'history alice: Hello!',
        'history bob: Hello to you!',
      ]),
    );
    expect(lines.at(-1), output).toBe('connection 0/0');
  }
});
