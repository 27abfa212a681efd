import { cpuMicros, pssBytes } from './proc.ts';
import type { Peer, User } from './peers/peer.ts';

export interface LoadResult {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Server CPU. */
  readonly microsPerMessage: number;
  readonly microsPerDelivery: number;
  /** Share of one core this driver used; near 1 the wall figures are the driver's. */
  readonly driver: number;
}

export interface LoadOptions {
  readonly warmup: number;
  readonly measured: number;
}

const BODY_BYTES = 200;

function body(sender: string): string {
  const mark = `~T${sender},${performance.now().toFixed(3)}~`;
  return mark + 'x'.repeat(Math.max(0, BODY_BYTES - mark.length));
}

/** Pairs that write to each other; each side keeps `window` messages on their way. */
export async function direct(
  peer: Peer,
  connections: number,
  window: number,
  options: LoadOptions,
): Promise<LoadResult> {
  const users = await connectAll(peer, connections);
  const meter = new Meter(peer);
  for (let i = 0; i < users.length; i += 2) {
    const [a, b] = [users[i]!, users[i + 1]!];
    for (const [me, other] of [[a, b], [b, a]] as const) {
      me.onBody = (text) => {
        meter.delivered(text);
        meter.done();
        // What I got frees a place in the other's window.
        other.sendDirect(me.id, body(other.id));
      };
    }
  } // prettier-ignore
  for (let i = 0; i < users.length; i += 2) for (let k = 0; k < window; k++) {
    users[i]!.sendDirect(users[i + 1]!.id, body(users[i]!.id));
    users[i + 1]!.sendDirect(users[i]!.id, body(users[i + 1]!.id));
  } // prettier-ignore
  const result = await meter.run(options);
  for (const user of users) user.close();
  return result;
}

/** Ten senders in one group; `inFlight` messages in all are on their way. A message is done when everybody else has it. */
export async function group(
  peer: Peer,
  members: number,
  inFlight: number,
  options: LoadOptions,
): Promise<LoadResult> {
  const users = await connectAll(peer, members);
  await peer.makeGroup(users);
  const meter = new Meter(peer);
  const senders = users.slice(0, 10);
  const waiting = new Map<string, number>();
  let next = 0;
  const send = () => {
    const sender = senders[next++ % senders.length]!;
    const text = body(sender.id);
    waiting.set(text.slice(2, text.indexOf('~', 2)), members - 1);
    sender.sendGroup(text);
  };
  for (const user of users) {
    user.onBody = (text) => {
      meter.delivered(text);
      const left = (waiting.get(text) ?? 0) - 1;
      if (left > 0) waiting.set(text, left);
      else if (waiting.delete(text)) {
        meter.done();
        send();
      }
    };
  }
  for (let k = 0; k < inFlight; k++) send();
  const result = await meter.run(options);
  for (const user of users) user.close();
  return result;
}

/** Bytes of server memory per signed-in connection that does nothing. */
export async function idle(peer: Peer, connections: number, settle: number): Promise<number> {
  await pause(settle);
  const before = pssBytes(peer.pid);
  const users = await connectAll(peer, connections);
  await pause(settle);
  const bytes = (pssBytes(peer.pid) - before) / connections;
  for (const user of users) user.close();
  return bytes;
}

async function connectAll(peer: Peer, count: number): Promise<User[]> {
  const users: User[] = [];
  const STEP = 100;
  for (let i = 0; i < count; i += STEP) {
    users.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(STEP, count - i) }, (_, k) => peer.connect(`u${i + k}`)),
      )),
    );
  }
  return users;
}

class Meter {
  private readonly peer: Peer;
  private latencies: number[] = [];
  private deliveries = 0;
  private messages = 0;
  private measuring = false;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  delivered(mark: string): void {
    if (!this.measuring) return;
    this.deliveries++;
    // Every tenth is enough for percentiles of fan-out.
    if (this.deliveries % 10 === 0 || this.latencies.length < 10_000) this.latencies.push(performance.now() - Number(mark.slice(mark.indexOf(',') + 1))); // prettier-ignore
  }

  done(): void {
    if (this.measuring) this.messages++;
  }

  async run({ warmup, measured }: LoadOptions): Promise<LoadResult> {
    await pause(warmup);
    const cpu = cpuMicros(this.peer.pid);
    const own = process.cpuUsage();
    const start = performance.now();
    this.measuring = true;
    await pause(measured);
    this.measuring = false;
    const seconds = (performance.now() - start) / 1000;
    const micros = cpuMicros(this.peer.pid) - cpu;
    const used = process.cpuUsage(own);
    const sorted = this.latencies.sort((a, b) => a - b);
    return {
      messagesPerSecond: this.messages / seconds,
      deliveriesPerSecond: this.deliveries / seconds,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      microsPerMessage: micros / this.messages,
      microsPerDelivery: micros / this.deliveries,
      driver: (used.user + used.system) / 1e6 / seconds,
    };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
