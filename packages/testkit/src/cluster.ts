import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callAsAdmin, type AdminAs } from './admin.ts';
import { createCutProxy, type CutProxy } from './cut-proxy.ts';
import { startNats, type TestNats } from './nats.ts';
import type { DemoCredentials } from './network.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { freePort, startServerProcess, type ServerProcess } from './server-process.ts';

/** What a node reaches through proxies of its own, which can be cut. */
export type Way = 'bus' | 'store';

export interface ClusterNode {
  readonly url: string;
  /** Everything the running process printed so far. */
  readonly output: string;
  credentials(user: string): Promise<DemoCredentials>;
  /** An operation as the operator; `app` defaults to the demo app, `user` is who to act as. */
  admin(operation: string, input?: unknown, as?: AdminAs): Promise<unknown>;
}

/**
 * Real server processes on one real PostgreSQL and one real nats-server: the same keys and files, each with its own way to both.
 * Nodes are numbered from 0 and keep their addresses for life.
 */
export interface TestCluster extends AsyncDisposable {
  readonly size: number;
  readonly nats: TestNats;
  readonly postgres: TestPostgres;
  /** The shared database, past the proxies. */
  readonly database: string;
  node(i: number): ClusterNode;
  /** `SIGKILL`: nothing is flushed, nothing is said. Resolves when it is gone. */
  kill(i: number): Promise<void>;
  /** `SIGTERM`: it drains. Resolves when it is gone. */
  end(i: number): Promise<void>;
  /** `SIGSTOP`: its sockets stay and nothing moves … */
  stop(i: number): void;
  /** … until `SIGCONT`. */
  cont(i: number): void;
  /** `SIGUSR2`: what that means is for who starts the nodes to say, with `NODE_OPTIONS`. */
  jump(i: number): void;
  /** Starts a node that was killed or ended, at the same address; resolves when it runs. */
  restart(i: number, changes?: NodeChanges): Promise<void>;
  /** Resets the connections of a node, or of all, and every new one, until `heal`. */
  cut(way: Way, i?: number): void;
  /** As a network that swallows everything: connections stay and nothing passes, until `heal`. */
  silence(way: Way, i?: number): void;
  heal(way?: Way, i?: number): void;
  close(): Promise<void>;
}

export interface NodeChanges {
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the sources. */
  readonly root?: string;
}

export interface TestClusterOptions extends NodeChanges {
  readonly nodes?: number;
}

interface Member {
  readonly port: number;
  readonly dataFolder: string;
  readonly ways: Readonly<Record<Way, CutProxy>>;
  process: ServerProcess;
}

const ADMIN_TOKEN = 'test-admin-token-of-32-characters';

export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-cluster-'));
  const [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  const database = await postgres.createDatabase();
  const env = {
    MAGPIE_FILES: join(folder, 'files'),
    MAGPIE_MASTER_KEY: randomBytes(32).toString('base64'),
    MAGPIE_ADMIN_TOKEN: ADMIN_TOKEN,
    ...options.env,
  };
  const start = (member: Omit<Member, 'process'>, changes: NodeChanges) =>
    startServerProcess({
      dataFolder: member.dataFolder,
      port: member.port,
      env: {
        MAGPIE_STORE: through(database, member.ways.store),
        MAGPIE_BUS: through(nats.url, member.ways.bus),
        ...env,
        ...changes.env,
      },
      ...(changes.root === undefined ? {} : { root: changes.root }),
    });
  const open = async (i: number): Promise<Member> => {
    const [bus, store] = await Promise.all([
      createCutProxy(nats),
      createCutProxy({ port: portOf(database) }),
    ]);
    const member = { port: await freePort(), dataFolder: join(folder, `node-${i}`), ways: { bus, store } };
    return { ...member, process: await start(member, options) };
  };
  // All at once, as an operator's tools would.
  const opened = await Promise.allSettled(Array.from({ length: options.nodes ?? 3 }, (_, i) => open(i)));
  const members = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const at = (i: number): Member => members[i] ?? missing(i);
  const chosen = (way?: Way, i?: number): CutProxy[] =>
    (i === undefined ? members : [at(i)]).flatMap(({ ways }) => (way ? [ways[way]] : [ways.bus, ways.store]));
  const close = async () => {
    await Promise.all(members.map(({ process }) => process.stop('SIGKILL')));
    await Promise.all(chosen().map((proxy) => proxy.close()));
    await Promise.all([nats.close(), postgres.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  for (const one of opened) {
    if (one.status === 'fulfilled') continue;
    await close();
    throw one.reason;
  }
  return {
    size: members.length,
    nats,
    postgres,
    database,
    node: (i) => toNode(at(i)),
    kill: (i) => at(i).process.stop('SIGKILL'),
    end: (i) => at(i).process.stop('SIGTERM'),
    stop: (i) => void process.kill(at(i).process.pid, 'SIGSTOP'),
    cont: (i) => void process.kill(at(i).process.pid, 'SIGCONT'),
    jump: (i) => void process.kill(at(i).process.pid, 'SIGUSR2'),
    restart: async (i, changes = {}) => {
      await at(i).process.stop('SIGKILL');
      at(i).process = await start(at(i), { ...options, ...changes });
    },
    cut: (way, i) => chosen(way, i).forEach((proxy) => proxy.block()),
    silence: (way, i) => chosen(way, i).forEach((proxy) => proxy.hold('both')),
    heal: (way, i) => {
      for (const proxy of chosen(way, i)) {
        proxy.restore();
        proxy.release();
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toNode(member: Member): ClusterNode {
  const { url } = member.process;
  return {
    url,
    get output() {
      return member.process.output;
    },
    credentials: async (user) => {
      const response = await fetch(`${url}/demo/credentials?user=${encodeURIComponent(user)}`);
      if (!response.ok) throw new Error(`no demo credentials for ${user}: ${await response.text()}`);
      return (await response.json()) as DemoCredentials;
    },
    admin: (operation, input, as) => callAsAdmin(url, ADMIN_TOKEN, operation, input, as),
  };
}

function missing(i: number): never {
  throw new Error(`the cluster has no node ${i}`);
}

function portOf(address: string): number {
  return Number(new URL(address).port);
}

/** The same address by way of a proxy. */
function through(address: string, proxy: CutProxy): string {
  return address.replace(`:${portOf(address)}`, `:${portOf(proxy.url)}`);
}
