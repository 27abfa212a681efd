import { bareId, kindOf, refOf, type Conversation } from '@magpie/protocol';
import type { ConversationView } from '../types.ts';
import { fullHeads } from './heads.ts';

/** Pinned first, the newest pin on top; then by the newest activity. */
export function compareRows(a: Conversation, b: Conversation): number {
  const pins = (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0);
  return pins !== 0 ? pins : b.activeAt - a.activeAt || (a.conv < b.conv ? -1 : 1);
}

/** Whether a row stands in the list: deleted ones come back with the next drawable entry, or when pinned. Rooms never do. */
export function isListed(row: Conversation): boolean {
  if (kindOf(row.conv) === 'room') return false;
  if (row.pinnedAt !== undefined) return true;
  const newest = row.heads.entry?.seq ?? 0;
  if (row.hiddenSeq !== undefined) return newest > row.hiddenSeq;
  return newest > 0 || row.clearedSeq !== undefined;
}

export function viewOf(row: Conversation, me: string): ConversationView {
  const ref = refOf(row.conv, me);
  const kind = kindOf(row.conv);
  const { entry, content, live } = fullHeads(row.heads);
  return {
    ...row,
    ref,
    kind,
    ...(kind === 'direct' ? { peer: bareId(ref) } : {}),
    ...(entry ? { lastEntry: entry } : {}),
    ...(content ? { lastContent: content } : {}),
    ...(live ? { lastLive: live } : {}),
  };
}
