import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../../../examples/tim-vue/headless.ts', import.meta.url));

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

function run(env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--conditions=@magpie/source', '--import', 'tsx', main], {
    cwd: root,
    env: { ...process.env, ...env },
  });
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

it('a class in a Pinia store: login kept, handlers bound after it, read, history, logout clears', async () => {
  const { code, output } = await run({ MAGPIE_SERVER: server.url });
  expect(code, output).toBe(0);
  for (const [me, peer] of [['alice', 'bob'], ['bob', 'alice']] as const) {
    const lines = output.split('\n').flatMap((line) => (line.startsWith(`[${me}] `) ? line.slice(me.length + 3) : []));
    expect(lines, output).toEqual([
      'restored false',
      'ready',
      'sent with a place',
      `received Hello, I am ${peer}!`,
      'read by the other',
      `list ${peer === 'bob' ? 'Bob' : 'Alice'}`,
      'history Hello, I am alice! Hello, I am bob!',
      `restored true ${me} is logged in already.`,
      'logged out, 0 conversations, saved login null',
    ]);
  }
}); // prettier-ignore

it('its page builds, with the SDK under the vendor’s name', async () => {
  const folder = fileURLToPath(new URL('../../../examples/tim-vue', import.meta.url));
  const built = await build({ root: folder, logLevel: 'error', build: { write: false, minify: false } });
  const code = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? result.output : [],
  );
  expect(code.map((file) => ('code' in file ? file.code : '')).join('')).toContain('Params validate failed.');
});
