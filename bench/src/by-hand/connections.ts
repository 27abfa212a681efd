import { connectAll, names, ours, withPeer, type Measurement } from '../bench.ts';
import { measure, pause } from '../driver/measure.ts';
import { cpuMicros, pssBytes } from '../measure/proc.ts';
import { figure, head, loadHead, loadRow, mebibytes, row, say } from '../report.ts';

const IDLE_DRIVERS = 4;
const RATE = 500;

/** Many idle connections on one server process: what they cost, and how those fare who write meanwhile. */
export const connections: Measurement = (bench) =>
  withPeer(ours(bench), IDLE_DRIVERS + 1, async (peer, pool) => {
    await pause(1_000, pool);
    const before = pssBytes(peer.roots);
    const signedIn = await connectAll(peer, pool, names(bench.connections), [1, 2, 3, 4]);
    const seconds = Math.max(...signedIn.map((one) => one.seconds));
    const grown = pssBytes(peer.roots) - before;
    head(['connections', 'signed in after s', 'a second', 'memory', 'KiB each', 'CPU when idle, cores']);
    const cpu = cpuMicros(peer.roots);
    await pause(bench.measured * 1_000, pool);
    const cores = (cpuMicros(peer.roots) - cpu) / 1e6 / bench.measured;
    row([`${bench.connections}`, seconds, bench.connections / seconds, mebibytes(before + grown), grown / 1024 / bench.connections, cores]); // prettier-ignore
    say(`\nAnd 200 more that write ${figure(RATE)} direct messages a second:\n`);
    await connectAll(peer, pool, names(200, 'w'), [0]);
    await pool.drivers[0]?.call('load', { kind: 'open', perSecond: RATE, targets: { kind: 'pairs' } });
    loadHead();
    loadRow(`direct beside ${bench.connections}`, await measure(peer, pool, bench));
    return [];
  });
