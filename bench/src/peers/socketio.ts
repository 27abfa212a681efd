import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectRaw } from '../ws-client.ts';
import { MARK, stopChild, waitForLine, type Peer, type User } from './peer.ts';

const SERVER = fileURLToPath(new URL('./socketio-server.mjs', import.meta.url));

/** Socket.IO relaying: acknowledges and passes on, stores nothing, checks nothing. */
export async function startSocketIo(): Promise<Peer> {
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [, port = ''] = await waitForLine(child, /listening (\d+)/);
  return {
    name: 'socket.io',
    pid: child.pid ?? 0,
    connect: (id) => connectUser(port, id),
    makeGroup: async () => undefined,
    stop: () => stopChild(child),
  };
}

async function connectUser(port: string, id: string): Promise<User> {
  const raw = await connectRaw(new URL(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`));
  let next = 1;
  const user: User = {
    id,
    onBody: () => undefined,
    sendDirect: (to, body) =>
      raw.send(`42${next++}["direct",{"to":"${to}","from":"${id}","text":"${body}"}]`),
    sendGroup: (body) => raw.send(`42${next++}["group",{"from":"${id}","text":"${body}"}]`),
    close: () => raw.close(),
  };
  await new Promise<void>((resolve) => {
    raw.onText = (text) => {
      if (text.startsWith('0')) raw.send(`40{"user":"${id}"}`);
      else if (text.startsWith('40')) resolve();
    };
  });
  raw.onText = (text) => {
    if (text === '2') raw.send('3');
    else if (text.startsWith('42'))
      for (const match of text.matchAll(MARK))
        if (!match[1]?.startsWith(`${id},`)) user.onBody(match[1] ?? '');
  };
  return user;
}
