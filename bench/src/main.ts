import { startMagpie } from './peers/magpie.ts';
import type { Peer } from './peers/peer.ts';
import { startSocketIo } from './peers/socketio.ts';
import { direct, group, idle, type LoadOptions, type LoadResult } from './scenarios.ts';

/**
 * Measures the server beside Socket.IO, which relays the same without storing, back to back in one run. `--quick` makes it short,
 * `--only=direct,group,idle` picks. Read ratios, not absolutes: the driver shares the machine.
 */
const quick = process.argv.includes('--quick');
const only = process.argv
  .find((arg) => arg.startsWith('--only='))
  ?.slice(7)
  .split(',') ?? ['direct', 'group', 'idle'];
const load: LoadOptions = quick ? { warmup: 500, measured: 1_500 } : { warmup: 2_000, measured: 8_000 };
const PEERS = [startSocketIo, startMagpie];

await main();

async function main(): Promise<void> {
  print([
    'scenario',
    'server',
    'msg/s',
    'deliveries/s',
    'p50 ms',
    'p99 ms',
    'CPU µs/msg',
    'CPU µs/delivery',
    'driver',
  ]);
  if (only.includes('direct'))
    await compare('direct, 200 connections, window 8', (peer) => direct(peer, 200, 8, load));
  if (only.includes('group')) {
    for (const [members, inFlight] of [[200, 8], [1000, 1], [1000, 4], [1000, 32]] as const) {
      await compare(`group of ${members}, ${inFlight} in flight`, (peer) => group(peer, members, inFlight, load));
    }
  } // prettier-ignore
  if (only.includes('idle')) {
    for (const connections of quick ? [200] : [1000, 5000]) await compareIdle(connections);
  }
}

async function compare(name: string, run: (peer: Peer) => Promise<LoadResult>): Promise<void> {
  const results: LoadResult[] = [];
  for (const start of PEERS) {
    const peer = await start();
    try {
      const r = await run(peer);
      results.push(r);
      print(
        [
          name,
          peer.name,
          r.messagesPerSecond,
          r.deliveriesPerSecond,
          r.p50,
          r.p99,
          r.microsPerMessage,
          r.microsPerDelivery,
          r.driver,
        ].map(figure),
      );
    } finally {
      await peer.stop();
    }
  }
  const [base, ours] = results;
  if (base && ours) process.stdout.write(`  ratio to Socket.IO: ${(ours.microsPerMessage / base.microsPerMessage).toFixed(2)}× CPU per message, ${(ours.microsPerDelivery / base.microsPerDelivery).toFixed(2)}× per delivery\n`); // prettier-ignore
}

async function compareIdle(connections: number): Promise<void> {
  for (const start of PEERS) {
    const peer = await start();
    try {
      const bytes = await idle(peer, connections, quick ? 500 : 6_000);
      process.stdout.write(
        `${connections} idle connections | ${peer.name} | ${(bytes / 1024).toFixed(1)} KiB each\n`,
      );
    } finally {
      await peer.stop();
    }
  }
}

function figure(value: string | number): string {
  if (typeof value === 'string') return value;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function print(cells: readonly string[]): void {
  process.stdout.write(`${cells.join(' | ')}\n`);
}
