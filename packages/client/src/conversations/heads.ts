import type { Conversation, Message } from '@magpie/protocol';
import { entryClassOf } from '../core/entry-class.ts';

type Heads = Conversation['heads'];

/** The three newest-entry snapshots, with the abbreviations of the wire written out. */
export interface FullHeads {
  readonly entry: Message | undefined;
  readonly content: Message | undefined;
  readonly live: Message | undefined;
}

export function fullHeads({ entry, content, live }: Heads): FullHeads {
  const drawn = entry && entryClassOf(entry.content.type) === 'content' ? entry : undefined;
  const fullContent = content ?? drawn;
  return { entry, content: fullContent, live: live ?? (fullContent?.revoked ? undefined : fullContent) };
}

export function wireHeads(heads: FullHeads): Heads {
  return {
    ...(heads.entry ? { entry: heads.entry } : {}),
    ...(heads.content && heads.content !== heads.entry ? { content: heads.content } : {}),
    ...(heads.live && heads.live !== heads.content ? { live: heads.live } : {}),
  };
}

const newer = (head: Message | undefined, message: Message): boolean => (message.seq ?? 0) > (head?.seq ?? 0);

/** Heads after a new entry; the same object when nothing moved. */
export function headsWith(heads: FullHeads, message: Message): FullHeads {
  const kind = entryClassOf(message.content.type);
  if (kind === 'hidden' || message.notLast === true || message.seq === undefined) return heads;
  const entry = newer(heads.entry, message) ? message : heads.entry;
  if (kind === 'record') return entry === heads.entry ? heads : { ...heads, entry };
  const content = newer(heads.content, message) ? message : heads.content;
  const live = message.revoked === undefined && newer(heads.live, message) ? message : heads.live;
  const same = entry === heads.entry && content === heads.content && live === heads.live;
  return same ? heads : { entry, content, live };
}

/** Heads after an entry changed in place. `stale`: the new `live` must be asked for. */
export function headsRevised(
  heads: FullHeads,
  message: Message,
): { heads: FullHeads; touched: boolean; stale: boolean } {
  const is = (head: Message | undefined): boolean => head !== undefined && head.id === message.id;
  const touched = is(heads.entry) || is(heads.content) || is(heads.live);
  if (!touched) return { heads, touched, stale: false };
  const revised = (head: Message | undefined): Message | undefined => (is(head) ? message : head);
  const liveGone = is(heads.live) && message.revoked !== undefined;
  return {
    heads: {
      entry: revised(heads.entry),
      content: revised(heads.content),
      live: liveGone ? undefined : revised(heads.live),
    },
    touched,
    stale: liveGone,
  };
}
