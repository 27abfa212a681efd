import { messageJson } from '@magpie/domain';
import { namesSomebody } from '../codec.ts';
import { isCounted } from '../hot/columns.ts';
import type { ConversationState } from '../hot/types.ts';
import { MESSAGE_FLAG } from '../schema.ts';
import {
  Conflict,
  editConversation,
  need,
  tell,
  userLane,
  type OpContext,
  type OpHandlers,
} from './context.ts';
import { holdFiles, releaseFiles } from './file-refs.ts';
import { pairKey } from './states.ts';

/** Rows of one multi-row insert: SQLite allows 32,766 parameters in a statement. */
const CHUNK = 1000;

export const messageOps: OpHandlers<
  'append' | 'message.replace' | 'change' | 'log' | 'deleted.add' | 'receipt.add'
> = {
  append: (c, op) => {
    const before = need(c.states.conversations.get(op.conv));
    const seq = before.lastSeq + 1;
    const time = Math.max(op.at, before.lastTime);
    const { conv, sender, clientId, body } = op;
    const first = c.hot.insertMessage({ ...op, seq, time });
    if (first) {
      c.appended = { conv, seq: first.seq, sender, time: first.time, clientId, body };
      return { seq: first.seq, time: first.time, duplicate: true, sameContent: first.fp === op.fp };
    }
    c.appended = { conv, seq, sender, time, clientId, body };
    const row = editConversation(c, conv, op.at);
    row.lastSeq = seq;
    row.lastTime = time;
    if (op.cls !== 'hidden' && !op.notLast) moveHeads(row, op.cls === 'content', op.audience === null);
    if (op.hooks?.length) {
      const { app, hooks, at } = op;
      const data = `{"message":${messageJson(c.appended, row.key)}}`;
      tell(c, { app, hooks, at }, row.key, envelope('message.created', row.key, seq, data));
    }
    const result = { seq, time, duplicate: false, sameContent: true };
    return op.files?.length ? holdFiles(c, op, seq, op.files).then(() => result) : result;
  },

  'message.replace': async (c, op) => {
    await c.flush();
    const row = need(c.states.conversations.get(op.conv));
    const found = await c.db
      .selectFrom('messages')
      .select('flags')
      .where('conv', '=', op.conv)
      .where('seq', '=', op.seq)
      .executeTakeFirst();
    const { flags } = need(found);
    if (flags & MESSAGE_FLAG.revoked) throw new Conflict('stale');
    const kept = flags & ~MESSAGE_FLAG.mentions;
    const next =
      kept | (op.revoked ? MESSAGE_FLAG.revoked : 0) | (namesSomebody(op.body) ? MESSAGE_FLAG.mentions : 0);
    await c.db
      .updateTable('messages')
      .set({ type: op.type, body: op.body, flags: next, counted: isCounted(next) })
      .where('conv', '=', op.conv)
      .where('seq', '=', op.seq)
      .execute();
    if (op.revoked) await releaseFiles(c, op.conv, op.seq, op.seq);
    if (op.revoked && row.headLive === op.seq)
      editConversation(c, op.conv).headLive = await liveBelow(c, op.conv, op.seq);
    return undefined;
  },

  change: (c, op) => {
    const row = editConversation(c, op.conv, op.at);
    row.changeSeq += 1;
    const payload = op.tip ? withTip(op.payload, tipOf(c, row.key)) : op.payload;
    c.hot.insertChange({ conv: op.conv, changeSeq: row.changeSeq, at: op.at, event: op.event, payload });
    if (op.hooks?.length) {
      const { app, hooks, at } = op;
      tell(c, { app, hooks, at }, row.key, envelope(op.event, row.key, row.changeSeq, payload));
    }
    return { changeSeq: row.changeSeq, payload };
  },

  log: (c, op) => {
    const user = need(c.states.users.edit(pairKey(op.app, op.user)));
    user.userSeq += 1;
    const { app, at, event, convKey, payload } = op;
    c.hot.insertLog({ app, user: op.user, userSeq: user.userSeq, at, event, convKey, payload });
    if (op.hooks?.length) {
      const text = envelope(event, convKey, user.userSeq, payload, op.user);
      tell(c, { app, hooks: op.hooks, at }, userLane(op.user), text);
    }
    return { userSeq: user.userSeq };
  },

  'deleted.add': async (c, op) => {
    for (const seqs of chunks(op.seqs)) {
      const rows = seqs.map((seq) => ({ conv: op.conv, user_id: op.user, seq, at: op.at }));
      await c.db.insertInto('deleted').values(rows).onConflict((o) => o.doNothing()).execute(); // prettier-ignore
    }
    const row = c.states.participants.edit(pairKey(op.conv, op.user));
    if (row) row.changedAt = Math.max(row.changedAt, op.at);
    return undefined;
  },

  'receipt.add': async (c, op) => {
    const added: number[] = [];
    for (const seqs of chunks(op.seqs)) {
      const rows = seqs.map((seq) => ({
        conv: op.conv,
        seq,
        user_id: op.user,
        at: op.at,
        content: op.content,
      }));
      const done = await c.db.insertInto('receipts').values(rows).onConflict((o) => o.doNothing()).returning('seq').execute(); // prettier-ignore
      added.push(...done.map((row) => row.seq));
    }
    return { added: added.sort((a, b) => a - b) };
  },
};

/** A targeted entry is a head as well: who may not see it is led further down by the read. */
function moveHeads(row: ConversationState, content: boolean, everybody: boolean): void {
  row.headEntry = row.lastSeq;
  row.activeAt = row.lastTime;
  if (everybody) row.headPublic = row.lastSeq;
  if (!content) return;
  row.headContent = row.lastSeq;
  row.headLive = row.lastSeq;
}

async function liveBelow(c: OpContext, conv: number, seq: number): Promise<number> {
  const passed = MESSAGE_FLAG.revoked | MESSAGE_FLAG.notLast;
  const row = await c.db
    .selectFrom('messages')
    .select('seq')
    .where('conv', '=', conv)
    .where('seq', '<', seq)
    .where('cls', '=', 0)
    .where((eb) => eb(eb('flags', '&', passed), '=', 0))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

function tipOf(c: OpContext, key: string): string {
  if (!c.appended) throw new Error('a change with a tip needs an append before it in its unit');
  return messageJson(c.appended, key);
}

function withTip(payload: string, tip: string): string {
  const open = payload.trimEnd().slice(0, -1);
  return `${open}${open.trim() === '{' ? '' : ','}"tip":${tip}}`;
}

/** An event as clients get it; `u` says whose log it stands in. */
function envelope(event: string, key: string | null, n: number, data: string, user?: string): string {
  const conv = key === null ? '' : `"c":${JSON.stringify(key)},`;
  const whose = user === undefined ? '' : `"u":${JSON.stringify(user)},`;
  return `{"e":${JSON.stringify(event)},${conv}"n":${n},${whose}"d":${data}}`;
}

function* chunks<T>(list: readonly T[]): Generator<readonly T[]> {
  const distinct = [...new Set(list)];
  for (let i = 0; i < distinct.length; i += CHUNK) yield distinct.slice(i, i + CHUNK);
}
