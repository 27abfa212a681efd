import type { Deps } from '../deps.ts';
import type { RoomRow, RoomUserRow } from '../ports/rows.ts';
import type { Room } from './room.ts';

type Refreshing = Pick<Deps, 'rooms' | 'store' | 'clock' | 'mesh' | 'report'>;

/** Rooms of one question, and users of one. */
const ROWS = 100;
const USERS = 200;

/** After notes of other nodes may have been lost: rooms that are in mind are read again, and what is remembered of those present. */
export function refreshWhenMissed(deps: Refreshing): void {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      await refresh(deps);
    } while (again);
  };
  const start = (): void => {
    again = true;
    running ??= run()
      .catch((error: unknown) => deps.report?.('rooms could not be read again', error))
      .finally(() => {
        running = undefined;
      });
  };
  deps.mesh.listen({ missed: start });
}

async function refresh(deps: Refreshing): Promise<void> {
  const byApp = new Map<string, Room[]>();
  for (const room of deps.rooms.all()) byApp.set(room.app, [...(byApp.get(room.app) ?? []), room]);
  for (const [app, rooms] of byApp)
    for (let i = 0; i < rooms.length; i += ROWS) {
      const some = rooms.slice(i, i + ROWS);
      const rows = await deps.store.rooms.many(app, some.map(({ row }) => row.id)); // prettier-ignore
      for (const room of some) {
        const row = rows.find(({ conv }) => conv === room.num);
        if (row) await refreshOne(deps, room, row);
      }
    }
}

/** What changes while it is read is told by who changes it, and read once more. */
async function refreshOne({ rooms, store, clock }: Refreshing, room: Room, row: RoomRow): Promise<void> {
  if (rooms.at(room.num) !== room) return;
  rooms.apply(room, { row });
  while (rooms.at(room.num) === room && room.seats.occupants.size > 0) {
    const { version } = room;
    const now = clock.now();
    const read = async (what: 'admins' | 'muted' | 'banned') => {
      const users = new Map<string, RoomUserRow>();
      for (let after = ''; ;) {
        const page = await store.rooms.users(room.num, { what, now, limit: USERS, ...(after === '' ? {} : { after }) }); // prettier-ignore
        for (const user of page) users.set(user.user, user);
        if (page.length < USERS) return users;
        after = page.at(-1)?.user ?? '';
      }
    };
    const [admins, muted, banned] = await Promise.all([read('admins'), read('muted'), read('banned')]);
    if (room.version === version) return correct(rooms, room, { admins, muted, banned });
  }
}

type Users = ReadonlyMap<string, RoomUserRow>;

function correct(
  rooms: Deps['rooms'],
  room: Room,
  { admins, muted, banned }: { readonly admins: Users; readonly muted: Users; readonly banned: Users },
): void {
  for (const { user, ...known } of [...room.seats.occupants.values()]) {
    const role = admins.has(user) ? 'admin' : 'member';
    const mutedUntil = muted.get(user)?.mutedUntil ?? null;
    if (role !== known.role || mutedUntil !== known.mutedUntil) rooms.apply(room, { users: { ids: [user], set: { role, mutedUntil } } }); // prettier-ignore
    const until = banned.get(user)?.bannedUntil;
    if (until) rooms.apply(room, { out: { ids: [user], told: { reason: 'banned', until } } });
  }
}
