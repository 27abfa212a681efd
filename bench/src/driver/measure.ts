import { Histogram } from '../measure/histogram.ts';
import { cpuMicros } from '../measure/proc.ts';
import { profiled, type Peer } from '../peers/peer.ts';
import type { Figures } from './calls.ts';
import type { Pool } from './pool.ts';

export interface LoadResult {
  readonly server: string;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Server CPU, all its processes and threads. */
  readonly microsPerMessage: number;
  readonly microsPerDelivery: number;
  /** Cores the server used. */
  readonly cores: number;
  /** Share of a core the busiest driver used; near 1 the wall figures are the driver's. */
  readonly driver: number;
}

export interface Span {
  /** Seconds before figures count, and seconds they count. */
  readonly warmup: number;
  readonly measured: number;
}

/** Measures the load that runs. */
export async function measure(peer: Peer, pool: Pool, { warmup, measured }: Span): Promise<LoadResult> {
  await pause(warmup * 1000, pool);
  await pool.all('begin', () => null);
  const cpu = cpuMicros(peer.roots);
  const start = performance.now();
  await profiled(peer, 'load', () => pause(measured * 1000, pool));
  const micros = cpuMicros(peer.roots) - cpu;
  const seconds = (performance.now() - start) / 1000;
  const figures = await pool.all('end', () => null);
  const { messages, deliveries, latencies } = total(figures);
  if (messages === 0) throw new Error(`${peer.name} delivered nothing in ${measured} s`);
  return {
    server: peer.name,
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: deliveries / seconds,
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    microsPerMessage: micros / messages,
    microsPerDelivery: micros / deliveries,
    cores: micros / 1e6 / seconds,
    driver: Math.max(...figures.map(({ cpu: used }) => used / 1e6 / seconds)),
  };
}

export interface Total {
  readonly messages: number;
  readonly deliveries: number;
  readonly sent: number;
  readonly unanswered: number;
  readonly latencies: Histogram;
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, { readonly count: number; readonly withDelay: number }>>;
}

export function total(figures: readonly Figures[]): Total {
  const latencies = new Histogram();
  const counts: Record<string, number> = {};
  const errors: Record<string, { count: number; withDelay: number }> = {};
  const sum = (of: (one: Figures) => number) => figures.reduce((all, one) => all + of(one), 0);
  for (const one of figures) {
    latencies.merge(one.latencies);
    for (const [name, value] of Object.entries(one.counts)) counts[name] = (counts[name] ?? 0) + value;
    for (const [code, { count, withDelay }] of Object.entries(one.errors)) {
      const entry = (errors[code] ??= { count: 0, withDelay: 0 });
      entry.count += count;
      entry.withDelay += withDelay;
    }
  }
  return {
    messages: sum((one) => one.messages),
    deliveries: sum((one) => one.deliveries),
    sent: sum((one) => one.sent),
    unanswered: sum((one) => one.unanswered),
    latencies,
    counts,
    errors,
  };
}

/** Waits, but no longer than the drivers live. */
export function pause(ms: number, pool?: Pool): Promise<void> {
  const waited = new Promise<void>((resolve) => setTimeout(resolve, ms));
  return pool ? Promise.race([waited, pool.broken]) : waited;
}

/** Resolves once a server has next to nothing to do: what was asked before is worked off. */
export async function quiet(peer: Peer, pool: Pool): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const before = cpuMicros(peer.roots);
    await pause(500, pool);
    if (cpuMicros(peer.roots) - before <= 20_000) return;
  }
  throw new Error(`${peer.name} is busy for half a minute with nothing asked of it`);
}
