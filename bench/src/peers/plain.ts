import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithUs, stopChild, waitForLine, type Peer } from './peer.ts';

/** Socket.IO relaying: acknowledges and passes on, stores nothing, checks nothing. */
export const startSocketIo = (): Promise<Peer> => startPlain('socket.io', 'socketio', 'socketio-server.mjs');

/** Socket.IO storing what it relays, in the same database and as durably as we do, before it tells anybody. */
export async function startStoringSocketIo(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-bench-socketio-'));
  const peer = await startPlain('socket.io that stores', 'socketio', 'socketio-storing-server.mjs', join(folder, 'messages.db')); // prettier-ignore
  const stop = async (): Promise<void> => {
    await peer.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...peer, stop };
}

/** Bare ws: accepts, and answers what it is told with a fixed text. */
export const startBareWs = (): Promise<Peer> => startPlain('ws', 'ws', 'ws-server.mjs');

async function startPlain(
  name: string,
  kind: 'socketio' | 'ws',
  file: string,
  ...options: readonly string[]
): Promise<Peer> {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  endWithUs(child);
  const [, port = ''] = await waitForLine(child, /listening (\d+)/);
  return {
    name,
    address: { kind, url: `http://127.0.0.1:${port}` },
    roots: [child.pid ?? 0],
    // Everybody is in it from the start.
    makeGroup: async () => undefined,
    stop: () => stopChild(child),
  };
}
