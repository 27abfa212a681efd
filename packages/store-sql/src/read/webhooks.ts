import type { WebhookReads } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import { fromHook, fromOutbox } from '../codec-slices.ts';
import { hooksWithLanes } from '../hot/outbox.ts';
import type { Schema } from '../schema.ts';

export function webhookReads(db: Kysely<Schema>): WebhookReads {
  return {
    all: async () => {
      const rows = await db.selectFrom('hooks').selectAll().orderBy('app').orderBy('created_at').orderBy('id').execute(); // prettier-ignore
      return rows.map(fromHook);
    },
    stats: (app) => stats(db, app),
    parked: async (app, hook, { after = 0, limit }) => {
      const rows = await db.selectFrom('outbox').selectAll().where('app', '=', app).where('hook', '=', hook).where('parked_at', 'is not', null).where('id', '>', after).orderBy('id').limit(limit).execute(); // prettier-ignore
      return rows.map(fromOutbox);
    },
    nextDue: async (now) => {
      // Held lanes stand at the end of their hold.
      const { rows } = await sql<{
        due: number | null;
      }>`${sql.raw(hooksWithLanes('select min(d) as due from (select'))}
        (select l.due_at from outbox_lanes l where l.app = h.app and l.hook = h.hook and (l.owner is null or l.due_at <= ${now})
          order by l.due_at limit 1) as d from h) as firsts`.execute(db);
      return rows[0]?.due ?? undefined;
    },
    totals: async () => {
      const lanes = db.selectFrom('outbox_lanes').select((eb) => eb.fn.sum<number | string | null>('waiting').as('waiting')); // prettier-ignore
      const hooks = db.selectFrom('hooks').select((eb) => eb.fn.sum<number | string | null>('parked').as('parked')); // prettier-ignore
      const [row, other] = [await lanes.executeTakeFirst(), await hooks.executeTakeFirst()];
      // PostgreSQL sums bigints as numeric, which comes as text.
      return { waiting: Number(row?.waiting ?? 0), parked: Number(other?.parked ?? 0) };
    },
    behindSince: async () => {
      const query = sql<{ since: number | null }>`select min(coalesce(failing_since, due_at)) as since from outbox_lanes`; // prettier-ignore
      const { rows } = await query.execute(db);
      return rows[0]?.since ?? undefined;
    },
  };
}

async function stats(db: Kysely<Schema>, app: string): ReturnType<WebhookReads['stats']> {
  const hooks = await db.selectFrom('hooks').select(['id', 'parked']).where('app', '=', app).orderBy('created_at').orderBy('id').execute(); // prettier-ignore
  const lanes = await db
    .selectFrom('outbox_lanes')
    .select((eb) => [
      'hook',
      eb.fn.sum<number | string>('waiting').as('waiting'),
      eb.fn.min('failing_since').as('since'),
    ]) // prettier-ignore
    .where('app', '=', app)
    .groupBy('hook')
    .execute();
  const found = new Map(lanes.map((lane) => [lane.hook, lane]));
  const rows = [];
  for (const { id, parked } of hooks) {
    const { waiting = 0, since = null } = found.get(id) ?? {};
    rows.push({
      hook: id,
      waiting: Number(waiting),
      parked,
      failingSince: since,
      error: since === null ? null : await errorOf(db, app, id, since),
    });
  }
  return rows;
}

async function errorOf(db: Kysely<Schema>, app: string, hook: string, since: number): Promise<string | null> {
  const row = await db.selectFrom('outbox_lanes').select('error').where('app', '=', app).where('hook', '=', hook).where('failing_since', '=', since).orderBy('lane').limit(1).executeTakeFirst(); // prettier-ignore
  return row?.error ?? null;
}
