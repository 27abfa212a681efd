import { sql } from 'kysely';
import type { OpContext, OpHandlers } from './context.ts';

/** Operations over many rows at once. They work on what is in the database, so what is held in memory is written first. */
export const upkeepOps: OpHandlers<'prune'> = {
  prune: async (c, { changesBefore, logBefore, now, max }) => {
    await c.flush();
    await pruneChanges(c, changesBefore, max);
    await pruneLogs(c, logBefore, max);
    await pruneSubscriptions(c, now, max);
    await pruneRoomUsers(c, now, max);
    return undefined;
  },
};

/** A stream is cut at its beginning only: everything up to the newest old entry of the batch goes. */
async function pruneChanges(c: OpContext, before: number, max: number): Promise<void> {
  const old = await sql<{ conv: number; upto: number }>`
    select conv, max(change_seq) as upto from
      (select conv, change_seq from changes where at < ${before} order by at limit ${max}) as old
    group by conv order by conv`.execute(c.db);
  for (const { conv, upto } of old.rows) {
    await c.db.updateTable('conversations').set({ changes_pruned: upto }).where('num', '=', conv).where('changes_pruned', '<', upto).execute(); // prettier-ignore
    await c.db.deleteFrom('changes').where('conv', '=', conv).where('change_seq', '<=', upto).execute();
    const state = c.states.conversations.edit(conv);
    if (state) state.changesPruned = Math.max(state.changesPruned, upto);
  }
}

async function pruneLogs(c: OpContext, before: number, max: number): Promise<void> {
  const old = await sql<{ app: string; user_id: string; upto: number }>`
    select app, user_id, max(user_seq) as upto from
      (select app, user_id, user_seq from user_log where at < ${before} order by at limit ${max}) as old
    group by app, user_id order by app, user_id`.execute(c.db);
  for (const { app, user_id, upto } of old.rows) {
    await c.db.deleteFrom('user_log').where('app', '=', app).where('user_id', '=', user_id).where('user_seq', '<=', upto).execute(); // prettier-ignore
  }
}

async function pruneSubscriptions(c: OpContext, now: number, max: number): Promise<void> {
  await sql`delete from subscriptions where (app, watcher, target) in
    (select app, watcher, target from subscriptions where expires_at <= ${now} order by expires_at limit ${max})`.execute(
    c.db,
  );
}

/** As the index has it. */
const OVER = sql.raw(
  '(case when coalesce(muted_until, 0) > coalesce(banned_until, 0) then muted_until else coalesce(banned_until, 0) end)',
);

async function pruneRoomUsers(c: OpContext, now: number, max: number): Promise<void> {
  await sql`delete from room_users where (conv, user_id) in
    (select conv, user_id from room_users where role = 2 and ${OVER} <= ${now} order by ${OVER} limit ${max})`.execute(
    c.db,
  );
}
