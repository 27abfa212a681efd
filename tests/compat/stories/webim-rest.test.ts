import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import WebIM from '@magpie/webim';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** What an app's own back end, and an app's own upload code, send to the vendor's paths. */
const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const client = { client_id: 'YXA6-id', client_secret: 'YXA6-secret' };
/** What is read of the answers. */
interface Answer {
  readonly access_token: string;
  readonly error: string;
  readonly uri: string;
  readonly entities: readonly { readonly uuid: string; readonly 'share-secret': string }[];
}
const answerOf = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Answer,
});
let server: TestServer;
let base: string;

beforeAll(async () => {
  server = await createTestServer();
  await server.admin('app.create', {
    id: 'shop',
    name: 'Shop',
    doors: [
      { kind: 'webim', id: 'acme#shop', clientId: client.client_id, clientSecret: client.client_secret },
    ],
  });
  base = `${server.url}/acme/shop`;
});
afterAll(() => server.close());

async function post(path: string, body: unknown, token?: string) {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return answerOf(response);
}

const appToken = async () =>
  (await post('/token', { grant_type: 'client_credentials', ...client })).body.access_token;

it('a back end makes users and tokens; the tokens log in', async () => {
  const token = await appToken();
  expect(await post('/users', { username: 'eve', password: 'pw' })).toMatchObject({
    status: 401,
    body: { error: 'unauthorized' },
  });
  expect(await post('/users', { username: 'eve', password: 'pw' }, token)).toMatchObject({
    status: 200,
    body: {
      organization: 'acme',
      applicationName: 'shop',
      entities: [{ username: 'eve', type: 'user', activated: true }],
    },
  });
  expect(await post('/users', { username: 'eve' }, token)).toMatchObject({
    status: 400,
    body: { error: 'duplicate_unique_property_exists' },
  });
  const inherited = await post(
    '/token',
    { grant_type: 'inherit', username: 'frank', autoCreateUser: true, ttl: 600 },
    token,
  );
  expect(inherited).toMatchObject({ status: 200, body: { expires_in: 600, user: { username: 'frank' } } });
  const byPassword = await post('/token', { grant_type: 'password', username: 'eve', password: 'pw' });
  expect(byPassword.status).toBe(200);
  expect(await post('/token', { grant_type: 'password', username: 'eve', password: 'no' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  });
  expect(
    await post('/token', { grant_type: 'client_credentials', ...client, client_secret: 'x' }),
  ).toMatchObject({ status: 400 });
  const user = await fetch(`${base}/users/frank`, { headers: { authorization: `Bearer ${token}` } });
  expect(await user.json()).toMatchObject({ count: 1, entities: [{ username: 'frank' }] });

  for (const [name, accessToken] of [
    ['frank', inherited.body.access_token],
    ['eve', byPassword.body.access_token],
  ] as const) {
    const conn = new WebIM.connection({ appKey: 'acme#shop', apiUrl: server.url, isFixedDeviceId: false });
    await conn.open({ user: name, accessToken: String(accessToken) });
    expect(conn.isOpened()).toBe(true);
    conn.close();
  }
});

it('no token of one app opens another', async () => {
  const token = await appToken();
  const other = `${server.url}/magpie/demo`;
  const answer = await fetch(`${other}/users/alice`, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, (await answerOf(answer)).body.error]).toEqual([401, 'auth_bad_access_token']);
  const nowhere = await fetch(`${server.url}/acme/nothing/token`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect([nowhere.status, (await answerOf(nowhere)).body.error]).toEqual([
    404,
    'organization_application_not_found',
  ]);
  const unreadable = await fetch(`${base}/token`, {
    method: 'POST',
    body: '{{',
    headers: { 'content-type': 'application/json' },
  });
  expect([unreadable.status, (await answerOf(unreadable)).body.error]).toEqual([400, 'json_parse']);
});

it('files go up and come down, with a secret where asked', async () => {
  const { webimToken } = await server.credentials('alice');
  const upload = async (headers: Record<string, string>, bytes = new Uint8Array([1, 2, 3])) => {
    const form = new FormData();
    form.append('thumbnail-height', '80');
    form.append('file', new Blob([bytes]), 'notes.bin');
    const response = await fetch(`${server.url}/magpie/demo/chatfiles`, {
      method: 'POST',
      headers,
      body: form,
    });
    return answerOf(response);
  };
  expect(await upload({})).toMatchObject({ status: 401, body: { error: 'unauthorized' } });
  expect(await upload({ authorization: 'Bearer nonsense' })).toMatchObject({ status: 401 });
  const open = await upload({ authorization: `Bearer ${webimToken}`, origin: 'https://page.example' });
  expect(open).toMatchObject({
    status: 200,
    body: { uri: `${server.url}/magpie/demo/chatfiles`, entities: [{ type: 'chatfile' }] },
  });
  const file = await fetch(`${open.body.uri}/${open.body.entities[0]?.uuid}`);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));

  const closed = await upload({ authorization: `Bearer ${webimToken}`, 'restrict-access': 'true' });
  const { uuid, 'share-secret': secret } = closed.body.entities[0] ?? { uuid: '', 'share-secret': '' };
  const address = `${closed.body.uri}/${uuid}`;
  expect((await fetch(address)).status).toBe(401);
  expect((await fetch(address, { headers: { 'share-secret': secret } })).status).toBe(200);
  expect((await fetch(`${address}?share-secret=${secret}`)).status).toBe(200);
  expect(
    (await fetch(`${server.url}/acme/shop/chatfiles/${uuid}`, { headers: { 'share-secret': secret } }))
      .status,
  ).toBe(404);
  const preflight = await fetch(address, { method: 'OPTIONS', headers: { origin: 'https://page.example' } });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  await server.admin('app.update', { id: 'demo', settings: { 'limits.file.fileBytes': 10 } });
  expect(await upload({ authorization: `Bearer ${webimToken}` }, new Uint8Array(200_000))).toMatchObject({
    status: 413,
  });
});

it('the SDK’s own helpers reach the same paths', async () => {
  const { webimToken: accessToken, appKey } = await server.credentials('alice');
  const result = await new Promise<{ url: string; entities: { uuid: string }[] }>((resolve, reject) =>
    WebIM.utils.uploadFile({
      apiUrl: server.url,
      appKey,
      accessToken,
      file: { filename: 'a.txt', data: new Uint8Array([104, 105]) },
      onFileUploadComplete: resolve,
      onFileUploadError: reject,
    }),
  );
  const url = `${result.url}/${result.entities[0]?.uuid}`;
  const text = await new Promise((resolve, reject) =>
    WebIM.utils.download({
      url,
      onFileDownloadComplete: (blob) => resolve((blob as Blob).text()),
      onFileDownloadError: reject,
    }),
  );
  expect(text).toBe('hi');
  const refused = await new Promise((onFileUploadError) =>
    WebIM.utils.uploadFile({
      apiUrl: server.url,
      appKey,
      accessToken: 'x',
      file: new Blob(['hi']),
      onFileUploadError,
    }),
  );
  expect(refused).toMatchObject({ type: 101, data: { error: 'auth_bad_access_token' } });
  expect(await WebIM.utils.ajax({ url: `${server.url}/healthz` })).toEqual({ ok: true });
  expect(WebIM.utils.getEnvInfo().platform).toBe('node');
});

it('the example runs, through the vendor’s own name', async () => {
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@magpie/source', '--import', 'tsx', 'examples/webim-typing/src/main.ts'],
    {
      cwd: root,
      env: { ...process.env, MAGPIE_SERVER: server.url },
      timeout: 60_000,
    },
  );
  expect(stdout.trim().split('\n')).toEqual([
    'bob: alice is typing',
    'bob: alice wrote "Hello"',
    'bob: alice stopped typing',
    expect.stringMatching(/^bob: alice sent a picture 24x24, \d+ bytes$/),
  ]);
});
