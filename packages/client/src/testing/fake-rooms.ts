import { MagpieError, type EventEnvelope, type Message, type Presence, type Room } from '@magpie/protocol';
import type { FakeClock } from './fake-clock.ts';

/** One connection, as far as rooms care. */
export interface FakeSeat {
  readonly user: string | undefined;
  readonly instance: string | undefined;
}

type Params = Record<string, unknown>;

interface FakeRoom {
  row: Room;
  /** `user instance` of who is in, with when its connection was lost. */
  readonly seats: Map<string, number | undefined>;
  /** Delivered without being kept. */
  readonly said: Message[];
  /** Why seats are out. */
  readonly gone: Map<string, string>;
}

const seatOf = ({ user, instance }: FakeSeat): string => `${user} ${instance}`;

/** Rooms and presence of the fake server: who is in, told to those present alone, forgotten by `forget`. */
export class FakeRooms {
  /** How long a lost connection keeps its place. */
  silence = 30_000;
  /** Messages of rooms without history that go nowhere. */
  drop: (input: Params) => string | undefined = () => undefined;
  /** Given to who enters. */
  recent = 5;
  readonly presences = new Map<string, Presence>();
  readonly #rooms = new Map<string, FakeRoom>();
  readonly #clock: FakeClock;
  /** To the connection of a seat, if it has one. */
  readonly #emit: (seat: string, event: EventEnvelope) => void;
  #count = 0;

  constructor(clock: FakeClock, emit: (seat: string, event: EventEnvelope) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  make(id: string, fields: Partial<Room> = {}): void {
    const row: Room = { id, kind: 'live', name: id, memberCount: 0, createdAt: this.#clock.now(), ...fields };
    this.#rooms.set(id, { row, seats: new Map(), said: [], gone: new Map() });
  }

  has(id: string, user: string): boolean {
    return this.#occupants(this.#room(id)).has(user);
  }

  said(id: string): readonly Message[] {
    return this.#room(id).said;
  }

  /** Changes the row, telling those present unless it is done in secret. */
  change(id: string, fields: Partial<Room>, event?: { readonly change: string } & Params): void {
    const room = this.#room(id);
    room.row = { ...room.row, ...fields };
    if (event) this.tell(id, { e: 'room.changed', d: { room: this.#view(room), actor: '', at: this.#clock.now(), ...event } }); // prettier-ignore
  }

  tell(id: string, event: Omit<EventEnvelope, 'c'>): void {
    const room = this.#room(id);
    for (const [seat, lostAt] of room.seats)
      if (lostAt === undefined) this.#emit(seat, { ...event, c: `r:${id}` });
  }

  /** Someone who is not one of the clients speaks. */
  say(id: string, from: string, text: string): Message {
    return this.#unstored(this.#room(id), from, { clientId: `x:${++this.#count}`, content: { type: 'text', text } }); // prettier-ignore
  }

  /** Puts a user out; with `tell`, the devices hear of it. */
  out(id: string, user: string, reason: string, more: Params = {}): void {
    const room = this.#room(id);
    for (const seat of [...room.seats.keys()].filter((one) => one.startsWith(`${user} `))) {
      this.#emit(seat, { e: 'room.out', c: `r:${id}`, d: { id, reason, ...more } });
      room.seats.delete(seat);
      room.gone.set(seat, reason);
    }
  }

  revoke(id: string, message: Message, by: string): void {
    this.tell(id, { e: 'room.revoked', d: { id: message.id, conv: `r:${id}`, from: message.from, by, role: 'owner', at: this.#clock.now() } }); // prettier-ignore
  }

  /** The server was started anew and remembers nobody. */
  forget(): void {
    for (const { seats, gone } of this.#rooms.values()) {
      seats.clear();
      gone.clear();
    }
  }

  end(id: string): void {
    this.#rooms.delete(id);
  }

  lost(seat: FakeSeat): void {
    for (const { seats } of this.#rooms.values())
      if (seats.has(seatOf(seat))) seats.set(seatOf(seat), this.#clock.now());
  }

  opened(seat: FakeSeat, resumed: boolean): void {
    this.#expire();
    for (const { seats } of this.#rooms.values()) {
      if (!seats.has(seatOf(seat))) continue;
      if (resumed) seats.set(seatOf(seat), undefined);
      else seats.delete(seatOf(seat));
    }
  }

  /** Seats that are told of a conversation now. */
  audience(key: string): readonly string[] {
    const { seats } = this.#room(key.slice(2));
    return [...seats].filter(([, lostAt]) => lostAt === undefined).map(([seat]) => seat);
  }

  /** The room a message may be sent to by this seat. */
  demand(key: string, seat: FakeSeat): Room {
    const room = this.#room(key.slice(2));
    if (!room.seats.has(seatOf(seat))) throw new MagpieError('NOT_MEMBER', { field: 'ref' });
    return room.row;
  }

  send(key: string, user: string, input: Params): Params {
    const reason = this.drop(input);
    const fields = { clientId: String(input['clientId']), content: input['content'] as Message['content'] };
    if (reason !== undefined) return { id: `0${++this.#count}`, time: this.#clock.now(), conv: key, stored: false, dropped: reason }; // prettier-ignore
    const { id, time } = this.#unstored(this.#room(key.slice(2)), user, fields);
    return { id, time, conv: key, stored: false };
  }

  /** Undefined: not an operation of these slices. `log`: the end of a room's log. */
  run(
    seat: FakeSeat,
    op: string,
    input: Params,
    log: (key: string) => { readonly entries: readonly Message[]; readonly changes: readonly unknown[] },
  ): unknown {
    this.#expire();
    if (op.startsWith('presence.')) return this.#presence(String(seat.user), op, input);
    if (op === 'room.resume') return { rooms: (input['rooms'] as string[]).map((id) => this.#resume(id, seat, Number(input['away']), log)) }; // prettier-ignore
    if (!op.startsWith('room.')) return undefined;
    const room = this.#room(String(input['id'] ?? (input['ids'] as string[] | undefined)?.[0]));
    switch (op) {
      case 'room.enter':
        return this.#enter(room, seat, input, log);
      case 'room.leave':
        if (!room.seats.delete(seatOf(seat))) throw new MagpieError('NOT_MEMBER');
        return {};
      case 'room.get':
        return { rooms: [this.#view(room, seat)] };
      default:
        throw new MagpieError('UNKNOWN_OPERATION');
    }
  }

  #enter(room: FakeRoom, seat: FakeSeat, input: Params, log: Parameters<FakeRooms['run']>[3]): unknown {
    if (input['leaveOthers'] === true) {
      for (const other of this.#rooms.values())
        if (other !== room && other.seats.delete(seatOf(seat)))
          this.#emit(seatOf(seat), { e: 'room.out', c: `r:${other.row.id}`, d: { id: other.row.id, reason: 'left' } }); // prettier-ignore
    }
    room.seats.set(seatOf(seat), undefined);
    room.gone.delete(seatOf(seat));
    const { entries, changes } = log(`r:${room.row.id}`);
    const kept = room.row.history === true;
    return {
      room: this.#view(room, seat),
      recent: (kept ? entries : room.said).slice(-this.recent),
      people: {},
      ...(kept ? { lastSeq: entries.length, changeSeq: changes.length } : {}),
    };
  }

  #resume(id: string, seat: FakeSeat, away: number, log: Parameters<FakeRooms['run']>[3]): unknown {
    const room = this.#rooms.get(id);
    if (!room) return { id, reason: 'dismissed' };
    const gone = room.gone.get(seatOf(seat));
    if (gone !== undefined) return { id, reason: gone };
    if (!room.seats.has(seatOf(seat)) && away > this.silence) return { id, reason: 'timeout' };
    room.seats.set(seatOf(seat), undefined);
    const { entries, changes } = log(`r:${id}`);
    const end = room.row.history === true ? { lastSeq: entries.length, changeSeq: changes.length } : {};
    return { id, room: this.#view(room, seat), ...end };
  }

  #presence(user: string, op: string, input: Params): unknown {
    const of = (id: string): Presence => this.presences.get(id) ?? { userId: id, state: 'loggedOut', at: 0, devices: [] }; // prettier-ignore
    const users = (input['users'] as string[] | undefined) ?? [];
    switch (op) {
      case 'presence.set': {
        const presence = { ...of(user), ...(input['state'] === undefined ? {} : { state: input['state'] }), ...(input['custom'] === undefined ? {} : { custom: input['custom'] }) } as Presence; // prettier-ignore
        this.presences.set(user, presence);
        return { presence };
      }
      case 'presence.get':
        return { presences: users.map(of), failed: [] };
      case 'presence.subscribe':
        return { presences: users.map(of), failed: [], evicted: [] };
      case 'presence.unsubscribe':
        return {};
      default:
        throw new MagpieError('UNKNOWN_OPERATION');
    }
  }

  #unstored(room: FakeRoom, from: string, fields: Pick<Message, 'clientId' | 'content'>): Message {
    const message: Message = { id: `0${1_000 + ++this.#count}`, conv: `r:${room.row.id}`, from, time: this.#clock.now(), ...fields }; // prettier-ignore
    room.said.push(message);
    this.tell(room.row.id, { e: 'message.transient', d: { message } });
    return message;
  }

  #expire(): void {
    for (const { seats } of this.#rooms.values()) {
      for (const [seat, lostAt] of seats)
        if (lostAt !== undefined && this.#clock.now() - lostAt > this.silence) seats.delete(seat);
    }
  }

  #occupants({ seats }: FakeRoom): ReadonlySet<string> {
    return new Set([...seats.keys()].map((seat) => seat.slice(0, seat.indexOf(' '))));
  }

  #view(room: FakeRoom, seat?: FakeSeat): Room {
    const inside = seat !== undefined && room.seats.has(seatOf(seat));
    const me = inside ? { me: { role: room.row.owner === seat.user ? 'owner' : 'member', enteredAt: 1 } as const } : {}; // prettier-ignore
    return { ...room.row, memberCount: this.#occupants(room).size, ...me };
  }

  #room(id: string): FakeRoom {
    const room = this.#rooms.get(id);
    if (!room) throw new MagpieError('ROOM_NOT_FOUND');
    return room;
  }
}
