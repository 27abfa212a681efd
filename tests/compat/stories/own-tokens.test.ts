import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { signDynamicToken, signToken04 } from '@magpie/credentials';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import TIM from '@magpie/tim';
import WebIM from '@magpie/webim';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from './tim-app.ts';
import { openPage } from './zim-app.ts';

/** A company's own ids and secrets, as its back end has them. */
const OWN = {
  tim: { id: 1400123456, secret: 'ed9b1f1c6a4e4d6f8f0a3c5b7d9e1f2a3b4c5d6e7f8091a2b3c4d5e6f7081920' },
  zim: { id: 987654321, secret: '0123456789abcdef0123456789abcdef' },
  webim: { id: 'acme#support', clientId: 'YXA6client', clientSecret: 'YXA6secret' },
};
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let server: TestServer;

async function magpie(...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    MAGPIE_SERVER: server.url,
    MAGPIE_ADMIN_TOKEN: server.adminToken,
    MAGPIE_DATA: server.dataFolder,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@magpie/source', '--import', 'tsx', 'packages/server/src/cli.ts', ...args], { cwd: ROOT, env }); // prettier-ignore
  return stdout.trim();
}

beforeAll(async () => {
  server = await createTestServer();
  const { tim, zim, webim } = OWN;
  const made = JSON.parse(await magpie('app', 'create', '--id', 'acme', '--name', 'Acme', '--tim', `${tim.id}:${tim.secret}`, '--zim', `${zim.id}:${zim.secret}`, '--webim', `${webim.id}:${webim.clientId}:${webim.clientSecret}`)) as { app: { id: string; doors: unknown[] } }; // prettier-ignore
  expect(made.app).toMatchObject({ id: 'acme' });
  expect(made.app.doors).toHaveLength(3);
}, 60_000);
afterAll(() => server.close());

it('a UserSig of the vendor’s published library logs in through the TIM SDK', async () => {
  const { Api } = createRequire(import.meta.url)('tls-sig-api-v2') as {
    Api: new (id: number, key: string) => { genSig(user: string, expire: number): string };
  };
  const userSig = new Api(OWN.tim.id, OWN.tim.secret).genSig('amy', 3600);
  const tim = TIM.create({ SDKAppID: OWN.tim.id, proxyServer: server.url });
  const ready = listen(tim, TIM.EVENT.SDK_READY);
  await tim.login({ userID: 'amy', userSig });
  await ready.take();
  await tim.destroy();
});

it.each(['gcm', 'cbc'] as const)('a Token04 (%s) logs in through the ZIM SDK', async (layout) => {
  const { ZIM } = await openPage(server.url);
  const zim = ZIM.create({ appID: OWN.zim.id });
  const token = signToken04({ appId: OWN.zim.id, secret: OWN.zim.secret, userId: 'ben', now: Date.now(), effectiveSeconds: 3600, layout }); // prettier-ignore
  await zim?.login('ben', { userName: '', token, isOfflineLogin: false } as never);
  zim?.destroy();
});

it('a self-signed Easemob token logs in through the WebIM SDK', async () => {
  const { webim } = OWN;
  const accessToken = signDynamicToken({
    appKey: webim.id,
    ...webim,
    userId: 'cat',
    now: Date.now(),
    ttlSeconds: 3600,
  });
  const conn = new WebIM.connection({ appKey: webim.id, apiUrl: server.url, isFixedDeviceId: false });
  await conn.open({ user: 'cat', accessToken });
  expect(conn.isOpened()).toBe(true);
  conn.close();
});

it('the command line’s own tokens are the same kind', async () => {
  const userSig = await magpie('token', 'tim', '--door', `${OWN.tim.id}:${OWN.tim.secret}`, '--user', 'dan');
  const answer = await fetch(`${server.url}/v1/session.list`, { method: 'POST', headers: { authorization: `Bearer ${userSig}` }, body: '{}' });
  expect(answer.status).toBe(200);
}, 30_000); // prettier-ignore
