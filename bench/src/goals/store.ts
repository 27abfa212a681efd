import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { judge, runChain } from '../aba.ts';
import { connectAll, ours, withPeer, type Bench, type Measurement } from '../bench.ts';
import type { LoadInput } from '../driver/calls.ts';
import { measure, type LoadResult } from '../driver/measure.ts';
import { fill, noteOf } from '../fill/fill.ts';
import { NEIGHBOURS, userName, type Plan } from '../fill/plan.ts';
import { OptionError } from '../options.ts';
import { createApp } from '../peers/admin.ts';
import { head, loadHead, loadRow, row } from '../report.ts';

const FEW = 10_000;
const CLUSTERS = 20;
const CLUSTER = 10;

/** Everybody writes to all the neighbours that are online: some seven hundred conversations, spread over the store. */
const LOAD: LoadInput = {
  kind: 'closed',
  window: 8,
  targets: { kind: 'clusters', size: CLUSTER, distance: NEIGHBOURS },
};

/** What a large store costs: messages into it, and the start on it. The folder comes from bench:fill and keeps what is sent. */
export const store: Measurement = async (bench) => {
  if (bench.store === undefined) throw new OptionError('--store must name a folder made by bench:fill.');
  const folder = resolve(bench.store);
  const large = await planIn(folder);
  const work = await mkdtemp(join(tmpdir(), 'magpie-bench-store-'));
  try {
    const few = join(work, 'few');
    await fill(few, FEW, () => undefined);
    const small = await planIn(few);
    const copy = join(work, 'copy');
    loadHead();
    const costs = await runChain(bench.runs, {
      peer: async () => {
        // What a run before has sent is not there.
        await rm(copy, { recursive: true, force: true });
        await cp(few, copy, { recursive: true });
        return costRun(bench, copy, small);
      },
      ours: () => costRun(bench, folder, large),
    });
    const empty = join(work, 'empty');
    await emptyStore(bench, empty);
    head(['start on', 'ready after ms']);
    const starts = await runChain(Math.max(3, bench.runs), {
      peer: () => startRun(bench, empty, 'nothing'),
      ours: () => startRun(bench, folder, `${large.messages} messages`),
    });
    return [
      judge({ name: `message into ${large.messages}, beside ${FEW}`, must: 1.3, aim: 1.3 }, costs, 'µs', (one) => one.microsPerMessage),
      judge({ name: `start on ${large.messages}, beside nothing`, must: 1.5, aim: 1.5 }, starts, 'ms', (ms) => ms),
    ]; // prettier-ignore
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

async function planIn(folder: string): Promise<Plan> {
  try {
    return JSON.parse(await readFile(noteOf(folder), 'utf8')) as Plan;
  } catch (cause) {
    throw new OptionError(`--store: ${folder} was not made by bench:fill.`, { cause });
  }
}

function costRun(bench: Bench, folder: string, plan: Plan): Promise<LoadResult> {
  const stride = Math.floor(plan.users / CLUSTERS);
  const users = Array.from({ length: CLUSTERS * CLUSTER }, (_, i) =>
    userName(Math.floor(i / CLUSTER) * stride + (i % CLUSTER)),
  );
  return withPeer(ours(bench, { folder }), 1, async (peer, pool) => {
    await connectAll(peer, pool, users);
    await pool.all('load', () => LOAD);
    const result = await measure(peer, pool, bench);
    loadRow(`${plan.messages} messages stored`, result);
    return result;
  });
}

async function emptyStore(bench: Bench, folder: string): Promise<void> {
  const server = await ours(bench, { folder })();
  await createApp(server.address.url);
  await server.stop();
}

async function startRun(bench: Bench, folder: string, on: string): Promise<number> {
  const server = await ours(bench, { folder })();
  await server.stop();
  row([on, server.readyAfter]);
  return server.readyAfter;
}
