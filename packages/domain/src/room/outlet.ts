import type { Limited } from '../delivery/delivery.ts';
import type { Clock, Scheduler } from '../ports/platform.ts';
import type { Seat } from './seats.ts';

/** From so many connections on, a room gathers for `GATHER` ms what it sends: writing to each is what costs. */
const LARGE = 500;
const GATHER = 50;

/** What a congested peer is still given of what it should get, so that no room ever closes it. */
const MAX_BEHIND = 256 * 1024;

export interface Outgoing {
  readonly text: string;
  readonly limited?: Limited | undefined;
  /** Ahead of what waits. */
  readonly first?: boolean;
  /** Also to peers that are congested. */
  readonly must?: boolean;
}

/** What waits to be sent to those in one room. Leaves at the end of the turn: urgent things first, else in order of arrival. */
export class Outlet {
  private first: Outgoing[] = [];
  private rest: Outgoing[] = [];
  private cancel: (() => void) | undefined;
  private flushedAt = -Infinity;
  private readonly connected: readonly Seat[];
  private readonly time: { readonly clock: Clock; readonly scheduler: Scheduler };
  private readonly onLost: (count: number) => void;

  /** `onLost`: so many events were not given to congested peers. */
  constructor(
    connected: readonly Seat[],
    time: { readonly clock: Clock; readonly scheduler: Scheduler },
    onLost: (count: number) => void,
  ) {
    this.connected = connected;
    this.time = time;
    this.onLost = onLost;
  }

  get waiting(): number {
    return this.first.length + this.rest.length;
  }

  push(outgoing: Outgoing): void {
    (outgoing.first ? this.first : this.rest).push(outgoing);
    if (this.cancel) return;
    const { clock, scheduler } = this.time;
    const wait = this.connected.length > LARGE ? this.flushedAt + GATHER - clock.now() : 0;
    this.cancel = scheduler.after(Math.min(GATHER, Math.max(0, wait)), () => this.flush());
  }

  close(): void {
    this.cancel?.();
  }

  /** At once. */
  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    if (this.waiting === 0) return;
    const ready = this.first.length === 0 ? this.rest : [...this.first, ...this.rest];
    this.first = [];
    this.rest = [];
    this.flushedAt = this.time.clock.now();
    const flush: Flush = { all: ready, must: ready.filter((outgoing) => outgoing.must) };
    let lost = 0;
    for (const seat of this.connected) lost += give(seat, flush);
    if (lost > 0) this.onLost(lost);
  }
}

interface Flush {
  readonly all: readonly Outgoing[];
  readonly must: readonly Outgoing[];
}

/** Answers how much it was not given. The same strings in the same order to all: they then share one encoded frame. */
function give(seat: Seat, { all, must }: Flush): number {
  const peer = seat.session?.peer;
  if (!peer) return 0;
  const { congested } = peer;
  if (!congested) seat.behind = 0;
  const given = !congested ? all : seat.behind < MAX_BEHIND ? must : NOTHING;
  for (const { text, limited } of given) {
    const event = !limited || limited.only.has(seat.occupant.user) ? text : limited.hole;
    if (event === undefined) continue;
    peer.push(event);
    if (congested) seat.behind += event.length;
  }
  return all.length - given.length;
}

const NOTHING: readonly Outgoing[] = [];
