import {
  createClient,
  type Client,
  type ClientMessage,
  type ClientOptions,
  type MagpieError,
} from '@magpie/client';
import { directKey, isHole, type Message, type MessagePage } from '@magpie/protocol';
import type { History, LogEntry, Received, SendRecord } from '@magpie/testkit/checker';

/** As the test cluster has it. */
export const ADMIN = 'test-admin-token-of-32-characters';
const PATIENCE = 20_000;
export const USERS = ['alice', 'bob', 'carol'] as const;

/** Chances that can be drawn again. */
export function chances(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Real clients that write to each other and to a group all the time, and remember what they were told and saw. */
export class Traffic {
  /** How many sends were acknowledged. */
  count = 0;
  private readonly clients = new Map<string, Client>();
  private readonly received = new Map<string, Received[]>();
  private readonly sends: SendRecord[] = [];
  private readonly running: Promise<void>[] = [];
  private readonly serverOf: (user: string) => string;
  private readonly draw: (below: number) => number;
  private readonly users: readonly string[];
  private readonly create: (options: ClientOptions, user: string) => Client;
  private stopped = false;
  private failure: { readonly error: unknown } | undefined;
  private waiters: { readonly at: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []; // prettier-ignore
  private arrivals: (() => void)[] = [];
  private group = '';

  constructor(
    serverOf: (user: string) => string,
    draw: (below: number) => number,
    users: readonly string[] = USERS,
    create: (options: ClientOptions, user: string) => Client = createClient,
  ) {
    this.create = create;
    this.users = users;
    this.serverOf = serverOf;
    this.draw = draw;
  }

  async begin(url: string): Promise<void> {
    for (const user of this.users) {
      const client = this.create(
        {
          server: this.serverOf(user),
          sendTimeout: Number.POSITIVE_INFINITY,
          instance: { id: `i-${user}` },
        },
        user,
      );
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
    const [owner = '', ...members] = this.users;
    const { group } = await this.clients.get(owner)!.groups.create({ kind: 'community', members });
    this.group = `g:${group.id}`;
    for (const user of this.users)
      for (const ref of this.refsOf(user)) this.running.push(this.watched(this.write(user, ref)));
  }

  /** A send that fails for good ends the run at once: whoever waits for more acknowledgements is told. */
  private watched(writing: Promise<void>): Promise<void> {
    writing.catch((error: unknown) => {
      this.stopped = true;
      this.failure ??= { error };
      for (const { reject } of this.waiters.splice(0)) reject(error);
    });
    return writing;
  }

  private refsOf(user: string): string[] {
    return [...this.users.filter((other) => other !== user).map((other) => `u:${other}`), this.group];
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
        const message = await this.send(client, ref, record.text);
        record.acked = { id: message.id, seq: message.seq ?? 0 };
        this.count++;
        this.wake();
      });
      await Promise.all(burst);
    }
  }

  /** As an app does: what was refused as something that may be tried again is tried again, under the same name, after the time it was told. */
  private async send(client: Client, ref: string, text: string): Promise<ClientMessage> {
    const clientId = client.messages.clientId();
    let sending = client.messages.send({ ref, clientId, content: { type: 'text', text } });
    for (;;) {
      try {
        return await sending;
      } catch (error) {
        // By its looks: a client of another version has an error class of its own.
        const { retryable, retryAfter } = error as Partial<MagpieError>;
        if (retryable !== true) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryAfter ?? 100));
        sending = client.messages.resend(clientId);
      }
    }
  }

  private wake(): void {
    const ready = this.waiters.filter(({ at }) => this.count >= at);
    this.waiters = this.waiters.filter(({ at }) => this.count < at);
    for (const { resolve } of ready) resolve();
  }

  /** Resolves after this many more acknowledgements. */
  acknowledged(more: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure) reject(this.failure.error);
      else this.waiters.push({ at: this.count + more, resolve, reject });
    });
  }

  /** Nothing is sent any more. */
  get settled(): boolean {
    return this.stopped;
  }

  /** No new sends; all that are on their way arrive. */
  async settle(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  async history(url: string): Promise<History> {
    const pairs = this.users.flatMap((one, i) =>
      this.users.slice(i + 1).map((other) => directKey(one, other)),
    );
    const convs = [...pairs, this.group];
    const logs = new Map<string, LogEntry[]>();
    for (const conv of convs) logs.set(conv, await readLog(url, conv, this.users[0]));
    const clients = new Map<string, { user: string; convs: string[]; received: Received[] }>();
    const unread: { user: string; conv: string; unread: number }[] = [];
    for (const user of this.users) {
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

export async function readLog(url: string, conv: string, member: string = USERS[0]): Promise<LogEntry[]> {
  const user = conv.startsWith('d:') ? conv.slice(2).split(' ')[0]! : member;
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

export function textOf(message: Message): string {
  return message.content.type === 'text' ? message.content.text : message.content.type;
}
