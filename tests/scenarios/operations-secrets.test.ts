import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRawClient } from '@magpie/testkit/raw-client';
import { createLog, readConfig, startServer, type RunningServer } from '@magpie/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textTo } from '../protocol/support.ts';
import { createBackend, type Backend } from './support/backend.ts';

const MASTER_KEY = 'bWFzdGVyLWtleS1tYXN0ZXIta2V5LW1hc3Rlci1rZXk='.slice(0, 44);
const ADMIN_TOKEN = 'admin-token-that-nobody-may-read';
const TIM_SECRET = 'f'.repeat(63) + '7';
const SAID = 'what was said between two people';

let folder: string;
let backend: Backend;
let server: RunningServer;
let log = '';
/** Everything that must not be in the log, by what it is. */
const secrets: Record<string, string> = { masterKey: MASTER_KEY, adminToken: ADMIN_TOKEN, timSecret: TIM_SECRET, said: SAID }; // prettier-ignore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-secrets-'));
  backend = await createBackend();
  const config = readConfig({
    PORT: '0',
    MAGPIE_DATA: folder,
    MAGPIE_DEMO: '1',
    MAGPIE_LOG: 'trace',
    MAGPIE_LOG_SLOW: '1',
    MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8',
    MAGPIE_ADMIN_TOKEN: ADMIN_TOKEN,
    MAGPIE_MASTER_KEY: MASTER_KEY,
    MAGPIE_DRAIN: '5',
  });
  server = await startServer(config, createLog(config, { write: (line) => void (log += line) }));
});
afterAll(async () => {
  await server.close();
  await backend.stop();
  await rm(folder, { recursive: true, force: true });
});

async function call(operation: string, input: unknown, token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/v1/${operation}`, { method: 'POST', headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json', 'magpie-app': 'demo', ...headers }, body: JSON.stringify(input) }); // prettier-ignore
  return (await response.json()) as Record<string, never>;
}
const admin = (operation: string, input: unknown) => call(operation, input, ADMIN_TOKEN);

/** A secret that was not there would be found nowhere. */
function must(value: string | undefined): string {
  if (typeof value !== 'string' || value === '') throw new Error('there is no secret to look for');
  return value;
}

/** Each with a right and a wrong one: errors say more than successes. */
async function driveTokens(): Promise<void> {
  const given = (await (await fetch(`${server.url}/demo/credentials?user=alice`)).json()) as Record<string, string>; // prettier-ignore
  for (const name of ['userSig', 'zimToken', 'webimToken'] as const) {
    const token = (secrets[name] = must(given[name]));
    await call('session.list', {}, token);
    await call('session.list', {}, (secrets[`wrong ${name}`] = `${token.slice(0, -4)}AAAA`));
    const client = await connectRawClient(server.url);
    const open = { instance: `i-${name}`, platform: 'web', protocol: 1, app: 'demo' } as const;
    await client.refused('session.open', { ...open, token: secrets[`wrong ${name}`] });
    await client.request('session.open', { ...open, token });
    await client.request('message.send', textTo('u:bob', SAID));
    await client.refused('message.send', { ...textTo('u:nobody-there', SAID), extra: 7 });
    await client.close();
  }
  await call('app.list', {}, (secrets['wrong adminToken'] = `${ADMIN_TOKEN}x`));
}

async function drivePasswords(): Promise<void> {
  const password = (secrets['password'] = 'a-password-for-eve');
  const wrong = (secrets['wrongPassword'] = 'not-the-password-of-eve');
  await admin('user.register', { userId: 'eve', password });
  await call('user.signIn', { userId: 'eve', password: wrong }, 'none', { authorization: '' });
  const { token } = await call('user.signIn', { userId: 'eve', password }, 'none', { authorization: '' });
  secrets['issuedToken'] = must(token);
  await fetch(`${server.url}/magpie/demo/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ grant_type: 'password', username: 'eve', password }) }); // prettier-ignore
}

async function driveDoors(): Promise<void> {
  const made = await admin('app.create', { name: 'Two', doors: [{ kind: 'tim', id: 1400000777, secret: TIM_SECRET }, { kind: 'zim', id: 1400000777 }, { kind: 'webim', id: 'two#app' }] }); // prettier-ignore
  for (const [at, found] of Object.entries(secretsIn(made['secrets']))) secrets[`door ${at}`] = found;
  const id = (made['app'] as unknown as { id: string }).id;
  const rotated = await admin('app.rotateSecret', { id, door: { kind: 'tim', id: 1400000777 }, grace: 1000 });
  for (const [at, found] of Object.entries(secretsIn(rotated['secrets']))) secrets[`rotated ${at}`] = found;
  await admin('app.create', { name: 'Again', doors: [{ kind: 'tim', id: 1400000777, secret: TIM_SECRET }] });
}

async function driveWebhooks(): Promise<void> {
  const url = `${backend.url}/in?key=${(secrets['webhookKey'] = 'key-in-an-address-of-a-hook')}`;
  const { secret } = await admin('webhook.create', {
    url,
    before: ['message.send'],
    events: ['message.created'],
  });
  secrets['webhookSecret'] = must(secret);
  backend.answer = () => 500;
  await call('message.send', textTo('u:bob', SAID), ADMIN_TOKEN, { 'magpie-user': 'alice' });
  await call('message.send', textTo('u:bob', SAID), must(secrets['userSig']));
  await backend.until((got) => got.length > 0);
  secrets['signature'] = createHmac('sha256', must(secret)).update('x').digest('hex');
}

async function driveFiles(): Promise<void> {
  const { path } = await call('file.grant', { name: 'a.txt', size: 3, mime: 'text/plain', use: 'file' }, must(secrets['userSig'])); // prettier-ignore
  secrets['uploadKey'] = must(must(path).split('/').at(-1));
  await fetch(`${server.url}${path}`, { method: 'PUT', body: 'abcdef' });
  await fetch(`${server.url}${path}`, { method: 'PUT', body: 'abc' });
  await fetch(`${server.url}${path}x`, { method: 'PUT', body: 'abc' });
}

/** Where nothing reads it at all: in addresses that do not exist, broken bodies, headers. */
async function driveNonsense(): Promise<void> {
  const token = (secrets['inAddress'] = 'token-in-an-address-by-mistake');
  await fetch(`${server.url}/v1/session.list?token=${token}`, {
    method: 'POST',
    body: `{"token":"${token}"`,
  });
  await fetch(`${server.url}/nothing/here/${token}`);
  await fetch(`${server.url}/v1/${token}`, { method: 'POST', body: '{}' });
  await new Promise<void>((resolve) => {
    const asking = request(`${server.url}/healthz`, { headers: { 'x-request-id': `${token} ${ADMIN_TOKEN}` } }, (answer) => answer.resume().on('end', () => resolve())); // prettier-ignore
    asking.end();
  });
  const client = await connectRawClient(server.url);
  client.raw(JSON.stringify({ q: [{ id: 1, op: token, in: { token } }] }));
  await client.frame(({ r }) => r !== undefined);
  client.raw(`{"q":[{"id":1,"op":"session.open","in":{"token":"${token}"`);
  await client.closed;
}

function secretsIn(value: unknown, at = ''): Record<string, string> {
  if (typeof value === 'string') return /secret|key/i.test(at) ? { [at]: value } : {};
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => secretsIn(inner, `${at}.${key}`))) as Record<string, string>; // prettier-ignore
}

it('no secret of any kind gets into the log, at its most talkative', async () => {
  await driveTokens();
  await drivePasswords();
  await driveDoors();
  await driveWebhooks();
  await driveFiles();
  await driveNonsense();
  // The database failed with all of its address in the text, as drivers do.
  secrets['databasePassword'] = 'pass-of-the-database';
  const config = readConfig({ MAGPIE_STORE: `postgres://magpie:${secrets['databasePassword']}@db/magpie`, MAGPIE_LOG: 'trace' }); // prettier-ignore
  const failed = new Error(`connect failed: ${config.store}, password ${secrets['databasePassword']}`);
  createLog(config, { write: (line) => void (log += line) }).error(
    { err: failed, config: config.store },
    'x',
  );
  expect(await readFile(join(folder, 'admin.token'), 'utf8').catch(() => 'none')).toBe('none');

  expect(Object.keys(secrets).length).toBeGreaterThan(20);
  for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThan(8);
  const found = Object.entries(secrets).filter(([, secret]) => log.includes(secret) || log.includes(encodeURIComponent(secret))); // prettier-ignore
  expect(found.map(([name]) => name)).toEqual([]);
});

it('what was done is in the log all the same, by names', () => {
  const lines = log.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  const one = (fits: Record<string, unknown>) =>
    lines.find((line) => Object.entries(fits).every(([key, value]) => line[key] === value));
  expect(one({ msg: 'serving' })).toMatchObject({ bus: 'local' });
  expect(one({ operation: 'session.open', code: 'TOKEN_INVALID' })).toBeDefined();
  expect(one({ operation: 'message.send', user: 'alice', app: 'demo', msg: 'request refused' })).toMatchObject({ code: 'BAD_REQUEST', field: expect.any(String), session: expect.any(String), request: expect.any(Number) as number }); // prettier-ignore
  expect(one({ operation: 'user.signIn', code: 'PASSWORD_WRONG' })).toBeDefined();
  expect(one({ operation: 'unknown', code: 'UNKNOWN_OPERATION' })).toBeDefined();
  expect(one({ route: 'PUT /files/upload/:app/:fileId/:key' })).toBeDefined();
  // Passwords are slow to check by design.
  expect(one({ msg: 'slow request', operation: 'user.signIn' })).toMatchObject({ level: 40, ms: expect.any(Number) as number, request: expect.any(String) as string }); // prettier-ignore
});
