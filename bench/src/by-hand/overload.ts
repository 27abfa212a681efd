import { connectAll, names, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import type { LoadInput } from '../driver/calls.ts';
import { measure, pause, total } from '../driver/measure.ts';
import type { Pool } from '../driver/pool.ts';
import type { MagpiePeer } from '../peers/magpie.ts';
import { rssBytes } from '../measure/proc.ts';
import { figure, head, mebibytes, row, say } from '../report.ts';

const CONNECTIONS = 200;
const FLOODERS = [1, 2];
const BATCH = 16;
const TIMES = 10;
/** Seconds to wait for it to be itself again. */
const PATIENCE = 60;
/** Those who behave, and tell how it is for everybody. */
const PROBES = 20;
const PROBE_RATE = 20;

/** Ten times what the server takes, whatever it answers: its memory, its answers, and how soon it is itself again. */
export const overload: Measurement = (bench) =>
  withPeer(ours(bench), FLOODERS.length + 1, async (peer, pool) => {
    await connectAll(peer, pool, names(CONNECTIONS), FLOODERS);
    await connectAll(peer, pool, names(PROBES, 'p'), [0]);
    const sustained = await sustainable(bench, peer, pool);
    await pool.drivers[0]?.call('load', { kind: 'open', perSecond: PROBE_RATE, targets: { kind: 'pairs' }, beyond: { batch: 1 } }); // prettier-ignore
    const offered = TIMES * sustained;
    const span = bench.quick ? 5 : 20;
    say(
      `It sustains ${figure(sustained)} messages a second; now ${figure(offered)} are offered for ${span} s.\n`,
    );
    head(['s', 'RSS', 'sent/s', 'acknowledged/s', 'refused/s', 'unanswered', 'probe p50 ms', 'probe p99 ms', 'pressure', 'waiting units', 'requests', 'outbound']); // prettier-ignore
    const calm = await calmSeconds(peer, pool);
    await flood(pool, { kind: 'open', perSecond: offered / FLOODERS.length, targets: { kind: 'pairs' }, beyond: { batch: BATCH } }); // prettier-ignore
    const seen: Second[] = [];
    for (let at = 1; at <= span; at++) seen.push(await second(peer, pool, at, 1));
    await Promise.all(FLOODERS.map((place) => pool.drivers[place]?.call('rest', null)));
    const normal = Math.max(50, 3 * calm.p99);
    const after: Second[] = [];
    const recovered = () => after.findIndex(({ answered, p99 }) => answered > 0 && p99 <= normal) + 1;
    while (after.length < PATIENCE && recovered() === 0)
      after.push(await second(peer, pool, span + after.length + 1, 1));
    memory(calm, seen, after);
    refusals([...seen, ...after]);
    const workedOff = after.findIndex(({ unanswered }) => unanswered === 0) + 1;
    say(`What was under way when the flood ended was answered in second ${workedOff || '–'} after it; the latency of the others was normal (p99 ≤ ${figure(normal)} ms) in second ${recovered() || '–'}.`); // prettier-ignore
    return [];
  });

async function sustainable(bench: Bench, peer: MagpiePeer, pool: Pool): Promise<number> {
  await flood(pool, { kind: 'closed', window: 8, targets: { kind: 'pairs' } });
  const { messagesPerSecond } = await measure(peer, pool, bench);
  await Promise.all(FLOODERS.map((place) => pool.drivers[place]?.call('rest', null)));
  await pause(1_000, pool);
  return messagesPerSecond;
}

async function flood(pool: Pool, load: LoadInput): Promise<void> {
  await Promise.all(FLOODERS.map((place) => pool.drivers[place]?.call('load', load)));
}

interface Second {
  readonly rss: number;
  readonly p99: number;
  /** Probes that were answered. */
  readonly answered: number;
  /** Of the flood, sent and not answered so far. */
  readonly unanswered: number;
  readonly refusals: Readonly<Record<string, { readonly count: number; readonly withDelay: number }>>;
}

/** Once what came before is worked off. */
async function calmSeconds(peer: MagpiePeer, pool: Pool): Promise<Second> {
  for (let tries = 0; tries < 20; tries++) {
    const one = await second(peer, pool, 0, 3);
    if (one.answered >= PROBE_RATE) return one;
  }
  throw new Error('the server did not answer the probes before anything was asked of it');
}

interface NodeStatus {
  readonly pressure?: number;
  readonly queues?: { readonly append: number; readonly requests: number; readonly outbound: number };
}

async function second(peer: MagpiePeer, pool: Pool, at: number, seconds: number): Promise<Second> {
  await pool.all('begin', () => null);
  await pause(seconds * 1_000, pool);
  const [probes, ...flooders] = await pool.all('end', () => null);
  const probe = total(probes ? [probes] : []);
  const { sent, messages, unanswered, errors } = total(flooders);
  const refused = Object.values(errors).reduce((sum, { count }) => sum + count, 0);
  const rss = rssBytes(peer.roots);
  const p99 = probe.latencies.percentile(0.99);
  const status = await statusOf(peer);
  row([`${at}`, mebibytes(rss), sent / seconds, messages / seconds, refused / seconds, `${unanswered}`, probe.latencies.percentile(0.5), p99, status.pressure ?? '', status.queues?.append ?? '', status.queues?.requests ?? '', status.queues ? mebibytes(status.queues.outbound) : '']); // prettier-ignore
  return { rss, p99, answered: probe.deliveries, unanswered, refusals: errors };
}

/** What the server says of itself, if it answers in time. */
async function statusOf(peer: MagpiePeer): Promise<NodeStatus> {
  const late = pause(500).then((): NodeStatus => ({}));
  const said = peer.admin('node.status', {}).then((status) => status as NodeStatus).catch((): NodeStatus => ({})); // prettier-ignore
  return Promise.race([said, late]);
}

function memory(calm: Second, flooded: readonly Second[], after: readonly Second[]): void {
  const most = Math.max(...[...flooded, ...after].map(({ rss }) => rss));
  say(`\nMemory: ${mebibytes(calm.rss)} before, ${mebibytes(most)} at most, ${mebibytes(after.at(-1)?.rss ?? 0)} at the end.`); // prettier-ignore
}

function refusals(seconds: readonly Second[]): void {
  const codes = new Map<string, { count: number; withDelay: number }>();
  for (const [code, { count, withDelay }] of seconds.flatMap((one) => Object.entries(one.refusals))) {
    const entry = codes.get(code) ?? { count: 0, withDelay: 0 };
    codes.set(code, { count: entry.count + count, withDelay: entry.withDelay + withDelay });
  }
  for (const [code, { count, withDelay }] of codes) say(`Refused with ${code}: ${count}, of them with retryAfter ${withDelay}.`); // prettier-ignore
  if (codes.size === 0) say('Nothing was refused.');
}
