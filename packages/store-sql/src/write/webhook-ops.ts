import { toHook } from '../codec-slices.ts';
import type { OutboxTable } from '../schema-slices.ts';
import { Conflict, oneAtATime, tell, type OpContext, type OpHandlers } from './context.ts';

const CHUNK = 500;

export const webhookOps: OpHandlers<
  'hook.put' | 'hook.remove' | 'outbox.add' | 'outbox.claim' | 'outbox.settle' | 'outbox.unpark'
> = {
  'hook.put': async (c, { row, max }) => {
    await oneAtATime(c, `hooks ${row.app}`);
    const { app, id, ...rest } = toHook(row);
    const before = await count(c, app);
    await c.db
      .insertInto('hooks')
      .values({ app, id, ...rest, parked: 0 })
      .onConflict((o) => o.columns(['app', 'id']).doUpdateSet(rest))
      .execute();
    const total = await count(c, app);
    if (max !== undefined && total > max && total > before) throw new Conflict('full');
    return undefined;
  },

  'hook.remove': async (c, { app, id }) => {
    await c.flushOutbox();
    await c.db.deleteFrom('outbox_lanes').where('app', '=', app).where('hook', '=', id).execute();
    for (const parked of ['is', 'is not'] as const)
      await c.db.deleteFrom('outbox').where('app', '=', app).where('hook', '=', id).where('parked_at', parked, null).execute(); // prettier-ignore
    await c.db.deleteFrom('hooks').where('app', '=', app).where('id', '=', id).execute();
    return undefined;
  },

  'outbox.add': (c, { lane, event, ...op }) => {
    tell(c, op, lane, event);
    return undefined;
  },

  'outbox.claim': async (c, op) => {
    const claimed = await c.hot.outbox.claim(op);
    const lanes = claimed.filter(({ events }) => events.length > 0);
    // What a hook's removal left of a lane that was written to at that moment: it would be claimed for ever.
    if (lanes.length < claimed.length)
      for (const { lane, events } of claimed)
        if (events.length === 0)
          await c.db.deleteFrom('outbox_lanes').where('app', '=', lane.app).where('hook', '=', lane.hook).where('lane', '=', lane.lane).execute(); // prettier-ignore
    return { lanes };
  },

  'outbox.settle': async (c, op) => {
    const { park, retry } = op;
    const texts = {
      ...(park ? { park: { ...park, error: plain(park.error) } } : {}),
      ...(retry ? { retry: { ...retry, error: plain(retry.error) } } : {}),
    };
    if (!(await c.hot.outbox.settle({ ...op, ...texts }))) throw new Conflict('stale');
    return undefined;
  },

  'outbox.unpark': async (c, { app, hook, ids, forget, at, max }) => {
    const parked = ids === undefined ? await oldest(c, app, hook, max) : [...new Set(ids)].slice(0, max);
    const taken: OutboxTable[] = [];
    for (let i = 0; i < parked.length; i += CHUNK) {
      const rows = await c.db
        .deleteFrom('outbox')
        .where('app', '=', app)
        .where('hook', '=', hook)
        .where('parked_at', 'is not', null)
        .where('id', 'in', parked.slice(i, i + CHUNK))
        .returningAll()
        .execute();
      taken.push(...rows);
    }
    if (taken.length === 0) return { count: 0 };
    await c.db
      .updateTable('hooks')
      .set((eb) => ({ parked: eb('parked', '-', taken.length) }))
      .where('app', '=', app)
      .where('id', '=', hook)
      .execute();
    if (!forget) {
      for (const row of taken.sort((a, b) => a.id - b.id))
        c.states.outbox.add({ app, hook, lane: row.lane, event: row.event, at: row.at, dueAt: at });
    }
    return { count: taken.length };
  },
};

/** What a back end answered may hold a NUL, which neither database keeps. */
const plain = (text: string): string => text.replaceAll('\0', '');

async function oldest(c: OpContext, app: string, hook: string, max: number): Promise<readonly number[]> {
  const rows = await c.db.selectFrom('outbox').select('id').where('app', '=', app).where('hook', '=', hook).where('parked_at', 'is not', null).orderBy('id').limit(max).execute(); // prettier-ignore
  return rows.map((row) => row.id);
}

async function count(c: OpContext, app: string): Promise<number> {
  const row = await c.db
    .selectFrom('hooks')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('app', '=', app)
    .executeTakeFirstOrThrow();
  return row.total;
}
