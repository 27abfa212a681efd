import { freePort } from '@magpie/testkit/server-process';
import { parseArgs } from 'node:util';
import { connectAll, names, ours, withPeer, type Bench } from './bench.ts';
import { measure, pause, total } from './driver/measure.ts';
import type { Pool } from './driver/pool.ts';
import { openInspector, type Memory } from '@magpie/testkit/inspector';
import { slope } from './measure/trend.ts';
import { count, OptionError, readOptions } from './options.ts';
import { figure, head, mebibytes, row, say, sayWhere } from './report.ts';

/**
 * `npm run bench:soak -- --minutes=60 [--rate=…]`: half of what the server takes for an hour, a group besides, and users who come and
 * go. Prints the heap after collection and how fast it grows. What is sent stays on the disk until the end: some 400 bytes each.
 */
const WRITERS = 200;
const MEMBERS = 100;
const GROUP_RATE = 20;
const GUESTS = 20;
/** How often the guests are cut and sign in again, ms. */
const STAY = 5_000;
const MOST = 1;

interface Sample {
  readonly hours: number;
  readonly memory: Memory;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, rate: { type: 'string' }, server: { type: 'string' } } }); // prettier-ignore
  const minutes = count('minutes', values.minutes, 60);
  const options = readOptions(values.server === undefined ? [] : [`--server=${values.server}`]);
  const bench: Bench = { ...options, saturation: undefined };
  sayWhere();
  const port = await freePort();
  await withPeer(ours(bench, { nodeArguments: [`--inspect=127.0.0.1:${port}`] }), 3, async (peer, pool) => {
    const inspector = await openInspector(port);
    await connectAll(peer, pool, names(WRITERS), [0]);
    const members = names(MEMBERS, 'm');
    await connectAll(peer, pool, members, [1]);
    await peer.makeGroup(members);
    let rate = values.rate === undefined ? 0 : count('rate', values.rate, 1);
    if (rate === 0) {
      await pool.drivers[0]?.call('load', { kind: 'closed', window: 8, targets: { kind: 'pairs' } });
      rate = Math.round((await measure(peer, pool, bench)).messagesPerSecond / 2);
      await pool.all('rest', () => null);
      await pause(2_000, pool);
    }
    say(
      `\n${rate} direct messages a second, ${GROUP_RATE} into a group of ${MEMBERS}, ${GUESTS} users who come and go; ${minutes} minutes.\n`,
    );
    const beyond = { batch: 1 };
    await pool.drivers[0]?.call('load', {
      kind: 'open',
      perSecond: rate,
      targets: { kind: 'pairs' },
      beyond,
    });
    await pool.drivers[1]?.call('load', { kind: 'open', perSecond: GROUP_RATE, targets: { kind: 'group' }, beyond }); // prettier-ignore
    const guests = comeAndGo(pool, () => connectAll(peer, pool, names(GUESTS, 'g'), [2]));
    const samples = await watch(pool, minutes, () => inspector.memory());
    await guests.stop();
    inspector.close();
    judge(samples, minutes);
  });
}

function comeAndGo(pool: Pool, connect: () => Promise<unknown>): { stop(): Promise<void> } {
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      await connect();
      await pause(STAY, pool);
      await pool.drivers[2]?.call('cut', null);
    }
  })();
  // A failure shows in `stop`, or as the pool's own.
  done.catch(() => undefined);
  return {
    stop: () => {
      stopped = true;
      return done;
    },
  };
}

async function watch(pool: Pool, minutes: number, memory: () => Promise<Memory>): Promise<Sample[]> {
  const began = performance.now();
  const step = Math.min(60_000, (minutes * 60_000) / 20);
  const samples: Sample[] = [];
  head(['min', 'heap', 'external', 'RSS', 'acknowledged', 'refused', 'p50 ms', 'p99 ms']);
  for (let end = step; end <= minutes * 60_000; end += step) {
    await pool.all('begin', () => null);
    await pause(end - (performance.now() - began), pool);
    const { latencies, messages, errors } = total(await pool.all('end', () => null));
    const sample = { hours: (performance.now() - began) / 3_600_000, memory: await memory() };
    samples.push(sample);
    const refused = Object.entries(errors).map(([code, one]) => `${code} ${one.count}`).join(', '); // prettier-ignore
    const { heapUsed, external, rss } = sample.memory;
    row([(sample.hours * 60).toFixed(1), `${(heapUsed / 1024 / 1024).toFixed(2)} MiB`, mebibytes(external), mebibytes(rss), `${messages}`, refused || '0', latencies.percentile(0.5), latencies.percentile(0.99)]); // prettier-ignore
  }
  return samples;
}

/** The first sixth, at most ten minutes, is warm-up. */
function judge(samples: readonly Sample[], minutes: number): void {
  const warm = Math.min(10, minutes / 6) / 60;
  const counted = samples.filter(({ hours }) => hours >= warm);
  const first = counted[0]?.memory.heapUsed ?? Number.NaN;
  const last = counted.at(-1)?.memory.heapUsed ?? Number.NaN;
  const growth = (slope(counted.map(({ hours, memory }) => [hours, memory.heapUsed])) / first) * 100;
  say(`\nHeap after collection: ${(first / 1024 / 1024).toFixed(2)} MiB after the warm-up, ${(last / 1024 / 1024).toFixed(2)} MiB at the end; ${figure(growth)} % an hour (wanted: less than ${MOST} %): ${growth < MOST ? 'ok' : 'MISSED'}`); // prettier-ignore
  if (minutes < 30) say('So short a run says little of an hour.');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof OptionError ? error.message : error instanceof Error ? error.stack : String(error)}\n`); // prettier-ignore
  process.exitCode = 1;
});
