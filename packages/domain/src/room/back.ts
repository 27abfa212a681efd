import type { Output } from '@magpie/protocol';
import type { Deps } from '../deps.ts';
import type { RoomUserRow } from '../ports/rows.ts';
import type { SessionInfo } from '../session/elsewhere.ts';
import type { Session } from '../session/registry.ts';
import { keyOf, type Device } from './devices.ts';
import type { Room } from './room.ts';
import { MAX_PER_DEVICE } from './rules.ts';
import type { Remembered } from './seats.ts';

/** To the node a device is on now: the rooms it was in on the one it was on. */
interface MovedNote extends Pick<SessionInfo, 'app' | 'userId' | 'instance'> {
  readonly rooms: readonly string[];
}

type Returning = Pick<Deps, 'rooms' | 'clock' | 'mesh' | 'elsewhere' | 'sessions' | 'report'>;

/**
 * Devices keep their places when they come back on another node, or after theirs is gone: a session that is resumed has them before it is
 * answered, or, if its node could not say which, when it asks for them.
 */
export function takeBack(deps: Returning): void {
  const { rooms, mesh, elsewhere, sessions } = deps;
  sessions.listen({
    opened: (session, resumed) => {
      const lost = resumed
        ? rooms.neighbours.abroad.lostOf(session.app, session.userId, session.instance)
        : [];
      if (lost.length > 0) arrive(deps, session, lost.map(({ id }) => id)); // prettier-ignore
    },
    moved: (app, userId, instance, resumed) => {
      const device = { app, userId, instance };
      if (!resumed) return rooms.leaveAll(device);
      const mine = rooms.roomsOf(device);
      const node = elsewhere.of(app, userId).find((session) => session.instance === instance)?.node;
      for (const room of mine) {
        const seat = room.seats.seat(userId, instance);
        if (seat) rooms.disconnect(room, seat);
      }
      if (node !== undefined && mine.length > 0) mesh.send(node, 'room.moved', { ...device, rooms: mine.map(({ row }) => row.id) } satisfies MovedNote); // prettier-ignore
    },
  });
  mesh.hear<MovedNote>('room.moved', ({ rooms: ids, ...device }) => {
    const session = sessions
      .of(device.app, device.userId)
      .find(({ instance }) => instance === device.instance);
    if (session) arrive(deps, session, ids);
  });
}

/** Resolves when a device that comes from another node has its places. */
export function arrived({ rooms }: Pick<Deps, 'rooms'>, device: Device): Promise<void> | undefined {
  return rooms.arriving.size === 0 ? undefined : rooms.arriving.get(keyOf(device));
}

function arrive(deps: Returning, session: Session, ids: readonly string[]): void {
  const { arriving } = deps.rooms;
  const key = keyOf(session);
  const before = arriving.get(key);
  const all = (async () => {
    await before;
    for (const id of ids) {
      const room = await deps.rooms.find(session.app, id);
      if (room) await putBack(deps, room, session, 0);
    }
  })()
    // It then asks for them itself.
    .catch((error: unknown) => deps.report?.('a device could not be put back into its rooms', error))
    .finally(() => {
      if (arriving.get(key) === all) arriving.delete(key);
    });
  arriving.set(key, all);
}

/**
 * Whether a device that was away is in the room; if not, why. Who is not there although this server ran all the time, went; after a start
 * it knows of nobody, and takes those back who were away no longer than the room waits. Who has a place on another node has it here.
 */
export async function putBack(
  deps: Pick<Deps, 'rooms' | 'clock'>,
  room: Room,
  session: Session,
  away: number,
): Promise<Output<'room.resume'>['rooms'][number]['reason']> {
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
  if (!room.crowd?.hasPlace(userId, instance)) {
    if (away > rooms.silence(room, userId) || now - away > rooms.startedAt) return 'timeout';
    if (tooMany(deps, session, room)) return 'full';
    if (!rooms.present(room.num, userId) && room.count >= room.rules.cap) return 'full';
  }
  rooms.enter(room, session, memory(row), { quietly: true });
  return undefined;
}

/** Rooms of a kind, and of all kinds. */
export function tooMany(deps: Pick<Deps, 'rooms'>, device: Device, room: Room): boolean {
  const others = deps.rooms.roomsOf(device);
  if (others.includes(room)) return false;
  const alike = others.filter(({ rules }) => rules === room.rules).length;
  return others.length >= MAX_PER_DEVICE || alike >= room.rules.perDevice;
}

export function memory(row: RoomUserRow | undefined): Remembered {
  return { role: row?.role ?? 'member', mutedUntil: row?.mutedUntil ?? null };
}

export function banned(row: RoomUserRow | undefined, now: number): boolean {
  return (row?.bannedUntil ?? 0) > now;
}
