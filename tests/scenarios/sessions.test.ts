import { signUserSig } from '@magpie/credentials';
import { CLOSE } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { connectRawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../protocol/support.ts';

const DOOR = { id: 1400000777, secret: 'session-test-secret' };
let server: TestServer;

beforeAll(async () => {
  server = await createTestServer();
  await server.admin('app.create', { id: 'own', name: 'Own', doors: [{ kind: 'tim', ...DOOR }] });
});
afterAll(() => server.close());

const set = (settings: Record<string, unknown>) => server.admin('app.update', { id: 'demo', settings });

describe('session policy', () => {
  it('the same instance again replaces its old session', async () => {
    const first = await signIn(server, 'alice', { instance: 'tab' });
    await using second = await signIn(server, 'alice', {
      instance: 'tab',
      device: 'Laptop',
      customInfo: 'hello',
    });
    const ended = await first.event('session.ended');
    expect(ended.d).toMatchObject({
      reason: 'replaced',
      by: { instance: 'tab', device: 'Laptop', customInfo: 'hello' },
    });
    expect((await first.closed).code).toBe(CLOSE.REPLACED);
    expect((await second.request('session.list', {})).sessions).toHaveLength(1);
  });

  it('beyond the limit of a platform the oldest goes', async () => {
    await set({ 'sessions.perWeb': 2 });
    const oldest = await signIn(server, 'bob');
    await using _second = await signIn(server, 'bob');
    await using phone = await signIn(server, 'bob', { platform: 'ios' });
    await using _third = await signIn(server, 'bob');
    expect((await oldest.event('session.ended')).d).toMatchObject({ reason: 'overLimit' });
    expect((await oldest.closed).code).toBe(CLOSE.OVER_LIMIT);
    expect((await phone.request('session.list', {})).sessions).toHaveLength(3);
    await set({ 'sessions.perWeb': null });
  });

  it('single: another platform takes over', async () => {
    await set({ 'sessions.policy': 'single' });
    const web = await signIn(server, 'carol');
    await using _phone = await signIn(server, 'carol', { platform: 'android' });
    expect((await web.event('session.ended')).d).toMatchObject({ reason: 'replacedElsewhere' });
    expect((await web.closed).code).toBe(CLOSE.REPLACED_ELSEWHERE);
    await set({ 'sessions.policy': null });
  });
});

describe('ending', () => {
  it('by the operator, whose revocation refuses older tokens', async () => {
    const client = await signIn(server, 'dave');
    const { userSig } = await server.credentials('dave');
    expect(await server.admin('session.kick', { userId: 'dave', revokeTokens: true })).toEqual({ ended: 1 });
    expect((await client.closed).code).toBe(CLOSE.KICKED_BY_ADMIN);
    await using again = await connectRawClient(server.url);
    const error = await again.refused('session.open', {
      token: userSig,
      instance: 'x',
      platform: 'web',
      protocol: 1,
    });
    expect(error.code).toBe('TOKEN_REVOKED');
  });

  it('with the token, unless renewed', async () => {
    const sig = (seconds: number) => signUserSig({ sdkAppId: DOOR.id, secret: DOOR.secret, userId: 'eve', now: Date.now(), expireSeconds: seconds }); // prettier-ignore
    const short = await connectRawClient(server.url);
    const opened = await short.request('session.open', {
      token: sig(1),
      instance: 'a',
      platform: 'web',
      protocol: 1,
    });
    expect(opened.expiresAt).toBeLessThanOrEqual(Date.now() + 1000);
    await using renewed = await connectRawClient(server.url);
    await renewed.request('session.open', { token: sig(1), instance: 'b', platform: 'web', protocol: 1 });
    const { expiresAt } = await renewed.request('session.renew', { token: sig(600) });
    expect(expiresAt).toBeGreaterThan(Date.now() + 500_000);
    expect((await short.event('session.ended')).d).toEqual({ reason: 'expired' });
    expect((await short.closed).code).toBe(CLOSE.EXPIRED);
    expect((await renewed.request('session.list', {})).sessions.map(({ instance }) => instance)).toEqual([
      'b',
    ]);
  }, 20_000);

  it('with the account', async () => {
    const client = await connectRawClient(server.url);
    const token = signUserSig({ sdkAppId: DOOR.id, secret: DOOR.secret, userId: 'gone', now: Date.now() });
    await client.request('session.open', { token, instance: 'a', platform: 'web', protocol: 1 });
    await server.admin('user.delete', { userId: 'gone' }, { app: 'own' });
    expect((await client.closed).code).toBe(CLOSE.ACCOUNT_DELETED);
    await using again = await connectRawClient(server.url);
    const error = await again.refused('session.open', { token, instance: 'a', platform: 'web', protocol: 1 });
    expect(error.code).toBe('USER_NOT_FOUND');
  });
});

describe('tokens are told apart', () => {
  const now = Date.now();
  const good = { sdkAppId: DOOR.id, secret: DOOR.secret, userId: 'frank', now };
  const GOOD = signUserSig(good);
  it.each([
    ['garbage', 'nonsense', {}, 'TOKEN_MALFORMED'],
    ['another secret', signUserSig({ ...good, secret: 'other' }), {}, 'TOKEN_INVALID'],
    ['an expired one', signUserSig({ ...good, now: now - 10_000, expireSeconds: 5 }), {}, 'TOKEN_EXPIRED'],
    ['another app’s door', signUserSig({ ...good, sdkAppId: 1400999999 }), {}, 'TOKEN_WRONG_APP'],
    ['another app than named', GOOD, { app: 'demo' }, 'TOKEN_WRONG_APP'],
    ['another user than named', GOOD, { user: 'grace' }, 'TOKEN_WRONG_USER'],
    ['no such app', GOOD, { app: 'nope' }, 'APP_NOT_FOUND'],
    ['an old protocol', GOOD, { protocol: 0 }, 'BAD_REQUEST'],
  ])('%s', async (_name, token, more, code) => {
    await using client = await connectRawClient(server.url);
    const error = await client.refused('session.open', {
      token,
      instance: 'x',
      platform: 'web',
      protocol: 1,
      ...more,
    });
    expect(error.code).toBe(code);
  });

  it('ids that differ by case alone are one user’s', async () => {
    await using first = await connectRawClient(server.url);
    await first.request('session.open', { token: GOOD, instance: 'x', platform: 'web', protocol: 1 });
    await using second = await connectRawClient(server.url);
    const token = signUserSig({ ...good, userId: 'FRANK' });
    const error = await second.refused('session.open', {
      token,
      instance: 'x',
      platform: 'web',
      protocol: 1,
    });
    expect(error.code).toBe('USER_ID_TAKEN');
  });

  it('a door’s old secret works while its grace lasts', async () => {
    const door = { kind: 'tim', id: DOOR.id };
    await server.admin('app.rotateSecret', {
      id: 'own',
      door: { ...door, secret: 'rotated' },
      grace: 60_000,
    });
    for (const secret of [DOOR.secret, 'rotated']) {
      await using client = await connectRawClient(server.url);
      await client.request('session.open', { token: signUserSig({ ...good, secret }), instance: 'x', platform: 'web', protocol: 1 }); // prettier-ignore
    }
    await server.admin('app.rotateSecret', { id: 'own', door: { ...door, secret: 'rotated again' } });
    await using client = await connectRawClient(server.url);
    const error = await client.refused('session.open', {
      token: GOOD,
      instance: 'x',
      platform: 'web',
      protocol: 1,
    });
    expect(error.code).toBe('TOKEN_INVALID');
  });
});

describe('resuming a session', () => {
  it('keeps its id after a drop, and is refused to others', async () => {
    const proxy = await server.proxy();
    const dropped = await connectRawClient(proxy.url);
    const { userSig } = await server.credentials('alice');
    const open = { token: userSig, instance: 'res', platform: 'web' as const, protocol: 1 };
    const { session, resumed } = await dropped.request('session.open', open);
    expect(resumed).toBe(false);
    proxy.cut();
    await dropped.closed;
    await using again = await connectRawClient(proxy.url);
    expect(await again.request('session.open', { ...open, resume: { session } })).toMatchObject({
      session,
      resumed: true,
    });
    await using other = await connectRawClient(server.url);
    const bob = await server.credentials('bob');
    const taken = await other.request('session.open', { ...open, token: bob.userSig, resume: { session } });
    expect(taken).toMatchObject({ resumed: false });
    expect(taken.session).not.toBe(session);
  });
});
