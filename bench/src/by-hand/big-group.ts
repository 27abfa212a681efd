import { connectAll, names, ours, withPeer, type Measurement } from '../bench.ts';
import { now } from '../clients/marks.ts';
import { Histogram } from '../measure/histogram.ts';
import { cpuMicros } from '../measure/proc.ts';
import type { Pool } from '../driver/pool.ts';
import { head, row } from '../report.ts';

const DRIVERS = [0, 1, 2, 3];

/** One message after another to all members of a large group, all of them online. */
export const bigGroup: Measurement = (bench) =>
  withPeer(ours(bench), DRIVERS.length, async (peer, pool) => {
    const users = names(bench.connections);
    await connectAll(peer, pool, users, DRIVERS);
    await peer.makeGroup(users);
    await pool.all('load', (place) => ({ kind: 'watch', sends: place === 0 }));
    const rounds = bench.quick ? 5 : 50;
    // The first few make caches and code warm.
    for (let slot = 0; slot < 3; slot++) await toEverybody(pool, slot);
    const times = new Histogram();
    const cpu = cpuMicros(peer.roots);
    const began = now();
    for (let slot = 3; slot < rounds + 3; slot++) times.add(await toEverybody(pool, slot));
    const seconds = (now() - began) / 1000;
    const micros = cpuMicros(peer.roots) - cpu;
    head(['members online', 'messages', 'everybody has it after ms: p50', 'p99', 'CPU ms/msg', 'CPU µs/delivery', 'deliveries/s']); // prettier-ignore
    const deliveries = rounds * (bench.connections - 1);
    row([`${bench.connections}`, `${rounds}`, times.percentile(0.5), times.percentile(0.99), micros / 1000 / rounds, micros / deliveries, deliveries / seconds]); // prettier-ignore
    return [];
  });

/** Resolves with how long it took from the sending until the last driver's last user had it, in ms. */
async function toEverybody(pool: Pool, slot: number): Promise<number> {
  const began = now();
  let last = began;
  const everybody = new Promise<void>((resolve) => {
    let left = pool.drivers.length;
    pool.onNews = (news) => {
      if (news.slot !== slot) return;
      last = Math.max(last, news.at);
      if (--left === 0) resolve();
    };
  });
  await pool.drivers[0]?.call('sendToGroup', { slot });
  await Promise.race([everybody, pool.broken]);
  return last - began;
}
