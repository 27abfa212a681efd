import { MagpieError, type Role } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { hasRight, outranks } from '../group/rules.ts';
import type { Session } from '../session/registry.ts';
import type { Room } from './room.ts';
import type { RoomAct } from './rules.ts';

/** Rooms are public by id: there is one, or there is none. */
export async function requireRoom(deps: Pick<Deps, 'rooms'>, ctx: Ctx, id: string): Promise<Room> {
  const room = await deps.rooms.find(ctx.app.id, id);
  if (!room) throw new MagpieError('ROOM_NOT_FOUND', { field: 'id' });
  return room;
}

/** Places in a room belong to devices. */
export function requireSession({ session }: Ctx): Session {
  if (session) return session;
  throw new MagpieError('BAD_REQUEST', { message: 'Rooms are entered and left on a WebSocket.' });
}

/** Also of somebody who is not there. */
export async function roleIn(deps: Pick<Deps, 'store'>, room: Room, user: string): Promise<Role> {
  const here = room.roleOf(user);
  if (here !== 'member' || room.who(user)) return here;
  return (await deps.store.rooms.user(room.num, user))?.role ?? 'member';
}

const NEEDS: Readonly<Record<string, string>> = {
  owner: 'Only the owner may do this in such a room.',
  admin: 'Only the owner and admins may do this in such a room.',
  app: 'Only the app’s back end may do this in such a room.',
};

/** Answers the caller's role; undefined for the app's back end, which may do everything. */
export async function demand(deps: Deps, ctx: Ctx, room: Room, act: RoomAct): Promise<Role | undefined> {
  if (ctx.caller === 'admin') return undefined;
  const mine = await roleIn(deps, room, ctx.userId);
  const right = room.rules.rights[act];
  if (!hasRight(mine, right)) throw new MagpieError('FORBIDDEN', { message: NEEDS[right] ?? '' });
  return mine;
}

/** Nobody acts upon their equals, or upon themselves. */
export async function demandOver(
  deps: Deps,
  room: Room,
  mine: Role | undefined,
  users: readonly string[],
): Promise<void> {
  if (mine === undefined) return;
  const roles = await Promise.all(users.map((user) => roleIn(deps, room, user)));
  const at = roles.findIndex((role) => !outranks(mine, role));
  if (at >= 0) throw new MagpieError('FORBIDDEN', { field: `users.${at}`, message: 'That user’s role is not below yours.' }); // prettier-ignore
}

/** For lists: those present, its owner and admins, the app. */
export async function demandSight(deps: Deps, ctx: Ctx, room: Room): Promise<void> {
  if (ctx.caller === 'admin' || room.who(ctx.userId)) return;
  if ((await roleIn(deps, room, ctx.userId)) === 'member')
    throw new MagpieError('NOT_MEMBER', { field: 'id' });
}
