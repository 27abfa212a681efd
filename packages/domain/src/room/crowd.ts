import type { Person } from '@magpie/protocol';
import type { Present } from './seats.ts';

/** A device in a room, as its node tells the others. */
export interface SeatNote extends Present {
  readonly instance: string;
  /** How long its place is kept if its node is lost. */
  readonly silence: number;
}

/** The room a note is about, so that who hears it need not ask the store. */
export interface RoomName {
  readonly num: number;
  readonly app: string;
  readonly id: string;
}

export interface CameNote extends RoomName {
  readonly seat: SeatNote;
  readonly ext?: string | undefined;
  /** The name events show. */
  readonly person?: Person | undefined;
  /** Nobody is told of it: it was there all the time. */
  readonly quiet?: boolean | undefined;
  /** Nodes the device had its place on, as far as its node knew: it has it there no longer. */
  readonly takes?: readonly string[] | undefined;
  readonly exclusive?: Exclusive | undefined;
}

/** The user's other devices leave: those that were known of, and of those that enter just then the ones before. */
export interface Exclusive {
  readonly over: readonly string[];
  readonly since: number;
  readonly node: string;
}

/** Where a device of a user is. */
export interface Place {
  readonly node: string;
  readonly instance: string;
  readonly silence: number;
  /** Its node is gone: kept until the device is back on another one, or too late. */
  lost: boolean;
}

/** A user who is in a room on other nodes. */
export interface Stranger extends Present {
  places: readonly Place[];
}

/** Those who are in one room on other nodes, each told of by the node they are on. */
export class Crowd implements RoomName {
  readonly num: number;
  readonly app: string;
  readonly id: string;
  readonly users = new Map<string, Stranger>();
  /** Nodes that live and have people there. */
  nodes: readonly string[] = [];
  private readonly devices = new Map<string, number>();
  /** Users who are there on this node too. */
  private both = 0;
  private here: ReadonlyMap<string, unknown> = NOBODY;

  constructor({ num, app, id }: RoomName) {
    this.num = num;
    this.app = app;
    this.id = id;
  }

  /** Users who are not there on this node. */
  get others(): number {
    return this.users.size - this.both;
  }

  /** Those of this node, as of now on; `cameHere` and `wentHere` tell what changes. */
  attach(here: ReadonlyMap<string, unknown> = NOBODY): void {
    this.here = here;
    this.both = 0;
    for (const user of here.keys()) if (this.users.has(user)) this.both++;
  }

  cameHere(user: string): void {
    if (this.users.has(user)) this.both++;
  }

  wentHere(user: string): void {
    if (this.users.has(user)) this.both--;
  }

  hasPlace(user: string, instance: string): boolean {
    return this.users.get(user)?.places.some((place) => place.instance === instance) ?? false;
  }

  /** Whether the user was on no other node before. */
  put(node: string, { user, instance, enteredAt, order, role, mutedUntil, silence }: SeatNote): boolean {
    const known = this.users.get(user);
    const stranger: Stranger = known ?? { user, enteredAt, order, role, mutedUntil, places: [] };
    Object.assign(stranger, { role, mutedUntil });
    const kept = stranger.places.filter((place) => place.instance !== instance || (place.node !== node && !place.lost)); // prettier-ignore
    this.setPlaces(stranger, [...kept, { node, instance, silence, lost: false }]);
    if (known) return false;
    this.users.set(user, stranger);
    if (this.here.has(user)) this.both++;
    return true;
  }

  /** Removes places of a user; whether there is none left. */
  remove(user: string, which: (place: Place) => boolean): boolean {
    const stranger = this.users.get(user);
    if (!stranger) return false;
    const places = stranger.places.filter((place) => !which(place));
    if (places.length === stranger.places.length) return false;
    this.setPlaces(stranger, places);
    if (places.length > 0) return false;
    this.users.delete(user);
    if (this.here.has(user)) this.both--;
    return true;
  }

  /** Its node is gone. */
  lose(node: string): { readonly user: string; readonly place: Place }[] {
    const lost: { readonly user: string; readonly place: Place }[] = [];
    for (const { user, places } of this.users.values())
      for (const place of places)
        if (place.node === node && !place.lost) {
          place.lost = true;
          lost.push({ user, place });
        }
    this.count(node, -lost.length);
    return lost;
  }

  private setPlaces(stranger: Stranger, places: readonly Place[]): void {
    for (const place of stranger.places) if (!place.lost && !places.includes(place)) this.count(place.node, -1); // prettier-ignore
    for (const place of places) if (!place.lost && !stranger.places.includes(place)) this.count(place.node, 1); // prettier-ignore
    stranger.places = places;
  }

  private count(node: string, by: number): void {
    const before = this.devices.get(node) ?? 0;
    const now = before + by;
    if (now === 0) this.devices.delete(node);
    else this.devices.set(node, now);
    if ((before === 0) !== (now === 0)) this.nodes = [...this.devices.keys()];
  }
}

const NOBODY: ReadonlyMap<string, unknown> = new Map();
