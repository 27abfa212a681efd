import type { OutboxRow } from '@magpie/domain';
import type { SqliteHandle } from '../sqlite/handle.ts';
import { gains, hooksWithLanes, readLane, type HotOutbox, type LaneName } from './outbox.ts';

const LANE = 'app = ?1 and hook = ?2 and lane = ?3';

export function sqliteOutbox(handle: SqliteHandle): HotOutbox {
  const gain =
    handle.prepare(`insert into outbox_lanes (app, hook, lane, waiting, due_at, attempts) values (?1, ?2, ?3, ?4, ?5, 0)
    on conflict (app, hook, lane) do update set waiting = outbox_lanes.waiting + excluded.waiting`);
  const add = handle.prepare('insert into outbox (app, hook, lane, event, at) values (?1, ?2, ?3, ?4, ?5)');
  const hooks = handle.prepare(hooksWithLanes('select app, hook from h'));
  const due = handle.prepare(`select app, hook, lane, due_at, attempts, failing_since, error from outbox_lanes
    where app = ?1 and hook = ?2 and due_at <= ?3 order by due_at limit ?4`);
  const hold = handle.prepare(`update outbox_lanes set owner = ?4, due_at = ?5 where ${LANE}`);
  const first = handle.prepare(
    `select id, event, at from outbox where ${LANE} and parked_at is null order by id limit ?4`,
  );
  const held = handle.prepare(`select waiting from outbox_lanes where ${LANE} and owner = ?4`);
  const deliver = handle.prepare(`delete from outbox where ${LANE} and id = ?4 and parked_at is null`);
  const park = handle.prepare(
    `update outbox set parked_at = ?5, error = ?6 where ${LANE} and id = ?4 and parked_at is null`,
  );
  const count = handle.prepare('update hooks set parked = parked + 1 where app = ?1 and id = ?2');
  const keep = handle.prepare(
    `update outbox_lanes set waiting = ?4, owner = null, due_at = ?5, attempts = ?6, failing_since = ?7, error = ?8 where ${LANE}`,
  );
  const remove = handle.prepare(`delete from outbox_lanes where ${LANE}`);

  const eventsOf = ({ app, hook, lane }: LaneName, limit: number): readonly OutboxRow[] =>
    first.rows(app, hook, lane, limit).map(([id, event, at]) => ({
      id: Number(id),
      app,
      hook,
      lane,
      event: String(event),
      at: Number(at),
      parkedAt: null,
      error: null,
    }));

  return {
    save: (rows) => {
      for (const { app, hook, lane, waiting, dueAt } of gains(rows))
        gain.run(app, hook, lane, waiting, dueAt);
      for (const { app, hook, lane, event, at } of rows) add.run(app, hook, lane, event, at);
    },
    claim: ({ owner, now, leaseUntil, lanes, perLane, paused }) => {
      const skipped = new Set(paused);
      const found = hooks
        .rows()
        .filter(([app, hook]) => !skipped.has(`${app} ${hook}`))
        .flatMap(([app = null, hook = null]) => due.rows(app, hook, now, lanes).map(readLane))
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, lanes);
      for (const { app, hook, lane } of found) hold.run(app, hook, lane, owner, leaseUntil);
      return found.map((lane) => ({ lane, events: eventsOf(lane, perLane) }));
    },
    settle: ({ app, hook, lane, owner, at, delivered, park: parked, retry }) => {
      const cells = held.one(app, hook, lane, owner);
      if (!cells) return false;
      let rest = Number(cells[0]);
      for (const id of new Set(delivered)) rest -= deliver.run(app, hook, lane, id);
      if (parked && park.run(app, hook, lane, parked.id, at, parked.error) > 0) {
        rest -= 1;
        count.run(app, hook);
      }
      const { dueAt = at, attempts = 0, failingSince = null, error = null } = retry ?? {};
      if (rest > 0) keep.run(app, hook, lane, rest, dueAt, attempts, failingSince, error);
      else remove.run(app, hook, lane);
      return true;
    },
  };
}
