import { fileURLToPath } from 'node:url';
import { createBalancer, type Balancer } from '@magpie/testkit/balancer';
import { violations } from '@magpie/testkit/checker';
import { startCluster, type TestCluster } from '@magpie/testkit/cluster';
import { chances, Traffic } from './traffic.ts';

const CLOCK = fileURLToPath(new URL('./clock.mjs', import.meta.url));

/** What is done to a cluster while its users write; resolves when all is well again. */
export type Fault = (world: FaultWorld) => Promise<void>;

export interface FaultWorld {
  readonly cluster: TestCluster;
  readonly traffic: Traffic;
  /** Lasts as long as the fault: for a number of acknowledged sends, or by hand for so many seconds. */
  lasting(acknowledged: number): Promise<void>;
  /** Lasts until a send is refused as one that may be tried again, or by hand for so many seconds. */
  refusing(): Promise<void>;
  /** A draw below this number. */
  draw(below: number): number;
}

export interface FaultResult {
  readonly violations: readonly string[];
  readonly sent: number;
  readonly acknowledged: number;
}

export interface FaultBench {
  run(fault: Fault): Promise<FaultResult>;
  close(): Promise<void>;
}

export interface FaultBenchOptions {
  readonly seed: number;
  /** Seconds a fault lasts; absent: until something was seen to happen during it. */
  readonly seconds?: number;
  /** Another copy of the sources, with a protection patched out. */
  readonly root?: string;
}

/** Three nodes behind a balancer for each user, so that users begin on different nodes and go where they are taken. */
export async function createFaultBench(options: FaultBenchOptions): Promise<FaultBench> {
  const cluster = await startCluster({
    nodes: 3,
    env: { NODE_OPTIONS: `--import=${CLOCK}` },
    ...(options.root === undefined ? {} : { root: options.root }),
  });
  const ports = [0, 1, 2].map((i) => Number(new URL(cluster.node(i).url).port));
  const draw = chances(options.seed);
  let runs = 0;
  return {
    run: async (fault) => {
      const run = ++runs;
      const users = ['alice', 'bob', 'carol'].map((name) => `${name}${run}`);
      const balancers = await Promise.all(users.map((_, i) => createBalancer(ports, i)));
      const balancerOf = (user: string): Balancer => balancers[users.indexOf(user)] ?? balancers[0]!;
      const traffic = new Traffic((user) => balancerOf(user).url, draw, users);
      try {
        await traffic.begin(cluster.node(0).url);
        await traffic.acknowledged(20);
        await fault({
          cluster,
          traffic,
          draw,
          lasting: (acknowledged) => seconds(options) ?? traffic.acknowledged(acknowledged),
          refusing: () => seconds(options) ?? refused(cluster, users[0] ?? ''),
        });
        if (!traffic.settled) await traffic.acknowledged(20);
        await traffic.settle();
        const history = await traffic.history(cluster.node(0).url);
        return { violations: violations(history), sent: history.sends.length, acknowledged: traffic.count };
      } finally {
        await traffic.end();
        await Promise.all(balancers.map((balancer) => balancer.close()));
      }
    },
    close: () => cluster.close(),
  };
}

function seconds({ seconds: some }: FaultBenchOptions): Promise<void> | undefined {
  return some === undefined ? undefined : new Promise((resolve) => setTimeout(resolve, some * 1000));
}

/** Asks until it is refused, as one that may be asked again. */
async function refused(cluster: TestCluster, user: string): Promise<void> {
  for (;;) {
    const refusal: unknown = await cluster.node(0).admin('user.update', { name: user }, { user }).then(() => undefined, (error: unknown) => error); // prettier-ignore
    if ((refusal as { code?: string } | undefined)?.code === 'STORE_UNAVAILABLE') return;
    if (refusal !== undefined) throw refusal;
  }
}

/** Until a node says that it does not hear the others. */
async function busLost(cluster: TestCluster, node: number): Promise<void> {
  for (;;) {
    const ready = (await (await fetch(`${cluster.node(node).url}/readyz`)).json()) as { bus?: string };
    if (ready.bus !== 'up') return;
  }
}

/** Where nobody writes any more when all is well again, nothing that comes later shows what was missed: it must be asked for. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'a node is killed and comes back': async ({ cluster, draw, lasting }) => {
    const victim = draw(3);
    await cluster.kill(victim);
    await lasting(30);
    await cluster.restart(victim);
  },
  'node after node is killed': async ({ cluster, lasting }) => {
    for (const victim of [0, 1, 2]) {
      await cluster.kill(victim);
      await lasting(10);
      await cluster.restart(victim);
      await lasting(10);
    }
  },
  'the bus is away': async ({ cluster, traffic, lasting }) => {
    await cluster.nats.kill();
    await lasting(60);
    await traffic.settle();
    await cluster.nats.restart();
  },
  'the bus hangs': async ({ cluster, traffic, lasting }) => {
    cluster.nats.freeze();
    await lasting(60);
    for (const node of [0, 1, 2]) await busLost(cluster, node);
    await traffic.settle();
    cluster.nats.thaw();
  },
  'the database is away': async ({ cluster, refusing }) => {
    await cluster.postgres.halt();
    await refusing();
    await cluster.postgres.resume();
  },
  'a node is cut off from the others': async ({ cluster, traffic, draw, lasting }) => {
    const victim = draw(3);
    cluster.silence('bus', victim);
    await lasting(60);
    await busLost(cluster, victim);
    await traffic.settle();
    cluster.heal('bus', victim);
  },
  'a node is cut off from the database': async ({ cluster, draw, lasting }) => {
    const victim = draw(3);
    cluster.cut('store', victim);
    await lasting(30);
    cluster.heal('store', victim);
  },
  'a node stands still and goes on': async ({ cluster, draw, lasting }) => {
    const victim = draw(3);
    cluster.stop(victim);
    await lasting(20);
    cluster.cont(victim);
  },
  'clocks jump an hour ahead and back': async ({ cluster, lasting }) => {
    for (const victim of [0, 1]) {
      cluster.jump(victim);
      await lasting(20);
      cluster.jump(victim);
      await lasting(10);
    }
  },
};
