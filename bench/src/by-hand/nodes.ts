import { connectAll, names, withPeer, type Bench, type Measurement } from '../bench.ts';
import { measure, pause, type LoadResult } from '../driver/measure.ts';
import type { LoadInput } from '../driver/calls.ts';
import { cpuMicros } from '../measure/proc.ts';
import { startCluster } from '../peers/cluster.ts';
import { head, row, say } from '../report.ts';

const PAIRS = { kind: 'closed', window: 8, targets: { kind: 'pairs' } } as const satisfies LoadInput;
const GROUP = { kind: 'group', inFlight: 4, senders: 10 } as const satisfies LoadInput;
const WARM = { kind: 'closed', window: 1, targets: { kind: 'pairs' } } as const satisfies LoadInput;

interface Parts {
  readonly servers: number;
  readonly postgres: number;
  readonly nats: number;
}

interface Row extends LoadResult {
  /** CPU in µs for each message. */
  readonly parts: Parts;
}

/** The cost of a message and of a delivery on one, two and three nodes, those who write to each other on different ones. */
export const nodes: Measurement = async (bench) => {
  head(['load', 'nodes', 'msg/s', 'p50 ms', 'p99 ms', 'CPU µs/msg', 'servers', 'PostgreSQL', 'NATS', 'CPU µs/delivery', 'growth']); // prettier-ignore
  const first = new Map<string, number>();
  for (const count of [1, 2, 3]) {
    for (const [name, result] of Object.entries(await runOn(bench, count))) {
      const cost = name === 'direct' ? result.microsPerMessage : result.microsPerDelivery;
      if (!first.has(name)) first.set(name, cost);
      const { parts } = result;
      row([name, `${count}`, result.messagesPerSecond, result.p50, result.p99, result.microsPerMessage, parts.servers, parts.postgres, parts.nats, result.microsPerDelivery, `${(cost / (first.get(name) ?? cost)).toFixed(2)}×`]); // prettier-ignore
    }
  }
  say('\nAll nodes, PostgreSQL, NATS and the driver share this machine: costs compare, rates do not.');
  return [];
};

function runOn(bench: Bench, count: number): Promise<Record<string, Row>> {
  const start = () => startCluster(count, { program: bench.program });
  return withPeer(start, 1, async (peer, pool) => {
    const members = bench.quick ? 100 : 1000;
    const users = names(members);
    await connectAll(peer, pool, users);
    await peer.makeGroup(users);
    const under = async (load: LoadInput): Promise<Row> => {
      await pool.all('load', () => load);
      await pause(bench.warmup * 1000, pool);
      const before = cpuOf(peer.parts);
      const result = await measure(peer, pool, { warmup: 0, measured: bench.measured });
      const after = cpuOf(peer.parts);
      await pool.all('rest', () => null);
      await pause(1_000, pool);
      const messages = result.messagesPerSecond * bench.measured;
      const of = (part: keyof Parts) => (after[part] - before[part]) / messages;
      return { ...result, parts: { servers: of('servers'), postgres: of('postgres'), nats: of('nats') } };
    };
    await pool.all('load', () => WARM);
    await pause(2_000, pool);
    await pool.all('rest', () => null);
    return { direct: await under(PAIRS), [`group of ${members}`]: await under(GROUP) };
  });
}

function cpuOf(parts: Awaited<ReturnType<typeof startCluster>>['parts']): Parts {
  return {
    servers: cpuMicros(parts.servers),
    postgres: cpuMicros([parts.postgres]),
    nats: cpuMicros([parts.nats]),
  };
}
