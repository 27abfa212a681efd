import type { Mesh } from '../cluster/mesh.ts';
import type { Scheduler } from '../ports/platform.ts';
import { Crowd, type CameNote, type Place, type RoomName, type SeatNote } from './crowd.ts';
import type { LeftReason } from './news.ts';

export interface WentNote {
  readonly num: number;
  readonly user: string;
  readonly instance: string;
  readonly reason: LeftReason;
  /** Nobody is told of it: the device is on another node, or the room ended. */
  readonly quiet?: boolean | undefined;
  /** The node that tells the app's back end, if not the one it happened on. */
  readonly by?: string | undefined;
  /** Its node saw nobody left anywhere, and has done what is due then. */
  readonly empty?: boolean | undefined;
}

/** What this node's rooms have to do with those of the others. */
export interface Home {
  /** Everybody who is in rooms here. */
  seats(): Iterable<RoomName & { readonly seats: readonly SeatNote[] }>;
  /** A room has people elsewhere from now on, or none any more. */
  attach(crowd: Crowd): void;
  detach(crowd: Crowd): void;
  /** `fresh`: no other node had the user there. */
  came(crowd: Crowd, note: CameNote, fresh: boolean): void;
  /** `gone`: no other node has the user there any more. */
  went(crowd: Crowd, note: WentNote, gone: boolean): void;
}

interface Snapshot {
  readonly rooms: readonly (RoomName & { readonly seats: readonly SeatNote[] })[];
  readonly first: boolean;
  readonly last: boolean;
}

interface Lost {
  readonly crowd: Crowd;
  readonly user: string;
  readonly place: Place;
}

/** Devices in one note of a snapshot. */
const CHUNK = 500;
const NONE: readonly Crowd[] = [];

/**
 * Who is in which room on the other nodes. Each node tells all others of its own people and of nobody else, so that whatever order notes
 * of different nodes arrive in, all end with the same picture. Places of a node that is gone are kept as long as lost connections are.
 */
export class Abroad {
  private readonly byNum = new Map<number, Crowd>();
  /** Rooms a device was in on a node that is gone. */
  private readonly lost = new Map<string, readonly Crowd[]>();
  private readonly incoming = new Map<string, Snapshot['rooms'][number][]>();
  private readonly waits = new Set<() => void>();
  private readonly mesh: Mesh;
  private readonly scheduler: Scheduler;
  private readonly home: Home;

  constructor(mesh: Mesh, scheduler: Scheduler, home: Home) {
    this.mesh = mesh;
    this.scheduler = scheduler;
    this.home = home;
    mesh.listen({ up: (peer) => this.introduce(peer), down: (peer) => this.down(peer) });
    mesh.hear<CameNote>('room.came', (note, from) => this.came(note, from));
    mesh.hear<WentNote>('room.went', (note, from) => this.went(note, ({ node, instance }) => node === from && instance === note.instance)); // prettier-ignore
    mesh.hear<Snapshot>('room.all', (part, from) => this.snapshot(part, from));
  }

  at(num: number): Crowd | undefined {
    return this.byNum.get(num);
  }

  tellCame(note: CameNote): void {
    this.mesh.tell('room.came', note);
  }

  tellWent(note: WentNote): void {
    this.mesh.tell('room.went', note);
  }

  /** Rooms in which a device has its place still, though its node is gone. */
  lostOf(app: string, user: string, instance: string): readonly Crowd[] {
    if (this.lost.size === 0) return NONE;
    return (this.lost.get(`${app} ${user} ${instance}`) ?? NONE).filter((crowd) => crowd.users.get(user)?.places.some((place) => place.lost && place.instance === instance)); // prettier-ignore
  }

  /** The device is here: it has no place on other nodes any more. Answers which those were. */
  takeOver(crowd: Crowd, user: string, instance: string): readonly string[] {
    const places = crowd.users.get(user)?.places.filter((place) => place.instance === instance) ?? [];
    crowd.remove(user, (place) => place.instance === instance);
    this.tidy(crowd);
    return places.map(({ node }) => node);
  }

  close(): void {
    for (const cancel of this.waits) cancel();
  }

  private came(note: CameNote, from: string): void {
    let crowd = this.byNum.get(note.num);
    if (!crowd) {
      crowd = new Crowd(note);
      this.byNum.set(note.num, crowd);
      this.home.attach(crowd);
    }
    const { seat, takes = [] } = note;
    const fresh = crowd.put(from, seat);
    crowd.remove(seat.user, ({ node, instance }) => instance === seat.instance && node !== from && takes.includes(node)); // prettier-ignore
    this.home.came(crowd, note, fresh);
  }

  private went(note: WentNote, which: (place: Place) => boolean): void {
    const crowd = this.byNum.get(note.num);
    if (!crowd) return;
    const gone = crowd.remove(note.user, which);
    this.tidy(crowd);
    this.home.went(crowd, note, gone);
  }

  private tidy(crowd: Crowd): void {
    if (crowd.users.size > 0 || this.byNum.get(crowd.num) !== crowd) return;
    this.byNum.delete(crowd.num);
    this.home.detach(crowd);
  }

  private introduce(peer: string): void {
    const parts: Snapshot['rooms'][number][][] = [[]];
    let size = 0;
    for (const { num, app, id, seats } of this.home.seats())
      for (let i = 0; i < seats.length; i += CHUNK) {
        const some = seats.slice(i, i + CHUNK);
        size += some.length;
        if (size > CHUNK) parts.push([]);
        if (size > CHUNK) size = some.length;
        parts.at(-1)?.push({ num, app, id, seats: some });
      }
    parts.forEach((rooms, i) => this.mesh.send(peer, 'room.all', { rooms, first: i === 0, last: i === parts.length - 1 } satisfies Snapshot)); // prettier-ignore
  }

  /** All that a node has; what was known of it otherwise is out of date. */
  private snapshot({ rooms, first, last }: Snapshot, node: string): void {
    if (first) this.incoming.set(node, []);
    const all = this.incoming.get(node);
    all?.push(...rooms);
    if (!last || !all) return;
    this.incoming.delete(node);
    const named = new Set<string>();
    for (const { seats, ...room } of all)
      for (const seat of seats) {
        named.add(`${room.num} ${seat.user} ${seat.instance}`);
        this.came({ ...room, seat }, node);
      }
    for (const { num, users } of [...this.byNum.values()])
      for (const { user, places } of [...users.values()])
        for (const place of places) {
          const { instance } = place;
          if (place.node !== node || named.has(`${num} ${user} ${instance}`)) continue;
          this.went({ num, user, instance, reason: 'left', by: node }, (other) => other === place);
        }
  }

  /** The devices of a node that is gone come back to others, or do not: then one node tells the app's back end. */
  private down(node: string): void {
    this.incoming.delete(node);
    const witnesses = this.mesh.others;
    const bySilence = new Map<number, Lost[]>();
    for (const crowd of this.byNum.values())
      for (const { user, place } of crowd.lose(node)) {
        const key = `${crowd.app} ${user} ${place.instance}`;
        this.lost.set(key, [...(this.lost.get(key) ?? NONE), crowd]);
        const group = bySilence.get(place.silence);
        if (group) group.push({ crowd, user, place });
        else bySilence.set(place.silence, [{ crowd, user, place }]);
      }
    for (const [silence, group] of bySilence) {
      const cancel = this.scheduler.after(silence, () => {
        this.waits.delete(cancel);
        for (const one of group) this.expire(one, witnesses);
      });
      this.waits.add(cancel);
    }
  }

  /** `witnesses`: of those who saw it go and are still there, one tells. */
  private expire({ crowd, user, place }: Lost, witnesses: readonly string[]): void {
    const key = `${crowd.app} ${user} ${place.instance}`;
    const rest = (this.lost.get(key) ?? NONE).filter((other) => other !== crowd);
    if (rest.length > 0) this.lost.set(key, rest);
    else this.lost.delete(key);
    // Its node may be back, or the device on another one.
    if (!place.lost || !crowd.users.get(user)?.places.includes(place)) return;
    const { node, others } = this.mesh;
    const tells = witnesses.every((other) => node < other || !others.includes(other));
    const note: WentNote = { num: crowd.num, user, instance: place.instance, reason: 'timeout', by: tells ? node : place.node, empty: !tells }; // prettier-ignore
    this.went(note, (other) => other === place);
  }
}
