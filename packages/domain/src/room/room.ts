import type { Role } from '@magpie/protocol';
import { BoundedCache } from '../core/cache.ts';
import type { Clock, Scheduler } from '../ports/platform.ts';
import type { RoomRow } from '../ports/rows.ts';
import { RoomBuckets } from './buckets.ts';
import { News, type Comings } from './news.ts';
import { Outlet } from './outlet.ts';
import { ROOM_RULES, type RoomRules } from './rules.ts';
import { Seats } from './seats.ts';
import { RoomTalk } from './talk.ts';

/** Why a device is out that did not leave by itself. */
export type GoneReason = 'timeout' | 'kicked';

const GONE_KEPT = 1_000;

export interface RoomHooks {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onComings: (room: Room, comings: Comings) => void;
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
      (comings) => hooks.onComings(this, comings),
    );
  }

  get rules(): RoomRules {
    return ROOM_RULES[this.row.kind];
  }

  /** Users present. */
  get count(): number {
    return this.seats.occupants.size;
  }

  /** Of those present, and of the owner. */
  roleOf(user: string): Role {
    if (this.row.owner === user) return 'owner';
    return this.seats.occupants.get(user)?.role ?? 'member';
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
