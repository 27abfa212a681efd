import { MagpieError, type Output } from '@magpie/protocol';
import { RawJson, type Ctx, type HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { RoomRow, RoomUserRow } from '../ports/rows.ts';
import type { Session } from '../session/registry.ts';
import { demandSight, requireRoom, requireSession } from './access.ts';
import { createRoom, findOrCreate } from './create.ts';
import { governingHandlers } from './governing.ts';
import { endOfLog, recentText } from './recent.ts';
import type { Room } from './room.ts';
import { MAX_PER_DEVICE } from './rules.ts';
import type { Occupant, Remembered } from './seats.ts';
import { roomFor, roomOf } from './view.ts';

type Resumed = Output<'room.resume'>['rooms'][number];

export function roomHandlers(deps: Deps): HandlersOf<'room'> {
  const { rooms, store, clock, random, accounts } = deps;
  const wire = (ctx: Ctx, room: Room) => roomFor(room, ctx.userId, ctx.app.settings['rooms.history'], clock.now()); // prettier-ignore

  /** One that nobody is in. */
  const unheard = (ctx: Ctx, row: RoomRow) => roomOf(row, 0, ctx.app.settings['rooms.history']);

  return {
    ...governingHandlers(deps),

    'room.create': async (ctx, input) => {
      const { id, ...wish } = input;
      const room = await createRoom(deps, ctx, id ?? random.digits(15), wish);
      return { room: wire(ctx, room) };
    },

    'room.enter': async (ctx, input) => {
      const session = requireSession(ctx);
      const room = await findOrCreate(deps, ctx, input);
      // Events about them carry their name.
      await accounts.get(ctx.app.id, ctx.userId);
      const row = await rooms.remembered(room, ctx.userId);
      // From here on in one turn: nobody is counted twice, and nothing said after is missed.
      if (banned(row, clock.now())) throw new MagpieError('BANNED', { field: 'id', ...(row?.bannedUntil ? { detail: { until: row.bannedUntil } } : {}) }); // prettier-ignore
      if (!rooms.present(room.num, ctx.userId) && room.count >= room.rules.cap) throw new MagpieError('ROOM_FULL', { field: 'id' }); // prettier-ignore
      if (!input.leaveOthers && tooMany(deps, session, room)) throw new MagpieError('QUOTA_EXCEEDED', { field: 'id', message: 'This device is in as many rooms as it may be.' }); // prettier-ignore
      rooms.enter(room, session, memory(row), { ext: input.ext });
      if (input.exclusive) leaveElsewhere(deps, room, session);
      if (input.leaveOthers) leaveOthers(deps, room, session);
      const json = JSON.stringify(wire(ctx, room));
      return new RawJson(`{"room":${json},${await recentText(deps, ctx, room)}}`);
    },

    'room.leave': async (ctx, input) => {
      const { instance } = requireSession(ctx);
      const room = await requireRoom(deps, ctx, input.id);
      const seat = room.seats.seat(ctx.userId, instance);
      if (!seat) throw new MagpieError('NOT_MEMBER', { field: 'id' });
      rooms.leave(room, seat, 'left');
      return {};
    },

    'room.resume': async (ctx, input) => {
      const session = requireSession(ctx);
      const out: Resumed[] = [];
      for (const id of new Set(input.rooms)) {
        const room = await rooms.find(ctx.app.id, id);
        const reason = room ? await putBack(deps, room, session, input.away) : 'dismissed';
        if (!room || reason) out.push({ id, ...(reason ? { reason } : {}) });
        else
          out.push({
            id,
            room: wire(ctx, room),
            ...(ctx.app.settings['rooms.history'] ? await endOfLog(deps, room) : {}),
          });
      }
      return { rooms: out };
    },

    'room.get': async (ctx, input) => {
      const ids = [...new Set(input.ids)];
      const unknown = ids.filter((id) => !rooms.peek(ctx.app.id, id));
      const rows = unknown.length > 0 ? await store.rooms.many(ctx.app.id, unknown) : [];
      const read = new Map(rows.filter((row) => row.dismissedAt === null).map((row) => [row.id, row]));
      const found = ids.map((id) => {
        const room = rooms.peek(ctx.app.id, id);
        const row = read.get(id);
        return room ? wire(ctx, room) : row && unheard(ctx, row);
      });
      return { rooms: found.filter((room) => room !== undefined) };
    },

    'room.list': async (ctx, input) => {
      const { limit, cursor } = input;
      const rows = await store.rooms.list(ctx.app.id, { limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) }); // prettier-ignore
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rooms: page.map((row) => {
          const room = rooms.at(row.conv);
          return room ? wire(ctx, room) : unheard(ctx, row);
        }),
        ...(last && rows.length > page.length ? { next: last.id } : {}),
      };
    },

    'room.members': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      await demandSight(deps, ctx, room);
      const { occupants } = room.seats;
      const found = input.users
        ? [...new Set(input.users)].flatMap((user) => occupants.get(user) ?? [])
        : newestFirst(room, input.cursor);
      const page = found.slice(0, input.limit);
      const last = page.at(-1);
      return {
        members: page.map(({ user, enteredAt }) => ({ userId: user, role: room.roleOf(user), enteredAt })),
        memberCount: room.count,
        people: await accounts.people(ctx.app.id, page.map(({ user }) => user)), // prettier-ignore
        ...(last && found.length > page.length ? { next: String(last.order) } : {}),
      };
    },
  };
}

function memory(row: RoomUserRow | undefined): Remembered {
  return { role: row?.role ?? 'member', mutedUntil: row?.mutedUntil ?? null };
}

function banned(row: RoomUserRow | undefined, now: number): boolean {
  return (row?.bannedUntil ?? 0) > now;
}

/** Rooms of a kind, and of all kinds. */
function tooMany(deps: Deps, { app, userId, instance }: Session, room: Room): boolean {
  const others = deps.rooms.roomsOf(app, userId, instance);
  if (others.includes(room)) return false;
  const alike = others.filter(({ rules }) => rules === room.rules).length;
  return others.length >= MAX_PER_DEVICE || alike >= room.rules.perDevice;
}

function leaveElsewhere({ rooms }: Deps, room: Room, { userId, instance }: Session): void {
  for (const seat of room.seats.occupants.get(userId)?.seats ?? [])
    if (seat.instance !== instance) rooms.leave(room, seat, 'left', { reason: 'elsewhere' });
}

function leaveOthers({ rooms }: Deps, room: Room, { app, userId, instance }: Session): void {
  for (const other of rooms.roomsOf(app, userId, instance)) {
    const seat = other === room ? undefined : other.seats.seat(userId, instance);
    if (seat) rooms.leave(other, seat, 'left', { reason: 'left' });
  }
}

/**
 * Whether a device that was away is in the room; if not, why. Who is not there although this server ran all the time, went; after a start
 * it knows of nobody, and takes those back who were away no longer than the room waits.
 */
async function putBack(deps: Deps, room: Room, session: Session, away: number): Promise<Resumed['reason']> {
  const { rooms, clock } = deps;
  const { userId, instance } = session;
  const seat = room.seats.seat(userId, instance);
  if (seat) {
    room.seats.connect(seat, session);
    return undefined;
  }
  const row = await rooms.remembered(room, userId);
  const now = clock.now();
  if (banned(row, now)) return 'banned';
  const gone = room.whyGone(userId, instance);
  if (gone) return gone;
  if (away > rooms.silence(room, userId) || now - away > rooms.startedAt) return 'timeout';
  if (tooMany(deps, session, room)) return 'full';
  if (!rooms.present(room.num, userId) && room.count >= room.rules.cap) return 'full';
  rooms.enter(room, session, memory(row), { quietly: true });
  return undefined;
}

function newestFirst(room: Room, cursor: string | undefined): Occupant[] {
  const before = cursor === undefined ? Infinity : Number(cursor);
  if (Number.isNaN(before)) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' }); // prettier-ignore
  return [...room.seats.occupants.values()].reverse().filter(({ order }) => order < before);
}
