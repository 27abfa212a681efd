import { LIMITS } from '@magpie/protocol';
import { connectAll, names, ours, withPeer, type Measurement } from '../bench.ts';
import { PRIORITIES } from '../driver/calls.ts';
import { pause, quiet, total } from '../driver/measure.ts';
import { cpuMicros, rssBytes } from '../measure/proc.ts';
import { figure, head, mebibytes, row, say } from '../report.ts';

const DRIVERS = [0, 1, 2, 3];
const ROOM = 'bench';
const LIMIT = LIMITS.app['rate.room'];

/** A full room at three times its limit, all priorities alike: what arrives, what is dropped, and what it costs. */
export const room: Measurement = (bench) =>
  withPeer(ours(bench), DRIVERS.length, async (peer, pool) => {
    const users = names(bench.connections);
    await connectAll(peer, pool, users, DRIVERS);
    await peer.admin('room.create', { id: ROOM, kind: 'live' });
    const entered = await pool.all('everyone', () => ({ operation: 'room.enter', input: { id: ROOM } }));
    const seconds = Math.max(...entered.map((one) => one.seconds));
    say(`${users.length} entered in ${figure(seconds)} s.\n`);
    const rate = 3 * LIMIT;
    const span = bench.quick ? 5 : 30;
    await quiet(peer, pool);
    const [cpu, rss] = [cpuMicros(peer.roots), rssBytes(peer.roots)];
    // Counted from the first one on, so that the counts add up.
    await pool.all('begin', () => null);
    await pool.all('load', (place) => ({
      kind: 'room',
      room: ROOM,
      perSecond: place === 0 ? rate : 0,
      senders: 40,
    }));
    await pause(span * 1_000, pool);
    await pool.all('rest', () => null);
    // What is under way is answered and arrives.
    await pause(2_000, pool);
    const { counts, latencies, deliveries } = total(await pool.all('end', () => null));
    const micros = cpuMicros(peer.roots) - cpu;
    const of = (name: string) => counts[name] ?? 0;
    say(`${rate} messages a second for ${span} s; the limit is ${LIMIT}, and as much again for high.\n`);
    head(['priority', 'sent', 'taken', 'dropped', 'not answered', 'arrived, of those present']);
    for (const name of PRIORITIES) {
      const [sent, taken, dropped] = [of(`sent ${name}`), of(`taken ${name}`), of(`dropped ${name}`)];
      row([
        name,
        `${sent}`,
        `${taken}`,
        `${dropped}`,
        `${sent - taken - dropped}`,
        of(`arrived ${name}`) / (users.length - 1),
      ]);
    }
    say('');
    head(['deliveries/s', 'p50 ms', 'p99 ms', 'CPU µs/delivery', 'cores', 'RSS before', 'RSS after']);
    row([deliveries / span, latencies.percentile(0.5), latencies.percentile(0.99), micros / deliveries, micros / 1e6 / span, mebibytes(rss), mebibytes(rssBytes(peer.roots))]); // prettier-ignore
    return [];
  });
