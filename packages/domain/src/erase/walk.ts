import { messageId, type EventPayload, type Message } from '@magpie/protocol';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import { messageJson } from '../message-json.ts';
import { parsePart } from '../message/part.ts';
import type { ConversationRow, MessageRow } from '../ports/rows.ts';
import type { ErasureRow } from '../ports/rows-upkeep.ts';
import type { WriteOp } from '../ports/writes.ts';
import { isOver, pause } from '../retention/pace.ts';

/** Entries of one unit; places of a log looked at in one read. */
const ENTRIES = 50;
const STRETCH = 20_000;

type Log = Pick<ConversationRow, 'num' | 'app' | 'key' | 'lastSeq' | 'purgedSeq'>;
type Entry = Pick<MessageRow, 'seq' | 'type' | 'body'>;

/** Replaces what a user said in one log, from a seq on. Answers where it stands; past the end when it is through. */
export async function eraseLog(
  deps: Deps,
  erasure: { row: ErasureRow },
  log: Log,
  from: number,
  until: number,
): Promise<number> {
  let seq = Math.max(from, log.purgedSeq + 1);
  while (seq <= log.lastSeq && !isOver(deps, until)) {
    const hi = Math.min(seq + STRETCH - 1, log.lastSeq);
    const rows = await deps.store.upkeep.sent(log.num, erasure.row.user, seq, hi, ENTRIES);
    const work = rows.map((row) => replaced(row, erasure.row)).filter((one) => one !== undefined);
    if (work.length > 0) await commit(deps, erasure, log, work);
    seq = rows.length < ENTRIES ? hi + 1 : (rows.at(-1)?.seq ?? hi) + 1;
    if (work.length > 0) await pause(deps);
  }
  return seq;
}

interface Replaced {
  readonly row: MessageRow;
  readonly entry: Entry;
  readonly hide: boolean;
}

/** What is left of an entry; undefined where nothing of it is the user's own words, or nothing is left already. */
function replaced(row: MessageRow, { messages, startedAt, user }: ErasureRow): Replaced | undefined {
  if (messages === 'keep' || row.type === 'tip') return undefined;
  // What is not drawn by everybody cannot be shown as taken back: it becomes a hole.
  const hide = messages === 'remove' || row.cls !== 'content';
  const part = parsePart(row.body);
  const { content } = part;
  const bare = content.type === 'revoked' && content.original.text === undefined;
  if (bare && (!hide || row.audience?.length === 0)) return undefined;
  const type = content.type === 'revoked' ? content.original.type : content.type;
  const revoked: Message['revoked'] = { by: user, at: part.revoked?.at ?? startedAt, role: 'app' };
  const { priority, counts, notLast, audience } = part;
  const body = JSON.stringify({ content: { type: 'revoked', original: { type } }, priority, counts, notLast, audience, revoked }); // prettier-ignore
  return { row, entry: { seq: row.seq, type: 'revoked', body }, hide };
}

/** In one unit: the entries, what tells of them, and how many they are. */
async function commit(
  deps: Deps,
  erasure: { row: ErasureRow },
  log: Log,
  work: readonly Replaced[],
): Promise<void> {
  const { app, num: conv, key } = log;
  const { user, startedAt } = erasure.row;
  const entries = erasure.row.entries + work.length;
  const erase = [false, true].flatMap((hide): WriteOp[] => {
    const some = work.filter((one) => one.hide === hide).map(({ entry }) => entry);
    return some.length > 0 ? [{ op: 'message.erase', app, conv, entries: some, hide }] : [];
  });
  const drawn = work.filter(({ row }) => row.cls === 'content');
  const at = deps.clock.now();
  const changes = drawn.map(({ row, entry }): WriteOp => ({ op: 'change', app, conv, event: 'message.revoked', payload: told(log, row, entry), at })); // prettier-ignore
  const results: readonly unknown[] = await deps.store.commit([...erase, { op: 'erasure.put', app, user, set: { startedAt, entries } }, ...changes]); // prettier-ignore
  erasure.row = { ...erasure.row, entries };
  for (const result of results.slice(erase.length + 1)) {
    const { changeSeq, payload } = result as { changeSeq: number; payload: string };
    await deps.delivery.toConversation({ app, num: conv, key }, eventText('message.revoked', payload, key, changeSeq)); // prettier-ignore
  }
}

function told({ key }: Log, row: MessageRow, { body }: Entry): string {
  const message = JSON.parse(messageJson({ ...row, body }, key)) as Message;
  const payload: EventPayload<'message.revoked'> = { message: { ...message, id: messageId(row.conv, row.seq) }, by: row.sender, counted: row.counts && !row.revoked }; // prettier-ignore
  return JSON.stringify(payload);
}
