import type { Session } from '../session/registry.ts';

/** One device of a user in a room. */
export interface Seat {
  readonly occupant: Occupant;
  readonly instance: string;
  /** Undefined while its connection is lost. */
  session: Session | undefined;
  /** Its place among the connected ones. */
  at: number;
  /** Given to its peer since that was first found congested, in UTF-16 units. */
  behind: number;
  /** Ends the wait for the connection to come back. */
  cancelWait: (() => void) | undefined;
  /** When it was taken, on this node or the one it was on before. */
  since: number;
}

/** A user in a room, on whatever node. */
export interface Present {
  readonly user: string;
  readonly enteredAt: number;
  /** Grows in the order of entering one node; tells apart in lists those of one moment. */
  readonly order: number;
  role: 'admin' | 'member';
  mutedUntil: number | null;
}

/** A user in a room, with the devices they are there with. */
export interface Occupant extends Present {
  seats: Seat[];
}

/** What is remembered of a user who enters. */
export type Remembered = Pick<Occupant, 'role' | 'mutedUntil'>;

/** Who is in one room. Coming, going and losing a connection cost the same however many there are. */
export class Seats {
  /** By user, in the order of entering. */
  readonly occupants = new Map<string, Occupant>();
  /** Those with a connection, in no order: for fan-out. */
  readonly connected: Seat[] = [];
  private order = 0;

  seat(user: string, instance: string): Seat | undefined {
    return this.occupants.get(user)?.seats.find((seat) => seat.instance === instance);
  }

  /** Whether the user was not there before. `before`: as they are there on another node. */
  add(session: Session, remembered: Remembered, at: number, before?: Present): boolean {
    const { userId: user, instance } = session;
    const present = this.occupants.get(user);
    const occupant: Occupant = present ?? {
      user,
      enteredAt: before?.enteredAt ?? at,
      order: before?.order ?? ++this.order,
      ...remembered,
      seats: [],
    };
    const seat = occupant.seats.find((other) => other.instance === instance);
    if (seat) {
      this.connect(seat, session);
      return false;
    }
    const added: Seat = {
      occupant,
      instance,
      session,
      at: this.connected.length,
      behind: 0,
      cancelWait: undefined,
      since: at,
    };
    this.connected.push(added);
    occupant.seats.push(added);
    if (!present) this.occupants.set(user, occupant);
    return !present;
  }

  /** The device is back, or on another connection. */
  connect(seat: Seat, session: Session): void {
    seat.cancelWait?.();
    seat.cancelWait = undefined;
    if (!seat.session) {
      seat.at = this.connected.length;
      this.connected.push(seat);
    }
    seat.session = session;
    seat.behind = 0;
  }

  disconnect(seat: Seat): void {
    if (!seat.session) return;
    seat.session = undefined;
    const last = this.connected.pop();
    if (!last || last === seat) return;
    this.connected[seat.at] = last;
    last.at = seat.at;
  }

  /** Whether it was the user's last one. */
  remove(seat: Seat): boolean {
    seat.cancelWait?.();
    this.disconnect(seat);
    const { occupant } = seat;
    occupant.seats = occupant.seats.filter((other) => other !== seat);
    if (occupant.seats.length > 0) return false;
    this.occupants.delete(occupant.user);
    return true;
  }
}
