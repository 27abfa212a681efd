import type { Conversation, Person, Profile } from '@magpie/protocol';
import type { ClientMessage } from '../types.ts';
import type { EntryStore, LocalStore, PeopleStore, RowStore } from './local-store.ts';

/** Messages held of one conversation, and of all. Windows keep their own: what falls out here is only forgotten by `peek`. */
const PER_CONVERSATION = 1_000;

/** A LocalStore that lives as long as the client. */
export class MemoryLocalStore implements LocalStore {
  readonly rows: RowStore = createRows();
  readonly entries: EntryStore = new MemoryEntries();
  readonly people: PeopleStore = createPeople();
  profile: Profile | undefined;
  readonly #clearables = [this.rows, this.entries, this.people] as unknown as readonly { clear(): void }[];

  open(): Promise<void> {
    return Promise.resolve();
  }

  clear(): void {
    for (const part of this.#clearables) part.clear();
    this.profile = undefined;
  }
}

function createRows(): RowStore & { clear(): void } {
  const rows = new Map<string, Conversation>();
  return {
    get: (key) => rows.get(key),
    set: (row) => void rows.set(row.conv, row),
    remove: (key) => void rows.delete(key),
    all: () => rows.values(),
    clear: () => rows.clear(),
  };
}

function createPeople(): PeopleStore & { clear(): void } {
  const people = new Map<string, Person>();
  const cards = new Map<string, string | undefined>();
  return {
    merge(table, key) {
      for (const [id, { card, ...person }] of Object.entries(table ?? {})) {
        people.set(id, person);
        if (key !== undefined && !key.startsWith('d:')) cards.set(`${key} ${id}`, card);
      }
    },
    get(id, key) {
      const person = people.get(id);
      const card = key === undefined ? undefined : cards.get(`${key} ${id}`);
      return person && card !== undefined ? { ...person, card } : person;
    },
    clear() {
      people.clear();
      cards.clear();
    },
  };
}

class MemoryEntries implements EntryStore {
  readonly #logs = new Map<string, Map<number, ClientMessage>>();
  readonly #ids = new Map<string, ClientMessage>();
  readonly #clientIds = new Map<string, ClientMessage>();

  get(key: string, seq: number): ClientMessage | undefined {
    return this.#logs.get(key)?.get(seq);
  }

  byId(id: string): ClientMessage | undefined {
    return this.#ids.get(id);
  }

  byClientId(clientId: string): ClientMessage | undefined {
    return this.#clientIds.get(clientId);
  }

  put(key: string, messages: readonly ClientMessage[]): void {
    const log = this.#logs.get(key) ?? new Map<number, ClientMessage>();
    this.#logs.set(key, log);
    for (const message of messages) {
      if (message.seq === undefined) continue;
      log.set(message.seq, message);
      this.#ids.set(message.id, message);
      this.#clientIds.set(message.clientId, message);
    }
    for (const [seq, message] of log) {
      if (log.size <= PER_CONVERSATION) break;
      log.delete(seq);
      this.#unlist(message);
    }
  }

  remove(key: string, matches: (message: ClientMessage) => boolean): readonly ClientMessage[] {
    const log = this.#logs.get(key);
    const removed = [...(log?.values() ?? [])].filter(matches);
    for (const message of removed) {
      log?.delete(message.seq ?? 0);
      this.#unlist(message);
    }
    return removed;
  }

  held(key: string): readonly ClientMessage[] {
    return [...(this.#logs.get(key)?.values() ?? [])].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  }

  drop(key: string): void {
    this.remove(key, () => true);
    this.#logs.delete(key);
  }

  clear(): void {
    this.#logs.clear();
    this.#ids.clear();
    this.#clientIds.clear();
  }

  #unlist(message: ClientMessage): void {
    this.#ids.delete(message.id);
    this.#clientIds.delete(message.clientId);
  }
}
