import type { WebSocket } from 'ws';

/** All the gateway asks of a transport. */
export interface GatewaySocket {
  send(frame: Buffer | string): void;
  close(code: number, reason: string): void;
  /** Bytes handed over and not yet gone. */
  readonly queued: number;
}

export function wsSocket(socket: WebSocket): GatewaySocket {
  return {
    send: (frame) => socket.send(frame, SEND),
    close: (code, reason) => {
      socket.close(code, reason);
      // A peer that does not answer the close frame is cut.
      const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE);
      timer.unref();
      socket.once('close', () => clearTimeout(timer));
    },
    get queued() {
      return socket.bufferedAmount;
    },
  };
}

const SEND = { binary: false, compress: false } as const;
const CLOSE_GRACE = 5_000;
