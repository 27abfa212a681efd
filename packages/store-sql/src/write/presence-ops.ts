import { presenceCode } from '../codec-slices.ts';
import { given, type OpContext, type OpHandlers } from './context.ts';

const CHUNK = 500;

export const presenceOps: OpHandlers<'presence.put' | 'subscription.put' | 'subscription.remove'> = {
  'presence.put': async (c, { app, user, set }) => {
    const present = given({
      state: set.state && presenceCode(set.state),
      at: set.at,
      custom: set.custom,
      custom_at: set.customAt,
      custom_until: set.customUntil,
    });
    const fresh = { app, user_id: user, state: presenceCode('loggedOut'), at: 0, custom: null, custom_at: null, custom_until: null }; // prettier-ignore
    await c.db
      .insertInto('presences')
      .values({ ...fresh, ...present })
      .onConflict((o) => (present ? o.columns(['app', 'user_id']).doUpdateSet(present) : o.doNothing()))
      .execute();
    return undefined;
  },

  'subscription.put': async (c, { app, watcher, targets, expiresAt, untilLogout, at, max }) => {
    const rest = { expires_at: expiresAt, until_logout: untilLogout ? 1 : 0, at };
    const rows = [...new Set(targets)].map((target) => ({ app, watcher, target, ...rest }));
    for (let i = 0; i < rows.length; i += CHUNK) {
      await c.db
        .insertInto('subscriptions')
        .values(rows.slice(i, i + CHUNK))
        .onConflict((o) => o.columns(['app', 'watcher', 'target']).doUpdateSet(rest))
        .execute();
    }
    return { evicted: await evict(c, { app, watcher, at, max }) };
  },

  'subscription.remove': async (c, { app, watcher, targets, untilLogout }) => {
    const all = c.db.deleteFrom('subscriptions').where('app', '=', app).where('watcher', '=', watcher);
    const query = untilLogout ? all.where('until_logout', '=', 1) : all;
    if (!targets) await query.execute();
    else
      for (let i = 0; i < targets.length; i += CHUNK)
        await query.where('target', 'in', targets.slice(i, i + CHUNK)).execute();
    return undefined;
  },
};

interface Bound {
  readonly app: string;
  readonly watcher: string;
  readonly at: number;
  readonly max: number;
}

/** What is over goes first and is not told; of the rest the oldest go. */
async function evict(c: OpContext, { app, watcher, at, max }: Bound): Promise<readonly string[]> {
  const own = c.db.selectFrom('subscriptions').where('app', '=', app).where('watcher', '=', watcher);
  const count = own.select((eb) => eb.fn.countAll<number>().as('total'));
  if ((await count.executeTakeFirstOrThrow()).total <= max) return [];
  const removal = c.db.deleteFrom('subscriptions').where('app', '=', app).where('watcher', '=', watcher);
  await removal.where('expires_at', '<=', at).execute();
  const { total } = await count.executeTakeFirstOrThrow();
  if (total <= max) return [];
  const oldest = await own.select('target').orderBy('at').orderBy('target').limit(total - max).execute(); // prettier-ignore
  const evicted = oldest.map((row) => row.target);
  for (let i = 0; i < evicted.length; i += CHUNK)
    await removal.where('target', 'in', evicted.slice(i, i + CHUNK)).execute();
  return evicted;
}
