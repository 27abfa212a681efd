import { sql, type RawBuilder } from 'kysely';
import { Conflict, given, orMissing, type OpContext, type OpHandlers } from './context.ts';
import { doomUnheld } from './file-refs.ts';

/** Users and apps that go. */
export const eraseOps: OpHandlers<'file.disown' | 'user.wipe' | 'erasure.put' | 'app.delete' | 'app.purge'> =
  {
    'file.disown': async (c, { app, owner, max }) => {
      const files = await c.db.selectFrom('files').select('id').where('app', '=', app).where('owner', '=', owner).limit(max).execute(); // prettier-ignore
      const ids = files.map(({ id }) => id);
      if (ids.length === 0) return { more: false };
      await doomUnheld(c, app, ids);
      await c.db
        .updateTable('files')
        .set({ owner: '' })
        .where('app', '=', app)
        .where('id', 'in', ids)
        .execute();
      return { more: ids.length === max };
    },

    'user.wipe': async (c, { app, user, max }) => {
      await c.flush();
      const mine = sql`app = ${app} and user_id = ${user}`;
      let left = max;
      left -= await remove(c, 'user_log', ['app', 'user_id', 'user_seq'], mine, left);
      left -= await remove(c, 'instances', ['app', 'user_id', 'instance'], mine, left);
      left -= await remove(c, 'blocks', ['app', 'user_id', 'target'], mine, left);
      left -= await remove(c, 'presences', ['app', 'user_id'], mine, left);
      for (const column of ['watcher', 'target'])
      left -= await remove(c, 'subscriptions', ['app', 'watcher', 'target'], sql`app = ${app} and ${sql.ref(column)} = ${user}`, left); // prettier-ignore
      const views = sql`(select conv from participants where ${mine} limit ${Math.max(left, 1)})`;
      left -= await remove(c, 'deleted', ['conv', 'user_id', 'seq'], sql`user_id = ${user} and conv in ${views}`, left); // prettier-ignore
      left -= await remove(c, 'participants', ['conv', 'user_id'], mine, left);
      c.states.participants.forget((row) => row.app === app && row.user === user);
      return { more: left <= 0 };
    },

    'erasure.put': async (c, { app, user, set }) => {
      const columns = given({ messages: set.messages, started_at: set.startedAt, done_at: set.doneAt, entries: set.entries }); // prettier-ignore
      const row = { messages: 'redact', started_at: set.startedAt, done_at: null, entries: 0, ...columns };
      await c.db
        .insertInto('erasures')
        .values({ app, user_id: user, ...row })
        .onConflict((o) => o.columns(['app', 'user_id']).doUpdateSet(columns ?? row))
        .execute();
      return undefined;
    },

    'app.delete': async (c, { id, at }) => {
      await c.flush();
      await c.flushOutbox();
      const done = await c.db.updateTable('apps').set({ deleted_at: at }).where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst(); // prettier-ignore
      orMissing(done.numUpdatedRows);
      for (const table of ['doors', 'timers', 'hooks', 'outbox_lanes'] as const)
        await c.db.deleteFrom(table).where('app', '=', id).execute();
      return undefined;
    },

    'app.purge': async (c, { id, max, last }) => {
      const app = await c.db.selectFrom('apps').select('deleted_at').where('id', '=', id).executeTakeFirst();
      if (app?.deleted_at === null) throw new Conflict('stale');
      await c.flush();
      await c.flushOutbox();
      let left = await purgeConversations(c, id, max);
      for (const [table, key, where] of TABLES) {
        if (left <= 0) return { more: true };
        const mine = sql`app = ${id}${where === undefined ? sql`` : sql` and ${sql.raw(where)}`}`;
        left -= await remove(c, table, key, mine, left);
      }
      if (left <= 0) return { more: true };
      c.states.participants.forget((row) => row.app === id);
      c.states.users.forget((row) => row.app === id);
      if (last) await c.db.deleteFrom('apps').where('id', '=', id).execute();
      return { more: false };
    },
  };

/** Tables that name the app, with their keys. The outbox has an index for each of its halves. */
const TABLES: readonly (readonly [table: string, key: readonly string[], where?: string])[] = [
  ['participants', ['conv', 'user_id']],
  ['groups', ['conv']],
  ['rooms', ['conv']],
  ['user_log', ['app', 'user_id', 'user_seq']],
  ['instances', ['app', 'user_id', 'instance']],
  ['blocks', ['app', 'user_id', 'target']],
  ['presences', ['app', 'user_id']],
  ['subscriptions', ['app', 'watcher', 'target']],
  ['file_refs', ['app', 'file', 'conv', 'seq']],
  ['files', ['app', 'id']],
  ['words', ['app', 'word']],
  ['outbox', ['id'], 'parked_at is null'],
  ['outbox', ['id'], 'parked_at is not null'],
  ['outbox_lanes', ['app', 'hook', 'lane']],
  ['hooks', ['app', 'id']],
  ['timers', ['id']],
  ['doors', ['kind', 'vendor_id']],
  ['audit', ['app', 'at', 'id']],
  ['erasures', ['app', 'user_id']],
  ['users', ['app', 'id']],
];

/** Tables that hang on conversations. */
const OF_CONVERSATIONS: readonly (readonly [table: string, key: readonly string[]])[] = [
  ['messages', ['conv', 'seq']],
  ['changes', ['conv', 'change_seq']],
  ['receipts', ['conv', 'seq', 'user_id']],
  ['deleted', ['conv', 'user_id', 'seq']],
  ['room_users', ['conv', 'user_id']],
];

const TOGETHER = 100;

/** Conversations with what hangs on them, some at a time. Locked first: what is being appended to one of them is seen, or refused. */
async function purgeConversations(c: OpContext, app: string, max: number): Promise<number> {
  let left = max;
  while (left > 0) {
    const some = await c.db.selectFrom('conversations').select('num').where('app', '=', app).orderBy('key').limit(TOGETHER).execute(); // prettier-ignore
    if (some.length === 0) return left;
    const nums = some.map(({ num }) => num).sort((a, b) => a - b);
    const lock = c.db.selectFrom('conversations').select('num').where('num', 'in', nums).orderBy('num');
    await (c.dialect === 'postgres' ? lock.forUpdate() : lock).execute();
    for (const [table, key] of OF_CONVERSATIONS) {
      if (left <= 0) return left;
      left -= await remove(c, table, key, sql`conv in (${sql.join(nums)})`, left);
    }
    if (left <= 0) return left;
    await c.db.deleteFrom('conversations').where('num', 'in', nums).execute();
    const gone = new Set(nums);
    c.states.conversations.forget((row) => gone.has(row.num));
    left -= nums.length;
  }
  return left;
}

/** At most `max` rows; answers how many. */
async function remove(
  c: OpContext,
  table: string,
  key: readonly string[],
  where: RawBuilder<unknown>,
  max: number,
): Promise<number> {
  if (max <= 0) return 0;
  const columns = sql.raw(key.join(', '));
  const found = sql`select ${columns} from ${sql.table(table)} where ${where} limit ${max}`;
  const done = await sql`delete from ${sql.table(table)} where (${columns}) in (${found})`.execute(c.db);
  return Number(done.numAffectedRows ?? 0n);
}
