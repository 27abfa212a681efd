import { sql } from 'kysely';
import type { OpHandlers } from './context.ts';

/** Acts are added, ended once, and go when they are old; nothing else is ever done to them. */
export const auditOps: OpHandlers<'audit.add' | 'audit.end' | 'audit.prune'> = {
  'audit.add': async (c, { row }) => {
    const { user, by, ...same } = row;
    await c.db.insertInto('audit').values({ ...same, by_whom: by, user_id: user }).onConflict((o) => o.doNothing()).execute(); // prettier-ignore
    return undefined;
  },

  'audit.end': async (c, { app, at, id, outcome }) => {
    await c.db.updateTable('audit').set({ outcome }).where('app', '=', app).where('at', '=', at).where('id', '=', id).where('outcome', 'is', null).execute(); // prettier-ignore
    return undefined;
  },

  'audit.prune': async (c, { app, before, max }) => {
    const done = await sql`delete from audit where (app, at, id) in
      (select app, at, id from audit where app = ${app} and at < ${before} order by at limit ${max})`.execute(c.db); // prettier-ignore
    return { more: Number(done.numAffectedRows ?? 0n) >= max };
  },
};
