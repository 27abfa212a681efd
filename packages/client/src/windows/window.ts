import { MagpieError, type Message } from '@magpie/protocol';
import type { Turn } from '../core/turn.ts';
import type { ClientMessage, ListOptions, MessageWindow } from '../types.ts';
import type { Stretch } from './windows.ts';

export interface WindowNeeds {
  readonly turn: Turn;
  readonly page: (
    options: Omit<ListOptions, 'ref' | 'direction'> & { readonly direction: 'older' | 'newer' },
  ) => Promise<Stretch>;
  readonly outgoing: () => readonly ClientMessage[];
  readonly onThrown: (thrown: unknown) => void;
  readonly onClose: () => void;
}

/** Pages read one after another when everything read so far was holes. */
const MOST_EMPTY_PAGES = 5;

/** A conversation nobody wrote in yet is an empty one. */
function emptyIfNew(thrown: unknown): Stretch {
  if (MagpieError.from(thrown).code !== 'CONVERSATION_NOT_FOUND') throw thrown;
  return { messages: [], more: false, edge: undefined, lastSeq: 0, covered: undefined };
}

/**
 * One contiguous stretch of a log, `#low`–`#high`, that grows at its ends. While it ends at the newest entry, live entries join it;
 * an entry that does not join up makes it read what lies between.
 */
export class LiveWindow implements MessageWindow {
  readonly ref: string;
  hasOlder = false;
  hasNewer = false;
  loading: MessageWindow['loading'] = 'none';
  error: MagpieError | undefined;
  // Windows are handed to apps, which may put them into Vue proxies: no `#private` on them.
  /** @internal */ private readonly needs: WindowNeeds;
  /** @internal */ private readonly limit: number;
  /** @internal */ private readonly handlers = new Set<(window: MessageWindow) => void>();
  /** @internal */ private entries: readonly ClientMessage[] = [];
  /** @internal */ private snapshot: readonly ClientMessage[] | undefined;
  /** @internal */ private low = 1;
  /** @internal */ private high = 0;
  /** @internal Moves with each jump: pages asked for before are void. */ private epoch = 0;
  /** @internal Came while pages were under way. */ private early: {
    seq: number;
    message: ClientMessage | undefined;
  }[] = [];
  /** @internal */ private closed = false;
  /** @internal */ private readonly tell = (): void => this.notify();

  constructor(ref: string, limit: number, needs: WindowNeeds) {
    this.ref = ref;
    this.limit = limit;
    this.needs = needs;
  }

  get messages(): readonly ClientMessage[] {
    this.snapshot ??= this.draw();
    return this.snapshot;
  }

  async jumpTo(seq: number | 'newest'): Promise<void> {
    const epoch = ++this.epoch;
    this.early = [];
    await this.load('first', async () => {
      const older = await this.readOlder(seq === 'newest' ? undefined : seq).catch(emptyIfNew);
      if (epoch !== this.epoch) return;
      this.entries = older.messages;
      this.hasOlder = older.more;
      this.low = older.covered?.[0] ?? older.lastSeq + 1;
      this.high = older.covered?.[1] ?? (seq === 'newest' ? older.lastSeq : seq);
      this.hasNewer = this.high < older.lastSeq;
      if (seq !== 'newest' && this.hasNewer) await this.extendNewer(epoch, this.limit);
    });
  }

  async loadOlder(limit = this.limit): Promise<void> {
    if (!this.hasOlder || this.loading !== 'none') return;
    const { epoch } = this;
    await this.load('older', async () => {
      const page = await this.readOlder(this.low - 1, limit);
      if (epoch !== this.epoch) return;
      this.entries = [...page.messages, ...this.entries];
      this.hasOlder = page.more;
      this.low = page.covered?.[0] ?? this.low;
    });
  }

  async loadNewer(limit = this.limit): Promise<void> {
    if (!this.hasNewer || this.loading !== 'none') return;
    await this.load('newer', () => this.extendNewer(this.epoch, limit));
  }

  onChange(handler: (window: MessageWindow) => void): () => void {
    const bound = (window: MessageWindow): void => handler(window);
    this.handlers.add(bound);
    return () => void this.handlers.delete(bound);
  }

  close(): void {
    this.closed = true;
    this.epoch++;
    this.handlers.clear();
    this.needs.onClose();
  }

  /** @internal The next entry of the log, or a hole. */
  entry(seq: number, message: ClientMessage | undefined): void {
    if (this.loading === 'first' || (this.loading !== 'none' && seq > this.high)) {
      return void this.early.push({ seq, message });
    }
    if (seq <= this.high) {
      if (message && seq >= this.low) this.insert(message);
      return;
    }
    if (this.hasNewer) return;
    if (seq > this.high + 1) return this.heal();
    this.high = seq;
    if (message) this.entries = [...this.entries, message];
    // A sent message leaves the tail in the same step.
    this.redraw();
  }

  /** @internal */
  revise(message: ClientMessage): void {
    if (!this.holds(message.id)) return;
    this.entries = this.entries.map((one) => (one.id === message.id ? message : one));
    this.redraw();
  }

  /** @internal */
  remove(matches: (message: Message) => boolean): void {
    const kept = this.entries.filter((message) => !matches(message));
    if (kept.length === this.entries.length) return;
    this.entries = kept;
    this.redraw();
  }

  /** @internal */
  holds(id: string): boolean {
    return this.entries.some((message) => message.id === id);
  }

  /** @internal What is held no longer joins up with the log. */
  reload(): void {
    const middle = this.entries[Math.floor(this.entries.length / 2)]?.seq;
    void this.jumpTo(this.hasNewer && middle !== undefined ? middle : 'newest').catch(() => undefined);
  }

  /** @internal */
  redraw(): void {
    this.snapshot = undefined;
    if (!this.closed) this.needs.turn.window(this.tell);
  }

  private heal(): void {
    this.hasNewer = true;
    const { epoch } = this;
    const catchUp = async (): Promise<void> => {
      while (this.hasNewer && epoch === this.epoch) await this.extendNewer(epoch, 100);
    };
    void this.load('healing', catchUp).catch(() => undefined);
  }

  private insert(message: ClientMessage): void {
    if (this.holds(message.id)) return this.revise(message);
    const at = this.entries.findIndex((one) => (one.seq ?? 0) > (message.seq ?? 0));
    this.entries =
      at < 0
        ? [...this.entries, message]
        : [...this.entries.slice(0, at), message, ...this.entries.slice(at)];
    this.redraw();
  }

  /** Reads backwards until there is something to draw. */
  private async readOlder(from: number | undefined, limit = this.limit): Promise<Stretch> {
    let page = await this.needs.page({
      direction: 'older',
      limit,
      ...(from === undefined ? {} : { seq: from }),
    });
    const end = page.covered?.[1];
    for (let i = 0; i < MOST_EMPTY_PAGES && page.messages.length === 0 && page.edge !== undefined; i++) {
      page = await this.needs.page({ direction: 'older', limit, seq: page.edge });
    }
    return page.covered && end !== undefined ? { ...page, covered: [page.covered[0], end] } : page;
  }

  private async extendNewer(epoch: number, limit: number): Promise<void> {
    const page = await this.needs.page({ direction: 'newer', limit, seq: this.high + 1 });
    if (epoch !== this.epoch) return;
    const held = new Set(this.entries.map(({ id }) => id));
    this.entries = [...this.entries, ...page.messages.filter(({ id }) => !held.has(id))];
    this.high = Math.max(this.high, page.covered?.[1] ?? page.lastSeq);
    this.hasNewer = page.more && page.covered !== undefined;
    this.redraw();
  }

  private async load(what: MessageWindow['loading'], work: () => Promise<void>): Promise<void> {
    const { epoch } = this;
    this.loading = what;
    this.error = undefined;
    this.redraw();
    try {
      await work();
    } catch (thrown) {
      if (epoch === this.epoch) this.error = MagpieError.from(thrown);
      throw thrown;
    } finally {
      if (epoch === this.epoch) {
        this.loading = 'none';
        this.redraw();
        const early = this.early;
        this.early = [];
        for (const entry of early) this.entry(entry.seq, entry.message);
      }
    }
  }

  private draw(): readonly ClientMessage[] {
    if ((this.hasNewer && this.loading !== 'healing') || this.loading === 'first') return this.entries;
    const held = new Set(this.entries.map(({ clientId }) => clientId));
    const tail = this.needs.outgoing().filter((message) => message.stored && !held.has(message.clientId));
    return tail.length === 0 ? this.entries : [...this.entries, ...tail];
  }

  private notify(): void {
    for (const handler of [...this.handlers]) {
      try {
        handler(this);
      } catch (thrown) {
        this.needs.onThrown(thrown);
      }
    }
  }
}
