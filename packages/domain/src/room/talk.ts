import type { Limited } from '../delivery/delivery.ts';

/** A message of a room without history, as long as it is remembered. */
export interface Said {
  readonly id: string;
  readonly app: string;
  readonly conv: number;
  readonly talk: RoomTalk;
  readonly from: string;
  readonly time: number;
  readonly name: string;
  readonly until: number;
  readonly limited: Limited | undefined;
  /** Wire JSON; empty once it is not among the newest. */
  json: string;
  revoked: boolean;
  /** Which of those heard in the room, on this node; 0: it was heard on another one only. */
  order: number;
  /** Ids that retries of the same send were answered with. */
  others: string[] | undefined;
}

/** What one room remembers of what was said. */
export class RoomTalk {
  /** By sender and clientId, oldest first. */
  readonly said = new Map<string, Said>();
  /** The newest, oldest first. */
  newest: Said[] = [];
  chars = 0;
  /** So many were heard on this node. */
  heard = 0;
  /** Ids taken back while what was said is asked of another node. */
  takenBack: Set<string> | undefined;
}

const PER_ROOM = 10_000;
const IN_ALL = 100_000;
/** Texts of the newest kept for one room, in UTF-16 units. */
const NEWEST_CHARS = 128 * 1024;

/**
 * What was said lately in rooms without history: the newest for those who enter, and who said what, so that it can be taken back and a
 * retry is not heard twice. Bounded per room and in all; what is pushed out can no longer be taken back.
 */
export class Talk {
  private readonly byId = new Map<string, Said>();

  get size(): number {
    return this.byId.size;
  }

  find(id: string, now: number): Said | undefined {
    const said = this.byId.get(id);
    return said && said.until > now ? said : undefined;
  }

  /** False: the same send was heard before. */
  add(said: Said, newest: number, now: number): boolean {
    const room = said.talk;
    const before = room.said.get(said.name);
    if (before && before.until > now) {
      (before.others ??= []).push(said.id);
      this.byId.set(said.id, before);
      return false;
    }
    if (before) this.forget(before);
    said.order = ++room.heard;
    room.said.set(said.name, said);
    this.byId.set(said.id, said);
    show(said, newest);
    for (const oldest of room.said.values()) {
      if (oldest.until > now && room.said.size <= PER_ROOM) break;
      this.forget(oldest);
    }
    for (const [id, oldest] of this.byId) {
      if (this.byId.size <= IN_ALL) break;
      this.forget(oldest);
      this.byId.delete(id);
    }
    return true;
  }

  /** Takes back what was said, if this node knows of it. */
  revoke(room: RoomTalk, id: string, now: number): void {
    room.takenBack?.add(id);
    const said = this.find(id, now);
    if (!said || said.talk !== room) return;
    said.revoked = true;
    if (said.json === '') return;
    room.newest = room.newest.filter((other) => other !== said);
    room.chars -= said.json.length;
    said.json = '';
  }

  /** What another node heard last, as what was said before all that this one heard after `mark`. */
  adopt(room: RoomTalk, last: readonly Said[], mark: number, max: number): void {
    const since = room.newest.filter(({ order }) => order > mark);
    for (const said of room.newest) if (!since.includes(said)) said.json = '';
    room.newest = [];
    room.chars = 0;
    for (const told of last) {
      const known = room.said.get(told.name);
      if ((known?.order ?? 0) > mark || known?.revoked || room.takenBack?.has(told.id)) continue;
      const said = known ?? told;
      said.json = told.json;
      room.said.set(said.name, said);
      this.byId.set(said.id, said);
      show(said, max);
    }
    for (const said of since) show(said, max);
  }

  /** The room is no longer kept in mind. */
  drop(room: RoomTalk): void {
    for (const said of room.said.values()) this.forget(said);
    room.newest = [];
    room.chars = 0;
  }

  private forget(said: Said): void {
    const room = said.talk;
    if (room.said.get(said.name) === said) room.said.delete(said.name);
    this.byId.delete(said.id);
    for (const id of said.others ?? []) this.byId.delete(id);
  }
}

function show(said: Said, max: number): void {
  const room = said.talk;
  room.newest.push(said);
  room.chars += said.json.length;
  while (room.newest.length > max || room.chars > NEWEST_CHARS) {
    const oldest = room.newest.shift();
    if (!oldest) break;
    room.chars -= oldest.json.length;
    oldest.json = '';
  }
}
