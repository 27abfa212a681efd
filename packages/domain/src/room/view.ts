import type { EventPayload, People, Room as WireRoom } from '@magpie/protocol';
import { eventText } from '../delivery/delivery.ts';
import type { RoomRow } from '../ports/rows.ts';
import { personOf, type Accounts } from '../user/accounts.ts';
import type { Comings } from './news.ts';
import type { Room } from './room.ts';

/** A room as everybody sees it. */
export function roomOf(row: RoomRow, memberCount: number, history: boolean): WireRoom {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ...(row.avatar === null ? {} : { avatar: row.avatar }),
    ...(row.intro === null ? {} : { intro: row.intro }),
    ...(row.announcement === null ? {} : { announcement: row.announcement }),
    ...(row.ext === null ? {} : { ext: row.ext }),
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(row.mutedAll ? { mutedAll: true as const } : {}),
    memberCount,
    createdAt: row.createdAt,
    ...(history ? { history: true as const } : {}),
  };
}

/** With the user's own place in it, if they are there. */
export function roomFor(room: Room, user: string, history: boolean, now: number): WireRoom {
  const out = roomOf(room.row, room.count, history);
  const me = room.who(user);
  if (!me) return out;
  const muted = me.mutedUntil !== null && me.mutedUntil > now ? { mutedUntil: me.mutedUntil } : {};
  return { ...out, me: { role: room.roleOf(user), enteredAt: me.enteredAt, ...muted } };
}

export function outText(room: Room, told: Omit<EventPayload<'room.out'>, 'id'>): string {
  return eventText('room.out', JSON.stringify({ id: room.row.id, ...told }), room.key);
}

/** Names are those at hand: who enters was read just before. */
export function comingsText(
  room: Room,
  { entered, left }: Comings,
  accounts: Pick<Accounts, 'peek'>,
): string {
  const people: People = {};
  for (const [user, { person: told }] of entered) {
    const row = accounts.peek(room.app, user);
    const person = row ? personOf(row) : told;
    if (person) people[user] = person;
  }
  const payload: EventPayload<'room.membersChanged'> = {
    entered: [...entered].map(([userId, { ext }]) => (ext === undefined ? { userId } : { userId, ext })),
    left: [...left].map(([userId, reason]) => ({ userId, reason })),
    memberCount: room.count,
    ...(Object.keys(people).length > 0 ? { people } : {}),
  };
  return eventText('room.membersChanged', JSON.stringify(payload), room.key);
}
