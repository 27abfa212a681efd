import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A load balancer of the simplest kind: each connection goes to the next node that takes it. */
export interface Balancer {
  readonly url: string;
  /** Nodes that new connections go to, of those given; all at first. */
  use(nodes: readonly number[]): void;
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** `ports`: of the nodes; `first`: the one the first connection goes to. */
export async function createBalancer(ports: readonly number[], first = 0): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let used = ports.map((_, i) => i);
  let turn = first;

  const attach = (client: Socket, tries: number): void => {
    const node = used[turn % used.length];
    const port = node === undefined ? undefined : ports[node];
    if (port === undefined || tries === 0) return void client.resetAndDestroy();
    const server = connect(port, '127.0.0.1');
    server.once('error', () => {
      turn++;
      attach(client, tries - 1);
    });
    server.once('connect', () => join(client, server.removeAllListeners('error')));
  };
  const join = (client: Socket, server: Socket): void => {
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // prettier-ignore
      sockets.add(one);
      one.setNoDelay(true).on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    client.resume();
  };
  const front = createServer({ pauseOnConnect: true }, (client) => {
    client.on('error', () => undefined);
    turn++;
    attach(client, ports.length);
  });
  turn--;
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of [...sockets]) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    use: (nodes) => {
      used = [...nodes];
    },
    cut,
    close: async () => {
      front.close();
      cut();
    },
  };
}
