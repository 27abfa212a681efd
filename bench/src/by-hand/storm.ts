import { connectAll, localAddress, names, ours, withPeer, type Measurement } from '../bench.ts';
import { now } from '../clients/marks.ts';
import type { Driver } from '../driver/pool.ts';
import { pause, quiet, total } from '../driver/measure.ts';
import { Histogram } from '../measure/histogram.ts';
import { cpuMicros, rssBytes } from '../measure/proc.ts';
import { profiled } from '../peers/peer.ts';
import { head, mebibytes, row, say } from '../report.ts';

const CUT = [1, 2, 3, 4];
const OTHERS = 200;
const RATE = 400;

/**
 * All connections but a few are cut at once and come back as the client does (full jitter from 400 ms, doubling), each resuming its
 * session and asking what it missed: a message that was sent to a group of them all while they were away.
 */
export const storm: Measurement = (bench) =>
  withPeer(ours(bench), CUT.length + 1, async (peer, pool) => {
    const users = names(bench.connections);
    await connectAll(peer, pool, users, CUT);
    await connectAll(peer, pool, names(OTHERS, 'w'), [0]);
    await peer.makeGroup(users);
    await quiet(peer, pool);
    const others = pool.drivers[0]!;
    const storming = CUT.map((place) => pool.drivers[place]!);
    await others.call('load', { kind: 'open', perSecond: RATE, targets: { kind: 'pairs' } });
    await pause(3_000, pool);
    const calm = await during(others, () => pause(bench.measured * 1_000, pool));

    const before = rssBytes(peer.roots);
    const cpu = cpuMicros(peer.roots);
    const missed = `missed-${Math.random().toString(36).slice(2)}`;
    let back: readonly Awaited<ReturnType<typeof comeBack>>[] = [];
    const comeBack = (driver: Driver, i: number, cutAt: number) =>
      driver.call('comeBack', { address: peer.address, from: localAddress(CUT[i]!), missed, cutAt });
    const stormy = await during(others, async () => {
      const cutAt = now();
      await Promise.all(storming.map((driver) => driver.call('cut', null)));
      const content = { type: 'text', text: missed };
      await peer.admin('message.send', { ref: 'g:bench', clientId: missed, content }, users[0]);
      back = await profiled(peer, 'storm', () =>
        Promise.all(storming.map((driver, i) => comeBack(driver, i, cutAt))),
      );
    });

    const times = new Histogram();
    for (const one of back) times.merge(one.times);
    const last = Math.max(...back.map((one) => one.last));
    const refused = back.reduce((sum, one) => sum + one.refused, 0);
    head(['cut at once', 'half back after s', '99 % after s', 'all after s', 'attempts refused', 'server CPU s', 'RSS before', 'RSS after']); // prettier-ignore
    row([`${bench.connections}`, times.percentile(0.5) / 1000, times.percentile(0.99) / 1000, last / 1000, `${refused}`, (cpuMicros(peer.roots) - cpu) / 1e6, mebibytes(before), mebibytes(rssBytes(peer.roots))]); // prettier-ignore
    say(`\nThe ${OTHERS} others, at ${RATE} messages a second:\n`);
    head(['', 'p50 ms', 'p99 ms', 'messages']);
    row(['before', calm.latencies.percentile(0.5), calm.latencies.percentile(0.99), `${calm.messages}`]);
    row([
      'meanwhile',
      stormy.latencies.percentile(0.5),
      stormy.latencies.percentile(0.99),
      `${stormy.messages}`,
    ]);
    say(`\nWanted: all back within 10 s, no p99 of the others over 1 s.`);
    return [];
  });

async function during(driver: Driver, run: () => Promise<void>) {
  await driver.call('begin', null);
  await run();
  return total([await driver.call('end', null)]);
}
