import type { RoomReads } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import { fromRoom, fromRoomUser } from '../codec-slices.ts';
import type { Schema } from '../schema.ts';
import { inChunks } from './chunks.ts';

export function roomReads(db: Kysely<Schema>): RoomReads {
  const rooms = db.selectFrom('rooms').selectAll();
  return {
    byId: async (app, id) => {
      const row = await rooms.where('app', '=', app).where('id', '=', id).executeTakeFirst();
      return row && fromRoom(row);
    },
    many: (app, ids) =>
      inChunks(ids, async (some) => {
        const rows = await rooms.where('app', '=', app).where('id', 'in', some).execute();
        return rows.map(fromRoom);
      }),
    list: async (app, { after = '', limit }) => {
      const rows = await rooms.where('app', '=', app).where('dismissed_at', 'is', null).where('id', '>', after).orderBy('id').limit(limit).execute(); // prettier-ignore
      return rows.map(fromRoom);
    },
    user: async (conv, user) => {
      const row = await db.selectFrom('room_users').selectAll().where('conv', '=', conv).where('user_id', '=', user).executeTakeFirst(); // prettier-ignore
      return row && fromRoomUser(row);
    },
    users: async (conv, { what, now, after = '', limit }) => {
      // Spelled out for the partial indexes: each holds just such rows.
      const such = {
        admins: sql<boolean>`role = 1`,
        muted: sql<boolean>`muted_until is not null and muted_until > ${now}`,
        banned: sql<boolean>`banned_until is not null and banned_until > ${now}`,
      }[what];
      const rows = await db.selectFrom('room_users').selectAll().where('conv', '=', conv).where('user_id', '>', after).where(such).orderBy('user_id').limit(limit).execute(); // prettier-ignore
      return rows.map(fromRoomUser);
    },
  };
}
