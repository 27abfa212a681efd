import { directPair, messageId, type Conversation, type Message, type People } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { leaving } from '../file/sign.ts';
import { summaryOf } from '../group/view.ts';
import { messageJson } from '../message-json.ts';
import { parsePart } from '../message/part.ts';
import type { GroupRow, MessageRow, ParticipantRow } from '../ports/rows.ts';
import type { ConversationForUser } from '../ports/store.ts';
import { shownTo, sightOf, type Sight } from './resolve.ts';

type Heads = Conversation['heads'];

/** Conversations as one user sees them. What all rows of a page need is read once for the page. */
export async function snapshots(
  deps: Deps,
  app: AppContext,
  userId: string,
  rows: readonly ConversationForUser[],
): Promise<{ conversations: Conversation[]; people: People }> {
  const peers = rows.filter(({ conversation }) => conversation.kind === 'direct');
  const [unread, groups, peerRows] = await Promise.all([
    deps.store.conversations.unread(rows.map(({ participant }) => participant)),
    groupsOf(deps, rows),
    Promise.all(peers.map(({ conversation }) => deps.store.conversations.participant(conversation.num, peerOf(conversation.key, userId)))), // prettier-ignore
  ]);
  const peerRead = new Map(peerRows.flatMap((row) => (row ? [[row.conv, row] as const] : [])));
  const names = new Set<string>();
  const conversations: Conversation[] = [];
  for (const [index, { conversation, participant }] of rows.entries()) {
    const place = deps.conversations.remember(conversation);
    const sight = sightOf(place, conversation, participant);
    const heads = await headsOf(deps, app, sight, userId);
    for (const head of Object.values(heads)) if (head) names.add(head.from);
    if (conversation.kind === 'direct') names.add(peerOf(conversation.key, userId));
    const count = unread[index] ?? 0;
    const mentioned =
      count > 0 && conversation.kind !== 'direct' ? await mentionsOf(deps, sight, userId) : [];
    conversations.push(
      snapshot(sight, heads, count, mentioned, groups.get(conversation.num), peerRead.get(conversation.num)),
    );
  }
  return { conversations, people: await deps.accounts.people(app.id, names) };
}

/** The other user of a direct conversation; oneself in notes to self. */
export function peerOf(key: string, me: string): string {
  const [a, b] = directPair(key);
  return a === me ? b : a;
}

async function groupsOf(deps: Deps, rows: readonly ConversationForUser[]): Promise<Map<number, GroupRow>> {
  const nums = rows
    .filter(({ conversation }) => conversation.kind === 'group')
    .map(({ conversation }) => conversation.num);
  const groups = nums.length > 0 ? await deps.store.groups.byConversations(nums) : [];
  return new Map(groups.map((group) => [group.conv, group]));
}

function snapshot(
  sight: Sight,
  heads: Heads,
  unread: number,
  mentioned: Conversation['mentioned'] & {},
  group: GroupRow | undefined,
  peer: ParticipantRow | undefined,
): Conversation {
  const { conversation, participant } = sight;
  return {
    conv: conversation.key,
    lastSeq: sight.hi,
    changeSeq: conversation.changeSeq,
    activeAt: heads.entry?.time ?? participant.pinnedAt ?? (conversation.kind === 'group' ? participant.joinedAt : conversation.activeAt),
    readSeq: participant.readSeq,
    reportedSeq: participant.reportedSeq,
    unread,
    heads,
    historyFrom: Math.max(participant.historyFrom, conversation.purgedSeq + 1),
    ...(peer ? { peerReadSeq: peer.reportedSeq, peerReadAt: peer.reportedAt } : {}),
    ...(mentioned.length > 0 ? { mentioned } : {}),
    ...(participant.pinnedAt === null ? {} : { pinnedAt: participant.pinnedAt }),
    ...(participant.notifyLevel !== 'all' || participant.discard ? { notify: { level: participant.notifyLevel, ...(participant.discard ? { discard: true as const } : {}) } } : {}), // prettier-ignore
    ...(participant.hiddenSeq > 0 ? { hiddenSeq: participant.hiddenSeq } : {}),
    ...(participant.clearedSeq > 0 ? { clearedSeq: participant.clearedSeq } : {}),
    ...(participant.state === 'member' ? {} : { state: participant.state }),
    ...(group ? { group: summaryOf(group) } : {}),
  }; // prettier-ignore
}

/** Up to three newest-entry snapshots, duplicates left out (core-model §2). The conversation's own heads serve unless this user is not shown them. */
async function headsOf(deps: Deps, app: AppContext, sight: Sight, userId: string): Promise<Heads> {
  const { conversation, place } = sight;
  const entry = await head(deps, sight, userId, conversation.headEntry, ['content', 'record'], false);
  const content = conversation.headContent === entry?.seq ? entry : await head(deps, sight, userId, conversation.headContent, ['content'], false); // prettier-ignore
  const live = conversation.headLive === content?.seq ? content : await head(deps, sight, userId, conversation.headLive, ['content'], true); // prettier-ignore
  const wire = (row: MessageRow) =>
    JSON.parse(messageJson({ ...row, body: leaving(deps, app, row.body) }, place.key)) as Message;
  return {
    ...(entry ? { entry: wire(entry) } : {}),
    ...(content && content !== entry ? { content: wire(content) } : {}),
    ...(live && live !== content ? { live: wire(live) } : {}),
  };
}

async function head(
  deps: Deps,
  sight: Sight,
  user: string,
  seq: number,
  classes: readonly MessageRow['cls'][],
  live: boolean,
): Promise<MessageRow | undefined> {
  const { place, lo, hi } = sight;
  if (seq === 0 && hi === sight.conversation.lastSeq) return undefined;
  if (seq >= lo && seq <= hi) {
    const [row] = await deps.store.messages.get(place.num, [seq]);
    const deleted = row ? await deps.store.messages.deleted(place.num, user, seq, seq) : [];
    if (row && shownTo(row, user) && deleted.length === 0) return row;
  }
  return deps.store.messages.head(place.num, {
    user,
    from: Math.min(hi, seq > 0 ? seq : hi),
    lowest: lo,
    classes,
    live,
  });
}

async function mentionsOf(
  deps: Deps,
  sight: Sight,
  userId: string,
): Promise<NonNullable<Conversation['mentioned']>> {
  const { place, participant, hi } = sight;
  const rows = await deps.store.messages.mentions(place.num, userId, participant.readSeq, hi);
  return rows.map((row) => {
    const { mentions } = parsePart(row.body);
    return {
      id: messageId(row.conv, row.seq),
      seq: row.seq,
      from: row.sender,
      me: mentions?.users?.includes(userId) ?? false,
      all: mentions?.all ?? false,
    };
  });
}
