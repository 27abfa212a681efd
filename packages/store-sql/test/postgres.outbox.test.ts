import type { Store, WriteOp } from '@magpie/domain';
import { startPostgres, type TestPostgres } from '@magpie/testkit/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createPostgresStore } from '../src/index.ts';

/** Several nodes at one outbox. */

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.close());

const [app, hook] = ['a', 'h'];
const hooks = [hook];
let clock = 1;
let names = 0;

const hookRow = { app, id: hook, url: '', events: [], before: [], active: true, sealedSecret: '', createdAt: 1 } as const; // prettier-ignore
const userOp = (id: string): WriteOp => ({ op: 'user.create', app, id, fold: id, unique: false, profile: {} as never, passwordHash: null, at: 1 }); // prettier-ignore
const addOp = (lane: string, event: string): WriteOp => ({ op: 'outbox.add', app, hooks, lane, event, at: clock++ }); // prettier-ignore
const logOp = (user: string): WriteOp => ({ op: 'log', app, user, event: 'e', convKey: null, payload: '{}', at: clock++, hooks }); // prettier-ignore
const appendOp = (conv: number): WriteOp => ({ op: 'append', app, conv, sender: 'alice', clientId: `c${++names}`, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: '{"content":{}}', at: clock++, hooks }); // prettier-ignore

interface Nodes {
  readonly one: Store;
  readonly two: Store;
  /** Somebody else at the same database. */
  readonly client: pg.Client;
}

async function withNodes(use: (nodes: Nodes) => Promise<void>): Promise<void> {
  const url = await postgres.createDatabase();
  const [one, two] = await Promise.all([createPostgresStore({ url }), createPostgresStore({ url })]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await one.commit([{ op: 'hook.put', row: hookRow }, userOp('bob'), userOp('carol')]);
    await use({ one, two, client });
  } finally {
    await Promise.all([one.close(), two.close()]);
    await noDeadlocks(client).finally(() => client.end());
  }
}

/** Nodes take their locks in one order: a circle would be broken, but only after a second of waiting. */
async function noDeadlocks(client: pg.Client): Promise<void> {
  // Sessions report what they met when they end.
  const others = "select 1 from pg_stat_activity where application_name = 'magpie' and datname = current_database()"; // prettier-ignore
  await vi.waitFor(async () => expect((await client.query(others)).rows).toEqual([]), { timeout: 20_000 });
  const count = 'select deadlocks::int as n from pg_stat_database where datname = current_database()';
  expect((await client.query(count)).rows).toEqual([{ n: 0 }]);
}

const claim = async (store: Store, owner: string, lanes = 9) => {
  const now = clock++;
  const [result] = await store.commit([
    { op: 'outbox.claim', owner, now, leaseUntil: now + 1e9, lanes, perLane: 7, paused: [] },
  ]);
  return result.lanes;
};

const settle = (store: Store, owner: string, lane: string, delivered: readonly number[]) =>
  store.commit([{ op: 'outbox.settle', app, hook, lane, owner, at: clock++, delivered }]);

/** Resolves when so many sessions of the stores wait for a lock. */
const waiting = (client: pg.Client, count: number) =>
  vi.waitFor(
    async () => {
      const found = await client.query<{ n: number }>('select count(*)::int as n from pg_locks where not granted'); // prettier-ignore
      expect(found.rows[0]?.n).toBe(count);
    },
    { timeout: 20_000 },
  );

it('two nodes write and deliver at once: everything once, in order, nothing left behind', async () => {
  await withNodes(async ({ one, two, client }) => {
    const nodes = [one, two];
    const convs: number[] = [];
    for (const key of ['g:1', 'g:2', 'g:3']) {
      const conv = await one.conversationNumber();
      await one.commit([{ op: 'conversation.create', conv, app, key, kind: 'group', at: 1 }]);
      convs.push(conv);
    }
    const sends = 240;
    const delivered = new Map<string, { ids: number[]; numbers: number[] }>();
    let total = 0;
    const deliver = async (store: Store, owner: string): Promise<void> => {
      while (total < 2 * sends) {
        const lanes = await claim(store, owner, 3);
        // Settled together: the units meet in one batch with the sends.
        await Promise.all(
          lanes.map(async ({ lane: { lane }, events }) => {
            const seen = delivered.get(lane) ?? { ids: [], numbers: [] };
            delivered.set(lane, seen);
            seen.ids.push(...events.map((row) => row.id));
            seen.numbers.push(...events.map((row) => (JSON.parse(row.event) as { n: number }).n));
            total += events.length;
            const ids = events.map((row) => row.id);
            await settle(store, owner, lane, ids);
          }),
        );
      }
    };
    const send = async (store: Store, n: number): Promise<void> => {
      for (let i = 0; i < sends / 8; i++) {
        const [there, user] = [convs[(i + n) % 3] ?? 0, i % 2 ? 'bob' : 'carol'];
        await store.commit(n % 2 ? [appendOp(there), logOp(user)] : [logOp(user), appendOp(there)]);
      }
    };
    await Promise.all([
      ...nodes.flatMap((store, i) => [0, 1, 2, 3].map((n) => send(store, n + i))),
      deliver(one, 'n1'),
      deliver(two, 'n2'),
    ]);
    expect(total).toBe(2 * sends);
    expect([...delivered.keys()].sort()).toEqual(['g:1', 'g:2', 'g:3', 'u:bob', 'u:carol']);
    for (const { ids, numbers } of delivered.values()) {
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    expect(await one.webhooks.totals()).toEqual({ waiting: 0, parked: 0 });
    expect((await client.query('select 1 from outbox_lanes')).rows).toEqual([]);
    expect((await client.query('select 1 from outbox')).rows).toEqual([]);
  });
});

it('what is added while the last of a lane is settled is not left behind, whoever comes first', async () => {
  await withNodes(async ({ one, two, client }) => {
    for (const addFirst of [true, false]) {
      await one.commit([addOp('x', '"old"')]);
      const [claimed] = await claim(one, 'n1');
      const ids = claimed?.events.map((row) => row.id) ?? [];
      // Both come to the lane while somebody has it; then one after the other in the order they came.
      await client.query('begin; select 1 from outbox_lanes for update');
      const add = () => two.commit([addOp('x', '"new"')]);
      const end = () => settle(one, 'n1', 'x', ids);
      const first = addFirst ? add() : end();
      await waiting(client, 1);
      const second = addFirst ? end() : add();
      await waiting(client, 2);
      await client.query('commit');
      await Promise.all([first, second]);
      const [lane] = await claim(two, 'n2');
      expect(lane?.events.map((row) => row.event)).toEqual(['"new"']);
      await settle(two, 'n2', 'x', lane?.events.map((row) => row.id) ?? []);
      expect(await one.webhooks.totals()).toEqual({ waiting: 0, parked: 0 });
    }
  });
});

it('an event gets its place when its lane is free, not before', async () => {
  await withNodes(async ({ one, client }) => {
    await one.commit([addOp('x', '1')]);
    await client.query('begin; update outbox_lanes set waiting = waiting + 1');
    const late = one.commit([addOp('x', '3')]);
    await waiting(client, 1);
    await client.query("insert into outbox (app, hook, lane, event, at) values ('a', 'h', 'x', '2', 1); commit"); // prettier-ignore
    await late;
    const [lane] = await claim(one, 'n1');
    expect(lane?.events.map((row) => row.event)).toEqual(['1', '2', '3']);
  });
});

it('a lane in which nothing waits after all goes', async () => {
  await withNodes(async ({ one, client }) => {
    await client.query("insert into outbox_lanes (app, hook, lane, waiting, due_at, attempts) values ('a', 'h', 'empty', 1, 1, 0)"); // prettier-ignore
    await one.commit([addOp('x', '1')]);
    expect((await claim(one, 'n1')).map(({ lane }) => lane.lane)).toEqual(['x']);
    expect(await one.webhooks.totals()).toEqual({ waiting: 1, parked: 0 });
  });
});

it('two nodes that begin the same lane at once make one of it', async () => {
  await withNodes(async ({ one, two }) => {
    for (let i = 0; i < 20; i++) {
      const lanes = [`l${i}`, `m${i}`];
      await Promise.all([one, two].map((store) => store.commit(lanes.map((lane) => addOp(lane, `${i}`)))));
    }
    expect(await one.webhooks.totals()).toEqual({ waiting: 80, parked: 0 });
    const found = [...(await claim(one, 'n1', 25)), ...(await claim(two, 'n2', 25))];
    expect(found.map(({ events }) => events.length)).toEqual(Array.from({ length: 40 }, () => 2));
  });
});

it('a lane in somebody’s hands is passed over, not waited for', async () => {
  await withNodes(async ({ one, client }) => {
    await one.commit([addOp('held', '1'), addOp('free', '2')]);
    await client.query("begin; select 1 from outbox_lanes where lane = 'held' for update");
    expect((await claim(one, 'n1')).map(({ lane }) => lane.lane)).toEqual(['free']);
    await client.query('commit');
    expect((await claim(one, 'n1')).map(({ lane }) => lane.lane)).toEqual(['held']);
  });
});

it('timers are claimed by one node each, and a node that lost one can’t end it', async () => {
  await withNodes(async ({ one, two }) => {
    const put = (id: number): WriteOp => ({ op: 'timer.put', id: `t${id}`, app, kind: 'k', dueAt: id, payload: '' }); // prettier-ignore
    await one.commit(Array.from({ length: 60 }, (_, i) => put(i)));
    const take = async (store: Store, owner: string) => {
      const [{ timers }] = await store.commit([
        { op: 'timer.claim', owner, kinds: ['k'], now: 100, leaseUntil: 200, limit: 7 },
      ]);
      return timers.map(({ id }) => ({ id, store, owner }));
    };
    const taken = (
      await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? take(one, 'n1') : take(two, 'n2'))))
    ).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(60);
    expect(taken).toHaveLength(60);
    const ends = await Promise.allSettled(
      taken.flatMap(({ id, owner }) =>
        [one, two].map((store) => store.commit([{ op: 'timer.done', id, owner }])),
      ),
    );
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(60);
    expect(await one.timers.count()).toBe(0);
  });
});
