import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@magpie/client';
import { callAsAdmin, type AdminAs } from '@magpie/testkit/admin';
import type { DemoCredentials } from '@magpie/testkit/network';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { ADMIN } from '../../faults/traffic.ts';
import { lastLanded } from './landed.ts';

/** The last landed version, or the one of this checkout. */
export type Which = 'old' | 'new';

/** A server of either version in a process of its own; its address and data outlive it. */
export interface VersionedNode {
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly process: ServerProcess;
  admin(operation: string, input?: unknown, as?: AdminAs): Promise<unknown>;
  userSig(user: string): Promise<string>;
  /** Ends it and starts the given version on the same data, with other additions to its environment if some are given. */
  become(which: Which, env?: Readonly<Record<string, string>>): Promise<void>;
  /** With the data, unless the folder was given. */
  close(): Promise<void>;
}

export interface VersionedNodeOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly dataFolder?: string;
  /** Another copy of the sources, for the new version. */
  readonly root?: string;
}

export async function startNode(which: Which, options: VersionedNodeOptions = {}): Promise<VersionedNode> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'magpie-upgrade-')));
  const port = await freePort();
  const start = (version: Which, env = options.env): Promise<ServerProcess> =>
    startServerProcess({
      dataFolder,
      port,
      env: { MAGPIE_ADMIN_TOKEN: ADMIN, ...env },
      ...(version === 'old' ? { bundle: lastLanded().server } : {}),
      ...(version === 'new' && options.root !== undefined ? { root: options.root } : {}),
    });
  let running = await start(which);
  return {
    url: running.url,
    port,
    dataFolder,
    get process() {
      return running;
    },
    admin: (operation, input, as) => callAsAdmin(running.url, ADMIN, operation, input, as),
    userSig: async (user) => {
      const response = await fetch(`${running.url}/demo/credentials?user=${user}`);
      return ((await response.json()) as DemoCredentials).userSig;
    },
    become: async (version, env) => {
      await running.stop('SIGTERM');
      running = await start(version, env);
    },
    close: async () => {
      await running.stop('SIGTERM');
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** How clients of either version are made. */
export async function clientsOf(which: Which): Promise<typeof createClient> {
  return which === 'new' ? createClient : lastLanded().client();
}
