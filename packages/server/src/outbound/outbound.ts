import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, type Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { OutboundError, type Outbound, type OutboundAnswer, type OutboundRequest } from '@magpie/domain';
import { createAddressRules } from './addresses.ts';
import { exchange, type Pinned } from './exchange.ts';
import { createGate, type Gate, type GateLimits } from './gate.ts';
import { composeMessage, parseTarget, type Target } from './target.ts';

export interface OutboundOptions {
  /** Addresses and CIDR ranges that may be asked although they are not public. */
  readonly allow: readonly string[];
  /** All addresses of a name. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Certificates to trust instead of the usual ones. */
  readonly ca?: string;
  readonly limits?: Partial<GateLimits>;
}

const LIMITS: GateLimits = { perKey: 16, total: 256, waiting: 1_000 };
const MAX_TIMEOUT = 10 * 60_000;
/** For `check`, which only looks a name up. */
const CHECK_TIMEOUT = 5_000;
/** ms that an unused connection is kept; many servers hang up after 5 s. */
const IDLE = 4_000;
/** Of a name with more addresses, the first ones are tried. All are checked. */
const MAX_TRIED = 8;

/** The only way out of the server: see docs/adr/0026. */
export function createOutbound(options: OutboundOptions): Outbound {
  return new HttpOutbound(options);
}

class HttpOutbound implements Outbound {
  readonly #permits: (address: string) => boolean;
  readonly #lookup: (hostname: string) => Promise<readonly string[]>;
  readonly #ca: string | undefined;
  readonly #gate: Gate;
  readonly #http = keepByAddress(new HttpAgent({ keepAlive: true, timeout: IDLE, maxFreeSockets: 4 }));
  readonly #https = keepByAddress(new HttpsAgent({ keepAlive: true, timeout: IDLE, maxFreeSockets: 4 }));
  readonly #running = new Set<AbortController>();
  #closed = false;

  constructor({ allow, resolve = lookupAll, ca, limits }: OutboundOptions) {
    this.#permits = createAddressRules(allow);
    this.#lookup = resolve;
    this.#ca = ca;
    this.#gate = createGate({ ...LIMITS, ...limits });
  }

  async request(request: OutboundRequest): Promise<OutboundAnswer> {
    return await this.#within(request.timeout, async (signal) => {
      const target = parseTarget(request.url);
      const message = composeMessage(request);
      const { maxBytes } = request;
      if (!(maxBytes >= 0)) throw new OutboundError('size', 'maxBytes must be a number of bytes.');
      const leave = await this.#gate.enter(target.host, signal);
      try {
        const addresses = await this.#resolve(target, signal);
        const agent = target.secure ? this.#https : this.#http;
        return await exchange({ target, message, addresses, agent, maxBytes, signal, ca: this.#ca });
      } finally {
        leave();
      }
    });
  }

  async check(url: string): Promise<void> {
    await this.#within(CHECK_TIMEOUT, (signal) => this.#resolve(parseTarget(url), signal));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const running of this.#running) running.abort(stopping());
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Addresses to connect to. One that is refused refuses them all: which of them is used is nobody's choice. */
  async #resolve({ hostname, literal }: Target, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    const addresses = literal ? [hostname] : await unlessAborted(signal, this.#ask(hostname));
    if (addresses.length === 0) throw new OutboundError('dns', 'The host name has no address.');
    if (!addresses.every(this.#permits))
      throw new OutboundError('address', 'The host has an address that may not be asked.');
    return addresses.slice(0, MAX_TRIED);
  }

  async #ask(hostname: string): Promise<readonly string[]> {
    try {
      return await this.#lookup(hostname);
    } catch (cause) {
      throw new OutboundError('dns', 'The host name was not found.', { cause });
    }
  }

  /** Runs it with a time limit, and lets nothing out but `OutboundError`. */
  async #within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw stopping();
    if (!(ms > 0 && ms <= MAX_TIMEOUT))
      throw new OutboundError('timeout', `timeout must be from 1 to ${MAX_TIMEOUT} ms.`);
    const running = new AbortController();
    const late = new OutboundError('timeout', `No whole answer within ${ms} ms.`);
    const timer = setTimeout(() => running.abort(late), ms);
    this.#running.add(running);
    try {
      return await work(running.signal);
    } catch (cause) {
      if (cause instanceof OutboundError) throw cause;
      throw new OutboundError('protocol', "The request can't be made.", { cause });
    } finally {
      clearTimeout(timer);
      this.#running.delete(running);
    }
  }
}

const stopping = (): OutboundError => new OutboundError('connect', 'The server is stopping.');

/** As the machine resolves names: its hosts file and search domains count too. */
async function lookupAll(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
}

function keepByAddress<A extends Agent>(agent: A): A {
  const nameOf = agent.getName.bind(agent);
  agent.getName = (options) => `${nameOf(options)} ${(options as Partial<Pinned> | undefined)?.pinned}`;
  return agent;
}

/** A lookup can't be cancelled; its late answer is thrown away. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
