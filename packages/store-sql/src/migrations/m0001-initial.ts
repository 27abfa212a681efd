import type { Migration, MigrationContext } from './dialect.ts';

/** The first schema. Never edited once released: what changes later is a migration of its own. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  async up(m) {
    await apps(m);
    await users(m);
    await conversations(m);
    await messages(m);
    await streams(m);
    await groups(m);
    await files(m);
  },
};

async function apps({ db, id, text, int }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('meta')
    .addColumn('name', id, (c) => c.primaryKey())
    .addColumn('value', text, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('apps')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('settings', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('doors')
    .addColumn('kind', id, (c) => c.notNull())
    .addColumn('vendor_id', id, (c) => c.notNull())
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('client_id', text)
    .addColumn('sealed_secret', text, (c) => c.notNull())
    .addColumn('sealed_old_secret', text)
    .addColumn('old_until', int)
    .addPrimaryKeyConstraint('doors_pk', ['kind', 'vendor_id'])
    .execute();
}

async function users({ db, id, text, int, keyed }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('id', id, (c) => c.notNull())
    .addColumn('fold', id, (c) => c.notNull())
    .addColumn('profile', text, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('deleted_at', int)
    .addColumn('banned_until', int)
    .addColumn('valid_from', int, (c) => c.notNull())
    .addColumn('password_hash', text)
    .addColumn('user_seq', int, (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('users_pk', ['app', 'id'])
    .execute();
  await db.schema.createIndex('users_fold').on('users').columns(['app', 'fold']).execute();
  await keyed(
    db.schema
      .createTable('instances')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('instance', id, (c) => c.notNull())
      .addColumn('platform', text, (c) => c.notNull())
      .addColumn('user_seq', int, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addColumn('seen_at', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('instances_pk', ['app', 'user_id', 'instance']),
  ).execute();
  await keyed(
    db.schema
      .createTable('blocks')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('target', id, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('blocks_pk', ['app', 'user_id', 'target']),
  ).execute();
}

async function conversations({ db, id, text, int, small, keyed }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('conversations')
    .addColumn('num', int, (c) => c.primaryKey())
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('key', id, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('last_seq', int, (c) => c.notNull())
    .addColumn('change_seq', int, (c) => c.notNull())
    .addColumn('changes_pruned', int, (c) => c.notNull())
    .addColumn('last_time', int, (c) => c.notNull())
    .addColumn('active_at', int, (c) => c.notNull())
    .addColumn('changed_at', int, (c) => c.notNull())
    .addColumn('head_entry', int, (c) => c.notNull())
    .addColumn('head_content', int, (c) => c.notNull())
    .addColumn('head_live', int, (c) => c.notNull())
    .addColumn('head_public', int, (c) => c.notNull())
    .addColumn('member_count', int, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('conversations_key')
    .unique()
    .on('conversations')
    .columns(['app', 'key'])
    .execute();
  await keyed(
    db.schema
      .createTable('participants')
      .addColumn('conv', int, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('state', small, (c) => c.notNull())
      .addColumn('role', small, (c) => c.notNull())
      .addColumn('joined_at', int, (c) => c.notNull())
      .addColumn('inviter', text)
      .addColumn('card', text)
      .addColumn('history_from', int, (c) => c.notNull())
      .addColumn('history_to', int)
      .addColumn('read_seq', int, (c) => c.notNull())
      .addColumn('reported_seq', int, (c) => c.notNull())
      .addColumn('reported_at', int, (c) => c.notNull())
      .addColumn('pinned_at', int)
      .addColumn('notify_level', small, (c) => c.notNull())
      .addColumn('discard', small, (c) => c.notNull())
      .addColumn('hidden_seq', int, (c) => c.notNull())
      .addColumn('cleared_seq', int, (c) => c.notNull())
      .addColumn('changed_at', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('participants_pk', ['conv', 'user_id']),
  ).execute();
  await db.schema
    .createIndex('participants_user')
    .on('participants')
    .columns(['app', 'user_id', 'conv'])
    .execute();
  await db.schema.createIndex('participants_list').on('participants').columns(['conv', 'state', 'role', 'joined_at', 'user_id']).execute(); // prettier-ignore
}

async function messages({ db, dialect, id, text, int, small, run }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('conv', int, (c) => c.notNull())
    .addColumn('seq', int, (c) => c.notNull())
    .addColumn('sender', id, (c) => c.notNull())
    .addColumn('time', int, (c) => c.notNull())
    .addColumn('client_id', id, (c) => c.notNull())
    .addColumn('type', text, (c) => c.notNull())
    .addColumn('body', text, (c) => c.notNull())
    .addColumn('cls', small, (c) => c.notNull())
    .addColumn('counted', small, (c) => c.notNull())
    .addColumn('flags', small, (c) => c.notNull())
    .addColumn('audience', text)
    .addColumn('fp', int, (c) => c.notNull())
    .execute();
  // One index serves history pages and unread counts. SQLite has no INCLUDE: there uniqueness of (conv, seq) rests on the
  // single writer, and the two columns ride behind the key.
  await run(
    dialect === 'postgres'
      ? 'create unique index messages_place on messages (conv, seq) include (counted, sender)'
      : 'create index messages_place on messages (conv, seq, counted, sender)',
  );
  await run('create unique index messages_name on messages (conv, sender, client_id)');
  await run('create index messages_mentions on messages (conv, seq) where (flags & 16) <> 0');
}

async function streams({ db, id, text, int, keyed }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('changes')
    .addColumn('conv', int, (c) => c.notNull())
    .addColumn('change_seq', int, (c) => c.notNull())
    .addColumn('at', int, (c) => c.notNull())
    .addColumn('event', text, (c) => c.notNull())
    .addColumn('payload', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('changes_pk', ['conv', 'change_seq'])
    .execute();
  await db.schema.createIndex('changes_age').on('changes').column('at').execute();
  await db.schema
    .createTable('user_log')
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('user_id', id, (c) => c.notNull())
    .addColumn('user_seq', int, (c) => c.notNull())
    .addColumn('at', int, (c) => c.notNull())
    .addColumn('event', text, (c) => c.notNull())
    .addColumn('conv_key', text)
    .addColumn('payload', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('user_log_pk', ['app', 'user_id', 'user_seq'])
    .execute();
  await db.schema.createIndex('user_log_age').on('user_log').column('at').execute();
  await keyed(
    db.schema
      .createTable('receipts')
      .addColumn('conv', int, (c) => c.notNull())
      .addColumn('seq', int, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addColumn('content', text)
      .addPrimaryKeyConstraint('receipts_pk', ['conv', 'seq', 'user_id']),
  ).execute();
  await keyed(
    db.schema
      .createTable('deleted')
      .addColumn('conv', int, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('seq', int, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('deleted_pk', ['conv', 'user_id', 'seq']),
  ).execute();
}

async function groups({ db, id, text, int }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('groups')
    .addColumn('conv', int, (c) => c.primaryKey())
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('id', id, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('avatar', text)
    .addColumn('intro', text)
    .addColumn('announcement', text)
    .addColumn('ext', text)
    .addColumn('owner', text)
    .addColumn('join_rule', text, (c) => c.notNull())
    .addColumn('max_members', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('dismissed_at', int)
    .execute();
  await db.schema.createIndex('groups_id').unique().on('groups').columns(['app', 'id']).execute();
}

async function files({ db, id, text, int, run }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('files')
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('id', id, (c) => c.notNull())
    .addColumn('owner', id, (c) => c.notNull())
    .addColumn('used_for', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('size', int, (c) => c.notNull())
    .addColumn('mime', text, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('upload_key', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('finished_at', int)
    .addColumn('used_at', int)
    .addColumn('meta', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('files_pk', ['app', 'id'])
    .execute();
  await db.schema.createIndex('files_owner').on('files').columns(['app', 'owner', 'created_at']).execute();
  await db.schema.createIndex('files_size').on('files').columns(['app', 'state', 'size']).execute();
  await run('create index files_unused on files (created_at) where used_at is null');
}
