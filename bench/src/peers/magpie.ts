import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signUserSig } from '@magpie/credentials';
import { connectRaw } from '../ws-client.ts';
import { MARK, stopChild, waitForLine, type Peer, type User } from './peer.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ADMIN = 'bench-admin-token';
const DOOR = { id: 1400009999, secret: 'bench-secret-of-some-length' };

/** The whole server as an operator runs it: SQLite with fsync, membership, unread, receipts; only the rate limits are lifted. */
export async function startMagpie(env: Readonly<Record<string, string>> = {}): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-bench-'));
  const child = spawn(process.execPath, ['--conditions=@magpie/source', '--import', 'tsx', 'packages/server/src/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', PORT: '0', MAGPIE_DATA: folder, MAGPIE_ADMIN_TOKEN: ADMIN, MAGPIE_LOG: 'error', MAGPIE_DEMO: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }); // prettier-ignore
  const [, url = ''] = await waitForLine(child, /running at (\S+)/);
  const call = async (operation: string, input: unknown, user?: string): Promise<unknown> => {
    const response = await fetch(`${url}/v1/${operation}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ADMIN}`,
        'magpie-app': 'bench',
        ...(user === undefined ? {} : { 'magpie-user': user }),
      },
      body: JSON.stringify(input),
    });
    const body = (await response.json()) as { error?: { message: string } };
    if (body.error) throw new Error(`${operation}: ${body.error.message}`);
    return body;
  };
  await call('app.create', {
    id: 'bench',
    name: 'Bench',
    doors: [{ kind: 'tim', ...DOOR }],
    settings: { 'limits.rate.user': 0, 'limits.rate.group': 0 },
  });
  return {
    name: 'magpie',
    pid: child.pid ?? 0,
    connect: (id) => connectUser(url, id),
    makeGroup: async (users) => {
      const [owner, ...rest] = users.map((user) => user.id);
      await call('group.create', { id: 'bench', kind: 'community', members: rest.slice(0, 500) }, owner);
      for (let i = 500; i < rest.length; i += 500)
        await call('group.invite', { id: 'bench', users: rest.slice(i, i + 500) }, owner);
    },
    stop: async () => {
      await stopChild(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectUser(url: string, id: string): Promise<User> {
  const raw = await connectRaw(new URL('/ws', url));
  const token = signUserSig({ sdkAppId: DOOR.id, secret: DOOR.secret, userId: id, now: Date.now() });
  let next = 1;
  const user: User = {
    id,
    onBody: () => undefined,
    sendDirect: (to, body) => send(`u:${to}`, body),
    sendGroup: (body) => send('g:bench', body),
    close: () => raw.close(),
  };
  function send(ref: string, body: string): void {
    const n = next++;
    raw.send(
      `{"q":[{"id":${n},"op":"message.send","in":{"ref":"${ref}","clientId":"b:${id}-${n}","content":{"type":"text","text":"${body}"}}}]}`,
    );
  }
  await new Promise<void>((resolve, reject) => {
    raw.onClose = () => reject(new Error('closed while signing in'));
    raw.onText = (text) => {
      if (text.includes('"err"')) reject(new Error(text));
      else if (text.includes('"ok"')) resolve();
    };
    raw.send(
      JSON.stringify({
        q: [
          { id: 0, op: 'session.open', in: { token, instance: `i-${id}`, platform: 'server', protocol: 1 } },
        ],
      }),
    );
  });
  raw.onText = (text) => {
    if (text.includes('"err"')) throw new Error(text.slice(0, 500));
    for (const match of text.matchAll(MARK)) if (!match[1]?.startsWith(`${id},`)) user.onBody(match[1] ?? '');
  };
  raw.onClose = undefined;
  return user;
}
