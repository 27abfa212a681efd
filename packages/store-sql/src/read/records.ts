import type { AppReads, FileReads, GroupReads, ReceiptReads, UserReads } from '@magpie/domain';
import type { Kysely } from 'kysely';
import { fromApp, fromDoor, fromFile, fromGroup, fromParticipant, fromUser, stateCode } from '../codec.ts';
import type { HotReads } from '../hot/types.ts';
import type { GroupTable, ParticipantTable, Schema } from '../schema.ts';
import { inChunks } from './chunks.ts';

type Db = Kysely<Schema>;

export function appReads(db: Db): AppReads {
  return {
    all: async () => {
      const apps = await db
        .selectFrom('apps')
        .selectAll()
        .where('deleted_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const doors = await db.selectFrom('doors').selectAll().orderBy('kind').orderBy('vendor_id').execute();
      return apps.map((app) => ({
        app: fromApp(app),
        doors: doors.filter((door) => door.app === app.id).map(fromDoor),
      }));
    },
  };
}

export function userReads(db: Db): Omit<UserReads, keyof HotReads['users']> {
  return {
    many: (app, ids) =>
      inChunks(ids, async (some) => {
        const rows = await db
          .selectFrom('users')
          .selectAll()
          .where('app', '=', app)
          .where('id', 'in', some)
          .execute();
        return rows.map(fromUser);
      }),
    byFold: async (app, fold) => {
      const rows = await db.selectFrom('users').selectAll().where('app', '=', app).where('fold', '=', fold).orderBy('id').execute(); // prettier-ignore
      return rows.map(fromUser);
    },
    blocked: async (app, user) =>
      db.selectFrom('blocks').select(['target as id', 'at']).where('app', '=', app).where('user_id', '=', user).orderBy('at').orderBy('target').execute(), // prettier-ignore
    blocksAmong: (app, by, users) =>
      inChunks(by, (some) =>
        inChunks(
          users,
          (others) =>
          db.selectFrom('blocks').select(['user_id as by', 'target as user']).where('app', '=', app).where('user_id', 'in', some).where('target', 'in', others).execute(), // prettier-ignore
        ),
      ),
  };
}

export function groupReads(db: Db): GroupReads {
  const groups = db.selectFrom('groups as g').innerJoin('conversations as c', 'c.num', 'g.conv').selectAll('g').select('c.member_count'); // prettier-ignore
  return {
    byId: async (app, id) => {
      const row = await groups.where('g.app', '=', app).where('g.id', '=', id).executeTakeFirst();
      return row && fromGroup(row);
    },
    many: (app, ids) =>
      inChunks(ids, async (some) => {
        const rows = await groups.where('g.app', '=', app).where('g.id', 'in', some).execute();
        return rows.map(fromGroup);
      }),
    byConversations: (convs) =>
      inChunks(convs, async (some) => (await groups.where('g.conv', 'in', some).execute()).map(fromGroup)),
    ofUser: async (app, user, { afterNum = 0, limit }) => {
      const rows = await db
        .selectFrom('participants as p')
        .innerJoin('groups as g', 'g.conv', 'p.conv')
        .innerJoin('conversations as c', 'c.num', 'p.conv')
        .select(PARTICIPANT_OF_GROUP)
        .where('p.app', '=', app)
        .where('p.user_id', '=', user)
        .where('p.conv', '>', afterNum)
        .where('p.state', '=', stateCode('member'))
        .orderBy('p.conv')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        group: fromGroup({ ...row, app: row.g_app } as GroupTable & { member_count: number }),
        participant: fromParticipant(row as ParticipantTable),
      }));
    },
  };
}

const PARTICIPANT_OF_GROUP = [
  'p.conv', 'p.user_id', 'p.app', 'p.state', 'p.role', 'p.joined_at', 'p.inviter', 'p.card', 'p.history_from', 'p.history_to', 'p.read_seq',
  'p.reported_seq', 'p.reported_at', 'p.pinned_at', 'p.notify_level', 'p.discard', 'p.hidden_seq', 'p.cleared_seq', 'p.changed_at',
  'g.app as g_app', 'g.id', 'g.kind', 'g.name', 'g.avatar', 'g.intro', 'g.announcement', 'g.ext', 'g.owner', 'g.join_rule', 'g.max_members',
  'g.created_at', 'g.dismissed_at', 'c.member_count',
] as const; // prettier-ignore

export function receiptReads(db: Db): ReceiptReads {
  return {
    counts: (conv, seqs) =>
      inChunks(seqs, async (some) => {
        const rows = await db
          .selectFrom('receipts')
          .select((eb) => ['seq', eb.fn.countAll<number>().as('read')])
          .where('conv', '=', conv)
          .where('seq', 'in', some)
          .groupBy('seq')
          .execute();
        const read = new Map(rows.map((row) => [row.seq, row.read]));
        return some.map((seq) => ({ seq, read: read.get(seq) ?? 0 }));
      }),
    readers: async (conv, seq, { afterUser = '', limit }) => {
      const rows = await db.selectFrom('receipts').selectAll().where('conv', '=', conv).where('seq', '=', seq).where('user_id', '>', afterUser).orderBy('user_id').limit(limit).execute(); // prettier-ignore
      return rows.map((row) => ({
        conv: row.conv,
        seq: row.seq,
        user: row.user_id,
        at: row.at,
        content: row.content,
      }));
    },
    of: async (conv, user, seqs) => {
      const rows = await inChunks(
        seqs,
        (some) =>
        db.selectFrom('receipts').select('seq').where('conv', '=', conv).where('user_id', '=', user).where('seq', 'in', some).execute(), // prettier-ignore
      );
      return rows.map((row) => row.seq).sort((a, b) => a - b);
    },
  };
}

export function fileReads(db: Db): FileReads {
  return {
    get: async (app, id) => {
      const row = await db
        .selectFrom('files')
        .selectAll()
        .where('app', '=', app)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && fromFile(row);
    },
    usedBytes: async (app) => {
      const row = await db.selectFrom('files').select((eb) => eb.fn.sum<number | string | null>('size').as('bytes')).where('app', '=', app).where('state', '=', 'finished').executeTakeFirst(); // prettier-ignore
      // PostgreSQL sums bigints as numeric, which comes as text.
      return Number(row?.bytes ?? 0);
    },
    unused: async (before, limit) => {
      const rows = await db.selectFrom('files').selectAll().where('used_at', 'is', null).where('created_at', '<', before).orderBy('created_at').limit(limit).execute(); // prettier-ignore
      return rows.map(fromFile);
    },
    grantedSince: async (app, owner, since) => {
      const row = await db.selectFrom('files').select((eb) => eb.fn.countAll<number>().as('files')).where('app', '=', app).where('owner', '=', owner).where('created_at', '>=', since).executeTakeFirst(); // prettier-ignore
      return Number(row?.files ?? 0);
    },
  };
}
