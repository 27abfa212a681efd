import type { Client, ClientEvents, ClientMessage, ClientOptions } from '@magpie/client';
import { expect, it } from 'vitest';
import { createContext } from './context.ts';
import { createEmitter, type HandlerName } from './emitter.ts';
import { KICKED } from './events.ts';
import type { ConnectionFields } from './fields.ts';
import { createLogger } from './logger.ts';
import { readOptions } from './options.ts';

/** A client that only tells what the test says. */
function world(given: object = {}) {
  const handlers = new Map<string, (data: never) => void>();
  const held = new Map<string, ClientMessage>();
  const client = {
    server: 'http://im.example',
    session: {
      userId: 'Me',
      state: 'online',
      ready: true,
      now: () => 7,
      instance: 'i',
      close: async (): Promise<void> => undefined,
    },
    messages: { peek: (id: string) => held.get(id), get: async () => [] },
    conversations: { get: () => undefined, list: () => [] },
    files: { url: () => 'http://file' },
    on(event: string, handler: (data: never) => void) {
      handlers.set(event, handler);
      return () => handlers.delete(event);
    },
    destroy: async (): Promise<void> => undefined,
  };
  const fields = { autoReconnectNumTotal: 0 } as unknown as ConnectionFields;
  const heard: [HandlerName, unknown][] = [];
  const emitter = createEmitter(fields);
  emitter.handlers['all'] = new Proxy(
    {},
    { get: (_, name: HandlerName) => (value: unknown) => heard.push([name, value]) },
  );
  const made: ClientOptions[] = [];
  const context = createContext(
    readOptions({ appKey: 'magpie#demo', ...given }),
    fields,
    emitter,
    createLogger(),
    (options) => {
      made.push(options);
      return client as unknown as Client;
    },
  );
  void context.client;
  const tell = <E extends keyof ClientEvents>(event: E, data: ClientEvents[E]) =>
    handlers.get(event)?.(data as never);
  return { tell, heard, fields, context, held, names: () => heard.map(([name]) => name), client };
}

const message = (over: Partial<ClientMessage> = {}): ClientMessage => ({
  id: '10000000001',
  conv: 'd:Bob Me',
  ref: 'u:Bob',
  seq: 1,
  from: 'Bob',
  time: 5,
  clientId: 'c',
  content: { type: 'text', text: 'hi' },
  mine: false,
  status: 'sent',
  stored: true,
  ...over,
});

it('messages reach their own handler in order, then all at once without commands', () => {
  const { tell, heard, names } = world();
  const messages = [
    message(),
    message({ id: '2', content: { type: 'typing', state: 'begin' }, stored: false }),
    message({ id: '3', content: { type: 'image', file: { fileId: 'f' } } }),
    message({ id: '4', content: { type: 'tip', change: 'joined', actor: 'Bob' } }),
  ];
  tell('messages', { ref: 'u:Bob', messages, backlog: true });
  expect(names()).toEqual([
    'onTextMessage',
    'onCmdMessage',
    'onImageMessage',
    'onPictureMessage',
    'onMessage',
  ]);
  expect(heard[0]?.[1]).toMatchObject({ from: 'bob', to: 'me', onlineState: 0, msg: 'hi' });
  expect(heard[1]?.[1]).toMatchObject({ action: 'TypingBegin' });
  expect(heard[4]?.[1]).toHaveLength(2);
});

it('a lost connection is told once, each attempt after it counted', () => {
  const { tell, names, fields } = world();
  tell('state', { state: 'online', previous: 'connecting' });
  tell('state', { state: 'waiting', previous: 'online' });
  tell('state', { state: 'connecting', previous: 'waiting' });
  tell('state', { state: 'waiting', previous: 'connecting' });
  tell('state', { state: 'connecting', previous: 'waiting' });
  expect(fields.autoReconnectNumTotal).toBe(2);
  tell('state', { state: 'online', previous: 'connecting' });
  expect(fields.autoReconnectNumTotal).toBe(0);
  expect(names()).toEqual([
    ...['onConnected', 'onOpened', 'onDisconnected', 'onClosed', 'onError'],
    ...['onReconnecting', 'onReconnecting', 'onConnected', 'onOpened'],
  ]);
});

it('gives up at autoReconnectNumMax and says so', async () => {
  const { tell, heard, client, context } = world({ autoReconnectNumMax: 1 });
  const closed = new Promise<void>((resolve) => {
    client.session.close = async (): Promise<void> => resolve();
  });
  tell('state', { state: 'online', previous: 'connecting' });
  tell('state', { state: 'connecting', previous: 'online' });
  tell('state', { state: 'connecting', previous: 'waiting' });
  await closed;
  heard.length = 0;
  tell('state', { state: 'idle', previous: 'connecting' });
  await Promise.resolve();
  expect(context.link.announced).toBe(true);
  expect(heard).toEqual([
    ['onDisconnected', expect.objectContaining({ type: 16 })],
    ['onClosed', undefined],
  ]);
});

it('each kick has its number, told once', async () => {
  for (const [reason, { type }] of Object.entries(KICKED)) {
    const { tell, heard } = world();
    tell('state', { state: 'online', previous: 'connecting' });
    heard.length = 0;
    tell('state', { state: 'idle', previous: 'online' });
    tell('kicked', {
      reason: reason as keyof typeof KICKED,
      by: { instance: 'x', platform: 'web', customInfo: 'tablet' },
    });
    await Promise.resolve();
    expect(heard.map(([name]) => name)).toEqual(['onDisconnected', 'onClosed', 'onError']);
    expect(heard[0]?.[1]).toMatchObject({ type, data: { loginInfoCustomExt: 'tablet' } });
  }
});

it('reading and delivery reach the sender alone', async () => {
  const { tell, heard, held, context } = world();
  held.set('1', message({ id: '1', mine: true, from: 'Me' }));
  held.set('2', message({ id: '2' }));
  const receipts = [
    { id: '1', read: 1, unread: 0 },
    { id: '2', read: 1, unread: 0 },
    { id: '3', read: 1, unread: 0 },
  ];
  tell('receipt', { ref: 'u:Bob', by: 'Bob', at: 9, receipts, content: 'ok', mine: false });
  await Promise.resolve();
  await Promise.resolve();
  expect(heard).toEqual([
    [
      'onReadMessage',
      expect.objectContaining({ mid: '1', ackId: '1', from: 'bob', to: 'me', ackContent: 'ok' }),
    ],
  ]);
  heard.length = 0;
  tell('receipt', { ref: 'u:Bob', by: 'Bob', at: 9, upTo: 4, receipts: [], mine: false });
  expect(heard).toEqual([
    [
      'onChannelMessage',
      expect.objectContaining({ type: 'channel', from: 'bob', to: 'me', chatType: 'singleChat' }),
    ],
  ]);
  heard.length = 0;
  context.sent.add('u:Bob', { seq: 1, id: '11' });
  context.sent.add('u:Bob', { seq: 5, id: '55' });
  tell('delivered', { ref: 'u:Bob', by: 'Bob', upTo: 4, at: 9 });
  tell('delivered', { ref: 'u:Bob', by: 'Bob', upTo: 4, at: 9 });
  expect(heard).toEqual([
    ['onDeliveredMessage', expect.objectContaining({ mid: '11', from: 'bob', to: 'me' })],
  ]);
});

it('recalls are told to others and to my other devices, not to the one that did it', () => {
  const { tell, heard, context } = world();
  tell('revoked', { message: message(), by: 'Bob', extra: 'sorry' });
  expect(heard).toEqual([
    ['onRecallMessage', expect.objectContaining({ mid: '10000000001', from: 'bob', to: 'me', ext: 'sorry' })],
  ]);
  heard.length = 0;
  context.acts.mark('revoke 10000000001');
  tell('revoked', { message: message({ mine: true, from: 'Me' }), by: 'Me' });
  expect(heard).toEqual([]);
});

it('what another device does to the list is told, what this one does is not', () => {
  const { tell, heard, context } = world();
  const row = (pinnedAt?: number) =>
    ({ ref: 'u:Bob', ...(pinnedAt === undefined ? {} : { pinnedAt }) }) as never;
  tell('conversations', { changed: [row(3)], removed: [], reason: new Set(['pinned']) });
  tell('conversations', { changed: [row(3)], removed: [], reason: new Set(['entry']) });
  tell('conversations', { changed: [row()], removed: [], reason: new Set(['pinned']) });
  context.acts.mark('pinnedConversation u:Bob');
  tell('conversations', { changed: [row(4)], removed: [], reason: new Set(['pinned']) });
  tell('conversations', { changed: [], removed: ['u:Bob'], reason: new Set(['deleted']) });
  tell('deleted', { ref: 'u:Bob', ids: ['1'], here: false });
  tell('deleted', { ref: 'u:Bob', ids: ['1'], here: true });
  expect(heard.map(([, event]) => (event as { operation: string }).operation)).toEqual([
    'pinnedConversation',
    'unpinnedConversation',
    'deleteConversation',
    'deleteRoaming',
  ]);
});

it('a handler that throws is reported as 31 and stops nobody', () => {
  const { tell, heard, context } = world();
  context.emitter.handlers['bad'] = {
    onTextMessage: () => {
      throw new Error('mine');
    },
  };
  tell('messages', { ref: 'u:Bob', messages: [message()], backlog: false });
  expect(heard).toEqual([
    ['onTextMessage', expect.anything()],
    ['onError', expect.objectContaining({ type: 31, message: 'mine' })],
    ['onMessage', expect.anything()],
  ]);
});

it('callbacks assigned to the connection hear the same', () => {
  const { tell, fields } = world();
  const heard: unknown[] = [];
  fields['onTextMessage'] = (body: unknown) => heard.push(body);
  tell('messages', { ref: 'u:Bob', messages: [message()], backlog: false });
  expect(heard).toEqual([expect.objectContaining({ msg: 'hi', onlineState: 1 })]);
});
