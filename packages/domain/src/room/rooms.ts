import { MagpieError, type EventPayload } from '@magpie/protocol';
import { APPS_CHANGED, type AppDirectory } from '../app/directory.ts';
import type { Mesh } from '../cluster/mesh.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock, Report, Scheduler } from '../ports/platform.ts';
import type { RoomRow, RoomUserRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import type { Session, SessionRegistry } from '../session/registry.ts';
import type { Accounts } from '../user/accounts.ts';
import type { RoomName } from './crowd.ts';
import { Devices, type Device } from './devices.ts';
import { RoomDirectory } from './directory.ts';
import { Neighbours } from './neighbours.ts';
import type { LeftReason } from './news.ts';
import { Room } from './room.ts';
import type { Remembered, Seat } from './seats.ts';
import { Talk } from './talk.ts';
import { Tally } from './tally.ts';
import { comingsText, outText } from './view.ts';

export interface RoomsDeps {
  readonly store: Pick<Store, 'rooms'>;
  readonly bus: Bus;
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly apps: Pick<AppDirectory, 'get'>;
  readonly accounts: Pick<Accounts, 'peek'>;
  readonly sessions: SessionRegistry;
  readonly report?: Report;
  /** Tells the app's back end. */
  readonly emit: (app: string, event: 'room.membersChanged', lane: string, envelope: string) => void;
}

type Out = EventPayload<'room.out'>;

/** What every node does that has people in the room. */
export interface RoomNote {
  readonly row?: RoomRow;
  readonly users?: {
    readonly ids: readonly string[];
    readonly set: Partial<Pick<RoomUserRow, 'role' | 'mutedUntil' | 'bannedUntil'>>;
  };
  /** Id of what was said and is taken back. */
  readonly revoke?: string;
  /** Events for those present. */
  readonly events?: readonly string[];
  /** Put out for good. */
  readonly out?: { readonly ids: readonly string[]; readonly told: Omit<Out, 'id'> };
}

export interface Entering {
  readonly ext?: string | undefined;
  /** It was there all the time as far as the others know. */
  readonly quietly?: boolean;
  /** The user's other devices leave. */
  readonly exclusive?: boolean;
}

interface Leaving {
  /** It is on another node now. */
  readonly quietly?: boolean;
  /** The node that had it put out, which tells the app's back end. */
  readonly by?: string;
}

/** Rooms and who is in them, in memory. What is remembered beyond that is in the store. */
export class Rooms {
  readonly talk = new Talk();
  readonly tally = new Tally();
  readonly startedAt: number;
  readonly neighbours: Neighbours;
  /** Devices that come from other nodes, until they have their places here. */
  readonly arriving = new Map<string, Promise<void>>();
  /** Called when the last one left. */
  onEmpty: ((room: Room) => void) | undefined;
  /** Called when the first one of this node entered, if there are others. */
  onFirst: ((room: Room) => void) | undefined;
  private readonly deps: RoomsDeps;
  private readonly directory: RoomDirectory;
  private readonly devices = new Devices();
  private readonly unsubscribe: () => void;
  private members = 0;

  constructor(deps: RoomsDeps) {
    this.deps = deps;
    const { clock, mesh } = deps;
    this.startedAt = clock.now();
    this.directory = new RoomDirectory(deps.store.rooms, (row) => this.make(row), (room) => this.forgotten(room)); // prettier-ignore
    this.neighbours = new Neighbours(deps, this);
    mesh.hear<RoomName & { readonly note: RoomNote }>('room.note', ({ num, app, id, note }, from) => {
      const room = this.at(num);
      if (room) this.apply(room, note, from);
      else this.directory.touch(app, id);
    });
    this.unsubscribe = deps.bus.subscribe(APPS_CHANGED, () => this.forgetApps());
    deps.sessions.listen({
      opened: (session, resumed) => this.opened(session, resumed),
      dropped: (session) => this.lost(session),
      ended: (session) => this.leaveAll(session),
      voided: (app, userId, instance) => this.leaveAll({ app, userId, instance }),
    });
  }

  /** One that is known without asking the store. */
  at(num: number): Room | undefined {
    return this.directory.at(num);
  }

  peek(app: string, id: string): Room | undefined {
    return this.directory.peek(app, id);
  }

  /** Undefined: there is none, or it ended. */
  find(app: string, id: string): Promise<Room | undefined> {
    return this.directory.find(app, id);
  }

  know(row: RoomRow): Room {
    return this.directory.know(row);
  }

  /** All that are in mind. */
  all(): readonly Room[] {
    return this.directory.all();
  }

  /** What is remembered of a user, as of this very turn. */
  async remembered(room: Room, user: string): Promise<RoomUserRow | undefined> {
    for (;;) {
      const { version } = room;
      const row = await this.deps.store.rooms.user(room.num, user);
      if (version === room.version) return row;
    }
  }

  /** Of a device of this node. */
  roomsOf(device: Device): readonly Room[] {
    return this.devices.of(device);
  }

  /** On whatever node. */
  present(num: number, user: string): boolean {
    return (this.at(num)?.seats.occupants.has(user) ?? false) || (this.neighbours.at(num)?.users.has(user) ?? false); // prettier-ignore
  }

  enter(room: Room, session: Session, as: Remembered, options: Entering = {}): void {
    const { app, userId: user, instance } = session;
    // Its connection went, or the room ended, while the store was asked.
    if (!this.deps.sessions.of(app, user).includes(session)) throw new MagpieError('SESSION_GONE');
    if (room.row.dismissedAt !== null) throw new MagpieError('ROOM_NOT_FOUND', { field: 'id' });
    // Pushed out of mind meanwhile by hundreds of others.
    if (this.at(room.num) !== room) throw new MagpieError('OVERLOADED', { retryAfter: 100 });
    const { crowd } = room;
    const before = crowd?.users.get(user);
    const again = room.seats.seat(user, instance) !== undefined;
    const first = room.seats.occupants.size === 0;
    const now = this.deps.clock.now();
    const came = room.seats.add(session, as, now, before);
    room.markGone(user, instance, undefined);
    this.directory.wake(room);
    if (!again) this.devices.add(session, room);
    if (came) this.members++;
    if (came) crowd?.cameHere(user);
    const over = before?.places.map((place) => place.instance).filter((other) => other !== instance) ?? [];
    const takes = crowd && this.neighbours.abroad.takeOver(crowd, user, instance);
    if (!again || options.exclusive)
      this.neighbours.tellCame(room, user, instance, { ...options, over, takes });
    if (first && !this.deps.mesh.alone) this.onFirst?.(room);
    if (came && !before && !options.quietly) room.news.came(user, { ext: options.ext });
  }

  leave(room: Room, seat: Seat, reason: LeftReason, told?: Omit<Out, 'id'>, how: Leaving = {}): void {
    if (told) seat.session?.peer.push(outText(room, told));
    const { instance, occupant } = seat;
    const { user } = occupant;
    const { mesh } = this.deps;
    const { crowd, num } = room;
    const gone = room.seats.remove(seat);
    this.devices.remove({ app: room.app, userId: user, instance }, room);
    if (reason !== 'left') room.markGone(user, instance, reason);
    if (gone) this.members--;
    if (gone) crowd?.wentHere(user);
    const known = this.at(num) === room;
    const empty = !known || room.count === 0;
    if (!mesh.alone) this.neighbours.abroad.tellWent({ num, user, instance, reason, quiet: how.quietly || !known, by: how.by, empty }); // prettier-ignore
    if (!gone || !known) return;
    const mine = how.by === undefined || how.by === mesh.node;
    if (!how.quietly && !crowd?.users.has(user)) room.news.went(user, reason, mine);
    if (room.seats.occupants.size === 0) this.directory.rest(room);
    if (empty) this.onEmpty?.(room);
  }

  /** How long a lost connection of this user keeps its place. */
  silence(room: Room, user: string): number {
    return this.deps.apps.get(room.app)?.settings['rooms.silence'] || room.silenceOf(user);
  }

  /** Does it here and tells the other nodes. */
  publish(room: Room, note: RoomNote): void {
    this.apply(room, note);
    const { num, app, row } = room;
    if (!this.deps.mesh.alone) this.deps.mesh.tell('room.note', { num, app, id: row.id, note });
  }

  /** Of this node. `by`: the node it began on. */
  apply(room: Room, { row, users, revoke, events, out }: RoomNote, by: string = this.deps.mesh.node): void {
    // Of two rooms that had the id one after the other, this is the later one.
    if (row && row.createdAt >= room.row.createdAt) room.row = row;
    if (users) this.applyUsers(room, users);
    if (revoke !== undefined) this.talk.revoke(room.talk, revoke, this.deps.clock.now());
    for (const text of events ?? []) room.outlet.push({ text, must: true });
    for (const user of out?.ids ?? [])
      for (const seat of room.seats.occupants.get(user)?.seats ?? []) this.leave(room, seat, 'kicked', out?.told, { by }); // prettier-ignore
    if (room.row.dismissedAt !== null) this.end(room);
  }

  /** Of this node: rooms with people and those people; sent and dropped since the start. */
  stats(): { count: number; members: number; sent: number; dropped: Record<string, number> } {
    return {
      count: this.directory.busy,
      members: this.members,
      sent: this.tally.sent,
      dropped: this.tally.dropped,
    };
  }

  /** The connection of a device is lost, or on another node: its place is kept for a while. */
  disconnect(room: Room, seat: Seat): void {
    room.seats.disconnect(seat);
    seat.cancelWait ??= this.deps.scheduler.after(this.silence(room, seat.occupant.user), () => this.leave(room, seat, 'timeout')); // prettier-ignore
  }

  leaveAll(device: Device): void {
    for (const room of this.roomsOf(device)) {
      const seat = room.seats.seat(device.userId, device.instance);
      if (seat) this.leave(room, seat, 'left');
    }
  }

  /** The user's other devices on this node. */
  leaveElsewhere(room: Room, user: string, instance: string, which: (seat: Seat) => boolean = () => true): void {
    for (const seat of room.seats.occupants.get(user)?.seats ?? [])
      if (seat.instance !== instance && which(seat)) this.leave(room, seat, 'left', { reason: 'elsewhere' });
  } // prettier-ignore

  close(): void {
    this.unsubscribe();
    this.neighbours.abroad.close();
    for (const room of this.all()) {
      this.directory.forget(room);
      room.close();
    }
  }

  private make(row: RoomRow): Room {
    const { clock, scheduler, accounts, emit } = this.deps;
    const room = new Room(row, {
      clock,
      scheduler,
      onComings: (of, comings, own) => {
        const text = comingsText(of, comings, accounts);
        of.outlet.push({ text });
        if (own) emit(of.app, 'room.membersChanged', of.key, own === comings ? text : comingsText(of, own, accounts)); // prettier-ignore
      },
      onLost: (count) => this.tally.drop('congested', count),
    });
    this.neighbours.attach(room);
    return room;
  }

  private forgotten(room: Room): void {
    this.talk.drop(room.talk);
    room.news.close();
    room.crowd?.attach();
    room.crowd = undefined;
  }

  private applyUsers(room: Room, { ids, set }: NonNullable<RoomNote['users']>): void {
    room.version++;
    for (const user of ids)
      for (const present of [room.seats.occupants.get(user), room.crowd?.users.get(user)]) {
        if (present && set.role !== undefined) present.role = set.role;
        if (present && set.mutedUntil !== undefined) present.mutedUntil = set.mutedUntil;
      }
    // Nodes that hear of this change before they hear that the user came.
    for (const user of ids)
      for (const seat of room.seats.occupants.get(user)?.seats ?? []) this.neighbours.tellCame(room, user, seat.instance, { quietly: true }); // prettier-ignore
  }

  private end(room: Room): void {
    room.outlet.flush();
    this.directory.forget(room);
    for (const { seats } of [...room.seats.occupants.values()])
      for (const seat of seats) this.leave(room, seat, 'left', { reason: 'dismissed' });
  }

  /** An app that was removed may be made again under its id, with other rooms. */
  private forgetApps(): void {
    for (const room of this.all()) if (!this.deps.apps.get(room.app)) this.directory.forget(room);
  }

  private opened(session: Session, resumed: boolean): void {
    // A new login of the device is not in the rooms of the one before.
    if (!resumed) return this.leaveAll(session);
    for (const room of this.roomsOf(session)) {
      const seat = room.seats.seat(session.userId, session.instance);
      if (seat) room.seats.connect(seat, session);
    }
  }

  private lost(session: Session): void {
    for (const room of this.roomsOf(session)) {
      const seat = room.seats.seat(session.userId, session.instance);
      if (seat?.session === session) this.disconnect(room, seat);
    }
  }
}
