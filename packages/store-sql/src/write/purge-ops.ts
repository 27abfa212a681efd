import { sql } from 'kysely';
import { isCounted } from '../hot/columns.ts';
import type { ConversationState } from '../hot/types.ts';
import { MESSAGE_FLAG } from '../schema.ts';
import { editConversation, need, type OpContext, type OpHandlers } from './context.ts';
import { doomUnheld, releaseFiles } from './file-refs.ts';

/** What takes entries out of logs. Preloaded: their conversations. */
export const purgeOps: OpHandlers<
  'purge.trim' | 'purge.entries' | 'purge.looked' | 'message.erase' | 'file.doom'
> = {
  'purge.trim': async (c, { conv, upTo, max }) => {
    const receipts = await sql`delete from receipts where (conv, seq, user_id) in
      (select conv, seq, user_id from receipts where conv = ${conv} and seq <= ${upTo} limit ${max})`.execute(c.db); // prettier-ignore
    const left = max - Number(receipts.numAffectedRows ?? 0n);
    if (left <= 0) return { more: true };
    const deleted = await sql`delete from deleted where (conv, user_id, seq) in
      (select conv, user_id, seq from deleted where conv = ${conv} and seq <= ${upTo} limit ${left})`.execute(c.db); // prettier-ignore
    return { more: Number(deleted.numAffectedRows ?? 0n) >= left };
  },

  'purge.entries': async (c, { conv, upTo }) => {
    await c.flush();
    const row = editConversation(c, conv);
    const { purged_seq: before } = await c.db.selectFrom('conversations').select('purged_seq').where('num', '=', conv).executeTakeFirstOrThrow(); // prettier-ignore
    const end = Math.min(upTo, row.lastSeq);
    if (end <= before) return undefined;
    await releaseFiles(c, conv, before, end);
    for (const table of ['receipts', 'deleted', 'messages'] as const)
      await c.db.deleteFrom(table).where('conv', '=', conv).where('seq', '<=', end).execute();
    const first = await c.db.selectFrom('messages').select('time').where('conv', '=', conv).orderBy('seq').limit(1).executeTakeFirst(); // prettier-ignore
    // What comes into an empty log is no older than what was in it.
    const set = { purged_seq: end, oldest_at: first?.time ?? row.lastTime };
    await c.db.updateTable('conversations').set(set).where('num', '=', conv).execute();
    // Heads are the newest of their kind: before the beginning there is none.
    for (const head of ['headEntry', 'headContent', 'headLive', 'headPublic'] as const)
      if (row[head] <= end) row[head] = 0;
    return undefined;
  },

  'purge.looked': async (c, { places }) => {
    for (const { conv, oldestAt } of [...places].sort((a, b) => a.conv - b.conv))
      await c.db.updateTable('conversations').set({ oldest_at: oldestAt }).where('num', '=', conv).where('oldest_at', '<', oldestAt).execute(); // prettier-ignore
    return undefined;
  },

  'message.erase': async (c, { conv, entries, hide }) => {
    await c.flush();
    const row = editConversation(c, conv);
    for (const { seq, type, body } of entries) {
      const place = c.db
        .selectFrom('messages')
        .select('flags')
        .where('conv', '=', conv)
        .where('seq', '=', seq);
      const { flags } = need(await place.executeTakeFirst());
      const next = (flags & ~MESSAGE_FLAG.mentions) | MESSAGE_FLAG.revoked;
      const hidden = hide ? { cls: 2, audience: NOBODY } : {};
      await c.db.updateTable('messages').set({ type, body, flags: next, counted: isCounted(next), ...hidden }).where('conv', '=', conv).where('seq', '=', seq).execute(); // prettier-ignore
      await releaseFiles(c, conv, seq, seq);
    }
    await correctHeads(c, row, new Set(entries.map(({ seq }) => seq)), hide);
    return undefined;
  },

  'file.doom': async (c, { app, ids }) => {
    const unused = await c.db.selectFrom('files').select('id').where('app', '=', app).where('id', 'in', ids).where('used_at', 'is', null).execute(); // prettier-ignore
    await doomUnheld(
      c,
      app,
      unused.map(({ id }) => id),
    );
    return undefined;
  },
};

/** An audience without anybody in it. */
const NOBODY = '  ';

async function correctHeads(
  c: OpContext,
  row: ConversationState,
  gone: ReadonlySet<number>,
  hide: boolean,
): Promise<void> {
  const before = (seq: number) =>
    c.db
      .selectFrom('messages')
      .select('seq')
      .where('conv', '=', row.num)
      .where('seq', '<', seq)
      .orderBy('seq', 'desc')
      .limit(1);
  const without = (flags: number) => sql<boolean>`(flags & ${sql.lit(flags)}) = 0`;
  const drawn = without(MESSAGE_FLAG.notLast);
  const newest = async (query: ReturnType<typeof before>): Promise<number> =>
    (await query.executeTakeFirst())?.seq ?? 0;
  if (gone.has(row.headLive))
    row.headLive = await newest(before(row.headLive).where('cls', '=', 0).where(without(MESSAGE_FLAG.revoked | MESSAGE_FLAG.notLast))); // prettier-ignore
  if (!hide) return;
  if (gone.has(row.headEntry)) row.headEntry = await newest(before(row.headEntry).where('cls', '<', 2).where(drawn)); // prettier-ignore
  if (gone.has(row.headContent)) row.headContent = await newest(before(row.headContent).where('cls', '=', 0).where(drawn)); // prettier-ignore
  if (gone.has(row.headPublic)) row.headPublic = await newest(before(row.headPublic).where('cls', '<', 2).where(drawn).where('audience', 'is', null)); // prettier-ignore
}
