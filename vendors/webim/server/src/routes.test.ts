import { MagpieError, type StoredFile } from '@magpie/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EasemobApp, Part, Upload, WebimPorts, WebimReply, WebimRequest } from './ports.ts';
import { webimRoutes } from './routes.ts';

const app: EasemobApp = {
  id: 'demo',
  appKey: 'magpie#demo',
  clientId: 'YXA6id',
  clientSecrets: ['YXA6secret', 'old-secret'],
  filesSigned: false,
  tokenLife: 86_400_000,
};
/** What `findApp` answers. */
let door: EasemobApp = app;

let users: Map<string, { password?: string; name?: string }>;
let uploads: (Upload & { bytes: number; by: string })[];
let internal: MagpieError[];
let now: number;

const fileId = 'f'.repeat(32);

/** Just enough of a server to see what the plug-in asks of it. */
function fakePorts(): WebimPorts {
  const call = async (
    _: EasemobApp,
    caller: { kind: string },
    operation: string,
    input: never,
  ): Promise<unknown> => {
    const { userId, password, name, ids } = input as {
      userId: string;
      password?: string;
      name?: string;
      ids: string[];
    };
    switch (operation) {
      case 'user.get':
        return {
          users: ids.filter((id) => users.has(id)).map((id) => ({ id, ...users.get(id), updatedAt: 5 })),
        };
      case 'user.register':
        if (caller.kind !== 'admin') throw new MagpieError('REGISTRATION_CLOSED');
        if (users.has(userId)) throw new MagpieError('USER_EXISTS');
        users.set(userId, { ...(password ? { password } : {}), ...(name ? { name } : {}) });
        return { userId, createdAt: 5 };
      case 'user.signIn':
        if (!password || users.get(userId)?.password !== password) throw new MagpieError('PASSWORD_WRONG');
        return { userId, token: `user:${userId}`, expiresAt: now + 60_000 };
      default:
        throw new Error(`not faked: ${operation}`);
    }
  };
  return {
    findApp: (appKey) => (appKey === app.appKey ? door : undefined),
    call: call as never,
    authenticate: async (_, token) => {
      if (!token.startsWith('user:')) throw new MagpieError('TOKEN_MALFORMED');
      return token.slice(5);
    },
    issueUserToken: (_, userId, life) => ({ token: `user:${userId}`, expiresAt: now + life }),
    storeFile: async (_, caller, upload) => {
      let bytes = 0;
      for await (const chunk of upload.stream) bytes += chunk.length;
      if (bytes > 10) throw new MagpieError('TOO_LARGE');
      uploads.push({ ...upload, bytes, by: caller.kind === 'user' ? caller.userId : caller.kind });
      return { fileId, name: upload.name, size: bytes, mime: upload.mime, path: '/x' } satisfies StoredFile;
    },
    fileAccess: async (_, id) =>
      id === fileId
        ? { shareSecret: uploads[0]?.shareSecret, restricted: uploads[0]?.restricted ?? false }
        : undefined,
    randomText: (length) => 's'.repeat(length),
    now: () => now,
    onInternal: (error) => internal.push(error),
  };
}

interface Ask {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly parts?: readonly Part[];
  readonly app?: string;
}

async function ask(
  method: 'GET' | 'POST',
  path: string,
  { body, token, headers = {}, parts, app: name = 'demo' }: Ask = {},
) {
  const [, first = '', last] = path.split('/');
  const route = webimRoutes(fakePorts()).find(
    (one) => one.method === method && one.path.startsWith(`/:org/:app/${first}`),
  );
  if (!route) throw new Error(`no route ${method} ${path}`);
  const parameter = /:(\w+)$/.exec(route.path)?.[1] ?? '';
  const request: WebimRequest = {
    params: { org: 'magpie', app: name, ...(last === undefined ? {} : { [parameter]: last }) },
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    query: {},
    body,
    parts: parts && (async function* () { yield* parts; })(), // prettier-ignore
    origin: 'http://im.example',
    address: '1.2.3.4',
  };
  return route.handle(request);
}

const json = (reply: WebimReply): Record<string, unknown> => ('body' in reply ? reply.body : {});
async function appToken(): Promise<string> {
  const body = { grant_type: 'client_credentials', client_id: 'YXA6id', client_secret: 'YXA6secret' };
  return String(json(await ask('POST', '/token', { body }))['access_token']);
}

beforeEach(() => {
  users = new Map([['bob', { password: 'secret' }]]);
  uploads = [];
  internal = [];
  door = app;
  now = 1_700_000_000_000;
});

describe('token', () => {
  it('client_credentials answers an app token, also for the secret before a rotation', async () => {
    for (const client_secret of app.clientSecrets) {
      const body = { grant_type: 'client_credentials', client_id: 'YXA6id', client_secret, ttl: 60 };
      const reply = await ask('POST', '/token', { body });
      expect(reply).toMatchObject({
        status: 200,
        body: { expires_in: 60, application: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
    }
  });

  it('refuses wrong clients in the vendor’s words', async () => {
    const wrong = { grant_type: 'client_credentials', client_id: 'x', client_secret: 'YXA6secret' };
    expect(await ask('POST', '/token', { body: wrong })).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_grant',
        error_description: 'client_id does not match',
        exception: expect.any(String),
        duration: 0,
      },
    });
    const secret = { ...wrong, client_id: 'YXA6id', client_secret: 'x' };
    expect(json(await ask('POST', '/token', { body: secret }))['error_description']).toBe(
      'client_secret does not match',
    );
    expect(await ask('POST', '/token', { body: { grant_type: 'magic' } })).toMatchObject({ status: 400 });
    expect(await ask('POST', '/token', { body: 'text' })).toMatchObject({
      status: 400,
      body: { error: 'json_parse' },
    });
  });

  it('password answers a user token; a wrong one is invalid_grant', async () => {
    const body = { grant_type: 'password', username: 'BOB', password: 'secret' };
    const reply = await ask('POST', '/token', { body });
    expect(reply).toMatchObject({ status: 200, body: { access_token: 'user:bob', expires_in: 60, user: { username: 'bob', activated: true, type: 'user' } } }); // prettier-ignore
    const lasting = await ask('POST', '/token', { body: { ...body, ttl: 5 } });
    expect(json(lasting)['expires_in']).toBe(5);
    expect(await ask('POST', '/token', { body: { ...body, password: 'x' } })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('inherit needs an app token and creates only when asked', async () => {
    const body = { grant_type: 'inherit', username: 'Carol' };
    expect(await ask('POST', '/token', { body })).toMatchObject({
      status: 401,
      body: { error: 'unauthorized' },
    });
    expect(await ask('POST', '/token', { body, token: 'user:bob' })).toMatchObject({ status: 401 });
    const token = await appToken();
    expect(await ask('POST', '/token', { body, token })).toMatchObject({ status: 404, body: { error: 'invalid_grant', error_description: 'user not found' } }); // prettier-ignore
    const made = await ask('POST', '/token', { body: { ...body, autoCreateUser: true }, token });
    expect(made).toMatchObject({ status: 200, body: { access_token: 'user:carol', expires_in: 86_400 } });
    expect(users.has('carol')).toBe(true);
    const again = await ask('POST', '/token', { body: { ...body, ttl: 0 }, token });
    expect(Number(json(again)['expires_in'])).toBeGreaterThan(300_000_000);
  });

  it('an app token ends: after its life, and for another app', async () => {
    const token = await appToken();
    now += 61 * 86_400_000;
    expect(await ask('GET', '/users/bob', { token })).toMatchObject({ status: 401, body: { error_description: expect.stringContaining('expired') } }); // prettier-ignore
    expect(await ask('GET', '/users/bob', { token, app: 'other' })).toMatchObject({ status: 404, body: { error: 'organization_application_not_found' } }); // prettier-ignore
    expect(await ask('GET', '/users/bob', { token: `${token}x` })).toMatchObject({ status: 401 });
  });
});

describe('users', () => {
  it('registers with an app token, and answers the vendor’s envelope', async () => {
    const token = await appToken();
    const reply = await ask('POST', '/users', {
      token,
      body: { username: 'Dave', password: 'p', nickname: 'D' },
    });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        action: 'post',
        path: '/users',
        uri: 'http://im.example/magpie/demo/users',
        organization: 'magpie',
        applicationName: 'demo',
        entities: [{ username: 'dave', nickname: 'D', activated: true, type: 'user', created: 5 }],
      },
    });
    expect(await ask('POST', '/users', { token, body: { username: 'dave' } })).toMatchObject({ status: 400, body: { error: 'duplicate_unique_property_exists' } }); // prettier-ignore
    expect(await ask('GET', '/users/DAVE', { token })).toMatchObject({ status: 200, body: { count: 1, entities: [{ username: 'dave' }] } }); // prettier-ignore
    expect(await ask('GET', '/users/nobody', { token })).toMatchObject({ status: 404, body: { error: 'service_resource_not_found' } }); // prettier-ignore
  });

  it('registers many at once and says who failed', async () => {
    const token = await appToken();
    const body = [{ username: 'erin' }, { username: 'bob' }, { username: '你好' }];
    const reply = await ask('POST', '/users', { token, body });
    expect(reply).toMatchObject({ status: 200, body: { entities: [{ username: 'erin' }], data: [{ username: 'bob' }, { username: '你好' }] } }); // prettier-ignore
    expect(
      await ask('POST', '/users', { token, body: Array.from({ length: 61 }, () => ({ username: 'x' })) }),
    ).toMatchObject({
      status: 400,
    });
  });

  it('is closed without an app token', async () => {
    const body = { username: 'mallory', password: 'p' };
    expect(await ask('POST', '/users', { body })).toMatchObject({
      status: 401,
      body: { error: 'unauthorized' },
    });
    expect(await ask('POST', '/users', { body, token: 'user:bob' })).toMatchObject({ status: 401 });
    expect(await ask('GET', '/users/bob', { token: 'user:bob' })).toMatchObject({ status: 401 });
    expect(await ask('GET', '/users/bob')).toMatchObject({ status: 401 });
    expect(users.has('mallory')).toBe(false);
  });
});

describe('chatfiles', () => {
  const stream = async function* (size = 4) {
    yield new Uint8Array(size);
  };
  const file = (size?: number): Part => ({
    kind: 'file',
    name: 'file',
    filename: 'C:\\tmp\\a.png',
    mime: 'image/png',
    stream: stream(size),
  });

  it('takes the field named file with a user’s or the app’s token', async () => {
    const parts: Part[] = [{ kind: 'field', name: 'thumbnail-height', value: '80' }, file()];
    const reply = await ask('POST', '/chatfiles', { token: 'user:bob', parts });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        path: '/chatfiles',
        uri: 'http://im.example/magpie/demo/chatfiles',
        entities: [{ uuid: fileId, type: 'chatfile', 'share-secret': 's'.repeat(32) }],
      },
    });
    expect(await ask('POST', '/chatfiles', { token: await appToken(), parts: [file()] })).toMatchObject({
      status: 200,
    });
    expect(uploads).toMatchObject([
      { by: 'bob', bytes: 4, name: 'a.png', restricted: false },
      { by: 'admin' },
    ]);
  });

  it('refuses strangers, other bodies, a missing field and what is too large', async () => {
    expect(await ask('POST', '/chatfiles', { parts: [file()] })).toMatchObject({ status: 401 });
    expect(await ask('POST', '/chatfiles', { token: 'nonsense', parts: [file()] })).toMatchObject({ status: 401, body: { error: 'auth_bad_access_token' } }); // prettier-ignore
    expect(await ask('POST', '/chatfiles', { token: 'user:bob' })).toMatchObject({ status: 415 });
    expect(await ask('POST', '/chatfiles', { token: 'user:bob', parts: [] })).toMatchObject({ status: 400 });
    expect(await ask('POST', '/chatfiles', { token: 'user:bob', parts: [file(11)] })).toMatchObject({
      status: 413,
    });
    expect(uploads).toEqual([]);
  });

  it('gives a file to whoever has its id, and its secret if it was restricted', async () => {
    await ask('POST', '/chatfiles', {
      token: 'user:bob',
      parts: [file()],
      headers: { 'restrict-access': 'true' },
    });
    expect(await ask('GET', `/chatfiles/${fileId}`)).toMatchObject({ status: 401 });
    expect(await ask('GET', `/chatfiles/${fileId}`, { headers: { 'share-secret': 'x' } })).toMatchObject({
      status: 401,
    });
    const headers = { 'share-secret': 's'.repeat(32), thumbnail: 'true' };
    expect(await ask('GET', `/chatfiles/${fileId}`, { headers })).toEqual({
      status: 200,
      file: { fileId, rendition: 'thumb' },
    });
    expect(await ask('GET', '/chatfiles/..%2f..')).toMatchObject({ status: 404 });
    door = { ...app, filesSigned: true };
    expect(await ask('GET', `/chatfiles/${fileId}`, { headers })).toMatchObject({ status: 401 });
    expect(await ask('GET', `/chatfiles/${fileId}`, { headers, token: 'user:bob' })).toMatchObject({
      status: 200,
    });
  });
});

it('a failure of the server’s own is told to it, and nothing of it to the caller', async () => {
  users.get = () => {
    throw new Error('secret detail');
  };
  const reply = await ask('POST', '/token', {
    body: { grant_type: 'password', username: 'bob', password: 'secret' },
  });
  expect(reply.status).toBe(500);
  expect(JSON.stringify(json(reply))).not.toContain('secret detail');
  expect(internal).toHaveLength(1);
});
