import { createLocalBus } from '../core/local-bus.ts';
import { OutboundError, type Outbound, type OutboundRequest } from '../ports/outbound.ts';
import type { HookRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { HookDirectory } from './hooks.ts';
import { MemoryWebhookStore } from './memory-store.ts';
import { Outbox } from './outbox.ts';

/** One request as the app's back end gets it. */
export interface Got {
  readonly at: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The event's text, in tests `"lane number"`. */
  readonly event: string;
  readonly lane: string;
  readonly id: string;
}

type Answer = number | string | { readonly status: number; readonly body: string };

/** An app's back end that answers as it is told: a status, a body for 200, an error, or never. */
export class FakeBackend implements Outbound {
  readonly got: Got[] = [];
  answer: (got: Got) => Answer | Promise<Answer> = () => 200;
  /** At once, now and at most. */
  inside = 0;
  most = 0;
  private readonly time: FakeTime;

  constructor(time: FakeTime) {
    this.time = time;
  }

  async request({ url, headers = {}, body = '', timeout }: OutboundRequest) {
    const parsed = JSON.parse(body) as Record<string, unknown>;
    const event = (parsed['event'] as { d?: string } | undefined)?.d ?? '';
    const got: Got = { at: this.time.now(), url, headers, body: parsed, event, lane: event.split(' ')[0] ?? '', id: String(parsed['id']) }; // prettier-ignore
    this.got.push(got);
    this.most = Math.max(this.most, ++this.inside);
    let cancel: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.time.after(timeout, () => reject(new OutboundError('timeout', `No whole answer within ${timeout} ms.`))); // prettier-ignore
    });
    try {
      const answer = await Promise.race([this.answer(got), late]);
      if (typeof answer === 'number') return { status: answer, headers: {}, body: '' };
      return typeof answer === 'string' ? { status: 200, headers: {}, body: answer } : { ...answer, headers: {} }; // prettier-ignore
    } finally {
      cancel();
      this.inside--;
    }
  }

  async check(): Promise<void> {}
  async close(): Promise<void> {}
}

export const refused = (): never => {
  throw new OutboundError('connect', 'The connection was refused.');
};

export const HANG = new Promise<never>(() => undefined);

export function hookRow(id: string, more: Partial<HookRow> = {}): HookRow {
  return { app: 'a', id, url: `http://${id}.test/`, events: ['*'], before: [], active: true, sealedSecret: `sealed secret of ${id}`, createdAt: 1, ...more }; // prettier-ignore
}

/** Hooks over a store in memory, a back end, and time that stands still. */
export async function webhookWorld(...hooks: HookRow[]) {
  const time = new FakeTime();
  const store = new MemoryWebhookStore();
  store.hooks = hooks;
  const backend = new FakeBackend(time);
  const bus = createLocalBus();
  const sealer = { seal: (plain: string) => `sealed ${plain}`, open: (sealed: string) => sealed.slice(7) };
  let texts = 0;
  const reports: unknown[] = [];
  const newNode = async () => {
    const directory = new HookDirectory(store as unknown as Store, bus, time, sealer);
    const random = { text: () => `text${++texts}`, digits: () => '5000' };
    const deps = { store: store as unknown as Store, hooks: directory, clock: time, scheduler: time, random, outbound: backend, hmac: (secret: string, text: string) => `${secret}<${text}>`, report: (what: string, error: unknown) => void reports.push([what, error]) }; // prettier-ignore
    const outbox = new Outbox(deps);
    await directory.reload();
    return { directory, outbox, deps };
  };
  const node = await newNode();
  /** Puts events into the outbox, as facts do: `lane number`. */
  const tell = async (lane: string, ...numbers: readonly number[]) => {
    for (const number of numbers)
      await store.commit([{ op: 'outbox.add', app: 'a', hooks: hooks.map(({ id }) => id), lane, event: JSON.stringify({ e: 'x.y', d: `${lane} ${number}` }), at: time.now() }]); // prettier-ignore
    node.directory.queued();
  };
  const change = async (id: string, more: Partial<HookRow>) => {
    store.hooks = store.hooks.map((row) => (row.id === id ? { ...row, ...more } : row));
    await node.directory.reload();
  };
  return { time, store, backend, bus, reports, newNode, ...node, tell, change };
}
