import { type Message, type MessagePage } from '@magpie/protocol';
import { isHole } from '../core/entry-class.ts';
import type { Turn } from '../core/turn.ts';
import type { LocalStore } from '../store/local-store.ts';
import { clientMessage, type Revisions } from '../store/client-message.ts';
import type { ClientMessage, ClientPage, ListOptions } from '../types.ts';
import { LiveWindow } from './window.ts';

export interface WindowsNeeds {
  readonly store: LocalStore;
  readonly turn: Turn;
  readonly revisions: Revisions;
  readonly me: () => string;
  readonly keyOf: (ref: string) => string;
  readonly outgoing: (ref: string) => readonly ClientMessage[];
  readonly fetch: (options: ListOptions & { readonly direction: 'older' | 'newer' }) => Promise<MessagePage>;
  readonly onThrown: (thrown: unknown) => void;
}

/** A page of history as windows and `messages.list` take it: what is drawn, and what it speaks for. */
export interface Stretch extends ClientPage {
  readonly covered: readonly [number, number] | undefined;
}

/** All open windows, and the one way pages of history come in. */
export class Windows {
  readonly #needs: WindowsNeeds;
  readonly #open = new Map<string, Set<LiveWindow>>();

  constructor(needs: WindowsNeeds) {
    this.#needs = needs;
  }

  open(ref: string, limit: number, seq: number | undefined): LiveWindow {
    const key = this.#needs.keyOf(ref);
    const set = this.#open.get(key) ?? new Set<LiveWindow>();
    this.#open.set(key, set);
    const window = new LiveWindow(ref, limit, {
      turn: this.#needs.turn,
      page: (options) => this.page({ ...options, ref }),
      outgoing: () => this.#needs.outgoing(ref),
      onThrown: this.#needs.onThrown,
      onClose: () => void set.delete(window),
    });
    set.add(window);
    void window.jumpTo(seq ?? 'newest').catch(() => undefined); // the window shows the error
    return window;
  }

  async page(options: ListOptions & { readonly direction: 'older' | 'newer' }): Promise<Stretch> {
    const page = await this.#needs.fetch(options);
    const key = this.#needs.keyOf(options.ref);
    this.#needs.store.people.merge(page.people, key);
    const messages = page.entries.flatMap((entry) => {
      const current = isHole(entry) ? undefined : this.#needs.revisions.current(entry);
      return current ? [this.known(current)] : [];
    });
    this.#needs.store.entries.put(key, messages);
    const edge = page.covered && (options.direction === 'older' ? page.covered[0] - 1 : page.covered[1] + 1);
    return {
      messages,
      more: page.more,
      edge: page.more ? edge : undefined,
      lastSeq: page.lastSeq,
      covered: page.covered,
    };
  }

  /** The object that stands for a message already, if nothing changed about it. */
  known(message: Message): ClientMessage {
    const held = this.#needs.store.entries.byId(message.id);
    const same =
      held &&
      held.version === message.version &&
      (held.revoked === undefined) === (message.revoked === undefined);
    return same && held.status === 'sent' ? held : clientMessage(message, this.#needs.me());
  }

  entry(key: string, seq: number, message: ClientMessage | undefined): void {
    for (const window of this.#of(key)) window.entry(seq, message);
  }

  revise(key: string, message: ClientMessage): void {
    for (const window of this.#of(key)) window.revise(message);
  }

  remove(key: string, matches: (message: Message) => boolean): void {
    for (const window of this.#of(key)) window.remove(matches);
  }

  holds(key: string, id: string): boolean {
    return [...this.#of(key)].some((window) => window.holds(id));
  }

  outgoingChanged(ref: string): void {
    for (const window of this.#of(this.#needs.keyOf(ref))) window.redraw();
  }

  /** Reads the windows of a conversation (or all) anew. */
  reset(key?: string): void {
    const windows =
      key === undefined ? [...this.#open.values()].flatMap((set) => [...set]) : [...this.#of(key)];
    for (const window of windows) window.reload();
  }

  close(): void {
    for (const set of [...this.#open.values()]) for (const window of [...set]) window.close();
    this.#open.clear();
  }

  #of(key: string): Iterable<LiveWindow> {
    return this.#open.get(key) ?? [];
  }
}
