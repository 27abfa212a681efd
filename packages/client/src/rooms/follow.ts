import type { Message, People } from '@magpie/protocol';
import { clientMessage, type Revisions } from '../store/client-message.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { End, Streams } from '../sync/streams.ts';
import type { ClientMessage } from '../types.ts';
import type { Slot } from './slot.ts';

interface Needs {
  readonly store: LocalStore;
  readonly streams: Streams;
  readonly revisions: Revisions;
  readonly me: () => string;
  /** A log this device did not follow begins: views of it are read anew. */
  readonly onBegun: (key: string) => void;
}

/** Messages handed over with an answer, as they stand now. */
export function knownOf(
  needs: Needs,
  { ref }: Slot,
  wire: readonly Message[],
  people: People,
): readonly ClientMessage[] {
  // prettier-ignore
  needs.store.people.merge(people, ref);
  return wire.flatMap((message) => {
    const current = needs.revisions.current(message);
    return current ? [clientMessage(current, needs.me())] : [];
  });
}

/** A room with history: its log is followed from this end on, or read on to it. */
export function followLog(
  needs: Needs,
  { ref }: Slot,
  end: Omit<End, 'conv'>,
  recent: readonly ClientMessage[],
): void {
  // prettier-ignore
  const { streams, store } = needs;
  store.entries.put(ref, recent);
  if (streams.knows(ref)) return streams.advance({ conv: ref, ...end });
  streams.begin({ conv: ref, ...end });
  needs.onBegun(ref);
}
