import type { SendInput } from '@magpie/protocol';
import type { KeyValueStorage } from '../platform/platform.ts';

interface Kept {
  readonly input: SendInput;
  readonly createdAt: number;
  readonly failed: boolean;
}

/** Entries older than the server surely remembers their clientIds could be sent twice. */
const OLDEST = 23 * 3_600_000;

/**
 * Unsent messages in storage, under the name of one instance: two tabs never see each other's. Entries whose file is not
 * uploaded yet cannot be kept.
 */
export class OutboxStorage {
  readonly #storage: KeyValueStorage;
  readonly #key: string;

  constructor(storage: KeyValueStorage, scope: string) {
    this.#storage = storage;
    this.#key = `magpie:outbox:${scope}`;
  }

  load(now: number): readonly Kept[] {
    const text = this.#storage.get(this.#key);
    if (text === undefined) return [];
    try {
      const kept = JSON.parse(text) as readonly Kept[];
      return kept.filter(
        ({ createdAt, input }) => now - createdAt < OLDEST && typeof input.clientId === 'string',
      );
    } catch {
      return [];
    }
  }

  save(entries: readonly Kept[]): void {
    if (entries.length === 0) this.#storage.remove(this.#key);
    else this.#storage.set(this.#key, JSON.stringify(entries));
  }
}
