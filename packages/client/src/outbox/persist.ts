import type { SendInput } from '@magpie/protocol';
import type { Clock, KeyValueStorage } from '../platform/platform.ts';

export interface Kept {
  readonly input: SendInput;
  readonly createdAt: number;
  readonly failed: boolean;
}

/** Entries older than the server surely remembers their clientIds could be sent twice. */
const OLDEST = 23 * 3_600_000;
/** How often an instance with something in storage says that it lives. */
const SIGN = 20_000;
/** One that said nothing for so long is gone: its tab crashed, or was closed for good. */
const GONE = 75_000;

/** When each instance of a user that left something in storage was last alive. */
type Signs = Record<string, number>;

/**
 * Unsent messages in storage, under the name of one instance: a tab never sees those of another that lives. What a dead one left
 * behind is taken over; should it wake again, both send under the same clientIds. Entries whose file is not uploaded yet cannot
 * be kept.
 */
export class OutboxStorage {
  readonly #storage: KeyValueStorage;
  readonly #clock: Clock;
  readonly #user: string;
  readonly #instance: string;
  #filled = false;
  #cancel: (() => void) | undefined;

  /** `user`: names app and user. */
  constructor(storage: KeyValueStorage, clock: Clock, user: string, instance: string) {
    this.#storage = storage;
    this.#clock = clock;
    this.#user = user;
    this.#instance = instance;
  }

  /** What this instance left, and from now on what dead ones did. */
  open(take: (kept: readonly Kept[]) => void): void {
    take(this.#read(this.#instance));
    this.#look(take);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  save(entries: readonly Kept[]): void {
    this.#filled = entries.length > 0;
    this.#write(this.#key(this.#instance), this.#filled ? entries : undefined);
    this.#sign(this.#instance, this.#filled ? this.#clock.now() : undefined);
  }

  #look(take: (kept: readonly Kept[]) => void): void {
    for (const [instance, at] of Object.entries(this.#signs())) {
      if (instance === this.#instance || this.#clock.now() - at < GONE) continue;
      const left = this.#read(instance);
      this.#write(this.#key(instance), undefined);
      this.#sign(instance, undefined);
      if (left.length > 0) take(left);
    }
    if (this.#filled) this.#sign(this.#instance, this.#clock.now());
    this.#cancel = this.#clock.after(SIGN, () => this.#look(take));
  }

  /** Writes when an instance was last alive, or that it has nothing any more. */
  #sign(instance: string, at: number | undefined): void {
    const signs = this.#signs();
    if (at === undefined && signs[instance] === undefined) return;
    const others = Object.entries(signs).filter(([name]) => name !== instance);
    const all = at === undefined ? others : [...others, [instance, at] as const];
    this.#write(`magpie:outboxes:${this.#user}`, all.length > 0 ? Object.fromEntries(all) : undefined);
  }

  #key(instance: string): string {
    return `magpie:outbox:${this.#user} ${instance}`;
  }

  #signs(): Signs {
    return (parse(this.#storage.get(`magpie:outboxes:${this.#user}`)) ?? {}) as Signs;
  }

  #read(instance: string): readonly Kept[] {
    const kept = parse(this.#storage.get(this.#key(instance)));
    if (!Array.isArray(kept)) return [];
    const now = this.#clock.now();
    return (kept as Kept[]).filter(
      ({ createdAt, input }) => now - createdAt < OLDEST && typeof input.clientId === 'string',
    );
  }

  #write(key: string, value: unknown): void {
    if (value === undefined) this.#storage.remove(key);
    else this.#storage.set(key, JSON.stringify(value));
  }
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
