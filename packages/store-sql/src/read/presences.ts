import type { PresenceReads } from '@magpie/domain';
import type { Kysely } from 'kysely';
import { fromPresence, fromSubscription } from '../codec-slices.ts';
import type { Schema } from '../schema.ts';
import { inChunks } from './chunks.ts';

export function presenceReads(db: Kysely<Schema>): Omit<PresenceReads, 'watchers'> {
  const following = (app: string, watcher: string, now: number) =>
    db
      .selectFrom('subscriptions')
      .where('app', '=', app)
      .where('watcher', '=', watcher)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]));
  return {
    many: (app, users) =>
      inChunks(users, async (some) => {
        const rows = await db.selectFrom('presences').selectAll().where('app', '=', app).where('user_id', 'in', some).execute(); // prettier-ignore
        return rows.map(fromPresence);
      }),
    lastSeen: (app, users) =>
      inChunks(users, (some) =>
        db
          .selectFrom('instances')
          .select((eb) => ['user_id as user', eb.fn.max('seen_at').as('seenAt')])
          .where('app', '=', app)
          .where('user_id', 'in', some)
          .groupBy('user_id')
          .execute(),
      ),
    subscriptions: async (app, watcher, { now, after = '', limit }) => {
      const rows = await following(app, watcher, now).selectAll().where('target', '>', after).orderBy('target').limit(limit).execute(); // prettier-ignore
      return rows.map(fromSubscription);
    },
    countSubscriptions: async (app, watcher, now) => {
      const { total } = await following(app, watcher, now)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return total;
    },
  };
}
