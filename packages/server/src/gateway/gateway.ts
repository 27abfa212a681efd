import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Domain } from '@magpie/domain';
import { LIMITS, PROTOCOL_VERSION, type CloseName } from '@magpie/protocol';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { RequestWatch } from '../metrics/watch.ts';
import { Connection, type ConnectionDeps } from './connection.ts';
import { handOver } from './drain.ts';
import { Flusher } from './flusher.ts';
import { relieve } from './relief.ts';
import { WsSocket } from './socket.ts';
import { Turns } from './turns.ts';

export interface GatewayOptions {
  readonly server: Server;
  readonly domain: Domain;
  readonly version: string;
  readonly trustProxy: boolean;
  readonly watch: RequestWatch;
  /** The server closes a connection. */
  readonly onClose: (why: CloseName) => void;
}

/** What a gateway says of itself to whoever measures. */
export interface GatewayCounts {
  /** Connections. */
  readonly size: number;
  /** Requests being worked on. */
  readonly requests: number;
  /** Bytes handed to sockets and not gone, as of the last look. */
  readonly outbound: number;
  /** Connections that were not taken. */
  readonly refused: number;
  readonly frames: number;
  readonly events: number;
}

const SWEEP = 5_000;

/** Thousands of these stay open: nothing that is made for one of them may hold more than it needs, so listeners are shared. */
class PeerSocket extends WebSocket {
  connection: Connection | undefined = undefined;
}

/** WebSockets at `/ws`: admission, heartbeat, drain. */
export class Gateway implements GatewayCounts {
  private readonly connections = new Map<Connection, WebSocket>();
  private readonly perAddress = new Map<string, number>();
  private readonly wss = new WebSocketServer({ noServer: true, WebSocket: PeerSocket, maxPayload: LIMITS.frame.maxBytes * 4, perMessageDeflate: false, clientTracking: false }); // prettier-ignore
  private readonly flusher = new Flusher(LIMITS.connection.maxQueuedBytes);
  private readonly options: GatewayOptions;
  private readonly hello: string;
  private readonly timer: NodeJS.Timeout;
  private draining = false;
  refused = 0;
  /** Connections without a session, the oldest first, each with the time it is given. */
  private readonly unopened = new Map<Connection, number>();
  private openTimer: NodeJS.Timeout | undefined;
  private readonly turns = new Turns();
  private readonly deps: ConnectionDeps;
  private queued = 0;

  constructor(options: GatewayOptions) {
    this.options = options;
    const { domain, watch, onClose } = options;
    this.deps = {
      domain,
      flusher: this.flusher,
      now: Date.now,
      accepting: () => !this.draining,
      turns: this.turns,
      watch,
      onClose,
      onOpened: (connection) => this.unopened.delete(connection),
      onGone: (connection) => this.gone(connection),
    };
    this.hello = JSON.stringify({ hello: { protocol: PROTOCOL_VERSION, server: options.version, capabilities: [], heartbeat: LIMITS.connection.heartbeat } }); // prettier-ignore
    options.server.on('upgrade', this.upgrade);
    this.timer = setInterval(() => this.sweep(), SWEEP);
    this.timer.unref();
  }

  get size(): number {
    return this.connections.size;
  }

  get frames(): number {
    return this.flusher.frames;
  }

  get events(): number {
    return this.flusher.events;
  }

  /** Requests being worked on. */
  get requests(): number {
    return this.turns.requests;
  }

  /** Bytes handed to sockets and not gone, as of the last look. */
  get outbound(): number {
    return this.queued;
  }

  /** Brings `outbound` up to date and relieves memory of peers that do not read. */
  measure(): void {
    const { total, cut } = relieve(this.connections.keys(), LIMITS.connection.maxQueuedTotal);
    this.queued = total;
    for (const connection of cut) connection.cut();
  }

  private readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0];
    const address = this.addressOf(request);
    socket.on('error', destroy);
    if (path !== '/ws') return refuse(socket, 404, 'Not Found');
    const { maxTotal, maxPerAddress, maxUnopened } = LIMITS.connection;
    const busy = this.draining || this.options.domain.pressure >= 3 || this.size >= maxTotal || this.unopened.size >= maxUnopened || (this.perAddress.get(address) ?? 0) >= maxPerAddress; // prettier-ignore
    if (busy) {
      this.refused++;
      return refuse(socket, 503, 'Service Unavailable');
    }
    this.wss.handleUpgrade(request, socket, head, (ws) => this.accept(ws, socket, address));
  };

  private addressOf(request: IncomingMessage): string {
    const forwarded = this.options.trustProxy ? request.headers['x-forwarded-for'] : undefined;
    const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',', 1)[0]?.trim();
    return first || (request.socket.remoteAddress ?? '');
  }

  private accept(ws: PeerSocket, stream: Duplex, address: string): void {
    const connection = new Connection(this.deps, new WsSocket(ws, stream), address);
    ws.connection = connection;
    this.connections.set(connection, ws);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    this.unopened.set(connection, Date.now() + LIMITS.connection.openTimeout);
    this.openTimer ??= setTimeout(this.endUnopened, LIMITS.connection.openTimeout).unref();
    ws.on('message', onMessage);
    ws.on('error', ignore);
    ws.on('close', onClose);
    ws.send(this.hello);
  }

  /** One timer for all: it is set for the oldest. */
  private readonly endUnopened = (): void => {
    const now = Date.now();
    this.openTimer = undefined;
    for (const [connection, until] of this.unopened) {
      if (until > now) {
        this.openTimer = setTimeout(this.endUnopened, until - now).unref();
        return;
      }
      this.unopened.delete(connection);
      connection.end('OPEN_TIMEOUT');
    }
  };

  private gone(connection: Connection): void {
    const { address } = connection;
    this.unopened.delete(connection);
    this.connections.delete(connection);
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.perAddress.set(address, left);
    else this.perAddress.delete(address);
  }

  private sweep(): void {
    const silent = Date.now() - LIMITS.connection.heartbeat * 2.5;
    for (const connection of this.connections.keys())
      if (connection.lastSeen < silent && !connection.unread) connection.end('HEARTBEAT_MISSED');
  }

  /**
   * Takes no more connections and hands over those it has: clients are told to connect again, each after a time of its own, and are
   * served until then. Who is still here afterwards gets its answers and is closed. Never longer than `within` ms.
   */
  async drain(within: number): Promise<void> {
    this.draining = true;
    await handOver(() => this.connections.keys(), within);
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.openTimer);
    this.options.server.off('upgrade', this.upgrade);
    for (const ws of this.connections.values()) ws.terminate();
    this.wss.close();
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  (this as PeerSocket).connection?.receive(isBinary ? '' : (data as Buffer).toString('utf8'));
}

function onClose(this: WebSocket): void {
  (this as PeerSocket).connection?.disconnected();
}

function ignore(): void {}

function destroy(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n`,
  );
}
