import { judge, runChain } from '../aba.ts';
import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import { measure, pause, type LoadResult } from '../driver/measure.ts';
import type { Peer } from '../peers/peer.ts';
import { startSocketIo } from '../peers/plain.ts';
import { loadHead, loadRow } from '../report.ts';

const GOALS = [
  { inFlight: 32, must: 0.3, aim: 0.15 },
  { inFlight: 4, must: 0.6, aim: 0.4 },
  { inFlight: 1, must: 0.9, aim: 0.8 },
] as const;

const SENDERS = 10;
/** Between two loads: what is under way arrives. */
const REST = 1_000;

/** All three loads over one group, on a server of their own. One driver: a message is done when all members have it. */
function groupRun(bench: Bench, members: number, start: () => Promise<Peer>): Promise<LoadResult[]> {
  return withPeer(start, 1, async (peer, pool) => {
    const users = names(members);
    await connectAll(peer, pool, users);
    await peer.makeGroup(users);
    const results: LoadResult[] = [];
    for (const { inFlight } of GOALS) {
      await pool.all('load', () => ({ kind: 'group', inFlight, senders: SENDERS }));
      const result = await measure(peer, pool, bench);
      await pool.all('rest', () => null);
      await pause(REST, pool);
      loadRow(`group of ${members}, ${inFlight} in flight`, result);
      results.push(result);
    }
    return results;
  });
}

/** One delivery of a stored message into a group, beside a relay's room. */
export const group: Measurement = async (bench) => {
  const members = bench.quick ? 200 : 1000;
  loadHead();
  const chain = await runChain(bench.runs, {
    peer: () => groupRun(bench, members, startSocketIo),
    ours: () => groupRun(bench, members, ours(bench)),
  });
  return GOALS.map(({ inFlight, must, aim }, i) =>
    judge(
      { name: `delivery to ${members}, ${inFlight} in flight`, must, aim },
      chain,
      'µs',
      (results) => results[i]!.microsPerDelivery,
    ),
  );
};
