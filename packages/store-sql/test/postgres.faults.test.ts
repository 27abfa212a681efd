import type { Store, WriteOp } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createPostgresStore } from '../src/index.ts';
import { bindKysely } from '../src/kysely.ts';
import { migrate, MIGRATIONS } from '../src/migrations/run.ts';
import { executeOn } from '../src/postgres/pool.ts';

/** For a machine that does much else. */
const within = { timeout: 20_000, interval: 20 };

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.close());

const at = 1;
let names = 0;
const append = (conv: number, sender = 'alice', clientId = `c${++names}`) => ({ op: 'append', app: 'a', conv, sender, clientId, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{}', at }) as const; // prettier-ignore

async function conversation(store: Store, key: string): Promise<number> {
  const conv = await store.conversationNumber();
  await store.commit([{ op: 'conversation.create', conv, app: 'a', key, kind: 'group', at }]);
  return conv;
}

const user = (id: string): WriteOp => ({ op: 'user.create', app: 'a', id, fold: id, unique: true, profile: {} as never, passwordHash: null, at }); // prettier-ignore

async function withNodes(
  count: number,
  use: (nodes: readonly Store[], url: string) => Promise<void>,
): Promise<void> {
  const url = await postgres.createDatabase();
  // All at once: migrations of nodes that start together must not meet.
  const nodes = await Promise.all(
    Array.from({ length: count }, () => createPostgresStore({ url, readers: 2 })),
  );
  try {
    await use(nodes, url);
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
}

it('three nodes writing into the same conversations: no gap, nothing twice, one epoch', async () => {
  await withNodes(3, async (nodes) => {
    const [first] = nodes;
    if (!first) throw new Error('no node');
    const epochs = await Promise.all(nodes.map((node) => node.epoch()));
    expect(new Set(epochs).size).toBe(1);
    const convs = await Promise.all(['g:1', 'g:2', 'g:3'].map((key) => conversation(first, key)));
    const sends = nodes.flatMap((node, n) =>
      Array.from({ length: 120 }, (_, i) => node.commit([append(convs[(i + n) % 3] ?? 0, `user${n}`)])),
    );
    // The same name sent through every node at once.
    const same = nodes.map((node) => node.commit([append(convs[0] ?? 0, 'alice', 'same')]));
    await Promise.all(sends);
    const results = (await Promise.all(same)).map(([result]) => result);
    expect(results.filter((result) => !result.duplicate)).toHaveLength(1);
    expect(new Set(results.map((result) => result.seq)).size).toBe(1);
    for (const [i, conv] of convs.entries()) {
      const rows = await first.messages.page(conv, { direction: 'newer', from: 1, to: 999, limit: 999 });
      expect(rows.map((row) => row.seq)).toEqual(
        Array.from({ length: i === 0 ? 121 : 120 }, (_, n) => n + 1),
      );
    }
    const numbers = await Promise.all(
      nodes.flatMap((node) => Array.from({ length: 50 }, () => node.conversationNumber())),
    );
    expect(new Set(numbers).size).toBe(150);
  });
});

it('a database that goes away is noticed also by a node that nobody writes through', async () => {
  await withNodes(1, async ([node]) => {
    expect(node?.health()).toEqual({ ok: true });
    await postgres.halt();
    try {
      await vi.waitFor(() => expect(node?.health().ok).toBe(false), { timeout: 20_000, interval: 50 });
    } finally {
      await postgres.resume();
    }
    await vi.waitFor(() => expect(node?.health()).toEqual({ ok: true }), { timeout: 20_000, interval: 50 });
  });
});

it('units that cross one another on two nodes all get through', async () => {
  await withNodes(2, async (nodes) => {
    const [one, two] = nodes;
    if (!one || !two) throw new Error('no nodes');
    const [a, b] = [await conversation(one, 'g:a'), await conversation(one, 'g:b')];
    await one.commit([user('x'), user('y')]);
    const log = (id: string): WriteOp => ({
      op: 'log',
      app: 'a',
      user: id,
      event: 'e',
      convKey: null,
      payload: '{}',
      at,
    });
    const there = (): Promise<unknown> => one.commit([append(a), append(b), log('x'), { op: 'user.set', app: 'a', id: 'y', set: { updatedAt: 2 } }]); // prettier-ignore
    const back = (): Promise<unknown> => two.commit([{ op: 'user.set', app: 'a', id: 'x', set: { updatedAt: 3 } }, log('y'), append(b), append(a)]); // prettier-ignore
    for (let i = 0; i < 25; i++) await Promise.all([there(), back(), there(), back()]);
    expect((await one.conversations.byNumber(a))?.lastSeq).toBe(100);
    expect((await two.users.get('a', 'x'))?.userSeq).toBe(50);
    expect((await two.users.get('a', 'y'))?.userSeq).toBe(50);
  });
});

/** Somebody else at the same database. */
async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

it('a deadlock is retried', async () => {
  await withNodes(1, async ([store], url) => {
    if (!store) throw new Error('no node');
    const conv = await conversation(store, 'g:1');
    await store.commit([user('x')]);
    await withClient(url, async (client) => {
      // Only the store's side looks for deadlocks, so it is the one that is broken off.
      await client.query("set deadlock_timeout = '60s'; begin; select 1 from users for update");
      const log = { op: 'log', app: 'a', user: 'x', event: 'e', convKey: null, payload: '{}', at } as const;
      const commit = store.commit([append(conv), log]);
      const waiting = 'select count(*)::int as n from pg_locks where not granted';
      await vi.waitFor(async () => expect((await client.query(waiting)).rows).toEqual([{ n: 1 }]), {
        timeout: 20_000,
      });
      await client.query('select 1 from conversations for update');
      await client.query('commit');
      expect(await commit).toMatchObject([{ seq: 1 }, { userSeq: 1 }]);
      const deadlocks = 'select deadlocks::int as n from pg_stat_database where datname = current_database()';
      await vi.waitFor(async () => expect((await client.query(deadlocks)).rows).toEqual([{ n: 1 }]), {
        timeout: 15_000,
      });
    });
  });
});

it('a connection lost while the commit is on its way: the caller hears that the outcome is unknown', async () => {
  await withNodes(1, async ([store], url) => {
    if (!store) throw new Error('no node');
    const conv = await conversation(store, 'g:1');
    await withClient(url, async (client) => {
      await client.query('create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return null; end $$'); // prettier-ignore
      await client.query('create constraint trigger slow after insert on messages deferrable initially deferred for each row execute function slow()'); // prettier-ignore
      const ended = store.commit([append(conv)]).catch((error: unknown) => error);
      const committing = "select pid from pg_stat_activity where query = 'commit' and state = 'active'";
      const pid = await vi.waitFor(
        async () => {
          const [row] = (await client.query<{ pid: number }>(committing)).rows;
          if (!row) throw new Error('not yet');
          return row.pid;
        },
        { timeout: 20_000 },
      );
      await client.query('select pg_terminate_backend($1)', [pid]);
      expect(await ended).toMatchObject({ code: 'STORE_UNAVAILABLE', detail: { unknown: true } });
      await client.query('drop trigger slow on messages');
    });
    expect(await store.commit([append(conv)])).toMatchObject([{ seq: 1 }]);
  });
});

it('an idle connection that was cut is made again without anybody noticing', async () => {
  await withNodes(1, async ([store], url) => {
    if (!store) throw new Error('no node');
    const conv = await conversation(store, 'g:1');
    await store.conversations.byNumber(conv);
    await withClient(url, async (client) => {
      const others =
        "from pg_stat_activity where application_name = 'magpie' and datname = current_database()";
      await client.query(`select pg_terminate_backend(pid) ${others}`);
      await vi.waitFor(
        async () => expect((await client.query(`select 1 ${others}`)).rows).toEqual([]),
        within,
      );
    });
    expect(await store.commit([append(conv)])).toMatchObject([{ seq: 1 }]);
    expect((await store.conversations.byNumber(conv))?.lastSeq).toBe(1);
  });
});

it('one spelling of a user id wins, whichever node it comes to', async () => {
  await withNodes(2, async (nodes) => {
    const spellings = ['bob', 'Bob', 'bOb', 'boB'];
    const ends = await Promise.allSettled(
      spellings.map((id, i) =>
        nodes[i % 2]?.commit([{ ...user(id), fold: 'bob' } as Extract<WriteOp, { op: 'user.create' }>]),
      ),
    );
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  });
});

it('times and sizes beyond 2^31 come back as numbers', async () => {
  await withNodes(1, async ([store]) => {
    if (!store) throw new Error('no node');
    const conv = await conversation(store, 'g:1');
    const [result] = await store.commit([
      { ...append(conv), at: 1_800_000_000_000, fp: Number.MAX_SAFE_INTEGER },
    ]);
    expect(result.time).toBe(1_800_000_000_000);
    expect(await store.messages.get(conv, [1])).toMatchObject([
      { time: 1_800_000_000_000, fp: Number.MAX_SAFE_INTEGER },
    ]);
  });
});

it('a database that went away: refused meanwhile, and taken up again', async () => {
  await withNodes(1, async ([store]) => {
    if (!store) throw new Error('no node');
    const conv = await conversation(store, 'g:1');
    await store.commit([append(conv)]);
    await postgres.halt();
    const codes = await Promise.all(
      [store.commit([append(conv)]), store.conversations.byNumber(conv)].map((call) =>
        Promise.resolve(call).then(
          () => 'done',
          (error: unknown) => (error instanceof MagpieError ? error.code : String(error)),
        ),
      ),
    );
    expect(codes).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    expect(store.health()).toMatchObject({ ok: false });
    await postgres.resume();
    await vi.waitFor(() => expect(store.health()).toEqual({ ok: true }), { timeout: 15_000 });
    expect(await store.commit([append(conv)])).toMatchObject([{ seq: 2 }]);
    expect((await store.conversations.byNumber(conv))?.lastSeq).toBe(2);
  });
});

it('a database of the first version is upgraded with what is in it, by the first of two nodes', async () => {
  const url = await postgres.createDatabase();
  await withClient(url, async (client) => {
    const db = bindKysely('postgres', executeOn(client));
    await migrate(db, 'postgres', 1, MIGRATIONS.slice(0, 1));
    await db.insertInto('meta').values([{ name: 'epoch', value: 'kept' }, { name: 'numbers', value: '7' }]).execute(); // prettier-ignore
    await db.insertInto('conversations').values({ num: 7, app: 'a', key: 'g:1', kind: 'group', last_seq: 3, change_seq: 0, changes_pruned: 0, last_time: 1, active_at: 1, changed_at: 1, head_entry: 3, head_content: 3, head_live: 3, head_public: 3, member_count: 0 } as never).execute(); // prettier-ignore
  });
  const nodes = await Promise.all([createPostgresStore({ url }), createPostgresStore({ url })]);
  try {
    const [one, two] = nodes;
    expect(await two.epoch()).toBe('kept');
    expect(await two.conversationNumber()).toBeGreaterThan(7);
    expect(await one.commit([{ ...append(7), hooks: ['h'], body: '{"content":{}}' }])).toMatchObject([{ seq: 4 }]); // prettier-ignore
    expect(await two.webhooks.totals()).toEqual({ waiting: 1, parked: 0 });
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
  await withClient(url, async (client) => {
    const applied = await client.query('select version from magpie_migrations order by version');
    expect(applied.rows).toEqual(MIGRATIONS.map(({ version }) => ({ version })));
  });
});

it('a database that does not write durably is refused unless forced', async () => {
  const careless = await startPostgres({ settings: { fsync: 'off' } });
  try {
    const url = await careless.createDatabase();
    await expect(createPostgresStore({ url })).rejects.toThrow('fsync = off');
    const forced = await createPostgresStore({ url, force: true });
    await forced.close();
    await expect(
      createPostgresStore({ url: `${url}?options=-c%20synchronous_commit%3Doff` }),
    ).rejects.toThrow('= off');
  } finally {
    await careless.close();
  }
});
