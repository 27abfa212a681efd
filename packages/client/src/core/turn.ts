import type { ClientEvents, ClientMessage, ConversationView } from '../types.ts';
import type { Emitter } from './emitter.ts';

/** Events that are told after the messages of the same turn. */
type Change = 'revoked' | 'deleted' | 'receipt' | 'delivered' | 'outgoing' | 'profile' | 'blocked' | 'room' | 'roomMembers' | 'roomOut'; // prettier-ignore

export interface TurnViews {
  view(key: string): { readonly ref: string; readonly view: ConversationView | undefined };
  totalUnread(): number;
}

/**
 * Gathers what happens while a frame or reply is taken in and tells it afterwards, when all data has changed: group events,
 * messages, other changes, then the conversation list and the total, each once.
 */
export class Turn {
  readonly #emitter: Emitter<ClientEvents>;
  readonly #views: TurnViews;
  #depth = 0;
  #flushing = false;
  #windows = new Set<() => void>();
  #groups: ClientEvents['group'][] = [];
  #messages = new Map<string, { ref: string; messages: ClientMessage[]; backlog: boolean }>();
  #changes: (() => void)[] = [];
  #touched = new Map<string, Set<string>>();
  #total = 0;
  #holding = false;
  /** Reasons for the rows to wait, beside a sync. */
  readonly #holds = new Set<symbol>();
  /** Keys of rows that were told and not taken back. */
  readonly #shown = new Set<string>();

  constructor(emitter: Emitter<ClientEvents>, views: TurnViews) {
    this.#emitter = emitter;
    this.#views = views;
  }

  run<T>(work: () => T): T {
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      if (this.#depth === 0 && !this.#flushing) this.#flush();
    }
  }

  /** A window's snapshot changed; `tell` is called once, before the events of this turn. */
  window(tell: () => void): void {
    this.run(() => this.#windows.add(tell));
  }

  group(event: ClientEvents['group']): void {
    this.run(() => this.#groups.push(event));
  }

  message(message: ClientMessage, backlog: boolean): void {
    this.run(() => {
      const slot = `${backlog ? 'b' : 'l'}${message.ref}`;
      const batch = this.#messages.get(slot);
      if (batch) batch.messages.push(message);
      else this.#messages.set(slot, { ref: message.ref, messages: [message], backlog });
    });
  }

  change<E extends Change>(event: E, data: ClientEvents[E]): void {
    this.after(() => this.#emitter.emit(event, data));
  }

  /** The same with words of the caller's own. */
  after(tell: () => void): void {
    this.run(() => this.#changes.push(tell));
  }

  /** A row of the list changed, came or went. */
  touch(key: string, reason: string): void {
    this.run(() => this.#touched.set(key, (this.#touched.get(key) ?? new Set()).add(reason)));
  }

  /** While on, the list and the total wait: after a drop the messages that were missed are told before the rows they moved. */
  holdRows(on: boolean): void {
    this.run(() => (this.#holding = on));
  }

  /** The same for one stretch of work; the answer ends it. */
  hold(): () => void {
    const token = Symbol('hold');
    this.#holds.add(token);
    return () => {
      this.run(() => this.#holds.delete(token));
    };
  }

  get #rowsWait(): boolean {
    return this.#holding || this.#holds.size > 0;
  }

  /** Forgets what was gathered and what was told: a new login starts from nothing. */
  reset(): void {
    this.#groups = [];
    this.#messages.clear();
    this.#changes = [];
    this.#touched.clear();
    this.#total = 0;
    this.#holding = false;
    this.#holds.clear();
    this.#shown.clear();
  }

  #pending(): boolean {
    const rows = this.#rowsWait ? 0 : this.#touched.size;
    return this.#windows.size + this.#groups.length + this.#messages.size + this.#changes.length + rows > 0;
  }

  #flush(): void {
    this.#flushing = true;
    try {
      // Handlers may cause further changes; those are the next round, not mixed into this one.
      while (this.#pending()) this.#round();
    } finally {
      this.#flushing = false;
    }
  }

  #round(): void {
    const windows = this.#windows;
    const groups = this.#groups;
    const messages = [...this.#messages.values()];
    const changes = this.#changes;
    const touched: ReadonlyMap<string, ReadonlySet<string>> = this.#rowsWait ? new Map() : this.#touched;
    this.#windows = new Set();
    this.#groups = [];
    this.#messages = new Map();
    this.#changes = [];
    if (!this.#rowsWait) this.#touched = new Map();
    for (const tell of windows) tell();
    for (const event of groups) this.#emitter.emit('group', event);
    for (const batch of messages) this.#emitter.emit('messages', batch);
    for (const tell of changes) tell();
    if (touched.size > 0) this.#tellConversations(touched);
  }

  #tellConversations(touched: ReadonlyMap<string, ReadonlySet<string>>): void {
    const changed: ConversationView[] = [];
    const removed: string[] = [];
    const reason = new Set<string>();
    for (const [key, reasons] of touched) {
      const { ref, view } = this.#views.view(key);
      if (view) {
        changed.push(view);
        this.#shown.add(key);
      } else if (this.#shown.delete(key)) {
        removed.push(ref);
      } else {
        continue;
      }
      for (const one of reasons) reason.add(one);
    }
    if (changed.length + removed.length > 0)
      this.#emitter.emit('conversations', { changed, removed, reason });
    const total = this.#views.totalUnread();
    if (total === this.#total) return;
    this.#total = total;
    this.#emitter.emit('unread', { total });
  }
}
