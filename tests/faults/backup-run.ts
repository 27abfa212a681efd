import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client, type MessageWindow } from '@magpie/client';
import { directKey } from '@magpie/protocol';
import { violations, type LogEntry, type Received, type SendRecord } from '@magpie/testkit/checker';
import { freePort, startServerProcess, type ServerProcess } from '@magpie/testkit/server-process';
import { magpie } from '../scenarios/transfer/command-line.ts';
import { ADMIN, readLog, textOf, USERS } from './traffic.ts';

const PATIENCE = 60_000;

export interface BackupRunResult {
  /** Ways in which what was restored breaks promises 1–5 for what was acknowledged before the backup began. */
  readonly restored: readonly string[];
  /** … and the server that goes on from there, with the clients that had seen more. */
  readonly wentOn: readonly string[];
  readonly before: number;
  /** Acknowledged after the backup and not in it. */
  readonly lost: number;
  readonly after: number;
  /** Uploads finished before the backup. */
  readonly files: number;
}

/**
 * Clients write all the time while `magpie backup` runs; the server is killed, the backup restored into a fresh folder, a server
 * started on it at the same address. `root`: another copy of the sources, with a protection patched out.
 */
export async function backupRun(copyOf: { readonly root?: string } = {}): Promise<BackupRunResult> {
  const base = await mkdtemp(join(tmpdir(), 'magpie-backup-'));
  const port = await freePort();
  const [live, copy, fresh] = ['live', 'copy', 'fresh'].map((name) => join(base, name)) as [string, string, string]; // prettier-ignore
  const start = (dataFolder: string) => startServerProcess({ dataFolder, port, ...copyOf, env: { MAGPIE_ADMIN_TOKEN: ADMIN } }); // prettier-ignore
  let server: ServerProcess = await start(live);
  const people = new People(server.url);
  try {
    await people.begin();
    people.write('before');
    await people.acknowledged(150);
    await magpie(['backup', '--to', copy, '--with-key'], { dataFolder: live, ...copyOf });
    const { createdAt } = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as { createdAt: string }; // prettier-ignore
    const before = people.acknowledgedBefore(Date.parse(createdAt));
    const files = people.files.filter(({ at }) => at < Date.parse(createdAt)).map(({ id }) => id);
    await people.acknowledged(50);
    await people.settle();
    await server.stop('SIGKILL');
    await magpie(['restore', '--from', copy], { dataFolder: fresh, ...copyOf });
    const again = people.readyAgain();
    server = await start(fresh);
    await again;
    const stand = await people.logs();
    const restored = [
      ...violations({
        sends: people.sends.map((send) => (before.has(send) ? send : { ...send, acked: undefined })),
        logs: stand,
        clients: new Map(),
        unread: [],
      }),
      ...(await people.missingFiles(files)),
    ];
    const lost = people.sends.filter((send) => send.acked && !stands(send, stand)).length;
    people.goOn(stand);
    people.write('after');
    await people.acknowledged(60);
    await people.settle();
    const wentOn = await people.judge(stand);
    return { restored, wentOn, before: before.size, lost, after: people.count, files: files.length };
  } finally {
    await people.end();
    await server.stop('SIGKILL');
    await rm(base, { recursive: true, force: true });
  }
}

function stands({ conv, acked, text }: SendRecord, logs: ReadonlyMap<string, readonly LogEntry[]>): boolean {
  return acked !== undefined && logs.get(conv)?.[acked.seq - 1]?.text === text;
}

interface Person {
  readonly user: string;
  readonly client: Client;
  readonly windows: ReadonlyMap<string, MessageWindow>;
  received: Received[];
}

/** Three users who write to each other and to a group, and put files there. */
class People {
  /** Acknowledgements since the last `write`. */
  count = 0;
  readonly sends: SendRecord[] = [];
  private readonly ackedAt = new Map<SendRecord, number>();
  /** Files whose upload was finished, and when that was answered. */
  readonly files: { readonly id: string; readonly at: number }[] = [];
  private people: Person[] = [];
  private group = '';
  private writing = false;
  private running: Promise<void>[] = [];
  private readonly url: string;
  private waiting: (() => void)[] = [];

  constructor(url: string) {
    this.url = url;
  }

  async begin(): Promise<void> {
    const clients = new Map<string, Client>();
    for (const user of USERS) clients.set(user, await this.login(user));
    const { group } = await clients.get('alice')!.groups.create({ kind: 'community', members: ['bob', 'carol'] }); // prettier-ignore
    this.group = `g:${group.id}`;
    for (const [user, client] of clients) {
      const person: Person = { user, client, received: [], windows: new Map(this.refsOf(user).map((ref) => [this.keyOf(user, ref), client.messages.window(ref)])) }; // prettier-ignore
      client.on('messages', ({ messages }) => {
        for (const message of messages) person.received.push({ conv: message.conv, seq: message.seq ?? 0, text: textOf(message) }); // prettier-ignore
        this.wake();
      });
      this.people.push(person);
    }
  }

  private async login(user: string): Promise<Client> {
    const client = createClient({ server: this.url, sendTimeout: Number.POSITIVE_INFINITY, instance: { id: `i-${user}` } }); // prettier-ignore
    const ready = new Promise<void>((resolve) => client.on('ready', () => resolve()));
    const { userSig } = (await (await fetch(`${this.url}/demo/credentials?user=${user}`)).json()) as { userSig: string }; // prettier-ignore
    await client.session.open({ token: userSig, user });
    await ready;
    return client;
  }

  private refsOf(user: string): string[] {
    return [...USERS.filter((other) => other !== user).map((other) => `u:${other}`), this.group];
  }

  private keyOf(user: string, ref: string): string {
    return ref.startsWith('u:') ? directKey(user, ref.slice(2)) : ref;
  }

  write(phase: string): void {
    this.count = 0;
    this.writing = true;
    for (const { user, client } of this.people)
      for (const ref of this.refsOf(user)) this.running.push(this.writeTo(user, client, ref, phase));
    this.running.push(this.upload());
  }

  private async writeTo(user: string, client: Client, ref: string, phase: string): Promise<void> {
    for (let i = 0; this.writing; i++) {
      const text = `${user} to ${ref} ${phase} ${i}`;
      const record: SendRecord = { conv: this.keyOf(user, ref), from: user, text, acked: undefined };
      this.sends.push(record);
      const message = await client.messages.send({ ref, content: { type: 'text', text } });
      record.acked = { id: message.id, seq: message.seq ?? 0 };
      this.ackedAt.set(record, Date.now());
      this.count++;
      this.wake();
    }
  }

  private async upload(): Promise<void> {
    while (this.writing) {
      const bytes = `file ${this.files.length}`;
      const grant = await this.ask<{ fileId: string; path: string }>('file.grant', { name: 'a.txt', size: bytes.length, use: 'file', mime: 'text/plain' }); // prettier-ignore
      await fetch(`${this.url}${grant.path}`, { method: 'PUT', body: bytes });
      await this.ask('file.finish', { fileId: grant.fileId });
      this.files.push({ id: grant.fileId, at: Date.now() });
    }
  }

  private async ask<T>(operation: string, input: object): Promise<T> {
    const response = await fetch(`${this.url}/v1/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'magpie-app': 'demo', 'magpie-user': 'alice' },
      body: JSON.stringify(input),
    });
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Names of files that are not what was uploaded. */
  async missingFiles(files: readonly string[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const [i, fileId] of files.entries()) {
      const { file } = await this.ask<{ file: { path: string } }>('file.get', { fileId }).catch(() => ({ file: { path: '/lost' } })); // prettier-ignore
      const text = await (await fetch(new URL(file.path, this.url))).text();
      if (text !== `file ${i}`) wrong.push(`file ${i} is ${text.slice(0, 80)}`);
    }
    return wrong;
  }

  /** One clock serves us and the server: who heard of it before the copy was begun was answered before. */
  acknowledgedBefore(time: number): ReadonlySet<SendRecord> {
    return new Set(this.sends.filter((send) => (this.ackedAt.get(send) ?? Infinity) < time));
  }

  acknowledged(more: number): Promise<boolean> {
    const goal = this.count + more;
    return this.until(() => this.count >= goal);
  }

  async settle(): Promise<void> {
    this.writing = false;
    await Promise.all(this.running.splice(0));
    const logs = await this.logs();
    await this.until(() => this.people.every(({ user, received }) => [...logs].every(([conv, log]) => !this.isIn(user, conv) || log.every(({ from, seq }) => from === user || received.some((one) => one.conv === conv && one.seq === seq))))); // prettier-ignore
  }

  private isIn(user: string, conv: string): boolean {
    return conv === this.group || conv.slice(2).split(' ').includes(user);
  }

  /** Every client has found the server again and read its rows anew. */
  async readyAgain(): Promise<void> {
    await Promise.all(this.people.map(({ client }) => new Promise<void>((resolve) => client.on('ready', () => resolve())))); // prettier-ignore
  }

  async logs(): Promise<Map<string, LogEntry[]>> {
    const convs = ['d:alice bob', 'd:alice carol', 'd:bob carol', this.group];
    return new Map(await Promise.all(convs.map(async (conv) => [conv, await readLog(this.url, conv)] as const))); // prettier-ignore
  }

  /** What clients had got and was not restored is forgotten, as they were told to fetch anew. */
  goOn(stand: ReadonlyMap<string, readonly LogEntry[]>): void {
    for (const person of this.people) person.received = person.received.filter(({ conv, seq }) => seq <= (stand.get(conv)?.length ?? 0)); // prettier-ignore
  }

  async judge(stand: ReadonlyMap<string, readonly LogEntry[]>): Promise<string[]> {
    const logs = await this.logs();
    const clients = new Map(this.people.map(({ user, received }) => [user, { user, convs: [...logs.keys()].filter((conv) => this.isIn(user, conv)), received }])); // prettier-ignore
    const unread: { user: string; conv: string; unread: number }[] = [];
    const wrong: string[] = [];
    for (const { user, client, windows } of this.people) {
      for (const ref of this.refsOf(user)) {
        const conv = this.keyOf(user, ref);
        const row = await client.conversations.load(ref);
        unread.push({ user, conv, unread: row?.unread ?? -1 });
        unread.push({ user: `${user} (as the client shows it)`, conv, unread: client.conversations.get(ref)?.unread ?? -1 }); // prettier-ignore
        wrong.push(...this.windowRight(user, conv, windows.get(conv)!, logs.get(conv)!));
      }
    }
    const sends = this.sends.map((send) => (send.text.includes(' after ') || stands(send, stand) ? send : { ...send, acked: undefined })); // prettier-ignore
    const named = unread.map((one) => ({ ...one, user: one.user.split(' ')[0]! }));
    return [...violations({ sends, logs, clients, unread: named }), ...wrong];
  }

  /** An open window shows the end of the log, as it stands now. */
  private *windowRight(user: string, conv: string, { messages }: MessageWindow, log: readonly LogEntry[]): Iterable<string> {
    const shown = messages.map((message) => `${message.seq} ${textOf(message)}`);
    const stored = log.slice(-shown.length).map(({ seq, text }) => `${seq} ${text}`);
    if (shown.length === 0 || shown.join() !== stored.join()) yield `${user}'s window of ${conv} shows ${shown.slice(-3).join(' | ')}, the log ends with ${stored.slice(-3).join(' | ')}`;
  } // prettier-ignore

  private until(fits: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE);
      const check = (): void => {
        if (!fits()) return void this.waiting.push(check);
        clearTimeout(timer);
        resolve(true);
      };
      check();
    });
  }

  private wake(): void {
    for (const check of this.waiting.splice(0)) check();
  }

  async end(): Promise<void> {
    this.writing = false;
    for (const { client } of this.people) await client.destroy();
    // Sends that can no longer be answered are no failure of the test by themselves.
    await Promise.allSettled(this.running);
  }
}
