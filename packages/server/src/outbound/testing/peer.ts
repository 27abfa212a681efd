import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { certificate, key } from './certificate.ts';

/** Something on 127.0.0.1 to be asked. */
export interface Peer {
  readonly port: number;
  /** Connections taken so far. */
  readonly taken: () => number;
  /** Ends every connection. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

async function listen(server: Server): Promise<Peer> {
  const open = new Set<Socket>();
  let taken = 0;
  server.on('connection', (socket: Socket) => {
    taken += 1;
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hangUp = (): void => open.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    hangUp,
    close: async () => {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const httpPeer = (listener: RequestListener): Promise<Peer> => listen(createHttpServer(listener));

export const httpsPeer = (listener: RequestListener): Promise<Peer> =>
  listen(createHttpsServer({ key, cert: certificate }, listener));

/** Says what it wants. */
export const rawPeer = (onSocket: (socket: Socket) => void): Promise<Peer> => listen(createServer(onSocket));
