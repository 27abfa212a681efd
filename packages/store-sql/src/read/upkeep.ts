import type { FileRow, UpkeepReads } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import { fromConversation, fromFile, fromMessage } from '../codec.ts';
import type { Schema } from '../schema.ts';
import type { AuditTable } from '../schema-upkeep.ts';

export function upkeepReads(db: Kysely<Schema>): UpkeepReads {
  return {
    aged: async (app, kind, before, limit) => {
      const rows = await db.selectFrom('conversations').selectAll().where('app', '=', app).where('kind', '=', kind).where('oldest_at', '<', before).orderBy('oldest_at').limit(limit).execute(); // prettier-ignore
      return rows.map(fromConversation);
    },
    oldest: async (conv, purgedSeq) => {
      const row = await db.selectFrom('messages').select('time').where('conv', '=', conv).where('seq', '>', purgedSeq).orderBy('seq').limit(1).executeTakeFirst(); // prettier-ignore
      return row?.time;
    },
    sent: async (conv, user, lo, hi, limit) => {
      const rows = await db.selectFrom('messages').selectAll().where('conv', '=', conv).where('seq', '>=', lo).where('seq', '<=', hi).where('sender', '=', user).orderBy('seq').limit(limit).execute(); // prettier-ignore
      return rows.map(fromMessage);
    },
    rooms: async (app, after, limit) => {
      const rows = await db.selectFrom('conversations').selectAll().where('app', '=', app).where('key', '>', after < 'r:' ? 'r:' : after).where('key', '<', 'r;').orderBy('key').limit(limit).execute(); // prettier-ignore
      return rows.map(fromConversation);
    },
    instances: async (app, user) => {
      const rows = await db.selectFrom('instances').selectAll().where('app', '=', app).where('user_id', '=', user).orderBy('instance').execute(); // prettier-ignore
      return rows.map((row) => ({
        app,
        user,
        instance: row.instance,
        platform: row.platform,
        userSeq: row.user_seq,
        at: row.at,
        seenAt: row.seen_at,
      }));
    },
    erasure: async (app, user) => {
      const row = await db.selectFrom('erasures').selectAll().where('app', '=', app).where('user_id', '=', user).executeTakeFirst(); // prettier-ignore
      if (!row) return undefined;
      const messages = row.messages as 'redact' | 'remove' | 'keep';
      return { app, user, messages, startedAt: row.started_at, doneAt: row.done_at, entries: row.entries };
    },
    ...files(db),
    ...audit(db),
  };
}

function files(db: Kysely<Schema>): Pick<UpkeepReads, 'filesOf' | 'removedFiles'> {
  return {
    filesOf: async (app, owner, after, limit): Promise<readonly FileRow[]> => {
      const rows = await db
        .selectFrom('files')
        .selectAll()
        .where('app', '=', app)
        .where('owner', '=', owner)
        .where('created_at', '>=', after.createdAt)
        .where((eb) => eb.or([eb('created_at', '>', after.createdAt), eb('id', '>', after.id)]))
        .orderBy('created_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(fromFile);
    },
    removedFiles: async (limit) => {
      const rows = await db.selectFrom('files').selectAll().where('state', '=', sql.lit('removed')).orderBy('app').orderBy('id').limit(limit).execute(); // prettier-ignore
      return rows.map(fromFile);
    },
  };
}

function audit(db: Kysely<Schema>): Pick<UpkeepReads, 'audit'> {
  return {
    audit: async (app, { user, operation, from, to, before, limit }) => {
      let query = db.selectFrom('audit').selectAll().where('app', '=', app).where('at', '>=', from).where('at', '<', to); // prettier-ignore
      if (before)
        query = query
          .where('at', '<=', before.at)
          .where((eb) => eb.or([eb('at', '<', before.at), eb('id', '<', before.id)]));
      if (user !== undefined) query = query.where('user_id', '=', user);
      if (operation !== undefined) query = query.where('operation', '=', operation);
      const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(fromAudit);
    },
  };
}

function fromAudit({ by_whom, user_id, ...same }: AuditTable) {
  return { ...same, by: by_whom, user: user_id };
}
