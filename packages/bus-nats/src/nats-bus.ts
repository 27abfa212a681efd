import { createLocalBus, type Bus, type Report } from '@magpie/domain';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { parseAddress } from './address.ts';
import { Link } from './link.ts';
import { checkPattern, checkSubject } from './subjects.ts';

export interface NatsBusOptions {
  /** `nats://host:4222` or `tls://…`, several separated by commas, `user:password@` or `token@` before the first host. */
  readonly url: string;
  /** Put before every subject: tells this cluster from others on the same NATS. */
  readonly prefix: string;
  /** What the connection is called in the server's own lists. */
  readonly name?: string;
  /** Hears of what nobody can be answered with: a lost connection, data that is too large, a handler that threw. */
  readonly report?: Report;
}

type Handler = (data: string, subject: string) => void;

/** All who wait for one pattern share one subscription at the server. */
interface Waiting {
  handlers: readonly { readonly handler: Handler }[];
  subscription: Subscription | undefined;
}

/**
 * A bus over NATS core. Resolves when connected; rejects with `NatsBusError` when that fails the first time, later losses heal by
 * themselves. What is published while the connection is away is dropped (own subscribers hear it all the same), and so is data
 * above the server's `max_payload` (1 MB unless configured), which is reported: the bus carries hints.
 */
export async function createNatsBus(options: NatsBusOptions): Promise<Bus> {
  const report: Report = options.report ?? (() => undefined);
  checkSubject(options.prefix);
  const address = parseAddress(options.url);
  const connection = await Link.connect(address, options.name);
  return new NatsBus(options.prefix, report, (events) => new Link({ address, name: options.name, report, ...events }, connection)); // prettier-ignore
}

interface LinkEvents {
  attach(connection: NatsConnection): void;
  onStatus(up: boolean): void;
}

class NatsBus implements Bus {
  readonly shared = true;
  private readonly prefix: string;
  private readonly report: Report;
  private readonly link: Link;
  /** Own subscribers, who hear in the caller's turn; the server keeps what we publish from us (`noEcho`). */
  private readonly own = createLocalBus();
  private readonly patterns = new Map<string, Waiting>();
  private readonly listeners = new Set<(up: boolean) => void>();

  constructor(prefix: string, report: Report, open: (events: LinkEvents) => Link) {
    this.prefix = `${prefix}.`;
    this.report = report;
    this.link = open({
      attach: (connection) => this.attach(connection),
      onStatus: (up) => this.tell(up),
    });
  }

  publish(subject: string, data: string): void {
    checkSubject(subject);
    // First to the others: what own subscribers publish in turn must not overtake it.
    this.link.send(this.prefix + subject, data);
    this.own.publish(subject, data);
  }

  subscribe(pattern: string, handler: Handler): () => void {
    checkPattern(pattern);
    const guarded: Handler = (data, subject) => {
      try {
        handler(data, subject);
      } catch (error) {
        this.report('a subscriber of the bus threw', error, { subject });
      }
    };
    const entry = { handler: guarded };
    const forgetOwn = this.own.subscribe(pattern, guarded);
    this.add(pattern, entry);
    return () => {
      forgetOwn();
      this.remove(pattern, entry);
    };
  }

  onStatus(listener: (up: boolean) => void): () => void {
    const entry = (up: boolean) => listener(up);
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  /** What was published before is handed to the server, for at most two seconds; nothing is heard any more. */
  async close(): Promise<void> {
    this.listeners.clear();
    this.patterns.clear();
    await this.own.close();
    await this.link.close();
  }

  private add(pattern: string, entry: Waiting['handlers'][number]): void {
    let waiting = this.patterns.get(pattern);
    if (!waiting) {
      waiting = { handlers: [], subscription: undefined };
      this.patterns.set(pattern, waiting);
      if (this.link.connection) this.listen(this.link.connection, pattern, waiting);
    }
    waiting.handlers = [...waiting.handlers, entry];
  }

  private remove(pattern: string, entry: Waiting['handlers'][number]): void {
    const waiting = this.patterns.get(pattern);
    if (!waiting) return;
    waiting.handlers = waiting.handlers.filter((other) => other !== entry);
    if (waiting.handlers.length > 0) return;
    this.patterns.delete(pattern);
    waiting.subscription?.unsubscribe();
  }

  private attach(connection: NatsConnection): void {
    for (const [pattern, waiting] of this.patterns) this.listen(connection, pattern, waiting);
  }

  private listen(connection: NatsConnection, pattern: string, waiting: Waiting): void {
    waiting.subscription = connection.subscribe(this.prefix + pattern, {
      callback: (error, message) => {
        // A refusal has no message; the link reports it.
        if (error || !this.link.generations.isCurrent(message.reply ?? '')) return;
        const subject = message.subject.slice(this.prefix.length);
        const data = message.string();
        for (const { handler } of waiting.handlers) handler(data, subject);
      },
    });
  }

  private tell(up: boolean): void {
    for (const listener of this.listeners) {
      try {
        listener(up);
      } catch (error) {
        this.report('a listener of the bus’s status threw', error);
      }
    }
  }
}
