import { MagpieError, type EventPayload } from '@magpie/protocol';
import { APPS_CHANGED, type AppDirectory } from '../app/directory.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock, Random, Scheduler } from '../ports/platform.ts';
import type { RoomRow, RoomUserRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import type { Session, SessionRegistry } from '../session/registry.ts';
import type { Accounts } from '../user/accounts.ts';
import type { LeftReason } from './news.ts';
import { Room } from './room.ts';
import type { Remembered, Seat } from './seats.ts';
import { Talk } from './talk.ts';
import { Tally } from './tally.ts';
import { comingsText, outText } from './view.ts';

export interface RoomsDeps {
  readonly store: Pick<Store, 'rooms'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly apps: Pick<AppDirectory, 'get'>;
  readonly accounts: Pick<Accounts, 'peek'>;
  readonly sessions: SessionRegistry;
  /** Tells the app's back end. */
  readonly emit: (app: string, event: 'room.membersChanged', lane: string, envelope: string) => void;
}

type Out = EventPayload<'room.out'>;
type Device = Pick<Session, 'app' | 'userId' | 'instance'>;

/** What every node does that has people in the room. */
export interface RoomNote {
  readonly row?: RoomRow;
  readonly users?: {
    readonly ids: readonly string[];
    readonly set: Partial<Pick<RoomUserRow, 'role' | 'mutedUntil' | 'bannedUntil'>>;
  };
  /** Events for those present. */
  readonly events?: readonly string[];
  /** Put out for good. */
  readonly out?: { readonly ids: readonly string[]; readonly told: Omit<Out, 'id'> };
}

/** Rooms kept in mind though nobody is in them, for what was said last and their rate. */
const IDLE_KEPT = 500;

/** Rooms and who is in them, in memory. What is remembered beyond that is in the store. */
export class Rooms {
  readonly talk = new Talk();
  readonly tally = new Tally();
  readonly startedAt: number;
  /** Called when the last one left. */
  onEmpty: ((room: Room) => void) | undefined;
  private readonly deps: RoomsDeps;
  private readonly node: string;
  private readonly byNum = new Map<number, Room>();
  private readonly byId = new Map<string, Room>();
  private readonly idle = new Set<Room>();
  /** By app, user and instance. */
  private readonly devices = new Map<string, readonly Room[]>();
  private readonly unsubscribe: readonly (() => void)[];
  private members = 0;

  constructor(deps: RoomsDeps) {
    this.deps = deps;
    this.node = deps.random.text(12);
    this.startedAt = deps.clock.now();
    this.unsubscribe = [
      deps.bus.subscribe('magpie.*.room.*', (data) => this.hear(data)),
      deps.bus.subscribe(APPS_CHANGED, () => this.forgetApps()),
    ];
    deps.sessions.listen({
      opened: (session, resumed) => this.opened(session, resumed),
      dropped: (session) => this.lost(session),
      ended: (session) => this.leaveAll(session),
      voided: (app, userId, instance) => this.leaveAll({ app, userId, instance }),
    });
  }

  /** One that is known without asking the store. */
  at(num: number): Room | undefined {
    return this.byNum.get(num);
  }

  peek(app: string, id: string): Room | undefined {
    return this.byId.get(`${app} ${id}`);
  }

  /** Undefined: there is none, or it ended. */
  async find(app: string, id: string): Promise<Room | undefined> {
    const known = this.peek(app, id);
    if (known) return known;
    const row = await this.deps.store.rooms.byId(app, id);
    return row && row.dismissedAt === null ? this.know(row) : undefined;
  }

  know(row: RoomRow): Room {
    const known = this.byNum.get(row.conv);
    if (known) return known;
    const { clock, scheduler } = this.deps;
    const room = new Room(row, {
      clock,
      scheduler,
      onComings: (of, comings) => {
        const text = comingsText(of, comings, this.deps.accounts);
        of.outlet.push({ text });
        this.deps.emit(of.app, 'room.membersChanged', of.key, text);
      },
      onLost: (count) => this.tally.drop('congested', count),
    });
    this.byNum.set(row.conv, room);
    this.byId.set(`${row.app} ${row.id}`, room);
    this.keepIdle(room);
    return room;
  }

  /** What is remembered of a user, as of this very turn. */
  async remembered(room: Room, user: string): Promise<RoomUserRow | undefined> {
    for (;;) {
      const { version } = room;
      const row = await this.deps.store.rooms.user(room.num, user);
      if (version === room.version) return row;
    }
  }

  roomsOf(app: string, user: string, instance: string): readonly Room[] {
    return this.devices.get(`${app} ${user} ${instance}`) ?? NONE;
  }

  present(num: number, user: string): boolean {
    return this.byNum.get(num)?.seats.occupants.has(user) ?? false;
  }

  /** `quietly`: it was there all the time as far as the others know. */
  enter(room: Room, session: Session, as: Remembered, options: { readonly ext?: string | undefined; readonly quietly?: boolean } = {}): void {
    const { app, userId, instance } = session;
    // Its connection went, or the room ended, while the store was asked.
    if (!this.deps.sessions.of(app, userId).includes(session)) throw new MagpieError('SESSION_GONE');
    if (room.row.dismissedAt !== null) throw new MagpieError('ROOM_NOT_FOUND', { field: 'id' });
    // Pushed out of mind meanwhile by hundreds of others.
    if (this.byNum.get(room.num) !== room) throw new MagpieError('OVERLOADED', { retryAfter: 100 });
    if (!room.seats.seat(userId, instance))
      this.devices.set(`${app} ${userId} ${instance}`, [...this.roomsOf(app, userId, instance), room]);
    const came = room.seats.add(session, as, this.deps.clock.now());
    room.markGone(userId, instance, undefined);
    this.idle.delete(room);
    if (!came) return;
    this.members++;
    if (!options.quietly) room.news.came(userId, options.ext);
  } // prettier-ignore

  leave(room: Room, seat: Seat, reason: LeftReason, told?: Omit<Out, 'id'>): void {
    if (told) seat.session?.peer.push(outText(room, told));
    const { instance, occupant } = seat;
    const gone = room.seats.remove(seat);
    const key = `${room.app} ${occupant.user} ${instance}`;
    const others = this.roomsOf(room.app, occupant.user, instance).filter((other) => other !== room);
    if (others.length > 0) this.devices.set(key, others);
    else this.devices.delete(key);
    if (reason !== 'left') room.markGone(occupant.user, instance, reason);
    if (!gone) return;
    this.members--;
    if (this.byNum.get(room.num) !== room) return;
    room.news.went(occupant.user, reason);
    if (room.count > 0) return;
    this.keepIdle(room);
    this.onEmpty?.(room);
  }

  /** How long a lost connection of this user keeps its place. */
  silence(room: Room, user: string): number {
    return this.deps.apps.get(room.app)?.settings['rooms.silence'] || room.silenceOf(user);
  }

  /** Does it here and tells the other nodes. */
  publish(room: Room, note: RoomNote): void {
    this.apply(room, note);
    this.deps.bus.publish(`magpie.${room.app}.room.${room.num}`, JSON.stringify({ by: this.node, num: room.num, note })); // prettier-ignore
  }

  /** Sent and dropped since the start. */
  stats(): { count: number; members: number; sent: number; dropped: Record<string, number> } {
    return {
      count: this.byNum.size - this.idle.size,
      members: this.members,
      sent: this.tally.sent,
      dropped: this.tally.dropped,
    };
  }

  close(): void {
    for (const stop of this.unsubscribe) stop();
    for (const room of [...this.byNum.values()]) {
      this.forget(room);
      room.close();
    }
  }

  private hear(data: string): void {
    const { by, num, note } = JSON.parse(data) as { by: string; num: number; note: RoomNote };
    const room = by === this.node ? undefined : this.byNum.get(num);
    if (room) this.apply(room, note);
  }

  private apply(room: Room, { row, users, events, out }: RoomNote): void {
    if (row) room.row = row;
    if (users) {
      room.version++;
      for (const user of users.ids) {
        const occupant = room.seats.occupants.get(user);
        if (occupant && users.set.role !== undefined) occupant.role = users.set.role;
        if (occupant && users.set.mutedUntil !== undefined) occupant.mutedUntil = users.set.mutedUntil;
      }
    }
    for (const text of events ?? []) room.outlet.push({ text, must: true });
    for (const user of out?.ids ?? [])
      for (const seat of room.seats.occupants.get(user)?.seats ?? []) this.leave(room, seat, 'kicked', out?.told);
    if (room.row.dismissedAt !== null) this.end(room);
  } // prettier-ignore

  private end(room: Room): void {
    room.outlet.flush();
    this.forget(room);
    for (const { seats } of [...room.seats.occupants.values()])
      for (const seat of seats) this.leave(room, seat, 'left', { reason: 'dismissed' });
  }

  private forget(room: Room): void {
    this.byNum.delete(room.num);
    this.byId.delete(`${room.app} ${room.row.id}`);
    this.idle.delete(room);
    this.talk.drop(room.talk);
    room.news.close();
  }

  /** An app that was removed may be made again under its id, with other rooms. */
  private forgetApps(): void {
    for (const room of [...this.byNum.values()]) if (!this.deps.apps.get(room.app)) this.forget(room);
  }

  private keepIdle(room: Room): void {
    this.idle.delete(room);
    this.idle.add(room);
    for (const oldest of this.idle) {
      if (this.idle.size <= IDLE_KEPT) break;
      this.forget(oldest);
    }
  }

  private opened(session: Session, resumed: boolean): void {
    const { app, userId, instance } = session;
    // A new login of the device is not in the rooms of the one before.
    if (!resumed) return this.leaveAll(session);
    for (const room of this.roomsOf(app, userId, instance)) {
      const seat = room.seats.seat(userId, instance);
      if (seat) room.seats.connect(seat, session);
    }
  }

  private lost(session: Session): void {
    const { app, userId, instance } = session;
    for (const room of this.roomsOf(app, userId, instance)) {
      const seat = room.seats.seat(userId, instance);
      if (!seat || seat.session !== session) continue;
      room.seats.disconnect(seat);
      seat.cancelWait = this.deps.scheduler.after(this.silence(room, userId), () => this.leave(room, seat, 'timeout')); // prettier-ignore
    }
  }

  private leaveAll({ app, userId, instance }: Device): void {
    for (const room of this.roomsOf(app, userId, instance)) {
      const seat = room.seats.seat(userId, instance);
      if (seat) this.leave(room, seat, 'left');
    }
  }
}

const NONE: readonly Room[] = [];
