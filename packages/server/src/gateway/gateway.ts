import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Domain } from '@magpie/domain';
import { CLOSE, LIMITS, PROTOCOL_VERSION, type MagpieError } from '@magpie/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { Connection } from './connection.ts';
import { Flusher } from './flusher.ts';
import { relieve } from './relief.ts';
import { wsSocket } from './socket.ts';

export interface GatewayOptions {
  readonly server: Server;
  readonly domain: Domain;
  readonly version: string;
  readonly trustProxy: boolean;
  readonly onError: (error: MagpieError, operation: string) => void;
}

const SWEEP = 5_000;

/** WebSockets at `/ws`: admission, heartbeat, drain. */
export class Gateway {
  private readonly connections = new Map<WebSocket, Connection>();
  private readonly perAddress = new Map<string, number>();
  private readonly wss = new WebSocketServer({ noServer: true, maxPayload: LIMITS.frame.maxBytes * 4, perMessageDeflate: false, clientTracking: false }); // prettier-ignore
  private readonly flusher = new Flusher(LIMITS.connection.maxQueuedBytes);
  private readonly options: GatewayOptions;
  private readonly hello: string;
  private readonly timer: NodeJS.Timeout;
  private draining = false;
  private unopened = 0;
  private readonly load = { requests: 0 };
  private queued = 0;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.hello = JSON.stringify({ hello: { protocol: PROTOCOL_VERSION, server: options.version, capabilities: [], heartbeat: LIMITS.connection.heartbeat } }); // prettier-ignore
    options.server.on('upgrade', this.upgrade);
    this.timer = setInterval(() => this.sweep(), SWEEP);
    this.timer.unref();
  }

  get size(): number {
    return this.connections.size;
  }

  /** Requests being worked on. */
  get requests(): number {
    return this.load.requests;
  }

  /** Bytes handed to sockets and not gone, as of the last look. */
  get outbound(): number {
    return this.queued;
  }

  /** Brings `outbound` up to date and relieves memory of peers that do not read. */
  measure(): void {
    const { total, cut } = relieve(this.connections.values(), LIMITS.connection.maxQueuedTotal);
    this.queued = total;
    for (const connection of cut) connection.cut();
  }

  private readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0];
    const address = this.addressOf(request);
    socket.on('error', () => socket.destroy());
    if (path !== '/ws') return refuse(socket, 404, 'Not Found');
    const { maxTotal, maxPerAddress, maxUnopened } = LIMITS.connection;
    const busy = this.draining || this.options.domain.pressure >= 3 || this.size >= maxTotal || this.unopened >= maxUnopened || (this.perAddress.get(address) ?? 0) >= maxPerAddress; // prettier-ignore
    if (busy) return refuse(socket, 503, 'Service Unavailable');
    this.wss.handleUpgrade(request, socket, head, (ws) => this.accept(ws, socket, address));
  };

  private addressOf(request: IncomingMessage): string {
    const forwarded = this.options.trustProxy ? request.headers['x-forwarded-for'] : undefined;
    const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',', 1)[0]?.trim();
    return first || (request.socket.remoteAddress ?? '');
  }

  private accept(ws: WebSocket, stream: Duplex, address: string): void {
    const { domain, onError } = this.options;
    const connection = new Connection(
      { domain, flusher: this.flusher, now: Date.now, ready: () => !this.draining, load: this.load, onError },
      wsSocket(ws, stream),
      address,
    );
    this.connections.set(ws, connection);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    this.unopened++;
    const opened = setTimeout(() => {
      if (!connection.opened) connection.end('OPEN_TIMEOUT');
    }, LIMITS.connection.openTimeout);
    opened.unref();
    let counted = true;
    const nowOpen = () => {
      if (!counted) return;
      counted = false;
      this.unopened--;
      clearTimeout(opened);
    };
    connection.onOpened = nowOpen;
    ws.on('message', (data, isBinary) => {
      if (isBinary) connection.receive('');
      else connection.receive((data as Buffer).toString('utf8'));
    });
    ws.on('error', () => undefined);
    ws.once('close', () => {
      nowOpen();
      this.connections.delete(ws);
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.perAddress.set(address, left);
      else this.perAddress.delete(address);
      connection.disconnected();
    });
    ws.send(this.hello);
  }

  private sweep(): void {
    const silent = Date.now() - LIMITS.connection.heartbeat * 2.5;
    for (const connection of this.connections.values())
      if (connection.lastSeen < silent) connection.end('HEARTBEAT_MISSED');
  }

  /** Asks every client to connect again, spread over `spread` ms, then closes. */
  async drain(spread: number): Promise<void> {
    this.draining = true;
    const text = (after: number) => JSON.stringify({ reconnect: { after: Math.round(after) } });
    for (const ws of this.connections.keys())
      if (ws.readyState === ws.OPEN) ws.send(text(Math.random() * spread));
    for (const ws of this.connections.keys()) ws.close(CLOSE.DRAINING, 'DRAINING');
    await new Promise<void>((resolve) => {
      const end = setTimeout(done, 1_000);
      const check = setInterval(() => this.connections.size === 0 && done(), 20);
      function done(): void {
        clearTimeout(end);
        clearInterval(check);
        resolve();
      }
    });
  }

  close(): void {
    clearInterval(this.timer);
    this.options.server.off('upgrade', this.upgrade);
    for (const ws of this.connections.keys()) ws.terminate();
    this.wss.close();
  }
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n`,
  );
}
