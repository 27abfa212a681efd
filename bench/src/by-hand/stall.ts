import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import { measure, pause, total } from '../driver/measure.ts';
import type { Pool } from '../driver/pool.ts';
import type { MagpiePeer } from '../peers/magpie.ts';
import { figure, head, row, say } from '../report.ts';

const CONNECTIONS = 200;
/** How long the server stands still, in ms. */
const STILL = 3_000;
/** Seconds to wait for it to be itself again. */
const PATIENCE = 60;

/** At half of what it takes the server stands still for a while, as a machine does now and then: how soon the latency is what it was. */
export const stall: Measurement = (bench) =>
  withPeer(ours(bench), 1, async (peer, pool) => {
    await connectAll(peer, pool, names(CONNECTIONS));
    const rate = await half(bench, peer, pool);
    await pool.all('load', () => ({ kind: 'open', perSecond: rate, targets: { kind: 'pairs' }, beyond: { batch: 1 } })); // prettier-ignore
    say(`${rate} messages a second, half of what it takes; it stands still for ${STILL / 1_000} s.\n`);
    await pause(3_000, pool);
    head(['s', 'acknowledged', 'p50 ms', 'p99 ms']);
    const calm = await second(pool, 'before', 5_000);
    for (const root of peer.roots) process.kill(root, 'SIGSTOP');
    await pause(STILL, pool);
    for (const root of peer.roots) process.kill(root, 'SIGCONT');
    const normal = Math.max(50, 3 * calm);
    let at = 0;
    while (++at <= PATIENCE) if ((await second(pool, `${at}`, 1_000)) <= normal) break;
    say(`\nThe latency was normal (p99 ≤ ${figure(normal)} ms) in second ${at <= PATIENCE ? at : '–'} after it.`); // prettier-ignore
    return [];
  });

async function half(bench: Bench, peer: MagpiePeer, pool: Pool): Promise<number> {
  await pool.all('load', () => ({ kind: 'closed', window: 8, targets: { kind: 'pairs' } }));
  const { messagesPerSecond } = await measure(peer, pool, bench);
  await pool.all('rest', () => null);
  await pause(1_000, pool);
  return Math.round(messagesPerSecond / 2);
}

/** Answers the p99. */
async function second(pool: Pool, at: string, ms: number): Promise<number> {
  await pool.all('begin', () => null);
  await pause(ms, pool);
  const { messages, latencies } = total(await pool.all('end', () => null));
  const p99 = latencies.percentile(0.99);
  row([at, `${messages}`, latencies.percentile(0.5), p99]);
  return p99;
}
