import type { Migration, MigrationContext } from './dialect.ts';

/** Retention, erasure of users, the audit log, deletion of apps in steps. Only adds: servers of the version before go on beside it. */
export const upkeep: Migration = {
  version: 4,
  name: 'upkeep',
  async up(m) {
    await retention(m);
    await references(m);
    await audit(m);
    await erasures(m);
    await m.run(`alter table apps add column deleted_at ${whole(m)}`);
  },
};

const whole = ({ dialect }: MigrationContext): string => (dialect === 'postgres' ? 'bigint' : 'integer');

/** `oldest_at`: nothing kept is older; 0 = not looked at yet. No send touches either column. */
async function retention(m: MigrationContext): Promise<void> {
  await m.run(`alter table conversations add column purged_seq ${whole(m)} not null default 0`);
  await m.run(`alter table conversations add column oldest_at ${whole(m)} not null default 0`);
  await m.run('create index conversations_oldest on conversations (app, kind, oldest_at)');
}

/** Which entries hold which files, so that a file goes with the last of them. Filled from what is stored. */
async function references({ db, dialect, id, int, keyed, run }: MigrationContext): Promise<void> {
  await keyed(
    db.schema
      .createTable('file_refs')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('file', id, (c) => c.notNull())
      .addColumn('conv', int, (c) => c.notNull())
      .addColumn('seq', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('file_refs_pk', ['app', 'file', 'conv', 'seq']),
  ).execute();
  await db.schema.createIndex('file_refs_place').on('file_refs').columns(['conv', 'seq']).execute();
  await run("create index files_removed on files (app, id) where state = 'removed'");
  // A body is JSON: inside a string the quotes of this key would be escaped.
  await run(
    dialect === 'postgres'
      ? `insert into file_refs (app, file, conv, seq)
           select distinct c.app, f.found[1], m.conv, m.seq from messages m join conversations c on c.num = m.conv,
             regexp_matches(m.body, '"fileId":"([0-9A-Za-z]+)"', 'g') as f(found) where strpos(m.body, '"fileId":"') > 0`
      : `insert into file_refs (app, file, conv, seq)
           select distinct c.app, j.value, m.conv, m.seq from messages m join conversations c on c.num = m.conv,
             json_tree(case when json_valid(m.body) then m.body else '{}' end) j
           where instr(m.body, '"fileId":"') > 0 and j.key = 'fileId' and j.type = 'text'`,
  );
}

async function audit({ db, id, text, int, keyed, run }: MigrationContext): Promise<void> {
  await keyed(
    db.schema
      .createTable('audit')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addColumn('id', id, (c) => c.notNull())
      .addColumn('by_whom', text, (c) => c.notNull())
      .addColumn('address', text)
      .addColumn('operation', id, (c) => c.notNull())
      .addColumn('user_id', id)
      .addColumn('target', text)
      .addColumn('outcome', text)
      .addColumn('input', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('audit_pk', ['app', 'at', 'id']),
  ).execute();
  await run('create index audit_user on audit (app, user_id, at, id) where user_id is not null');
  await run('create index audit_operation on audit (app, operation, at, id)');
}

async function erasures({ db, id, text, int, keyed }: MigrationContext): Promise<void> {
  await keyed(
    db.schema
      .createTable('erasures')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('messages', text, (c) => c.notNull())
      .addColumn('started_at', int, (c) => c.notNull())
      .addColumn('done_at', int)
      .addColumn('entries', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('erasures_pk', ['app', 'user_id']),
  ).execute();
}
