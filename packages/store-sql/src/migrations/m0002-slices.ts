import type { Migration, MigrationContext } from './dialect.ts';

/** Timers, presence, rooms, webhooks with their outbox, words. */
export const slices: Migration = {
  version: 2,
  name: 'slices',
  async up(m) {
    await timers(m);
    await presences(m);
    await rooms(m);
    await webhooks(m);
    await outbox(m);
    await words(m);
  },
};

async function timers({ db, id, text, int }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('timers')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('kind', id, (c) => c.notNull())
    .addColumn('due_at', int, (c) => c.notNull())
    .addColumn('ready_at', int, (c) => c.notNull())
    .addColumn('payload', text, (c) => c.notNull())
    .addColumn('attempts', int, (c) => c.notNull())
    .addColumn('owner', text)
    .execute();
  await db.schema.createIndex('timers_ready').on('timers').columns(['ready_at', 'kind']).execute();
  await db.schema.createIndex('timers_app').on('timers').column('app').execute();
}

async function presences({ db, id, text, int, small, keyed, run }: MigrationContext): Promise<void> {
  await keyed(
    db.schema
      .createTable('presences')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('user_id', id, (c) => c.notNull())
      .addColumn('state', small, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addColumn('custom', text)
      .addColumn('custom_at', int)
      .addColumn('custom_until', int)
      .addPrimaryKeyConstraint('presences_pk', ['app', 'user_id']),
  ).execute();
  await keyed(
    db.schema
      .createTable('subscriptions')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('watcher', id, (c) => c.notNull())
      .addColumn('target', id, (c) => c.notNull())
      .addColumn('expires_at', int)
      .addColumn('until_logout', small, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('subscriptions_pk', ['app', 'watcher', 'target']),
  ).execute();
  await db.schema
    .createIndex('subscriptions_target')
    .on('subscriptions')
    .columns(['app', 'target', 'watcher', 'expires_at'])
    .execute();
  await run('create index subscriptions_end on subscriptions (expires_at) where expires_at is not null');
}

async function rooms({ db, id, text, int, small, run }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('rooms')
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
    .addColumn('muted_all', small, (c) => c.notNull())
    .addColumn('end_delay', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('dismissed_at', int)
    .execute();
  await db.schema.createIndex('rooms_id').unique().on('rooms').columns(['app', 'id']).execute();
  await run('create index rooms_list on rooms (app, id) where dismissed_at is null');
  // A table with rowids: SQLite would prefer the tree of its key to the small indexes.
  await db.schema
    .createTable('room_users')
    .addColumn('conv', int, (c) => c.notNull())
    .addColumn('user_id', id, (c) => c.notNull())
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('role', small, (c) => c.notNull())
    .addColumn('muted_until', int)
    .addColumn('banned_until', int)
    .addColumn('at', int, (c) => c.notNull())
    .addPrimaryKeyConstraint('room_users_pk', ['conv', 'user_id'])
    .execute();
  await run('create index room_users_admins on room_users (conv, user_id) where role = 1');
  await run('create index room_users_muted on room_users (conv, user_id) where muted_until is not null');
  await run('create index room_users_banned on room_users (conv, user_id) where banned_until is not null');
  // When a row says nothing any more: the later of its two ends.
  await run(
    `create index room_users_over on room_users
      ((case when coalesce(muted_until, 0) > coalesce(banned_until, 0) then muted_until else coalesce(banned_until, 0) end)) where role = 2`,
  );
}

async function webhooks({ db, id, text, int, small, keyed }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('hooks')
    .addColumn('app', id, (c) => c.notNull())
    .addColumn('id', id, (c) => c.notNull())
    .addColumn('url', text, (c) => c.notNull())
    .addColumn('events', text, (c) => c.notNull())
    .addColumn('before', text, (c) => c.notNull())
    .addColumn('active', small, (c) => c.notNull())
    .addColumn('sealed_secret', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('parked', int, (c) => c.notNull())
    .addPrimaryKeyConstraint('hooks_pk', ['app', 'id'])
    .execute();
  await keyed(
    db.schema
      .createTable('outbox_lanes')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('hook', id, (c) => c.notNull())
      .addColumn('lane', id, (c) => c.notNull())
      .addColumn('waiting', int, (c) => c.notNull())
      .addColumn('due_at', int, (c) => c.notNull())
      .addColumn('attempts', int, (c) => c.notNull())
      .addColumn('failing_since', int)
      .addColumn('error', text)
      .addColumn('owner', text)
      .addPrimaryKeyConstraint('outbox_lanes_pk', ['app', 'hook', 'lane']),
  ).execute();
  await db.schema
    .createIndex('outbox_lanes_due')
    .on('outbox_lanes')
    .columns(['app', 'hook', 'due_at'])
    .execute();
}

async function outbox({ dialect, run }: MigrationContext): Promise<void> {
  const postgres = dialect === 'postgres';
  const [id, int] = postgres ? ['text collate "C"', 'bigint'] : ['text', 'integer'];
  // An id is never given twice, also when the outbox was empty in between: receivers tell repetitions by it.
  const key = postgres
    ? 'bigint generated by default as identity primary key'
    : 'integer primary key autoincrement';
  await run(
    `create table outbox (id ${key}, app ${id} not null, hook ${id} not null, lane ${id} not null, event text not null, at ${int} not null,
      parked_at ${int}, error text)`,
  );
  await run('create index outbox_waiting on outbox (app, hook, lane, id) where parked_at is null');
  await run('create index outbox_parked on outbox (app, hook, id) where parked_at is not null');
}

async function words({ db, id, text, keyed }: MigrationContext): Promise<void> {
  await keyed(
    db.schema
      .createTable('words')
      .addColumn('app', id, (c) => c.notNull())
      .addColumn('word', id, (c) => c.notNull())
      .addColumn('action', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('words_pk', ['app', 'word']),
  ).execute();
}
