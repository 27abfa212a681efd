import { roleCode } from '../codec.ts';
import { fromRoom, toRoom } from '../codec-slices.ts';
import { Conflict, given, need, orExists, type OpHandlers } from './context.ts';

const CHUNK = 500;

export const roomOps: OpHandlers<'room.create' | 'room.set' | 'room.users.put'> = {
  'room.create': async (c, { row }) => {
    const done = await c.db.insertInto('rooms').values(toRoom(row)).onConflict((o) => o.doNothing()).executeTakeFirst(); // prettier-ignore
    orExists(done.numInsertedOrUpdatedRows);
    return undefined;
  },

  'room.set': async (c, { conv, set, revive }) => {
    const muted = set.mutedAll === undefined ? undefined : Number(set.mutedAll);
    const present = given({ name: set.name, avatar: set.avatar, intro: set.intro, announcement: set.announcement, ext: set.ext, owner: set.owner, muted_all: muted, end_delay: set.endDelay, created_at: set.createdAt, dismissed_at: set.dismissedAt }); // prettier-ignore
    const state = revive ? 'is not' : 'is';
    const found = present
      ? await c.db.updateTable('rooms').set(present).where('conv', '=', conv).where('dismissed_at', state, null).returningAll().executeTakeFirst() // prettier-ignore
      : await c.db.selectFrom('rooms').selectAll().where('conv', '=', conv).where('dismissed_at', state, null).executeTakeFirst(); // prettier-ignore
    if (!found && revive) {
      need(await c.db.selectFrom('rooms').select('conv').where('conv', '=', conv).executeTakeFirst());
      throw new Conflict('stale');
    }
    return { row: fromRoom(need(found)) };
  },

  'room.users.put': async (c, { conv, app, users, set, at, maxAdmins }) => {
    const present = { at, ...given({ role: set.role && roleCode(set.role), muted_until: set.mutedUntil, banned_until: set.bannedUntil }) }; // prettier-ignore
    const fresh = { conv, app, role: roleCode('member'), muted_until: null, banned_until: null };
    const rows = [...new Set(users)].map((user) => ({ ...fresh, user_id: user, ...present }));
    for (let i = 0; i < rows.length; i += CHUNK) {
      await c.db
        .insertInto('room_users')
        .values(rows.slice(i, i + CHUNK))
        .onConflict((o) => o.columns(['conv', 'user_id']).doUpdateSet(present))
        .execute();
    }
    if (set.role !== 'admin' || maxAdmins === undefined) return undefined;
    const { total } = await c.db
      .selectFrom('room_users')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('conv', '=', conv)
      .where('role', '=', (eb) => eb.lit(roleCode('admin')))
      .executeTakeFirstOrThrow();
    if (total > maxAdmins) throw new Conflict('full');
    return undefined;
  },
};
