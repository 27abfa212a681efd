import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '@magpie/testkit/nats';
import { startPostgres } from '@magpie/testkit/postgres';
import { childrenNamed } from '../measure/proc.ts';
import { startMagpie, type MagpieOptions, type MagpiePeer } from './magpie.ts';
import type { Peer } from './peer.ts';

export interface ClusterPeer extends Peer {
  /** Roots of the servers, of PostgreSQL and of NATS. */
  readonly parts: { readonly servers: readonly number[]; readonly postgres: number; readonly nats: number };
}

/** So many servers on one PostgreSQL and one nats-server; all of them are counted. */
export async function startCluster(count: number, options: MagpieOptions = {}): Promise<ClusterPeer> {
  const [files, nats] = await Promise.all([mkdtemp(join(tmpdir(), 'magpie-bench-files-')), startNats()]);
  const others = new Set(childrenNamed(process.pid, 'postgres'));
  const database = await startPostgres({
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '512MB', max_wal_size: '4GB' },
  }); // prettier-ignore
  const [postgres] = childrenNamed(process.pid, 'postgres').filter((pid) => !others.has(pid));
  const [natsPid] = childrenNamed(process.pid, 'nats-server');
  if (postgres === undefined || natsPid === undefined) throw new Error('the processes were not found');
  const env = {
    MAGPIE_STORE: await database.createDatabase(),
    MAGPIE_BUS: nats.url,
    MAGPIE_FILES: files,
    MAGPIE_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const servers: MagpiePeer[] = [];
  for (let i = 0; i < count; i++) servers.push(await startMagpie({ ...options, env, joins: i > 0 }));
  const [first] = servers;
  if (!first) throw new Error('a cluster has nodes');
  const roots = servers.flatMap((server) => server.roots);
  return {
    name: `${count} nodes`,
    address: { ...first.address, nodes: servers.map(({ address }) => address.url) },
    roots: [...roots, postgres, natsPid],
    parts: { servers: roots, postgres, nats: natsPid },
    makeGroup: first.makeGroup,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await Promise.all([database.close(), nats.close()]);
      await rm(files, { recursive: true, force: true });
    },
  };
}
