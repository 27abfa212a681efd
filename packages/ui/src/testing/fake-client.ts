import type { Client, ClientEvents, ClientMessage, ConversationView } from '@magpie/client';
import type { Content } from '@magpie/protocol';

type Handler = (data: never) => void;

/** As much of a client as components look at, in memory; a test says what happens. */
export interface FakeClient {
  readonly client: Client;
  /** What was asked of it: `conversations.read u:bob`, `messages.send …`. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
  emit<E extends keyof ClientEvents>(event: E, data: ClientEvents[E]): void;
  readonly people: Record<string, { name?: string; avatar?: string; card?: string }>;
  conversations: ConversationView[];
  state: Client['session']['state'];
}

export function createFakeClient(me = 'alice'): FakeClient {
  const handlers = new Map<string, Set<Handler>>();
  const calls: FakeClient['calls'] = [];
  const record =
    (name: string, answer: unknown = undefined) =>
    (...args: unknown[]): Promise<unknown> => {
      calls.push({ name, args });
      return Promise.resolve(answer);
    };
  const fake: FakeClient = {
    client: undefined as never,
    calls,
    people: {},
    conversations: [],
    state: 'online',
    emit(event, data) {
      for (const handler of handlers.get(event) ?? []) handler(data as never);
    },
  };
  const client = {
    server: 'http://127.0.0.1:8800',
    session: {
      userId: me,
      ready: true,
      settings: { recallWindow: 120_000, messageMaxBytes: 12_288, fileMaxBytes: { image: 1_000, audio: 1_000, video: 1_000, file: 2_000, avatar: 1_000 }, filesSigned: false, receiptsGroupMax: 100 }, // prettier-ignore
      profile: { id: me, name: 'Alice' },
      now: () => Date.now(),
      get state() {
        return fake.state;
      },
    },
    users: { person: (id: string) => fake.people[id] ?? {}, get: record('users.get', []) },
    conversations: {
      list: () => fake.conversations,
      get: (ref: string) => fake.conversations.find((view) => view.ref === ref),
      totalUnread: () => fake.conversations.reduce((sum, { unread }) => sum + unread, 0),
      read: record('conversations.read'),
      pin: record('conversations.pin'),
      mute: record('conversations.mute'),
      delete: record('conversations.delete'),
    },
    messages: { send: record('messages.send'), resend: record('messages.resend'), discard: record('messages.discard'), clientId: (prefix = 'web') => `${prefix}:${calls.length}` }, // prettier-ignore
    receipts: { send: record('receipts.send'), list: record('receipts.list', []) },
    files: { url: ({ url = '', fileId }: { url?: string; fileId?: string }) => fileId === undefined ? url : `http://127.0.0.1:8800/files/demo/${fileId}/x` }, // prettier-ignore
    on(event: string, handler: Handler) {
      const set = handlers.get(event) ?? new Set();
      handlers.set(event, set.add(handler));
      return () => void set.delete(handler);
    },
  };
  return Object.assign(fake, { client: client as unknown as Client });
}

let made = 0;

/** A received or own message; `seq` alone makes a plausible one. */
export function fakeMessage(fields: Partial<ClientMessage> & { readonly text?: string } = {}): ClientMessage {
  made += 1;
  const { text = `text ${made}`, ...rest } = fields;
  const from = rest.from ?? 'bob';
  const content: Content = rest.content ?? { type: 'text', text };
  return {
    id: `1${String(rest.seq ?? made).padStart(10, '0')}`,
    conv: 'd:alice bob',
    ref: 'u:bob',
    time: 1_760_000_000_000 + made * 1_000,
    clientId: `c${made}`,
    stored: true,
    status: 'sent',
    ...rest,
    from,
    mine: from === 'alice',
    content,
  };
}

export function fakeConversation(fields: Partial<ConversationView> = {}): ConversationView {
  return {
    conv: 'd:alice bob',
    ref: 'u:bob',
    kind: 'direct',
    lastSeq: 0,
    changeSeq: 0,
    activeAt: 0,
    readSeq: 0,
    reportedSeq: 0,
    unread: 0,
    heads: {},
    historyFrom: 1,
    ...fields,
  };
}
