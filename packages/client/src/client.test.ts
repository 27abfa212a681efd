import { MagpieError } from '@magpie/protocol';
import { describe, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { createFakePlatform } from './testing/fake-platform.ts';
import { FakeServer } from './testing/fake-server.ts';
import type { ClientEvents, ClientOptions } from './types.ts';

const AB = 'd:alice bob';

function world(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const platform = createFakePlatform(clock, server.connect);
  const client = createClient({ platform, ...options });
  const told: { event: keyof ClientEvents; data: unknown }[] = [];
  const names = [
    'state',
    'syncing',
    'ready',
    'kicked',
    'messages',
    'revoked',
    'outgoing',
    'conversations',
    'unread',
    'error',
  ] as const;
  for (const event of names) client.on(event, (data) => told.push({ event, data }));
  const texts = (): string[] =>
    told.flatMap(({ event, data }) =>
      event === 'messages'
        ? (data as ClientEvents['messages']).messages.map((m) => (m.content as { text: string }).text)
        : [],
    );
  const login = async (): Promise<void> => {
    const opened = client.session.open({ token: 'alice' });
    await clock.advance(1_000);
    await opened;
  };
  return { clock, server, platform, client, told, texts, login };
}

describe('client', () => {
  test('logs in, lists conversations with unread, and becomes ready', async () => {
    const { client, server, login, told } = world();
    server.say('bob', 'alice', 'hi');
    await login();
    expect(client.session.ready).toBe(true);
    expect(client.conversations.list().map(({ ref, unread, peer }) => ({ ref, unread, peer }))).toEqual([
      { ref: 'u:bob', unread: 1, peer: 'bob' },
    ]);
    expect(told.filter(({ event }) => event === 'messages')).toEqual([]);
    expect(told.map(({ event }) => event).filter((e) => e === 'syncing' || e === 'ready')).toEqual([
      'syncing',
      'ready',
    ]);
  });

  test('raises messages, then the list, then the total; and unread follows reading', async () => {
    const { client, server, clock, login, told } = world();
    await login();
    told.length = 0;
    server.say('bob', 'alice', 'one');
    server.say('bob', 'alice', 'two');
    await clock.advance(10);
    expect(told.map(({ event }) => event)).toEqual(['messages', 'conversations', 'unread']);
    expect(client.conversations.totalUnread()).toBe(2);
    const read = client.conversations.read('u:bob');
    await clock.advance(500);
    await read;
    expect(client.conversations.get('u:bob')?.unread).toBe(0);
    server.revoke(AB, 2);
    await clock.advance(500);
    expect(client.conversations.get('u:bob')?.unread).toBe(0);
    expect(client.conversations.get('u:bob')?.lastEntry?.content.type).toBe('revoked');
    expect(client.conversations.get('u:bob')?.lastLive?.seq).toBe(1);
  });

  test('an own send is never doubled in the window, whichever comes first', async () => {
    for (const lose of ['reply', 'event', 'none']) {
      const { client, server, clock, login, texts } = world();
      await login();
      const window = client.messages.window('u:bob');
      await clock.advance(10);
      if (lose === 'reply') server.loseReply = (op) => op === 'message.send';
      if (lose === 'event') server.loseEvent = (event) => event.e === 'message.created';
      const sent = client.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'hello' } });
      expect(window.messages.map(({ status }) => status)).toEqual(['sending']);
      await clock.advance(1_000);
      expect((await sent).seq).toBe(1);
      expect(window.messages.map(({ status, seq }) => [status, seq])).toEqual([['sent', 1]]);
      expect(texts()).toEqual([]);
      expect(client.messages.outgoing()).toEqual([]);
    }
  });

  test('sends while offline go out later, once and in order', async () => {
    const { client, server, clock, login } = world();
    await login();
    server.down = true;
    server.drop();
    const sends = ['a', 'b', 'c'].map((text) =>
      client.messages.send({ ref: 'u:bob', content: { type: 'text', text } }),
    );
    await clock.advance(5_000);
    expect(client.session.state).not.toBe('online');
    server.down = false;
    await clock.advance(20_000);
    expect((await Promise.all(sends)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(server.log(AB).map(({ content }) => content)).toEqual(
      ['a', 'b', 'c'].map((text) => ({ type: 'text', text })),
    );
  });

  test('a send fails after sendTimeout, and resend uses the same clientId', async () => {
    const { client, server, clock, login } = world({ sendTimeout: 5_000 });
    await login();
    server.down = true;
    server.drop();
    const failed = client.messages
      .send({ ref: 'u:bob', content: { type: 'text', text: 'x' } })
      .catch((error: unknown) => error);
    await clock.advance(6_000);
    expect(await failed).toMatchObject({ code: 'OFFLINE' });
    const [outgoing] = client.messages.outgoing('u:bob');
    expect(outgoing).toMatchObject({ status: 'failed', mine: true });
    server.down = false;
    await clock.advance(30_000);
    const again = client.messages.resend(outgoing?.clientId ?? '');
    await clock.advance(1_000);
    expect(await again).toMatchObject({ seq: 1, clientId: outgoing?.clientId });
  });

  test('a retryable refusal backs off as long as asked; another fails at once', async () => {
    const { client, server, clock, login } = world();
    await login();
    let refusals = 2;
    server.refuse = (op) =>
      op === 'message.send' && refusals-- > 0
        ? new MagpieError('RATE_LIMITED', { retryAfter: 3_000 })
        : undefined;
    const sent = client.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'x' } });
    await clock.advance(5_000);
    expect(server.log(AB)).toHaveLength(0);
    await clock.advance(5_000);
    expect((await sent).seq).toBe(1);
    server.refuse = (op) => (op === 'message.send' ? new MagpieError('MUTED') : undefined);
    const refused = client.messages
      .send({ ref: 'u:bob', content: { type: 'text', text: 'y' } })
      .catch((error: unknown) => error);
    await clock.advance(100);
    expect(await refused).toMatchObject({ code: 'MUTED' });
  });

  test('gaps in all three streams heal', async () => {
    const { client, server, clock, login, texts, told } = world();
    await login();
    server.say('bob', 'alice', '1');
    await clock.advance(10);
    server.loseEvent = () => true;
    server.say('bob', 'alice', '2');
    server.revoke(AB, 1);
    server.userEvent('alice', 'user.updated', { user: { id: 'alice', name: 'A' } });
    await clock.advance(10);
    server.loseEvent = () => false;
    server.say('bob', 'alice', '3');
    server.revoke(AB, 2);
    server.userEvent('alice', 'contact.blockChanged', { added: ['eve'], removed: [] });
    await clock.advance(1_000);
    expect(texts().filter((text) => text !== undefined)).toEqual(['1', '3']);
    expect(told.filter(({ event }) => event === 'revoked')).toHaveLength(1);
    expect(client.session.profile?.name).toBe('A');
    expect(client.conversations.get('u:bob')?.unread).toBe(server.row('alice', AB).unread);
  });

  test('messages missed while the socket was gone are raised, in order, for conversations new and old', async () => {
    const { server, clock, login, texts, told } = world();
    await login();
    server.say('bob', 'alice', 'b1');
    await clock.advance(10);
    server.down = true;
    server.drop();
    await clock.advance(2_000);
    server.say('bob', 'alice', 'b2');
    server.say('carol', 'alice', 'c1');
    server.say('bob', 'alice', 'b3');
    server.down = false;
    const from = told.length;
    await clock.advance(60_000);
    const order = told
      .slice(from)
      .map(({ event }) => event)
      .filter((event) => event !== 'state');
    expect(order).toEqual(['syncing', 'messages', 'messages', 'conversations', 'unread', 'ready']);
    expect(texts()).toEqual(['b1', 'b2', 'b3', 'c1']);
    expect(told.filter(({ event }) => event === 'ready').map(({ data }) => data)).toEqual([
      { first: true, resumed: false },
      { first: false, resumed: true },
    ]);
  });

  test('the backlog is raised between syncing and ready, newest N, once', async () => {
    const { client, server, clock, login, told, texts } = world({ backlog: { direct: 2, group: 2 } });
    for (const text of ['1', '2', '3']) server.say('bob', 'alice', text);
    await clock.advance(1);
    await login();
    expect(texts()).toEqual(['2', '3']);
    const order = told
      .map(({ event }) => event)
      .filter((event) => ['syncing', 'messages', 'ready'].includes(event));
    expect(order).toEqual(['syncing', 'messages', 'ready']);
    expect(client.conversations.totalUnread()).toBe(3);
    const closed = client.session.close();
    await clock.advance(1_000);
    await closed;
    told.length = 0;
    server.say('bob', 'alice', '4');
    await login();
    expect(texts()).toEqual(['4']);
  });

  test('a kick ends the session for good and says why', async () => {
    const { client, server, clock, login, told } = world();
    await login();
    server.push({
      e: [
        {
          e: 'session.ended',
          d: { reason: 'replaced', by: { instance: 'i2', platform: 'web', device: 'phone' } },
        },
      ],
    });
    server.drop(4401);
    await clock.advance(60_000);
    expect(client.session.state).toBe('idle');
    expect(told.find(({ event }) => event === 'kicked')?.data).toMatchObject({
      reason: 'replaced',
      by: { device: 'phone' },
    });
    expect(server.online).toBe(0);
  });

  test('a server that asks to move on is left after the time it said, and nothing is lost', async () => {
    const { client, server, clock, login } = world();
    await login();
    server.push({ reconnect: { after: 2_000 } });
    await clock.advance(1_500);
    const opens = () => server.calls.filter(({ op }) => op === 'session.open').length;
    expect([client.session.state, opens()]).toEqual(['online', 1]);
    await clock.advance(1_000);
    expect([client.session.state, opens()]).toEqual(['online', 2]);
  });

  test('a server that closes before the time it said is given that time all the same', async () => {
    const { client, server, clock, login } = world();
    await login();
    server.push({ reconnect: { after: 8_000 } });
    await clock.advance(1_000);
    server.drop(4300);
    await clock.advance(6_000);
    const opens = () => server.calls.filter(({ op }) => op === 'session.open').length;
    expect([client.session.state, opens()]).toEqual(['waiting', 1]);
    await clock.advance(2_000);
    expect([client.session.state, opens()]).toEqual(['online', 2]);
  });

  test('a silent peer is noticed by the heartbeat', async () => {
    const { client, server, clock, login } = world();
    await login();
    const states: string[] = [];
    client.on('state', ({ state }) => states.push(state));
    server.mute();
    await clock.advance(40_000);
    expect(states[0]).toBe('connecting');
    expect(client.session.state).toBe('online');
  });

  test('a refused login rejects with the reason and leaves the client idle', async () => {
    const { client, server, clock } = world();
    server.refuse = (op) => (op === 'session.open' ? new MagpieError('TOKEN_EXPIRED') : undefined);
    const failed = client.session.open({ token: 'alice' }).catch((error: unknown) => error);
    await clock.advance(100);
    expect(await failed).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(client.session.state).toBe('idle');
  });

  test('a login that reaches nobody rejects after requestTimeout', async () => {
    const { client, server, clock } = world({ requestTimeout: 4_000 });
    server.down = true;
    const failed = client.session.open({ token: 'alice' }).catch((error: unknown) => error);
    await clock.advance(5_000);
    expect(await failed).toMatchObject({ code: 'OFFLINE' });
    expect(client.session.state).toBe('idle');
  });

  test('a listener that throws neither stops the others nor the client', async () => {
    const { client, server, clock, login, texts, told } = world();
    client.on('messages', () => {
      throw new Error('mine');
    });
    await login();
    server.say('bob', 'alice', 'hi');
    await clock.advance(10);
    expect(texts()).toEqual(['hi']);
    expect(told.filter(({ event }) => event === 'error')).toHaveLength(1);
  });

  test('a new epoch drops what was held and reads windows anew', async () => {
    const { client, server, clock, login, told } = world();
    server.say('bob', 'alice', 'old');
    await login();
    const window = client.messages.window('u:bob');
    await clock.advance(100);
    server.epoch = 'e2';
    server.drop();
    await clock.advance(5_000);
    expect(window.messages).toHaveLength(1);
    expect(told.filter(({ event }) => event === 'ready').at(-1)?.data).toEqual({
      first: false,
      resumed: false,
    });
  });

  test('a window outlives a kick and a new login of its user, and ends with the logout', async () => {
    const { client, server, clock, login } = world();
    server.say('bob', 'alice', '1');
    await login();
    const window = client.messages.window('u:bob');
    await clock.advance(100);
    server.drop(4404);
    await clock.advance(100);
    server.say('bob', 'alice', '2');
    await login();
    expect(window.messages).toHaveLength(2);
    server.say('bob', 'alice', '3');
    await clock.advance(100);
    expect(window.messages).toHaveLength(3);
    const closed = client.session.close();
    await clock.advance(100);
    await closed;
    expect(client.conversations.list()).toEqual([]);
    await expect(
      client.messages.send({ ref: 'u:bob', content: { type: 'text', text: 'x' } }),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a token offered while the network is away is used to come back', async () => {
    const { client, server, clock, login } = world();
    await login();
    server.down = true;
    server.drop();
    await clock.advance(100);
    const offered: unknown[] = [];
    server.refuse = (op, input) => {
      if (op === 'session.open') offered.push(input['token']);
      return undefined;
    };
    const renewed = client.session.renew('alice2').catch(() => undefined);
    server.down = false;
    await clock.advance(20_000);
    await renewed;
    expect(offered[0]).toBe('alice2');
  });
});
