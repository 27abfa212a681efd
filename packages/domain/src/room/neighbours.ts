import type { Scheduler } from '../ports/platform.ts';
import { personOf } from '../user/accounts.ts';
import { Abroad, type WentNote } from './abroad.ts';
import type { CameNote, Crowd, RoomName, SeatNote } from './crowd.ts';
import type { Room } from './room.ts';
import type { Entering, Rooms, RoomsDeps } from './rooms.ts';
import type { Seat } from './seats.ts';

type NeighboursDeps = Pick<RoomsDeps, 'mesh' | 'clock' | 'accounts' | 'report'> & {
  readonly scheduler: Scheduler;
};

/** By then it is known where a device is that has moved. */
const MOVING = 1_000;

/** Between this node's rooms and those who are in them on other nodes. */
export class Neighbours {
  readonly abroad: Abroad;
  private readonly deps: NeighboursDeps;
  private readonly rooms: Rooms;

  constructor(deps: NeighboursDeps, rooms: Rooms) {
    this.deps = deps;
    this.rooms = rooms;
    this.abroad = new Abroad(deps.mesh, deps.scheduler, {
      seats: () => this.seats(),
      attach: ({ num }) => {
        const room = rooms.at(num);
        if (room) this.attach(room);
      },
      detach: ({ num }) => {
        const room = rooms.at(num);
        if (room) room.crowd = undefined;
      },
      came: (crowd, note, fresh) => this.came(crowd, note, fresh),
      went: (crowd, note, gone) => this.went(crowd, note, gone),
    });
  }

  at(num: number): Crowd | undefined {
    return this.abroad.at(num);
  }

  /** A room that is in mind from now on, or has people elsewhere from now on. */
  attach(room: Room): void {
    room.crowd = this.abroad.at(room.num);
    room.crowd?.attach(room.seats.occupants);
  }

  /** `over`: instances of the user known to be on other nodes. */
  tellCame(room: Room, user: string, instance: string, options: Entering & Pick<CameNote, 'takes'> & { readonly over?: readonly string[] }): void {
    const { mesh, accounts, clock } = this.deps;
    const seat = mesh.alone ? undefined : room.seats.seat(user, instance);
    if (!seat) return;
    const { num, app, row } = room;
    const { ext, quietly: quiet, over = [], takes } = options;
    const account = accounts.peek(app, user);
    const person = account && personOf(account);
    const exclusive = options.exclusive ? { over, since: (seat.since = clock.now()), node: mesh.node } : undefined;
    this.abroad.tellCame({ num, app, id: row.id, seat: this.noteOf(room, seat), ext, person, quiet, takes, exclusive });
  } // prettier-ignore

  private noteOf(room: Room, { instance, occupant }: Seat): SeatNote {
    const { user, enteredAt, order, role, mutedUntil } = occupant;
    return { user, enteredAt, order, role, mutedUntil, instance, silence: this.rooms.silence(room, user) };
  }

  private *seats(): Iterable<RoomName & { readonly seats: readonly SeatNote[] }> {
    for (const room of this.rooms.all()) {
      const seats = [...room.seats.occupants.values()].flatMap((occupant) => occupant.seats.map((seat) => this.noteOf(room, seat))); // prettier-ignore
      if (seats.length > 0) yield { num: room.num, app: room.app, id: room.row.id, seats };
    }
  }

  private came(crowd: Crowd, { seat, ext, person, quiet, takes, exclusive }: CameNote, fresh: boolean): void {
    const room = this.rooms.at(crowd.num);
    if (!room) return;
    const { user, instance } = seat;
    const { occupants } = room.seats;
    const here = occupants.has(user);
    room.markGone(user, instance, undefined);
    const left = room.seats.seat(user, instance);
    // The device has moved: its place is there now.
    if (left && !left.session) this.rooms.leave(room, left, 'left', undefined, { quietly: true });
    else if (left && takes?.includes(this.deps.mesh.node))
      this.tellCame(room, user, instance, { quietly: true });
    if (exclusive) {
      const { over, since, node } = exclusive;
      const isBefore = (mine: Seat) =>
        mine.since < since || (mine.since === since && this.deps.mesh.node < node);
      this.rooms.leaveElsewhere(room, user, instance, (mine) => over.includes(mine.instance) || isBefore(mine)); // prettier-ignore
    }
    if (!fresh || here) return;
    const known = room.moving.delete(user);
    if (occupants.size === 0) return;
    // Also who was there before on a node that has not told of it yet, or was not heard.
    if (!known && (!quiet || takes?.length)) room.news.came(user, { ext, person }, false);
    else room.news.recount();
  }

  private went(crowd: Crowd, note: WentNote, gone: boolean): void {
    const { num, app, id } = crowd;
    const room = this.rooms.at(num);
    const mine = note.by === this.deps.mesh.node;
    if (room) return this.tellWent(room, note, gone, mine);
    if (!mine) return;
    this.rooms.find(app, id).then(
      (found) => found && this.tellWent(found, note, gone, mine),
      (error: unknown) => this.deps.report?.('that somebody left a room could not be told', error),
    );
  }

  private tellWent(room: Room, { user, instance, reason, quiet, empty }: WentNote, gone: boolean, mine: boolean): void {
    if (reason !== 'left') room.markGone(user, instance, reason);
    if (!gone) return;
    const { occupants } = room.seats;
    if (!quiet && !occupants.has(user) && (mine || occupants.size > 0)) room.news.went(user, reason, mine);
    if (quiet && !occupants.has(user)) {
      room.moving.add(user);
      this.deps.scheduler.after(MOVING, () => this.ifVanished(room, user));
    }
    // Of several nodes whose last ones left at once, each saw somebody on the other.
    if (!empty && room.count === 0) this.rooms.onEmpty?.(room);
  } // prettier-ignore

  /** It was said to be on another node, and is not. */
  private ifVanished(room: Room, user: string): void {
    if (!room.moving.delete(user) || this.rooms.at(room.num) !== room) return;
    if (room.who(user) || room.seats.occupants.size === 0) return;
    room.news.went(user, 'left', false);
  }
}
