import type { GroupRow } from '@magpie/domain';
import { sql } from 'kysely';
import { fromGroup, fromUser, toDoor, toFile, toGroup } from '../codec.ts';
import {
  Conflict,
  given,
  need,
  oneAtATime,
  orExists,
  orMissing,
  type OpContext,
  type OpHandlers,
} from './context.ts';
import { pairKey } from './states.ts';

type Names =
  | 'conversation.create' | 'group.create' | 'group.set' | 'user.create' | 'user.set' | 'block.put' | 'block.remove'
  | 'instance.put' | 'file.create' | 'file.set' | 'file.use' | 'file.remove' | 'app.create' | 'app.set' | 'door.put' | 'door.remove'; // prettier-ignore

const CHUNK = 500;

export const recordOps: OpHandlers<Names> = {
  'conversation.create': async (c, { conv, app, key, kind, at }) => {
    const row = { num: conv, app, key, kind, last_seq: 0, change_seq: 0, changes_pruned: 0, last_time: 0, active_at: at, changed_at: at, head_entry: 0, head_content: 0, head_live: 0, head_public: 0, member_count: 0, purged_seq: 0, oldest_at: at }; // prettier-ignore
    const done = await c.db.insertInto('conversations').values(row).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    c.states.conversations.add(
      { num: conv, app, key, kind, lastSeq: 0, changeSeq: 0, changesPruned: 0, lastTime: 0, activeAt: at, changedAt: at, headEntry: 0, headContent: 0, headLive: 0, headPublic: 0, memberCount: 0 }, // prettier-ignore
      true,
    );
    return undefined;
  },

  'group.create': async (c, { row }) => {
    const done = await c.db.insertInto('groups').values(toGroup(row)).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    return undefined;
  },

  'group.set': async (c, { conv, set }) => {
    const columns = { name: set.name, avatar: set.avatar, intro: set.intro, announcement: set.announcement, ext: set.ext, owner: set.owner, join_rule: set.join, max_members: set.maxMembers, dismissed_at: set.dismissedAt }; // prettier-ignore
    const present = given(columns);
    const found = present
      ? await c.db.updateTable('groups').set(present).where('conv', '=', conv).where('dismissed_at', 'is', null).returningAll().executeTakeFirst() // prettier-ignore
      : await c.db.selectFrom('groups').selectAll().where('conv', '=', conv).where('dismissed_at', 'is', null).executeTakeFirst(); // prettier-ignore
    const memberCount = need(c.states.conversations.get(conv)).memberCount;
    const row: GroupRow = fromGroup({ ...need(found), member_count: memberCount });
    return { row };
  },

  'user.create': async (c, op) => {
    if (op.unique) await foldMustBeFree(c, op);
    const row = { app: op.app, id: op.id, fold: op.fold, profile: JSON.stringify(op.profile), updated_at: op.at, created_at: op.at, deleted_at: null, banned_until: null, valid_from: 0, password_hash: op.passwordHash, user_seq: 0 }; // prettier-ignore
    const done = await c.db.insertInto('users').values(row).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    c.states.users.add({ app: op.app, id: op.id, userSeq: 0 }, true);
    return undefined;
  },

  'user.set': async (c, { app, id, set }) => {
    const columns = { profile: set.profile && JSON.stringify(set.profile), updated_at: set.updatedAt, deleted_at: set.deletedAt, banned_until: set.bannedUntil, valid_from: set.validFrom, password_hash: set.passwordHash }; // prettier-ignore
    const present = given(columns);
    const found = present
      ? await c.db
          .updateTable('users')
          .set(present)
          .where('app', '=', app)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
      : await c.db
          .selectFrom('users')
          .selectAll()
          .where('app', '=', app)
          .where('id', '=', id)
          .executeTakeFirst();
    const row = need(found);
    // The end of the log may not be written back yet.
    const userSeq = c.states.users.get(pairKey(app, id))?.userSeq ?? row.user_seq;
    return { row: fromUser({ ...row, user_seq: userSeq }) };
  },

  'block.put': async (c, { app, user, targets, at, max }) => {
    const rows = [...new Set(targets)].map((target) => ({ app, user_id: user, target, at }));
    const added: string[] = [];
    for (let i = 0; i < rows.length; i += CHUNK) {
      const done = await c.db.insertInto('blocks').values(rows.slice(i, i + CHUNK)).onConflict((o) => o.doNothing()).returning('target').execute(); // prettier-ignore
      added.push(...done.map((row) => row.target));
    }
    const { total } = await c.db
      .selectFrom('blocks')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('app', '=', app)
      .where('user_id', '=', user)
      .executeTakeFirstOrThrow();
    if (added.length > 0 && total > max) throw new Conflict('full');
    return { added };
  },

  'block.remove': async (c, { app, user, targets }) => {
    const removed: string[] = [];
    for (let i = 0; i < targets.length; i += CHUNK) {
      const done = await c.db
        .deleteFrom('blocks')
        .where('app', '=', app)
        .where('user_id', '=', user)
        .where('target', 'in', targets.slice(i, i + CHUNK))
        .returning('target')
        .execute();
      removed.push(...done.map((row) => row.target));
    }
    return { removed };
  },

  'instance.put': async (c, op) => {
    const row = { app: op.app, user_id: op.user, instance: op.instance, platform: op.platform, user_seq: op.userSeq, at: op.at, seen_at: op.seenAt }; // prettier-ignore
    await c.db
      .insertInto('instances')
      .values(row)
      .onConflict((o) =>
        o.columns(['app', 'user_id', 'instance']).doUpdateSet({
          platform: op.platform,
          at: op.at,
          seen_at: op.seenAt,
          user_seq: sql`case when instances.user_seq > excluded.user_seq then instances.user_seq else excluded.user_seq end`,
        }),
      )
      .execute();
    return undefined;
  },

  'file.create': async (c, { row }) => {
    const done = await c.db.insertInto('files').values(toFile(row)).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    return undefined;
  },

  'file.set': async (c, { app, id, set }) => {
    const present = given({ name: set.name, size: set.size, mime: set.mime, state: set.state, finished_at: set.finishedAt, meta: set.meta }); // prettier-ignore
    if (!present) return undefined;
    const done = await c.db
      .updateTable('files')
      .set(present)
      .where('app', '=', app)
      .where('id', '=', id)
      .executeTakeFirst();
    orMissing(done.numUpdatedRows);
    return undefined;
  },

  'file.use': async (c, { app, ids, at }) => {
    if (ids.length === 0) return undefined;
    await c.db.updateTable('files').set({ used_at: at }).where('app', '=', app).where('id', 'in', ids).where('used_at', 'is', null).execute(); // prettier-ignore
    return undefined;
  },

  'file.remove': async (c, { app, ids }) => {
    if (ids.length === 0) return undefined;
    await c.db.deleteFrom('files').where('app', '=', app).where('id', 'in', ids).execute();
    return undefined;
  },

  'app.create': async (c, { row }) => {
    const values = {
      id: row.id,
      name: row.name,
      settings: JSON.stringify(row.settings),
      created_at: row.createdAt,
    };
    const done = await c.db.insertInto('apps').values(values).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    return undefined;
  },

  'app.set': async (c, { id, set }) => {
    const present = given({ name: set.name, settings: set.settings && JSON.stringify(set.settings) });
    if (!present) return undefined;
    const done = await c.db.updateTable('apps').set(present).where('id', '=', id).executeTakeFirst();
    orMissing(done.numUpdatedRows);
    return undefined;
  },

  'door.put': async (c, { row }) => {
    const { kind, vendor_id, ...rest } = toDoor(row);
    const done = await c.db
      .insertInto('doors')
      .values({ kind, vendor_id, ...rest })
      .onConflict((o) => o.columns(['kind', 'vendor_id']).doUpdateSet(rest).where('doors.app', '=', row.app))
      .executeTakeFirst();
    orExists(done.numInsertedOrUpdatedRows);
    return undefined;
  },

  'door.remove': async (c, { app, kind, vendorId }) => {
    await c.db.deleteFrom('doors').where('app', '=', app).where('kind', '=', kind).where('vendor_id', '=', vendorId).execute(); // prettier-ignore
    return undefined;
  },
};

async function foldMustBeFree(
  c: OpContext,
  { app, id, fold }: { app: string; id: string; fold: string },
): Promise<void> {
  // Two nodes may register two spellings at once.
  await oneAtATime(c, `${app} ${fold}`);
  const other = await c.db.selectFrom('users').select('id').where('app', '=', app).where('fold', '=', fold).where('id', '<>', id).limit(1).executeTakeFirst(); // prettier-ignore
  if (other) throw new Conflict('taken');
}
