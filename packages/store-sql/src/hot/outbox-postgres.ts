import type { OutboxRow } from '@magpie/domain';
import type { Cells } from './columns.ts';
import { gains, hooksWithLanes, laneKey, readLane, type HotOutbox } from './outbox.ts';

export type RunPrepared = (
  name: string,
  text: string,
  values: readonly unknown[],
) => Promise<readonly Cells[]>;

const KEYS = 'unnest($1::text[], $2::text[], $3::text[])';
/** The order of the table's key: columns of arrays have another collation. */
const IN_ORDER = 'order by k.app collate "C", k.hook collate "C", k.lane collate "C"';
const LANE = 'app = $1 and hook = $2 and lane = $3';

const SQL = {
  // The conflict waits for whoever holds the row, and makes a new row if that one removed it.
  outboxGain: `insert into outbox_lanes (app, hook, lane, waiting, due_at, attempts)
    select k.app, k.hook, k.lane, k.waiting, k.due_at, 0
    from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) as k(app, hook, lane, waiting, due_at) ${IN_ORDER}
    on conflict (app, hook, lane) do update set waiting = outbox_lanes.waiting + excluded.waiting`,
  outboxAdd: `insert into outbox (app, hook, lane, event, at) select k.app, k.hook, k.lane, k.event, k.at
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) with ordinality as k(app, hook, lane, event, at, i) order by k.i`,
  outboxLock: `select 1 from outbox_lanes k join ${KEYS} as w(app, hook, lane) on k.app = w.app and k.hook = w.hook and k.lane = w.lane
    ${IN_ORDER} for update of k`,
  outboxClaim: hooksWithLanes(`, due as (
      select d.* from h cross join lateral (
        select l.app, l.hook, l.lane, l.due_at, l.attempts, l.failing_since, l.error from outbox_lanes l
        where l.app = h.app and l.hook = h.hook and l.due_at <= $2::bigint order by l.due_at limit $4::int for update skip locked) d
      where not (h.app || ' ' || h.hook) = any($5::text[])
      order by d.due_at limit $4::int),
    held as (
      update outbox_lanes l set owner = $1::text, due_at = $3::bigint from due where l.app = due.app and l.hook = due.hook and l.lane = due.lane)
    select app, hook, lane, due_at, attempts, failing_since, error from due order by due_at`),
  outboxFirst: `select e.id, e.app, e.hook, e.lane, e.event, e.at from ${KEYS} with ordinality as k(app, hook, lane, i)
    cross join lateral (select * from outbox o where o.app = k.app and o.hook = k.hook and o.lane = k.lane and o.parked_at is null
      order by o.id limit $4::int) e
    order by k.i, e.id`,
  // Who finds the lane in other hands has done nothing.
  outboxSettle: `with held as (select waiting from outbox_lanes where ${LANE} and owner = $4::text for update),
    gone as (
      delete from outbox using held where ${LANE} and id = any($5::bigint[]) and parked_at is null returning 1),
    parked as (
      update outbox set parked_at = $6::bigint, error = $8::text from held where ${LANE} and id = $7::bigint and parked_at is null returning 1),
    counted as (
      update hooks set parked = parked + 1 where app = $1 and id = $2 and exists (select 1 from parked)),
    n as (select held.waiting - (select count(*) from gone) - (select count(*) from parked) as rest from held),
    kept as (
      update outbox_lanes set waiting = n.rest, owner = null, due_at = $9::bigint, attempts = $10::bigint, failing_since = $11::bigint,
        error = $12::text
      from n where n.rest > 0 and ${LANE}),
    removed as (delete from outbox_lanes using n where n.rest <= 0 and ${LANE})
    select rest from n`,
} as const;

export function postgresOutbox(prepared: RunPrepared): HotOutbox {
  const run = (name: keyof typeof SQL, ...values: readonly unknown[]): Promise<readonly Cells[]> =>
    prepared(name, SQL[name], values);
  return {
    save: async (rows) => {
      if (rows.length === 0) return;
      const lanes = gains(rows);
      await run('outboxGain', lanes.map((l) => l.app), lanes.map((l) => l.hook), lanes.map((l) => l.lane), lanes.map((l) => l.waiting), lanes.map((l) => l.dueAt)); // prettier-ignore
      await run('outboxAdd', rows.map((r) => r.app), rows.map((r) => r.hook), rows.map((r) => r.lane), rows.map((r) => r.event), rows.map((r) => r.at)); // prettier-ignore
    },
    lock: async (lanes) => {
      await run('outboxLock', lanes.map((l) => l.app), lanes.map((l) => l.hook), lanes.map((l) => l.lane)); // prettier-ignore
    },
    claim: async ({ owner, now, leaseUntil, lanes: limit, perLane, paused }) => {
      const lanes = (await run('outboxClaim', owner, now, leaseUntil, limit, paused)).map(readLane);
      if (lanes.length === 0) return [];
      // A statement of its own: it sees what was committed before the lanes were locked, and nothing that was settled by then.
      const rows = await run('outboxFirst', lanes.map((l) => l.app), lanes.map((l) => l.hook), lanes.map((l) => l.lane), perLane); // prettier-ignore
      const claimed = new Map(lanes.map((lane) => [laneKey(lane), { lane, events: [] as OutboxRow[] }]));
      for (const row of rows.map(readEvent)) claimed.get(laneKey(row))?.events.push(row);
      return [...claimed.values()];
    },
    settle: async ({ app, hook, lane, owner, at, delivered, park, retry }) => {
      const { dueAt = at, attempts = 0, failingSince = null, error = null } = retry ?? {};
      const done = await run('outboxSettle', app, hook, lane, owner, delivered, at, park?.id ?? null, park?.error ?? null, dueAt, attempts, failingSince, error); // prettier-ignore
      return done.length > 0;
    },
  };
}

const readEvent = (c: Cells): OutboxRow =>
  ({ id: c[0], app: c[1], hook: c[2], lane: c[3], event: c[4], at: c[5], parkedAt: null, error: null }) as OutboxRow; // prettier-ignore
