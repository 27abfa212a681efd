import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '@magpie/domain';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { NatsBusError, type NatsAddress } from './address.ts';
import { Generations } from './generations.ts';

export interface LinkOptions {
  readonly address: NatsAddress;
  readonly name: string | undefined;
  readonly report: Report;
  /** A new connection stands; nothing is subscribed on it yet. */
  attach(connection: NatsConnection): void;
  onStatus(up: boolean): void;
}

/** ms for one server to answer a new connection. */
const CONNECT = 5_000;
/** ms between two tries, first and longest, before jitter. */
const RETRY = { first: 100, longest: 2_000 };
/** ms between two looks at whether the server still answers, and how many it may miss: well before others take this node for dead. */
const LOOK = 500;
const MISSED = 6;
/** Characters published that the server has not confirmed. Beyond them it does not keep up: the rest would fill our memory. */
const UNCONFIRMED = 32 * 1024 * 1024;
/** ms for what was published to leave before the end. */
const FLUSH = 2_000;

/**
 * A connection to NATS that comes back. The client library's own way back is not used: it keeps what is published meanwhile, and
 * waits for a stuck socket to drain before it gives that up, which behind a dead network takes the kernel a quarter of an hour.
 */
export class Link {
  /** Absent while the server is away. */
  connection: NatsConnection | undefined;
  private readonly options: LinkOptions;
  readonly generations = new Generations();
  private readonly ending = new AbortController();
  /** Why the connection was given up, if it was we who closed it. */
  private reason: Error | undefined;
  private sent = 0;
  private confirmed = 0;

  /** The first connection: tries each server once. */
  static async connect(address: NatsAddress, name: string | undefined): Promise<NatsConnection> {
    try {
      return await connect(connectionOptions(address, name));
    } catch (error) {
      throw explain(error, address);
    }
  }

  constructor(options: LinkOptions, first: NatsConnection) {
    this.options = options;
    this.connection = first;
    void this.live(first);
  }

  /** Leaves with what else is published in this turn. Dropped while the server is away, or when it is too large for it. */
  send(subject: string, data: string): void {
    const { connection } = this;
    if (!connection || connection.isClosed()) return;
    const most = connection.info?.max_payload ?? Infinity;
    // A character has at most three bytes: most need no counting.
    if (data.length * 3 > most && Buffer.byteLength(data) > most) {
      const error = new Error(
        `larger than the ${most} bytes that NATS takes (max_payload in its configuration)`,
      );
      this.options.report('the bus dropped data', error, { subject, bytes: Buffer.byteLength(data) });
      return;
    }
    this.sent += subject.length + data.length;
    if (this.sent - this.confirmed > UNCONFIRMED) this.giveUp(connection, 'NATS does not keep up');
    else connection.publish(subject, data, { reply: this.generations.tag });
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.ending.abort();
    this.connection = undefined;
    if (!connection || connection.isClosed()) return;
    const late = new AbortController();
    await Promise.race([
      connection.flush().catch(() => undefined),
      delay(FLUSH, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    await connection.close();
  }

  private async live(first: NatsConnection): Promise<void> {
    let connection: NatsConnection | undefined = first;
    while (connection) {
      const stop = this.watch(connection);
      const why = await connection.closed();
      stop();
      if (this.ending.signal.aborted) return;
      this.connection = undefined;
      this.options.report('the connection to NATS is lost', this.reason ?? why ?? new Error('it was closed'));
      this.reason = undefined;
      this.options.onStatus(false);
      connection = await this.again();
      if (!connection) return;
      this.sent = this.confirmed = 0;
      this.generations.next();
      this.connection = connection;
      this.options.attach(connection);
      this.options.onStatus(true);
    }
  }

  /** Tries until a server answers or the end; undefined at the end. */
  private async again(): Promise<NatsConnection | undefined> {
    const { signal } = this.ending;
    const { address, name, report } = this.options;
    while (!signal.aborted) {
      try {
        const connection = await connect({ ...connectionOptions(address, name), ...patience(signal) });
        if (!signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        if (signal.aborted) return undefined;
        // Not reached by silence, which the library outwaits, but refused.
        report('NATS refuses the connection', explain(error, address));
        await delay(jittered(RETRY.longest), undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** A server that is stopped, or behind a network that swallows everything, closes nothing: it is asked. */
  private watch(connection: NatsConnection): () => void {
    let missed = 0;
    let asked = false;
    const ask = async () => {
      asked = true;
      const mark = this.sent;
      await connection.flush();
      if (this.connection === connection) this.confirmed = mark;
      missed = 0;
      asked = false;
    };
    const timer = setInterval(() => {
      if (!asked) ask().catch(() => undefined);
      else if (++missed >= MISSED) this.giveUp(connection, 'the server did not answer');
    }, LOOK);
    timer.unref();
    void this.listen(connection).catch(() => undefined);
    return () => clearInterval(timer);
  }

  /** Passes on what the server complains of, each complaint once. */
  private async listen(connection: NatsConnection): Promise<void> {
    const told = new Set<string>();
    for await (const status of connection.status()) {
      if (status.type !== 'error' || told.has(status.error.message) || told.size > 100) continue;
      told.add(status.error.message);
      this.options.report('NATS complains', status.error);
    }
  }

  private giveUp(connection: NatsConnection, why: string): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.reason = new Error(why);
    void connection.close();
  }
}

function connectionOptions(address: NatsAddress, name = 'magpie'): ConnectionOptions {
  const { servers, tls, user, pass, token } = address;
  const [server = ''] = servers;
  return {
    servers: [...servers],
    name,
    noEcho: true,
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: CONNECT,
    ...(user === undefined ? {} : { user, pass: pass ?? '' }),
    ...(token === undefined ? {} : { token }),
    // What a certificate must be for when servers are named by address: names the library passes on itself.
    ...(tls
      ? { tls: { host: server.slice(0, server.lastIndexOf(':')).replace(/[[\]]/g, '') } as object }
      : {}),
  };
}

/** Waits longer from try to try, and not the same as other nodes. */
function patience(signal: AbortSignal): ConnectionOptions {
  let wait = 0;
  let tries = 0;
  return {
    waitOnFirstConnect: true,
    // Asked several times between two tries, so it only looks.
    reconnectDelayHandler: () => wait,
    reconnectToServer: () => {
      if (signal.aborted) throw new Error('the bus is closed');
      wait = jittered(Math.min(RETRY.longest, RETRY.first * 2 ** tries++));
      return null;
    },
  };
}

function jittered(ms: number): number {
  return Math.round(ms * (0.5 + Math.random()));
}

function explain(error: unknown, { shown }: NatsAddress): NatsBusError {
  const why = error instanceof Error ? error.message : String(error);
  const hint = /authorization|authentication/i.test(why)
    ? 'Put the right user:password@ or token@ before the host'
    : 'Start nats-server there or name where it is';
  return new NatsBusError(`MAGPIE_BUS: no connection to NATS at ${shown}: ${why}. ${hint}; one node alone needs MAGPIE_BUS=local.`, { cause: error }); // prettier-ignore
}
