import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '@magpie/client';
import { directKey, isHole, type Message, type MessagePage } from '@magpie/protocol';
import {
  violations,
  type History,
  type LogEntry,
  type Received,
  type SendRecord,
} from '@magpie/testkit/checker';
import { createCutProxy, type CutProxy } from '@magpie/testkit/cut-proxy';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';

const ADMIN = 'fault-admin-token';
const PATIENCE = 20_000;
const USERS = ['alice', 'bob', 'carol'] as const;

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

/** Chances that can be drawn again. */
function chances(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
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
  const traffic = new Traffic(proxy, draw);
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

class Traffic {
  /** How many sends were acknowledged. */
  count = 0;
  private readonly clients = new Map<string, Client>();
  private readonly received = new Map<string, Received[]>();
  private readonly sends: SendRecord[] = [];
  private readonly running: Promise<void>[] = [];
  private readonly proxy: CutProxy;
  private readonly draw: (below: number) => number;
  private stopped = false;
  private waiters: { readonly at: number; readonly resolve: () => void }[] = [];
  private arrivals: (() => void)[] = [];
  private group = '';

  constructor(proxy: CutProxy, draw: (below: number) => number) {
    this.proxy = proxy;
    this.draw = draw;
  }

  async begin(url: string): Promise<void> {
    for (const user of USERS) {
      const client = createClient({
        server: this.proxy.url,
        sendTimeout: Number.POSITIVE_INFINITY,
        instance: { id: `i-${user}` },
      });
      const received: Received[] = [];
      client.on('messages', ({ messages }) => {
        for (const message of messages)
          received.push({ conv: message.conv, seq: message.seq ?? 0, text: textOf(message) });
        for (const arrived of this.arrivals.splice(0)) arrived();
      });
      const ready = new Promise<void>((resolve) => client.on('ready', () => resolve()));
      const credentials = (await (await fetch(`${url}/demo/credentials?user=${user}`)).json()) as {
        userSig: string;
      };
      await client.session.open({ token: credentials.userSig, user });
      await ready;
      this.clients.set(user, client);
      this.received.set(user, received);
    }
    const { group } = await this.clients
      .get('alice')!
      .groups.create({ kind: 'community', members: ['bob', 'carol'] });
    this.group = `g:${group.id}`;
    for (const user of USERS) for (const ref of this.refsOf(user)) this.running.push(this.write(user, ref));
  }

  private refsOf(user: string): string[] {
    return [...USERS.filter((other) => other !== user).map((other) => `u:${other}`), this.group];
  }

  private async write(user: string, ref: string): Promise<void> {
    const client = this.clients.get(user)!;
    const conv = ref.startsWith('u:') ? directKey(user, ref.slice(2)) : ref;
    for (let i = 0; !this.stopped; i++) {
      const burst = Array.from({ length: 1 + this.draw(3) }, async (_, k) => {
        const record: SendRecord = {
          conv,
          from: user,
          text: `${user} to ${ref} ${i}.${k}`,
          acked: undefined,
        };
        this.sends.push(record);
        const message = await client.messages.send({ ref, content: { type: 'text', text: record.text } });
        record.acked = { id: message.id, seq: message.seq ?? 0 };
        this.count++;
        this.wake();
      });
      await Promise.all(burst);
    }
  }

  private wake(): void {
    const ready = this.waiters.filter(({ at }) => this.count >= at);
    this.waiters = this.waiters.filter(({ at }) => this.count < at);
    for (const { resolve } of ready) resolve();
  }

  /** Resolves after this many more acknowledgements. */
  acknowledged(more: number): Promise<void> {
    return new Promise((resolve) => this.waiters.push({ at: this.count + more, resolve }));
  }

  /** No new sends; all that are on their way arrive. */
  async settle(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  async history(url: string): Promise<History> {
    const convs = ['d:alice bob', 'd:alice carol', 'd:bob carol', this.group];
    const logs = new Map<string, LogEntry[]>();
    for (const conv of convs) logs.set(conv, await readLog(url, conv));
    const clients = new Map<string, { user: string; convs: string[]; received: Received[] }>();
    const unread: { user: string; conv: string; unread: number }[] = [];
    for (const user of USERS) {
      const own = convs.filter((conv) => conv === this.group || conv.slice(2).split(' ').includes(user));
      const received = this.received.get(user)!;
      for (const conv of own) {
        const expected = logs.get(conv)!.filter(({ from }) => from !== user).length;
        while (received.filter((message) => message.conv === conv).length < expected) {
          if (!(await this.arrival())) break;
        }
        const ref =
          conv === this.group
            ? conv
            : `u:${conv
                .slice(2)
                .split(' ')
                .find((name) => name !== user)}`;
        const view = await this.clients.get(user)!.conversations.load(ref);
        unread.push({ user, conv, unread: view?.unread ?? 0 });
        const shown = this.clients.get(user)!.conversations.get(ref)?.unread;
        if (shown !== view?.unread)
          unread.push({ user: `${user} (as the client shows it)`, conv, unread: shown ?? -1 });
      }
      clients.set(user, { user, convs: own, received });
    }
    return { sends: this.sends, logs, clients, unread };
  }

  /** The next message for anybody; false when none came for so long that none will, and the checker has to say what is missing. */
  private arrival(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE);
      this.arrivals.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  async end(): Promise<void> {
    this.stopped = true;
    for (const client of this.clients.values()) await client.destroy();
  }
}

async function readLog(url: string, conv: string): Promise<LogEntry[]> {
  const user = conv.startsWith('d:') ? conv.slice(2).split(' ')[0]! : 'alice';
  const ref = conv.startsWith('d:') ? `u:${conv.slice(2).split(' ')[1]}` : conv;
  const log: LogEntry[] = [];
  for (let seq = 1, more = true; more;) {
    const response = await fetch(`${url}/v1/message.list`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'magpie-app': 'demo', 'magpie-user': user },
      body: JSON.stringify({ ref, seq, direction: 'newer', limit: 100 }),
    });
    const page = (await response.json()) as MessagePage;
    for (const entry of page.entries) if (!isHole(entry)) log.push({ seq: entry.seq ?? 0, id: entry.id, from: entry.from, time: entry.time, text: textOf(entry), counts: entry.counts !== false }); // prettier-ignore
    more = page.more;
    seq = (page.covered?.[1] ?? 0) + 1;
  }
  return log;
}

function textOf(message: Message): string {
  return message.content.type === 'text' ? message.content.text : message.content.type;
}
