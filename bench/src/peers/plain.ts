import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithUs, stopChild, waitForLine, type Peer } from './peer.ts';

/** Socket.IO relaying: acknowledges and passes on, stores nothing, checks nothing. */
export const startSocketIo = (): Promise<Peer> => startPlain('socket.io', 'socketio');

/** Bare ws: accepts, and answers what it is told with a fixed text. */
export const startBareWs = (): Promise<Peer> => startPlain('ws', 'ws');

async function startPlain(name: string, kind: 'socketio' | 'ws'): Promise<Peer> {
  const file = fileURLToPath(new URL(`./${kind}-server.mjs`, import.meta.url));
  const child = spawn(process.execPath, [file], {
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
