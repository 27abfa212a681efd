/**
 * Receipts this client has sent and whose events are still to come. The vendor tells them to the user's other devices only.
 */
export interface OwnReceipts {
  readAll(ref: string): void;
  readSome(ids: readonly string[]): void;
  /** Whether an event is about a receipt of this client's; it is forgotten then. */
  isHere(ref: string, upTo: number | undefined, ids: readonly string[]): boolean;
}

const MAX_OPEN = 500;

export function createOwnReceipts(): OwnReceipts {
  const refs = new Set<string>();
  const messages = new Set<string>();
  return {
    readAll: (ref) => void refs.add(ref),
    readSome: (ids) => {
      for (const id of ids) messages.add(id);
      for (const oldest of messages) {
        if (messages.size <= MAX_OPEN) break;
        messages.delete(oldest);
      }
    },
    isHere: (ref, upTo, ids) => {
      if (upTo !== undefined) return refs.delete(ref);
      return ids.length > 0 && ids.map((id) => messages.delete(id)).every(Boolean);
    },
  };
}
