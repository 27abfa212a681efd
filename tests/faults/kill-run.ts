import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { violations } from '@magpie/testkit/checker';
import { createCutProxy } from '@magpie/testkit/cut-proxy';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { ADMIN, chances, Traffic } from './traffic.ts';

export interface KillRunOptions {
  readonly kills: number;
  /** Sockets cut by the proxy between two kills. */
  readonly cuts: number;
  /** Draws all chances; printed on failure. */
  readonly seed: number;
  /** Another copy of the sources, with a protection patched out. */
  readonly root?: string;
  readonly onProgress?: (text: string) => void;
}

export interface KillRunResult {
  readonly violations: readonly string[];
  readonly sent: number;
  readonly acknowledged: number;
  readonly kills: number;
}

/**
 * Real clients write to each other and to a group through a proxy while the real server is killed with SIGKILL at moments drawn by
 * chance and started again on the same data. When all is quiet the checker judges promises 1–5.
 */
export async function killRun(options: KillRunOptions): Promise<KillRunResult> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'magpie-kill-'));
  const port = await freePort();
  const draw = chances(options.seed);
  const start = () => startServerProcess({ dataFolder, port, env: { MAGPIE_ADMIN_TOKEN: ADMIN }, ...(options.root === undefined ? {} : { root: options.root }) }); // prettier-ignore
  let server: ServerProcess = await start();
  const proxy = await createCutProxy({ port });
  const traffic = new Traffic(() => proxy.url, draw);
  try {
    await traffic.begin(server.url);
    for (let kill = 0; kill < options.kills; kill++) {
      for (let cut = 0; cut < options.cuts; cut++) {
        await traffic.acknowledged(2 + draw(10));
        proxy.cut();
      }
      await traffic.acknowledged(1 + draw(30));
      await server.stop('SIGKILL');
      server = await start();
      options.onProgress?.(`${kill + 1} kills, ${traffic.count} acknowledged`);
    }
    await traffic.settle();
    const history = await traffic.history(server.url);
    const sent = history.sends.length;
    return { violations: violations(history), sent, acknowledged: traffic.count, kills: options.kills };
  } finally {
    await traffic.end();
    await proxy.close();
    await server.stop('SIGKILL');
    await rm(dataFolder, { recursive: true, force: true });
  }
}
