import { MagpieError, type Output } from '@magpie/protocol';
import { RawJson, type Ctx, type HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { RoomRow } from '../ports/rows.ts';
import type { Session } from '../session/registry.ts';
import { demandSight, requireRoom, requireSession } from './access.ts';
import { arrived, banned, memory, putBack, tooMany } from './back.ts';
import { createRoom, findOrCreate } from './create.ts';
import { governingHandlers } from './governing.ts';
import { endOfLog, recentText } from './recent.ts';
import { byNewest, type Room } from './room.ts';
import type { Present } from './seats.ts';
import { roomFor, roomOf } from './view.ts';

type Resumed = Output<'room.resume'>['rooms'][number];

export function roomHandlers(deps: Deps): HandlersOf<'room'> {
  const { rooms, store, clock, random, accounts } = deps;
  const wire = (ctx: Ctx, room: Room) => roomFor(room, ctx.userId, ctx.app.settings['rooms.history'], clock.now()); // prettier-ignore

  /** One that is not in mind here. */
  const unheard = (ctx: Ctx, row: RoomRow) =>
    rooms.neighbours.at(row.conv)
      ? wire(ctx, rooms.know(row))
      : roomOf(row, 0, ctx.app.settings['rooms.history']);

  return {
    ...governingHandlers(deps),

    'room.create': async (ctx, input) => {
      const { id, ...wish } = input;
      const room = await createRoom(deps, ctx, id ?? random.digits(15), wish);
      return { room: wire(ctx, room) };
    },

    'room.enter': async (ctx, input) => {
      const session = requireSession(ctx);
      await arrived(deps, session);
      const room = await findOrCreate(deps, ctx, input);
      // Events about them carry their name.
      await accounts.get(ctx.app.id, ctx.userId);
      const row = await rooms.remembered(room, ctx.userId);
      // From here on in one turn: nobody is counted twice, and nothing said after is missed.
      if (banned(row, clock.now())) throw new MagpieError('BANNED', { field: 'id', ...(row?.bannedUntil ? { detail: { until: row.bannedUntil } } : {}) }); // prettier-ignore
      if (!rooms.present(room.num, ctx.userId) && room.count >= room.rules.cap) throw new MagpieError('ROOM_FULL', { field: 'id' }); // prettier-ignore
      if (!input.leaveOthers && tooMany(deps, session, room)) throw new MagpieError('QUOTA_EXCEEDED', { field: 'id', message: 'This device is in as many rooms as it may be.' }); // prettier-ignore
      const mark = room.talk.heard;
      rooms.enter(room, session, memory(row), { ext: input.ext, exclusive: input.exclusive === true });
      if (input.exclusive) rooms.leaveElsewhere(room, session.userId, session.instance);
      if (input.leaveOthers) leaveOthers(deps, room, session);
      const json = JSON.stringify(wire(ctx, room));
      return new RawJson(`{"room":${json},${await recentText(deps, ctx, room, mark)}}`);
    },

    'room.leave': async (ctx, input) => {
      const session = requireSession(ctx);
      await arrived(deps, session);
      const room = await requireRoom(deps, ctx, input.id);
      const seat = room.seats.seat(ctx.userId, session.instance);
      if (!seat) throw new MagpieError('NOT_MEMBER', { field: 'id' });
      rooms.leave(room, seat, 'left');
      return {};
    },

    'room.resume': async (ctx, input) => {
      const session = requireSession(ctx);
      await arrived(deps, session);
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
      const found = input.users
        ? [...new Set(input.users)].flatMap((user) => room.who(user) ?? [])
        : newestFirst(room, input.cursor);
      const page = found.slice(0, input.limit);
      const last = page.at(-1);
      return {
        members: page.map(({ user, enteredAt }) => ({ userId: user, role: room.roleOf(user), enteredAt })),
        memberCount: room.count,
        people: await accounts.people(ctx.app.id, page.map(({ user }) => user)), // prettier-ignore
        ...(last && found.length > page.length ? { next: cursorAfter(last) } : {}),
      };
    },
  };
}

function leaveOthers({ rooms }: Deps, room: Room, session: Session): void {
  for (const other of rooms.roomsOf(session)) {
    const seat = other === room ? undefined : other.seats.seat(session.userId, session.instance);
    if (seat) rooms.leave(other, seat, 'left', { reason: 'left' });
  }
}

/** `cursor`: when the last one of the page before entered, its order and id. */
function newestFirst(room: Room, cursor: string | undefined): Present[] {
  const all = room.everybody();
  if (cursor === undefined) return all;
  const [, enteredAt, order, user] = /^(\d+)\.(\d+)\.(.+)$/.exec(cursor) ?? [];
  if (user === undefined) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' }); // prettier-ignore
  const last = { enteredAt: Number(enteredAt), order: Number(order), user };
  return all.filter((one) => byNewest(last, one) < 0);
}

function cursorAfter({ enteredAt, order, user }: Present): string {
  return `${enteredAt}.${order}.${user}`;
}
