import { request } from 'node:http';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textTo } from '../protocol/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

async function post(operation: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/v1/${operation}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }); // prettier-ignore
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, never>,
  };
}

describe('REST', () => {
  it('runs any operation with a user’s token', async () => {
    const { userSig } = await server.credentials('alice');
    const headers = { authorization: `Bearer ${userSig}` };
    const sent = await post('message.send', textTo('u:bob', 'by REST', 'rest:1'), headers);
    expect(sent).toMatchObject({ status: 200, body: { stored: true, conv: 'd:alice bob' } });
    const page = await post('message.list', { ref: 'u:bob', direction: 'older', limit: 5 }, headers);
    expect(page.body).toMatchObject({ entries: [{ content: { text: 'by REST' } }] });
  });

  it.each([
    ['no token and no app', {}, 'message.send', 401, 'UNAUTHENTICATED'],
    ['a wrong token', { authorization: 'Bearer x' }, 'message.send', 401, 'TOKEN_MALFORMED'],
    ['no token', { 'magpie-app': 'demo' }, 'message.send', 401, 'UNAUTHENTICATED'],
    ['an unknown app', { 'magpie-app': 'none' }, 'user.signIn', 404, 'APP_NOT_FOUND'],
    ['an unknown operation', { 'magpie-app': 'demo' }, 'no.such', 404, 'UNKNOWN_OPERATION'],
  ])('answers %s', async (_name, headers, operation, status, code) => {
    const answer = await post(operation, textTo('u:bob', 'x', 'c'), headers as Record<string, string>);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  it.each([
    ['unreadable', '{', 400, 'FRAME_UNREADABLE'],
    ['too deep', '['.repeat(40) + ']'.repeat(40), 413, 'TOO_LARGE'],
    ['too large', JSON.stringify('x'.repeat(300_000)), 413, 'TOO_LARGE'],
    ['not fitting', '{"userId":7,"password":"x"}', 400, 'BAD_REQUEST'],
  ])('answers a body that is %s', async (_name, body, status, code) => {
    expect(await post('user.signIn', body, { 'magpie-app': 'demo' })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it('lets the operator act as a user, and not without naming the app', async () => {
    const headers = { authorization: `Bearer ${server.adminToken}` };
    expect(await post('user.get', { ids: ['alice'] }, headers)).toMatchObject({ status: 400, body: { error: { field: 'magpie-app' } } });
    const sent = await post('message.send', textTo('u:bob', 'as carol', 'op:1'), { ...headers, 'magpie-app': 'tim:1400000001', 'magpie-user': 'carol' });
    expect(sent.body).toMatchObject({ conv: 'd:bob carol' });
  }); // prettier-ignore

  it('answers pages of other origins, but not with the operator’s token', async () => {
    const foreign = { origin: 'https://example.com' };
    const { userSig } = await server.credentials('alice');
    const user = await post('session.list', {}, { ...foreign, authorization: `Bearer ${userSig}` });
    expect(user.headers.get('access-control-allow-origin')).toBe('*');
    const admin = await post('app.list', {}, { ...foreign, authorization: `Bearer ${server.adminToken}` });
    expect(admin).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    await server.admin('app.update', {
      id: 'demo',
      settings: { 'cors.origins': ['https://friend.example'] },
    });
    const refused = await post('session.list', {}, { ...foreign, authorization: `Bearer ${userSig}` });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const friend = await post(
      'session.list',
      {},
      { origin: 'https://friend.example', authorization: `Bearer ${userSig}` },
    );
    expect(friend.headers.get('access-control-allow-origin')).toBe('https://friend.example');
    await server.admin('app.update', { id: 'demo', settings: { 'cors.origins': null } });
  });
});

describe('passwords', () => {
  it('register where the app allows, sign in, and slow guessing down', async () => {
    await server.admin('app.update', { id: 'demo', settings: { 'limits.login.failuresPerUser': 3 } });
    const app = { 'magpie-app': 'webim:magpie#demo' };
    expect(await post('user.register', { userId: 'pat', password: 'right' }, app)).toMatchObject({ status: 200 });
    expect(await post('user.register', { userId: 'PAT', password: 'x' }, app)).toMatchObject({ status: 409, body: { error: { code: 'USER_ID_TAKEN' } } });
    const { body } = await post('user.signIn', { userId: 'pat', password: 'right' }, app);
    expect(await post('session.list', {}, { authorization: `Bearer ${String(body['token'])}` })).toMatchObject({ status: 200 });
    for (let i = 0; i < 3; i++) expect(await post('user.signIn', { userId: 'pat', password: 'wrong' }, app)).toMatchObject({ status: 401, body: { error: { code: 'PASSWORD_WRONG' } } });
    const slowed = await post('user.signIn', { userId: 'pat', password: 'right' }, app);
    expect(slowed).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMITED' } } });
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
    const unknown = await post('user.signIn', { userId: 'nobody', password: 'x' }, app);
    expect(unknown.body).toMatchObject({ error: { code: 'PASSWORD_WRONG' } });
    await server.admin('app.update', { id: 'demo', settings: { registration: 'authorised' } });
    expect(await post('user.register', { userId: 'quinn', password: 'x' }, app)).toMatchObject({ status: 403, body: { error: { code: 'REGISTRATION_CLOSED' } } });
  }); // prettier-ignore
});

describe('demo credentials', () => {
  const get = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request(`${server.url}/demo/credentials?user=alice`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it.each([
    ['this machine', {}, 200],
    ['a forwarded call', { 'x-forwarded-for': '10.0.0.1' }, 403],
    ['another host name', { host: 'evil.example' }, 403],
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
  ])('answer %s', async (_name, headers, status) => {
    expect(await get(headers as Record<string, string>)).toBe(status);
  });
});

describe('health', () => {
  it('says that it lives and can serve', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ ok: true });
  });
});
