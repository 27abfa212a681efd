import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';
import { createBackend, type Backend, type Received } from './support/backend.ts';

let server: TestServer;
let backend: Backend;
let hook: string;
beforeAll(async () => {
  backend = await createBackend();
  server = await createTestServer({
    env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.0/8' },
    settings: { 'webhook.before.timeout': 10_000 },
  });
  const made = (await server.admin('webhook.create', { url: `${backend.url}/before`, before: ['message.send', 'group.create', 'group.join', 'group.invite', 'file.grant', 'room.create', 'room.enter'] })) as { webhook: { id: string }; secret: string }; // prettier-ignore
  hook = made.webhook.id;
  backend.secrets.set('/before', made.secret);
});
afterAll(async () => {
  await server.close();
  await backend.stop();
});
afterEach(async () => {
  backend.answer = () => 200;
  await server.admin('app.update', {
    id: 'demo',
    settings: { 'webhook.before.onFailure': null, 'webhook.before.timeout': 10_000 },
  });
});

const textOf = ({ body }: Received) => (body.input as { content: { text: string } }).content.text;
const onText = (answers: Record<string, unknown>) => {
  backend.answer = (request) => (answers[textOf(request)] ?? 200) as number;
};

describe('before a send', () => {
  it('the back end may refuse, with its own words and code', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    onText({ bad: { action: 'refuse', message: 'Not here', code: 120_003 } });
    expect(await alice.refused('message.send', textTo('u:bob', 'bad'))).toMatchObject({ code: 'REFUSED_BY_HOOK', message: 'Not here', detail: { code: 120_003 } }); // prettier-ignore
    const { seq } = await alice.request('message.send', textTo('u:bob', 'good'));
    const told = await bob.event('message.created');
    expect(told).toMatchObject({ n: seq, d: { message: { content: { text: 'good' } } } });
    const [asked] = backend.got;
    expect(asked).toMatchObject({ signed: true, body: { app: 'demo', before: 'message.send', user: 'alice', platform: 'web', input: { ref: 'u:bob' } } }); // prettier-ignore
  });

  it('it may change what is said; sender, receiver and history agree, also when the sender tries again', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const changed = { type: 'text', text: 'polite' };
    onText({ rude: { action: 'change', input: { content: changed, extra: 'by the app' } } });
    const send = textTo('u:bob', 'rude');
    const sent = await alice.request('message.send', send);
    expect(sent.content).toEqual(changed);
    const told = await bob.event('message.created', ({ n }) => n === sent.seq);
    expect(told.d).toMatchObject({ message: { content: changed, extra: 'by the app' } });
    const page = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    expect(page.entries).toMatchObject([{ content: changed, extra: 'by the app' }]);
    const asked = backend.got.length;
    onText({ rude: { action: 'refuse' } });
    expect(await alice.request('message.send', send)).toEqual(sent);
    expect(backend.got).toHaveLength(asked);
    expect(await alice.refused('message.send', { ...send, content: { type: 'text', text: 'else' } })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' }); // prettier-ignore
  });

  it('it may hide it from all but the sender', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    onText({ spam: { action: 'refuse', silent: true } });
    const sent = await alice.request('message.send', textTo('u:bob', 'spam'));
    expect(sent).toMatchObject({ stored: true });
    await bob.event('message.hidden', ({ n }) => n === sent.seq);
    const seen = await bob.request('message.list', { ref: 'u:alice', direction: 'older', limit: 1 });
    expect(seen.entries).toEqual([{ seq: sent.seq, hole: true }]);
    const own = await alice.request('message.list', { ref: 'u:bob', direction: 'older', limit: 1 });
    expect(own.entries).toMatchObject([{ content: { text: 'spam' } }]);
  });

  it('messages keep their order though the back end takes its time with some', async () => {
    await using alice = await signIn(server, 'alice');
    await alice.request('message.send', textTo('u:carol', 'begins the conversation'));
    const held: (() => void)[] = [];
    backend.answer = (request) => (textOf(request).startsWith('slow') ? new Promise((resolve) => held.push(() => resolve(200))) : 200); // prettier-ignore
    const texts = ['slow 1', 'quick 2', 'slow 3', 'quick 4'];
    const sends = texts.map((text) => alice.request('message.send', textTo('u:carol', text)));
    await backend.until(() => held.length === 2);
    for (const release of held.reverse()) release();
    const seqs = (await Promise.all(sends)).map(({ seq }) => seq ?? 0);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    const page = await alice.request('message.list', { ref: 'u:carol', direction: 'older', limit: 4 });
    expect(page.entries.map((entry) => ('content' in entry && entry.content.type === 'text' ? entry.content.text : ''))).toEqual(texts); // prettier-ignore
  });

  it.each([
    ['allow', 'lets the message pass'],
    ['refuse', 'refuses the message'],
  ])('a back end that hangs, where the app says %s, %s when its time is over', async (onFailure) => {
    await server.admin('app.update', {
      id: 'demo',
      settings: { 'webhook.before.onFailure': onFailure, 'webhook.before.timeout': 400 },
    });
    await using alice = await signIn(server, 'alice');
    backend.answer = () => undefined;
    const began = Date.now();
    const send = textTo('u:bob', `hang ${onFailure}`);
    if (onFailure === 'allow')
      expect(await alice.request('message.send', send)).toMatchObject({ stored: true });
    else expect(await alice.refused('message.send', send)).toMatchObject({ code: 'REFUSED_BY_HOOK' });
    expect(Date.now() - began).toBeGreaterThanOrEqual(390);
    const { webhooks } = (await server.admin('webhook.list')) as { webhooks: { lastError: string }[] };
    expect(webhooks[0]?.lastError).toMatch(/^before message\.send, .* No whole answer within 400 ms/);
  });

  it('what the app’s back end sends itself is not asked about', async () => {
    const asked = backend.got.length;
    backend.answer = () => ({ action: 'refuse' });
    await server.admin('message.send', textTo('u:bob', 'from the back end'), { user: 'alice' });
    expect(backend.got).toHaveLength(asked);
  });
});

describe('before other operations', () => {
  it('the back end may refuse or change them', async () => {
    await using alice = await signIn(server, 'alice');
    backend.answer = ({ body }) => (body.before === 'group.create' ? { action: 'change', input: { name: 'Renamed' } } : { action: 'refuse', message: `no ${body.before}` }); // prettier-ignore
    const { group } = await alice.request('group.create', { kind: 'public', name: 'Mine' });
    expect(group.name).toBe('Renamed');
    await using dave = await signIn(server, 'dave');
    expect(await dave.refused('group.join', { id: group.id })).toMatchObject({ message: 'no group.join' });
    expect(await alice.refused('group.invite', { id: group.id, users: ['dave'] })).toMatchObject({ message: 'no group.invite' }); // prettier-ignore
    expect(await alice.refused('file.grant', { name: 'a.txt', size: 3, use: 'file' })).toMatchObject({ message: 'no file.grant' }); // prettier-ignore
    expect(await alice.refused('room.create', { kind: 'live' })).toMatchObject({ message: 'no room.create' });
    expect(await alice.refused('room.enter', { id: 'x' })).toMatchObject({ message: 'no room.enter' });
  });

  it('nobody is asked once the hook is switched off', async () => {
    await using alice = await signIn(server, 'alice');
    backend.answer = () => ({ action: 'refuse' });
    await server.admin('webhook.update', { id: hook, active: false });
    await alice.request('message.send', textTo('u:bob', 'free'));
    await server.admin('webhook.update', { id: hook, active: true });
    expect(await alice.refused('message.send', textTo('u:bob', 'asked'))).toMatchObject({ code: 'REFUSED_BY_HOOK' }); // prettier-ignore
  });
});
