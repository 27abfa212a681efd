import type { Output, Webhook } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';
import { createBackend, type Backend, type Received } from './support/backend.ts';

let server: TestServer;
let backend: Backend;
beforeAll(async () => {
  backend = await createBackend();
  server = await createTestServer({ env: { MAGPIE_OUTBOUND_ALLOW: '127.0.0.1' } });
});
afterAll(async () => {
  await server.close();
  await backend.stop();
});
afterEach(async () => {
  backend.answer = () => 200;
  for (const { id } of await list()) await server.admin('webhook.remove', { id });
});

async function list(): Promise<readonly Webhook[]> {
  return ((await server.admin('webhook.list')) as { webhooks: Webhook[] }).webhooks;
}

let paths = 0;
/** A hook at a path of its own. */
async function hook(input: { readonly events?: string[]; readonly before?: string[] }) {
  const path = `/hook${++paths}`;
  const made = (await server.admin('webhook.create', { url: backend.url + path, ...input })) as { webhook: Webhook; secret: string }; // prettier-ignore
  backend.secrets.set(path, made.secret);
  return { ...made, path, id: made.webhook.id, got: () => backend.got.filter((one) => one.path === path) };
}
const nameOf = ({ body }: Received) => body.event?.e;
const textOf = ({ body }: Received) => {
  const { message } = (body.event?.d ?? {}) as { message?: { content: { text?: string } } };
  return message?.content.text;
};

describe('events', () => {
  it('reach the back end signed, as clients get them, in order per conversation', async () => {
    await using alice = await signIn(server, 'alice');
    await using bob = await signIn(server, 'bob');
    const made = await hook({ events: ['message.created', 'message.revoked'] });
    const sent: Output<'message.send'>[] = [];
    for (let i = 0; i < 20; i++) sent.push(await alice.request('message.send', textTo('u:bob', `m${i}`)));
    await alice.request('message.revoke', { id: sent[3]?.id ?? '' });
    await backend.until(() => made.got().length === 21);
    expect(made.got().every(({ signed }) => signed)).toBe(true);
    expect(new Set(made.got().map(({ id }) => id)).size).toBe(21);
    expect(made.got().map(textOf).slice(0, 20)).toEqual(sent.map((_, i) => `m${i}`));
    expect(made.got().slice(0, 20).map(({ body }) => body.event?.n)).toEqual(sent.map(({ seq }) => seq)); // prettier-ignore
    expect(nameOf(made.got()[20] as Received)).toBe('message.revoked');
    const told = await bob.event('message.created', ({ n }) => n === sent[0]?.seq);
    const first = made.got()[0]?.body;
    expect(first).toMatchObject({
      app: 'demo',
      attempt: 1,
      event: { e: 'message.created', c: 'd:alice bob' },
    });
    expect(first?.event?.d['message']).toEqual((told.d as { message: unknown }).message);
    while ((await list())[0]?.waiting !== 0) await server.admin('node.status');
    expect(await list()).toEqual([{ ...made.webhook, waiting: 0, parked: 0 }]);
  });

  it('of users, groups and what is not stored come too, and none that nobody asked for', async () => {
    await using alice = await signIn(server, 'alice');
    const all = await hook({ events: ['*'] });
    const few = await hook({ events: ['group.changed'] });
    await alice.request('contact.block', { users: ['carol'] });
    await alice.request('group.create', { kind: 'work', name: 'Lunch', members: ['bob'] });
    await alice.request('message.send', { ...textTo('u:bob', 'x'), content: { type: 'typing', state: 'begin' } }); // prettier-ignore
    await alice.request('message.send', textTo('u:bob', 'kept'));
    await using bob = await signIn(server, 'bob');
    await bob.request('receipt.deliver', { ref: 'u:alice', upTo: 1 });
    await alice.request('message.send', { ...textTo('u:bob', 'now or never'), store: false });
    await backend.until(() => all.got().some((one) => textOf(one) === 'now or never') && all.got().some((one) => nameOf(one) === 'receipt.delivered') && few.got().length === 1); // prettier-ignore
    const names = all.got().map(nameOf);
    for (const name of ['contact.blockChanged', 'group.changed', 'group.mine', 'message.transient'])
      expect(names).toContain(name);
    expect(names.filter((name) => name === 'message.transient')).toHaveLength(1);
    const delivered = all.got().find((one) => nameOf(one) === 'receipt.delivered');
    expect(delivered?.body.event).toMatchObject({ c: 'd:alice bob', u: 'alice', d: { by: 'bob', upTo: 1 } });
    const block = all.got().find((one) => nameOf(one) === 'contact.blockChanged');
    expect(block?.body.event).toMatchObject({ u: 'alice', d: { added: ['carol'] } });
    expect(few.got().map(nameOf)).toEqual(['group.changed']);
  });

  it('of another app go to no one else', async () => {
    await server.admin('app.create', { id: 'other', name: 'Other', doors: [{ kind: 'tim', id: 1_400_000_077 }] }); // prettier-ignore
    const made = await hook({ events: ['*'] });
    await server.admin('user.register', { userId: 'ann', password: 'x' }, { app: 'other' });
    await server.admin('user.update', { name: 'Ann' }, { app: 'other', user: 'ann' });
    await using alice = await signIn(server, 'alice');
    await alice.request('message.send', textTo('u:bob', 'mine'));
    await backend.until(() => made.got().some((one) => textOf(one) === 'mine'));
    expect(new Set(made.got().map(({ body }) => body.app))).toEqual(new Set(['demo']));
    expect((await server.admin('webhook.list', {}, { app: 'other' })) as unknown).toEqual({ webhooks: [] });
    await expect(server.admin('webhook.remove', { id: made.id }, { app: 'other' })).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' }); // prettier-ignore
  });

  it('wait while the back end is down, and come in order when it is back', async () => {
    await using alice = await signIn(server, 'alice');
    const made = await hook({ events: ['message.created'] });
    await backend.stop();
    for (let i = 0; i < 5; i++)
      for (const peer of ['bob', 'carol', 'dave'])
        await alice.request('message.send', textTo(`u:${peer}`, `down ${i}`));
    const states = async () => (await list())[0];
    while ((await states())?.failingSince === undefined) await server.admin('node.status');
    expect(await states()).toMatchObject({ waiting: 15, lastError: expect.any(String) });
    await backend.start();
    await backend.until(() => made.got().length >= 15);
    for (const peer of ['bob', 'carol', 'dave']) {
      const mine = made.got().filter(({ body }) => body.event?.c === ['alice', peer].sort().join(' ').replace(/^/, 'd:')); // prettier-ignore
      expect(mine.map(textOf)).toEqual([0, 1, 2, 3, 4].map((i) => `down ${i}`));
    }
    while ((await states())?.waiting !== 0) await server.admin('node.status');
    expect(await states()).not.toHaveProperty('failingSince');
  });

  it('that the back end does not want are parked, can be seen, sent again and forgotten', async () => {
    await using alice = await signIn(server, 'alice');
    const made = await hook({ events: ['message.created'] });
    backend.answer = () => 410;
    for (const text of ['p1', 'p2', 'p3']) await alice.request('message.send', textTo('u:bob', text));
    while ((await list())[0]?.parked !== 3) await server.admin('node.status');
    const first = (await server.admin('webhook.parked', { id: made.id, limit: 2 })) as { entries: { entry: string; lane: string; error: string; event: Received['body']['event'] }[]; next: string }; // prettier-ignore
    expect(first.entries).toMatchObject([{ lane: 'd:alice bob', error: 'HTTP 410', event: { e: 'message.created' } }, {}]); // prettier-ignore
    const second = (await server.admin('webhook.parked', { id: made.id, limit: 2, cursor: first.next })) as typeof first; // prettier-ignore
    expect(second.entries).toHaveLength(1);
    expect(second.next).toBeUndefined();
    expect(await server.admin('webhook.discard', { id: made.id, entries: [first.entries[0]?.entry] })).toEqual({ count: 1 }); // prettier-ignore
    backend.answer = () => 200;
    const before = made.got().length;
    expect(await server.admin('webhook.retry', { id: made.id })).toEqual({ count: 2 });
    await backend.until(() => made.got().length === before + 2);
    expect(made.got().slice(before).map(textOf)).toEqual(['p2', 'p3']);
    expect(await server.admin('webhook.retry', { id: made.id })).toEqual({ count: 0 });
  });

  it('wait while the hook is switched off', async () => {
    await using alice = await signIn(server, 'alice');
    const made = await hook({ events: ['message.created'] });
    await server.admin('webhook.update', { id: made.id, active: false });
    await alice.request('message.send', textTo('u:bob', 'later'));
    while ((await list())[0]?.waiting !== 1) await server.admin('node.status');
    expect(made.got()).toEqual([]);
    await server.admin('webhook.update', { id: made.id, active: true, secret: 'another secret' });
    backend.secrets.set(made.path, 'another secret');
    await backend.until(() => made.got().length === 1);
    expect(made.got()[0]).toMatchObject({ signed: true });
  });
});

describe('webhook operations', () => {
  it.each([
    ['events.1', { events: ['*', 'message.exploded'] }],
    ['events.0', { events: ['message.hidden'] }],
    ['before.0', { before: ['message.list'] }],
    ['url', { url: 'ftp://example.com/' }],
  ])('name %s where it does not fit', async (field, input) => {
    const refused = server.admin('webhook.create', { url: backend.url, ...input });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_REQUEST', field });
    expect(await list()).toEqual([]);
  });

  it.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:9/',
    'http://localhost.localdomain:1/',
    'http://0x0a000001/',
    'http://user:pw@example.com/',
  ])('refuse %s, which points inside or nowhere', async (url) => {
    await expect(server.admin('webhook.create', { url })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED', field: 'url' }); // prettier-ignore
    const made = await hook({});
    await expect(server.admin('webhook.update', { id: made.id, url })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED', field: 'url' }); // prettier-ignore
    expect((await list()).map((one) => one.url)).toEqual([backend.url + made.path]);
  });

  it('say what to set so that an address inside is allowed', async () => {
    const refused = server.admin('webhook.create', { url: 'http://10.1.2.3/' });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining('MAGPIE_OUTBOUND_ALLOW'),
    });
  });

  it('have one hook for each question, and as many hooks as the app may have', async () => {
    await hook({ before: ['message.send', 'group.join'] });
    await expect(hook({ before: ['room.enter', 'group.join'] })).rejects.toMatchObject({ code: 'BAD_REQUEST', field: 'before.1' }); // prettier-ignore
    await server.admin('app.update', { id: 'demo', settings: { 'limits.webhook.hooks': 2 } });
    await hook({});
    await expect(hook({})).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await server.admin('app.update', { id: 'demo', settings: { 'limits.webhook.hooks': null } });
  });

  it('test a hook at once', async () => {
    const made = await hook({ events: [] });
    expect(await server.admin('webhook.test', { id: made.id })).toEqual({
      status: 200,
      ms: expect.any(Number),
    });
    expect(made.got()).toMatchObject([{ signed: true, body: { event: { e: 'webhook.test' } } }]);
    await backend.stop();
    expect(await server.admin('webhook.test', { id: made.id })).toEqual({ ms: expect.any(Number), error: expect.any(String) }); // prettier-ignore
    await backend.start();
    await expect(server.admin('webhook.test', { id: 'none' })).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' }); // prettier-ignore
  });

  it('are not for users', async () => {
    await using alice = await signIn(server, 'alice');
    expect(await alice.refused('webhook.list', {})).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('keep secrets sealed: none is in the list or the database', async () => {
    const { secret } = await hook({ events: ['*'] });
    expect(secret).toHaveLength(32);
    expect(JSON.stringify(await list())).not.toContain(secret);
    const rows = await server.running.composition.store.webhooks.all();
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});
