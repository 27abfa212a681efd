import { sql } from 'kysely';
import { fromTimer } from '../codec-slices.ts';
import type { TimerTable } from '../schema-slices.ts';
import { Conflict, type OpHandlers } from './context.ts';

export const timerOps: OpHandlers<
  'timer.put' | 'timer.remove' | 'timer.claim' | 'timer.done' | 'timer.later'
> = {
  'timer.put': async (c, { id, app, kind, dueAt, payload }) => {
    const row = { app, kind, due_at: dueAt, ready_at: dueAt, payload, attempts: 0, owner: null };
    await c.db.insertInto('timers').values({ id, ...row }).onConflict((o) => o.column('id').doUpdateSet(row)).execute(); // prettier-ignore
    return undefined;
  },

  'timer.remove': async (c, { id }) => {
    await c.db.deleteFrom('timers').where('id', '=', id).execute();
    return undefined;
  },

  'timer.claim': async (c, { owner, kinds, now, leaseUntil, limit }) => {
    if (kinds.length === 0) return { timers: [] };
    const unlocked = sql.raw(c.dialect === 'postgres' ? 'for update skip locked' : '');
    const taken = await sql<TimerTable>`
      with due as (select id from timers where ready_at <= ${now} and kind in (${sql.join(kinds)}) order by ready_at limit ${limit} ${unlocked})
      update timers set owner = ${owner}, ready_at = ${leaseUntil}, attempts = attempts + 1 where id in (select id from due) returning *`.execute(
      c.db,
    );
    const rows = taken.rows.map((row) => fromTimer({ ...row, attempts: row.attempts - 1 }));
    return { timers: rows.sort((a, b) => a.dueAt - b.dueAt) };
  },

  'timer.done': async (c, { id, owner }) => {
    const done = await c.db.deleteFrom('timers').where('id', '=', id).where('owner', '=', owner).executeTakeFirst(); // prettier-ignore
    orStale(done.numDeletedRows);
    return undefined;
  },

  'timer.later': async (c, { id, owner, dueAt }) => {
    const done = await c.db.updateTable('timers').set({ owner: null, due_at: dueAt, ready_at: dueAt }).where('id', '=', id).where('owner', '=', owner).executeTakeFirst(); // prettier-ignore
    orStale(done.numUpdatedRows);
    return undefined;
  },
};

function orStale(rows: bigint): void {
  if (!rows) throw new Conflict('stale');
}
