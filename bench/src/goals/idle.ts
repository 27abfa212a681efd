import { judge, runChain } from '../aba.ts';
import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import { pause } from '../driver/measure.ts';
import { pssBytes } from '../measure/proc.ts';
import type { Peer } from '../peers/peer.ts';
import { startSocketIo } from '../peers/plain.ts';
import { head, row } from '../report.ts';

/** KiB of server memory per signed-in connection that does nothing: growth of the whole, garbage and all. */
function idleRun(bench: Bench, start: () => Promise<Peer>): Promise<number> {
  const settle = bench.quick ? 1_000 : 6_000;
  return withPeer(start, 4, async (peer, pool) => {
    await pause(settle, pool);
    const before = pssBytes(peer.roots);
    const connected = await connectAll(peer, pool, names(bench.connections));
    await pause(settle, pool);
    const each = (pssBytes(peer.roots) - before) / bench.connections / 1024;
    row([
      bench.connections.toFixed(0),
      peer.name,
      each,
      Math.max(...connected.map(({ seconds }) => seconds)),
    ]);
    return each;
  });
}

export const idle: Measurement = async (bench) => {
  head(['idle connections', 'server', 'KiB each', 'all signed in after s']);
  const chain = await runChain(bench.runs, {
    peer: () => idleRun(bench, startSocketIo),
    ours: () => idleRun(bench, ours(bench)),
  });
  const goal = { name: `idle connection at ${bench.connections}`, must: 0.7, aim: 0.5 };
  return [judge(goal, chain, 'KiB', (each) => each)];
};
