import type { Deps } from '../deps.ts';
import type { RoomRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { prepare } from './announce.ts';
import { ROOM_RULES } from './rules.ts';

const KIND = 'room.end';
/** While people are there the timer looks again this often: should the server die, rooms they never left end too. */
const BEAT = 10 * 60_000;

type Put = Extract<WriteOp, { op: 'timer.put' }>;

/** While other nodes are not heard, nobody can say that it is empty. */
const UNHEARD = 5_000;

/** A room that ends by itself has one such timer as long as it lives. */
export function endOp(row: RoomRow, dueAt: number): Put {
  return { op: 'timer.put', id: `${KIND} ${row.conv}`, app: row.app, kind: KIND, dueAt, payload: row.id };
}

/** Rooms that end some time after the last one left. */
export function endEmptyRooms(deps: Pick<Deps, 'rooms' | 'mesh' | 'timers' | 'store' | 'clock' | 'apps' | 'accounts' | 'hooks' | 'report'>): void {
  const { rooms, timers, store, clock, apps } = deps;
  rooms.onEmpty = (room) => {
    if (room.rules.ends !== 'empty') return;
    const op = endOp(room.row, clock.now() + room.row.endDelay);
    store.commit([op]).then(
      () => timers.noted(op.dueAt),
      // The one that looks every now and then is still there.
      (error: unknown) => deps.report?.('a room that is empty could not be told to end', error),
    );
  };

  timers.register(KIND, async (timer) => {
    const app = apps.get(timer.app);
    const known = await rooms.find(timer.app, timer.payload);
    if (!app || !known || known.rules.ends !== 'empty') return undefined;
    const now = clock.now();
    const silence = app.settings['rooms.silence'] || ROOM_RULES[known.row.kind].silence;
    // After a start those who were there have their time to come back.
    const back = known.row.createdAt < rooms.startedAt ? rooms.startedAt + silence : 0;
    const again = known.count > 0 ? now + BEAT : back > now ? back : deps.mesh.healthy ? undefined : now + UNHEARD;
    if (again !== undefined) return { ops: [endOp(known.row, again)], after: () => timers.noted(again) };
    const tell = await prepare(deps, app, [{ change: 'dismissed', actor: '' }]);
    // Somebody came while the names were read.
    if (known.count > 0) return { ops: [endOp(known.row, now + BEAT)] };
    return {
      ops: [{ op: 'room.set', conv: known.num, set: { dismissedAt: now } }],
      after: () => tell(rooms.at(known.num) ?? known, { row: { ...known.row, dismissedAt: now } }),
    };
  });
} // prettier-ignore
