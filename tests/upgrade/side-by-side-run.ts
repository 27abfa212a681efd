import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBalancer, type Balancer } from '@magpie/testkit/balancer';
import { violations } from '@magpie/testkit/checker';
import { startNats, type TestNats } from '@magpie/testkit/nats';
import { startPostgres } from '@magpie/testkit/postgres';
import { chances, readLog, Traffic } from '../faults/traffic.ts';
import { clientsOf, startNode, type VersionedNode } from './support/node.ts';

/** Two nodes of the landed version, and two new ones that come later, on one PostgreSQL; the new ones have a bus as well. */
export interface Versions {
  readonly old: readonly VersionedNode[];
  readonly new: readonly VersionedNode[];
  readonly nats: TestNats;
  /** Of all that run so far: the new ones' join when they do. */
  readonly ports: readonly number[];
  /** Starts the new ones beside the old: the first migrates the schema. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

export interface VersionsOptions {
  /** Another copy of the sources, e.g. with a migration that takes something away. */
  readonly root?: string;
}

export async function startVersions(options: VersionsOptions = {}): Promise<Versions> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-side-by-side-'));
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const ports: number[] = [];
  const env = {
    MAGPIE_STORE: await postgres.createDatabase(),
    MAGPIE_FILES: join(folder, 'files'),
    MAGPIE_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const nodes = { old: [] as VersionedNode[], new: [] as VersionedNode[] };
  const add = async (which: 'old' | 'new'): Promise<void> => {
    const bus = which === 'new' ? { MAGPIE_BUS: nats.url } : {};
    const node = await startNode(which, { env: { ...env, ...bus }, ...options });
    nodes[which].push(node);
    ports.push(node.port);
  };
  const close = async (): Promise<void> => {
    await Promise.all([...nodes.old, ...nodes.new].map((node) => node.close()));
    await Promise.all([postgres.close(), nats.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // One after the other: the first makes the demo app.
    await add('old');
    await add('old');
  } catch (error) {
    await close();
    throw error;
  }
  const migrate = (): Promise<void> => add('new').then(() => add('new'));
  return { old: nodes.old, new: nodes.new, nats, ports, migrate, close };
}

export interface SideBySideResult {
  readonly violations: readonly string[];
  readonly sent: number;
  readonly acknowledged: number;
}

/**
 * Four users, two of them with landed clients, write to each other and to a group over the old nodes. While they do, the new nodes
 * come and migrate, and two of the users go over to them. What nodes of one version commit, users at the other's find by catching
 * up: the landed version has no bus.
 */
export async function writeSideBySide(versions: Versions, seed: number): Promise<SideBySideResult> {
  const users = ['alice', 'bob', 'carol', 'dave'];
  const create = { old: await clientsOf('old'), new: await clientsOf('new') };
  const ways = await Promise.all(users.map(() => createBalancer(versions.ports)));
  const wayOf = (user: string): Balancer => ways[users.indexOf(user)] ?? missing(user);
  const go = (user: string, node: number): void => {
    wayOf(user).use([node]);
    wayOf(user).cut();
  };
  const traffic = new Traffic((user) => wayOf(user).url, chances(seed), users, (client, user) => create[user < 'c' ? 'old' : 'new'](client)); // prettier-ignore
  try {
    for (const [i, user] of users.entries()) go(user, i % 2);
    await traffic.begin(nodeOf(versions.old[0]).url);
    await traffic.acknowledged(40);
    await versions.migrate();
    await traffic.acknowledged(40);
    // A landed and a new client at nodes of each version.
    go('bob', 2);
    go('dave', 3);
    await traffic.acknowledged(80);
    await traffic.settle();
    for (const way of ways) way.cut();
    const history = await traffic.history(nodeOf(versions.new[0]).url);
    const other = await otherOrder(nodeOf(versions.old[1]).url, history.logs);
    return { violations: [...violations(history), ...other], sent: history.sends.length, acknowledged: traffic.count }; // prettier-ignore
  } finally {
    await traffic.end();
    await Promise.all(ways.map((way) => way.close()));
  }
}

/** Where the log as another node tells it differs. */
async function otherOrder(url: string, logs: ReadonlyMap<string, unknown>): Promise<string[]> {
  const wrong: string[] = [];
  for (const [conv, log] of logs) {
    if (JSON.stringify(await readLog(url, conv)) !== JSON.stringify(log)) wrong.push(`${conv} differs`);
  }
  return wrong;
}

function nodeOf(node: VersionedNode | undefined): VersionedNode {
  return node ?? missing('the node');
}

function missing(what: string): never {
  throw new Error(`${what} is not there yet`);
}
