import { judge, runChain } from '../aba.ts';
import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import { pause, quiet } from '../driver/measure.ts';
import { cpuMicros } from '../measure/proc.ts';
import { profiled, type Peer } from '../peers/peer.ts';
import { startBareWs } from '../peers/plain.ts';
import { head, row } from '../report.ts';

/** CPU of one connection up to the answer to its first frame, in µs. */
function signInRun(bench: Bench, start: () => Promise<Peer>): Promise<number> {
  const users = names(bench.quick ? 400 : 4_000);
  return withPeer(start, 2, async (peer, pool) => {
    // The first time makes the accounts, and warms both sides up.
    await connectAll(peer, pool, users);
    await pool.all('cut', () => null);
    await quiet(peer, pool);
    const before = cpuMicros(peer.roots);
    const connected = await profiled(peer, 'sign-in', () => connectAll(peer, pool, users));
    await pause(200, pool);
    const each = (cpuMicros(peer.roots) - before) / users.length;
    row(['sign-in', peer.name, each, users.length / Math.max(...connected.map(({ seconds }) => seconds))]);
    return each;
  });
}

/** A sign-in with a real token (UserSig, checked in full), beside a server that takes anybody. */
export const signIn: Measurement = async (bench) => {
  head(['', 'server', 'CPU µs each', 'a second']);
  const chain = await runChain(bench.runs, {
    peer: () => signInRun(bench, startBareWs),
    ours: () => signInRun(bench, ours(bench)),
  });
  return [judge({ name: 'sign-in, beside bare ws', must: 3, aim: 2 }, chain, 'µs', (each) => each)];
};
