import type { Message } from '@magpie/protocol';
import { entryClassOf } from '../core/entry-class.ts';

/**
 * How many entries a user has not read (core-model §2): what the server counted up to a seq, and the seqs that were seen to
 * count since. Derived anew from these each time, so nothing drifts.
 */
export interface UnreadState {
  /** The server's number, for entries up to `asOf`. */
  readonly base: number;
  readonly asOf: number;
  /** Changes up to here are in `base`. */
  readonly asOfChange: number;
  /** Seqs after `asOf` that count. */
  readonly live: readonly number[];
}

export interface UnreadRules {
  readonly me: string;
  readonly readSeq: number;
  readonly historyFrom: number;
  readonly discard: boolean;
}

/** Whether an entry raises the unread of a reader who has read up to `readSeq`. */
export function countsUnread(message: Message, rules: UnreadRules): boolean {
  return (
    message.seq !== undefined &&
    message.seq > rules.readSeq &&
    message.seq >= rules.historyFrom &&
    message.counts !== false &&
    message.revoked === undefined &&
    message.from !== rules.me &&
    message.audience === undefined &&
    !rules.discard &&
    entryClassOf(message.content.type) === 'content'
  );
}

export function unreadOf(state: UnreadState): number {
  return state.base + state.live.length;
}

export function withEntry(state: UnreadState, message: Message, rules: UnreadRules): UnreadState {
  if (message.seq === undefined || message.seq <= state.asOf || !countsUnread(message, rules)) return state;
  if (state.live.includes(message.seq)) return state;
  return { ...state, live: [...state.live, message.seq] };
}

/** An entry no longer counts: revoked by change `change`. `counted`: it raised unread before. */
export function withRevoked(
  state: UnreadState,
  message: Message,
  change: number,
  counted: boolean,
  rules: UnreadRules,
): UnreadState {
  const seq = message.seq ?? 0;
  if (state.live.includes(seq)) return { ...state, live: state.live.filter((one) => one !== seq) };
  const { revoked: _, ...before } = message;
  const inBase = seq <= state.asOf && change > state.asOfChange && counted && countsUnread(before, rules);
  return inBase ? { ...state, base: Math.max(0, state.base - 1) } : state;
}

/** The user read up to a seq. `said`: the server's number for it, used where it cannot be derived. */
export function withRead(
  state: UnreadState,
  readSeq: number,
  said: number | undefined,
): { state: UnreadState; exact: boolean } {
  const live = state.live.filter((seq) => seq > readSeq);
  if (readSeq >= state.asOf || state.base === 0) return { state: { ...state, live, base: 0 }, exact: true };
  const base = said === undefined ? state.base : Math.max(0, said - live.length);
  return { state: { ...state, live, base }, exact: false };
}
