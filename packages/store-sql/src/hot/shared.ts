import type { ConversationForUser, MessageRow, ParticipantRow } from '@magpie/domain';
import { MAX_SEQ } from '../schema.ts';
import { readConversation, readParticipant, CONVERSATION, type Cells } from './columns.ts';

/** What both dialects do alike around their statements. */

/** The stretch unread is counted in, both ends inclusive; undefined when there is nothing to count. */
export function unreadRange(row: ParticipantRow): { readonly lo: number; readonly hi: number } | undefined {
  if (row.discard) return undefined;
  const lo = Math.max(row.readSeq, row.clearedSeq, row.historyFrom - 1) + 1;
  const hi = row.historyTo ?? MAX_SEQ;
  return lo > hi ? undefined : { lo, hi };
}

export const readForUser = (cells: Cells): ConversationForUser => ({
  conversation: readConversation(cells),
  participant: readParticipant(cells, CONVERSATION.length),
});

export function classMask(classes: readonly MessageRow['cls'][]): number {
  return classes.reduce((mask, cls) => mask | (cls === 'content' ? 1 : cls === 'record' ? 2 : 4), 0);
}

export function mentionsUser(row: MessageRow, user: string): boolean {
  const { mentions } = JSON.parse(row.body) as { mentions?: { users?: readonly string[]; all?: boolean } };
  return mentions !== undefined && (mentions.all === true || (mentions.users?.includes(user) ?? false));
}

/** How many mentions are told, and how many entries that mention anybody are looked at for them. */
export const MENTIONS = { kept: 20, page: 100, pages: 10 } as const;

export const FIRST = { pinnedAt: MAX_SEQ, activeAt: MAX_SEQ, num: MAX_SEQ } as const;

/** The targets that a page after a pair is about, in the order of the pages. */
export function watched(targets: readonly string[], after?: { readonly target: string }): readonly string[] {
  const distinct = [...new Set(targets)].sort();
  return after ? distinct.filter((target) => target >= after.target) : distinct;
}
