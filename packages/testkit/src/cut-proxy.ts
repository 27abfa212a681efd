import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a server that can cut, refuse and hold connections: bad networks for tests. */
export interface CutProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Live connections. */
  readonly size: number;
  /** Cuts every connection at once; new ones are taken. */
  cut(): void;
  /** Cuts, and resets every new connection until `restore`. */
  block(): void;
  restore(): void;
  /** Holds back what the server sends (and, with `both`, what clients send) until `release`. */
  hold(direction: 'toClient' | 'both'): void;
  release(): void;
  close(): Promise<void>;
}

export async function createCutProxy(target: { readonly port: number }): Promise<CutProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let blocked = false;
  let held: 'toClient' | 'both' | undefined;

  const proxy: Server = createServer((client) => {
    client.on('error', () => undefined);
    if (blocked) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(target.port, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', end).on('close', end);
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => client.write(chunk));
    if (held) apply(pair);
  });

  function apply({ client, server }: { client: Socket; server: Socket }): void {
    if (held) server.pause();
    else server.resume();
    if (held === 'both') client.pause();
    else client.resume();
  }

  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const { client, server } of [...pairs]) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get size() {
      return pairs.size;
    },
    cut,
    block: () => {
      blocked = true;
      cut();
    },
    restore: () => {
      blocked = false;
    },
    hold: (direction) => {
      held = direction;
      for (const pair of pairs) apply(pair);
    },
    release: () => {
      held = undefined;
      for (const pair of pairs) apply(pair);
    },
    close: async () => {
      cut();
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}
