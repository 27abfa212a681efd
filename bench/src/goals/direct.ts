import { judge, runChain } from '../aba.ts';
import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import { measure, pause, type LoadResult } from '../driver/measure.ts';
import type { LoadInput } from '../driver/calls.ts';
import type { Pool } from '../driver/pool.ts';
import { childrenNamed } from '../measure/proc.ts';
import type { Peer } from '../peers/peer.ts';
import { startSocketIo, startStoringSocketIo } from '../peers/plain.ts';
import { loadHead, loadRow, type Outcome } from '../report.ts';

const CONNECTIONS = 200;
const WINDOW = 8;

const CLOSED = { kind: 'closed', window: WINDOW, targets: { kind: 'pairs' } } as const satisfies LoadInput;

/** Seconds: what the first messages left behind is gone before latencies count. */
const LATENCY_WARMUP = 5;

/** Pairs that write to each other. */
function directRun(
  bench: Bench,
  name: string,
  start: () => Promise<Peer>,
  load: LoadInput,
): Promise<LoadResult> {
  return withPeer(start, bench.drivers, async (peer, pool) => {
    await connectAll(peer, pool, names(CONNECTIONS));
    await firstContact(pool);
    await pool.all('load', () => load);
    const warmup = load.kind === 'open' ? Math.max(LATENCY_WARMUP, bench.warmup) : bench.warmup;
    const result = await measure(peer, pool, { ...bench, warmup });
    loadRow(name, result);
    return result;
  });
}

/** Every pair has written before: conversations that begin are not what is measured. */
async function firstContact(pool: Pool): Promise<void> {
  await pool.all('load', () => ({ ...CLOSED, window: 1 }));
  await pause(1_000, pool);
  await pool.all('rest', () => null);
  await pause(500, pool);
}

/** Durable direct messages at saturation, beside a relay that keeps nothing. */
export const direct: Measurement = async (bench) => {
  loadHead();
  const chain = await runChain(bench.runs, {
    peer: () => directRun(bench, 'direct', startSocketIo, CLOSED),
    ours: () => directRun(bench, 'direct', ours(bench), CLOSED),
  });
  bench.saturation = Math.min(...[...chain.peer, ...chain.ours].map((one) => one.messagesPerSecond));
  const goal = { name: 'durable direct message, SQLite', must: 5, aim: 2.5 };
  return [judge(goal, chain, 'µs', (one) => one.microsPerMessage)];
};

/** The same with PostgreSQL, whose CPU is counted. */
export const postgres: Measurement = async (bench) => {
  const { startPostgres } = await import('@magpie/testkit/postgres');
  const before = new Set(childrenNamed(process.pid, 'postgres'));
  const database = await startPostgres({
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '512MB', max_wal_size: '4GB' },
  }); // prettier-ignore
  try {
    const root = childrenNamed(process.pid, 'postgres').find((pid) => !before.has(pid));
    if (root === undefined) throw new Error('the process of PostgreSQL was not found');
    const start = async () => ours(bench, { database: { url: await database.createDatabase(), root } })();
    loadHead();
    const chain = await runChain(bench.runs, {
      peer: () => directRun(bench, 'direct', startSocketIo, CLOSED),
      ours: () => directRun(bench, 'direct, PostgreSQL', start, CLOSED),
    });
    const goal = { name: 'durable direct message, PostgreSQL', must: 12, aim: 8 };
    return [judge(goal, chain, 'µs', (one) => one.microsPerMessage)];
  } finally {
    await database.close();
  }
};

/** Messages a second at which servers are compared, beside half of what they take: what is batched costs less the more there is of it. */
const EQUAL_RATES = [500, 2_257];

/** Latency at the same rates for all, the highest half of what the slower of the relay and us takes. Beside a relay that keeps nothing, and beside one that stores. */
export const p99: Measurement = async (bench) => {
  loadHead();
  bench.saturation ??= Math.min(
    (await directRun(bench, 'direct', startSocketIo, CLOSED)).messagesPerSecond,
    (await directRun(bench, 'direct', ours(bench), CLOSED)).messagesPerSecond,
  );
  const outcomes: Outcome[] = [];
  for (const rate of [...EQUAL_RATES, Math.round(bench.saturation / 2)])
    outcomes.push(...(await p99At(bench, rate)));
  return outcomes;
};

async function p99At(bench: Bench, rate: number): Promise<readonly Outcome[]> {
  const load: LoadInput = {
    kind: 'open',
    perSecond: Math.ceil(rate / bench.drivers),
    targets: { kind: 'pairs' },
  };
  const run = (start: () => Promise<Peer>) => directRun(bench, `direct at ${rate}/s`, start, load);
  // One of ours stands between two of each: what drifts on the machine shows in both.
  const chain = await runChain<{ readonly relay: LoadResult; readonly storing: LoadResult }>(bench.runs, {
    peer: async () => ({ relay: await run(startSocketIo), storing: await run(startStoringSocketIo) }),
    ours: async () => {
      const result = await run(ours(bench));
      return { relay: result, storing: result };
    },
  });
  const name = `p99 of direct messages at ${rate}/s`;
  return [
    judge({ name, must: 1, aim: 1 }, chain, 'ms', ({ relay }) => relay.p99),
    judge({ name: `${name}, beside Socket.IO that stores`, must: 1, aim: 1 }, chain, 'ms', ({ storing }) => storing.p99), // prettier-ignore
  ];
}
