import {
  createClient,
  type Client,
  type ClientEvents,
  type ClientMessage,
  type ClientOptions,
} from '@magpie/client';
import { createTestServer, type TestServer, type TestServerOptions } from '@magpie/testkit/network';
import { afterAll, beforeAll } from 'vitest';

export const text = (words: string) => ({ type: 'text', text: words }) as const;

export function textOf(message: ClientMessage): string {
  return message.content.type === 'text' ? message.content.text : message.content.type;
}

/** Resolves with the first event that fits; the test's own time limit says when it never comes. */
export function next<E extends keyof ClientEvents>(
  client: Client,
  event: E,
  fits: (data: ClientEvents[E]) => boolean = () => true,
): Promise<ClientEvents[E]> {
  return new Promise((resolve) => {
    const off = client.on(event, (data) => {
      if (!fits(data)) return;
      off();
      resolve(data);
    });
  });
}

/** Texts of the messages raised so far, and a wait for their number. */
export function record(client: Client): {
  readonly texts: readonly string[];
  of(count: number): Promise<readonly string[]>;
} {
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  client.on('messages', ({ messages }) => {
    texts.push(...messages.map(textOf));
    for (const check of waiting) check();
  });
  const of = (count: number): Promise<readonly string[]> =>
    new Promise((resolve) => {
      const check = (): void => void (texts.length >= count && resolve(texts));
      waiting.add(check);
      check();
    });
  return { texts, of };
}

export interface World {
  readonly server: TestServer;
  /** A client that is not logged in; ended with the test file. */
  make(options?: ClientOptions): Client;
  /** One that is ready. */
  login(user: string, options?: ClientOptions): Promise<Client>;
}

/** One server for a test file, and clients that end with it. */
export function useWorld(options?: TestServerOptions): World {
  let running: TestServer | undefined;
  const clients: Client[] = [];
  const server = (): TestServer => {
    if (!running) throw new Error('the server starts before the first test');
    return running;
  };
  beforeAll(async () => {
    running = await createTestServer(options);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.destroy()));
    await running?.close();
  });
  const make = (more: ClientOptions = {}): Client => {
    const client = createClient({ server: server().url, ...more });
    clients.push(client);
    return client;
  };
  return {
    get server() {
      return server();
    },
    make,
    async login(user, more) {
      const client = make(more);
      const ready = next(client, 'ready');
      const { userSig } = await server().credentials(user);
      await client.session.open({ token: userSig, user });
      await ready;
      return client;
    },
  };
}
