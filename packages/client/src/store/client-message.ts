import { refOf, type Message } from '@magpie/protocol';
import type { ClientMessage } from '../types.ts';

/** A message of the wire as this user's client hands it out. */
export function clientMessage(message: Message, me: string): ClientMessage {
  return {
    ...message,
    ref: refOf(message.conv, me),
    mine: message.from === me,
    status: 'sent',
    stored: message.seq !== undefined,
  };
}

/** A message as it came, or would have come, by the wire. */
export function wireMessage(message: ClientMessage): Message {
  const { ref: _, mine: __, status: ___, stored: ____, error: _____, progress: ______, dropped: _______, ...wire } = message; // prettier-ignore
  return wire;
}

/** Knows what became of messages since, for replies that were read before and arrive after (revoked, deleted for me). */
export class Revisions {
  static readonly #KEPT = 500;
  readonly #revoked = new Map<string, Message>();
  readonly #deleted = new Set<string>();
  readonly #clearedTo = new Map<string, number>();

  revoke(message: Message): void {
    this.#revoked.set(message.id, message);
    trim(this.#revoked, Revisions.#KEPT);
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) this.#deleted.add(id);
    trim(this.#deleted, Revisions.#KEPT);
  }

  clearTo(key: string, seq: number): void {
    this.#clearedTo.set(key, Math.max(seq, this.#clearedTo.get(key) ?? 0));
  }

  isRevoked(id: string): boolean {
    return this.#revoked.has(id);
  }

  /** As it stands now; undefined when it is gone for this user. */
  current(message: Message): Message | undefined {
    if (this.#deleted.has(message.id)) return undefined;
    if (message.seq !== undefined && message.seq <= (this.#clearedTo.get(message.conv) ?? 0))
      return undefined;
    return message.revoked ? message : (this.#revoked.get(message.id) ?? message);
  }

  clear(): void {
    this.#revoked.clear();
    this.#deleted.clear();
    this.#clearedTo.clear();
  }
}

function trim(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}
