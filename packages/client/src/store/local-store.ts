import type { Conversation, People, Person, Profile } from '@magpie/protocol';
import type { ClientMessage } from '../types.ts';

/**
 * What a client knows, keyed by conversation *key*. Reads are synchronous: a driver over asynchronous storage loads in `open`
 * and writes behind.
 */
export interface LocalStore {
  /** Starts on one user's data; `scope` names server, app and user. */
  open(scope: string): Promise<void>;
  readonly rows: RowStore;
  readonly entries: EntryStore;
  readonly people: PeopleStore;
  profile: Profile | undefined;
  /** Forgets everything of this user. */
  clear(): void;
}

export interface RowStore {
  get(key: string): Conversation | undefined;
  set(row: Conversation): void;
  remove(key: string): void;
  all(): Iterable<Conversation>;
}

/** Messages of logs, as far as they are at hand; holes are kept as such, so that they are never asked for again. */
export interface EntryStore {
  get(key: string, seq: number): ClientMessage | undefined;
  byId(id: string): ClientMessage | undefined;
  byClientId(clientId: string): ClientMessage | undefined;
  put(key: string, messages: readonly ClientMessage[]): void;
  /** Takes messages out; their places become holes. */
  remove(key: string, matches: (message: ClientMessage) => boolean): readonly ClientMessage[];
  /** All that is held of a conversation, ascending. */
  held(key: string): readonly ClientMessage[];
  drop(key: string): void;
}

export interface PeopleStore {
  merge(people: People | undefined, key?: string): void;
  get(id: string, key?: string): Person | undefined;
}
