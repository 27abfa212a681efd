import type { Role } from '@magpie/protocol';
import { BoundedCache } from '../core/cache.ts';
import type { Clock, Scheduler } from '../ports/platform.ts';
import type { RoomRow } from '../ports/rows.ts';
import { RoomBuckets } from './buckets.ts';
import type { Crowd } from './crowd.ts';
import { News, type Comings } from './news.ts';
import { Outlet } from './outlet.ts';
import { ROOM_RULES, type RoomRules } from './rules.ts';
import { Seats, type Present } from './seats.ts';
import { RoomTalk } from './talk.ts';

/** Why a device is out that did not leave by itself. */
export type GoneReason = 'timeout' | 'kicked';

const GONE_KEPT = 1_000;

export interface RoomHooks {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onComings: (room: Room, comings: Comings, own: Comings | undefined) => void;
  readonly onLost: (count: number) => void;
}

/** One room as this node knows it: its row, who is there, what was said, what waits to be sent. */
export class Room {
  readonly app: string;
  readonly num: number;
  readonly key: string;
  readonly kind = 'room';
  readonly seats = new Seats();
  readonly buckets = new RoomBuckets();
  readonly talk = new RoomTalk();
  readonly outlet: Outlet;
  readonly news: News;
  row: RoomRow;
  /** Grows when what is remembered of users changes: who is being let in meanwhile is looked at again. */
  version = 0;
  /** Those who are there on other nodes; undefined: nobody. */
  crowd: Crowd | undefined;
  /** Users said to be on another node now, which has not told of them yet. */
  readonly moving = new Set<string>();
  /** While what was said before the first one came to this node is asked of another. */
  catchingUp: Promise<void> | undefined;
  /** By user and instance: told to a device that comes back. */
  private readonly gone = new BoundedCache<GoneReason>(GONE_KEPT);

  constructor(row: RoomRow, hooks: RoomHooks) {
    this.row = row;
    this.app = row.app;
    this.num = row.conv;
    this.key = `r:${row.id}`;
    this.outlet = new Outlet(this.seats.connected, hooks, hooks.onLost);
    this.news = new News(
      hooks,
      () => this.count,
      (comings, own) => hooks.onComings(this, comings, own),
    );
  }

  get rules(): RoomRules {
    return ROOM_RULES[this.row.kind];
  }

  /** Users present, on whatever node. */
  get count(): number {
    return this.seats.occupants.size + (this.crowd?.others ?? 0);
  }

  /** Nodes that share what is said in it. */
  get nodes(): number {
    return 1 + (this.crowd?.nodes.length ?? 0);
  }

  /** A user who is present, on whatever node. */
  who(user: string): Present | undefined {
    return this.seats.occupants.get(user) ?? this.crowd?.users.get(user);
  }

  /** The newest first. */
  everybody(): Present[] {
    const here = [...this.seats.occupants.values()];
    const all: Present[] = this.crowd ? [...here, ...[...this.crowd.users.values()].filter(({ user }) => !this.seats.occupants.has(user))] : here; // prettier-ignore
    return all.sort(byNewest);
  }

  /** Of those present, and of the owner. */
  roleOf(user: string): Role {
    if (this.row.owner === user) return 'owner';
    return this.who(user)?.role ?? 'member';
  }

  /** How long this user's lost connections keep their places. */
  silenceOf(user: string): number {
    return this.row.owner === user ? this.rules.ownerSilence : this.rules.silence;
  }

  whyGone(user: string, instance: string): GoneReason | undefined {
    return this.gone.get(`${user} ${instance}`);
  }

  markGone(user: string, instance: string, reason: GoneReason | undefined): void {
    if (reason) this.gone.set(`${user} ${instance}`, reason);
    else this.gone.delete(`${user} ${instance}`);
  }

  /** Nothing of it happens later. */
  close(): void {
    this.news.close();
    this.outlet.close();
    for (const { seats } of this.seats.occupants.values()) for (const seat of seats) seat.cancelWait?.();
  }
}

/** A place in the list of members that stays what it is when others come and go. */
export function byNewest(a: Pick<Present, 'enteredAt' | 'order' | 'user'>, b: typeof a): number {
  return b.enteredAt - a.enteredAt || b.order - a.order || (a.user < b.user ? 1 : a.user > b.user ? -1 : 0);
}
