import {
  refOf,
  type Conversation,
  type EventEnvelope,
  type Input,
  type Message,
  type MessagePage,
  type OperationName,
  type Output,
  type People,
} from '@magpie/protocol';
import { isHole } from '../core/entry-class.ts';
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import { persist } from '../requests/persist.ts';

/** Where the streams of conversations end up, in order and once. */
export interface StreamSink {
  /** The next entry of a log; without a message it is a hole. */
  entry(key: string, seq: number, message: Message | undefined, people: People | undefined): void;
  /** The next event of a changes stream. */
  change(key: string, event: EventEnvelope): void;
  people(people: People, key: string): void;
  /** What is held of this conversation no longer joins up with its stream: read it anew. */
  reset(key: string): void;
}

export interface StreamNeeds {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly sink: StreamSink;
  readonly me: () => string;
  readonly request: <N extends OperationName>(op: N, input: Input<N>) => Promise<Output<N>>;
  /** The server's row of a conversation that turned up unannounced; taken into the list by the way. */
  readonly loadRow: (key: string) => Promise<Conversation | undefined>;
  /** The first seq of such a conversation that cannot have been seen yet. */
  readonly firstUnseen: (row: Conversation) => Promise<number>;
}

/** How far the server is in a conversation; changes may be unknown. */
export interface End {
  readonly conv: string;
  readonly lastSeq: number;
  readonly changeSeq?: number | undefined;
}

interface Arrival {
  readonly message: Message | undefined;
  readonly people: People | undefined;
}

interface Track {
  readonly key: string;
  /** Everything up to here was handed on. Undefined: not known yet where this stream begins for us. */
  seq: number | undefined;
  changeSeq: number | undefined;
  /** The server is known to be as far as this. */
  goal: number;
  changeGoal: number;
  /**
   * Entries up to here are taken from pages only. Where changes begin with the number of a row, an event from before that row
   * would bring an entry as it was, and its change would never come.
   */
  fromPage: number;
  /** Came before its turn. */
  readonly held: Map<number, Arrival>;
  readonly heldChanges: Map<number, EventEnvelope>;
  healing: Promise<void> | undefined;
  healingChanges: Promise<void> | undefined;
  /** Forgotten: what is still being read for it goes nowhere. */
  gone: boolean;
}

/** An event may overtake another by this much before the gap counts as loss. */
const PATIENCE = 100;
/** A gap longer than this is not read through; the conversation is read anew from its end. */
const LONGEST_GAP = 2_000;
const PAGE = 100;
/** The list waits no longer than this for a gap to heal. */
const LONGEST_HOLD = 3_000;

/** What is missing of a stream when it is asked for: the first number, and the last before one that is here or known of. */
interface Gap {
  readonly from: number;
  readonly end: number;
}

function endOfGap(held: ReadonlyMap<number, unknown>, goal: number): number {
  return held.size > 0 ? Math.min(...held.keys()) - 1 : goal;
}

/** The messages and changes streams of all conversations: each number once, in order, gaps healed from the server. */
export class Streams {
  readonly #needs: StreamNeeds;
  readonly #tracks = new Map<string, Track>();
  readonly #busy = new Set<Promise<void>>();
  /** Moves when everything known is dropped: answers to older questions are void. */
  #generation = 0;

  constructor(needs: StreamNeeds) {
    this.#needs = needs;
  }

  clear(): void {
    this.#generation++;
    this.#tracks.clear();
    this.#busy.clear();
  }

  /** This conversation is followed no more; what comes of it later begins anew. */
  forget(key: string): void {
    const track = this.#tracks.get(key);
    if (track) track.gone = true;
    this.#tracks.delete(key);
  }

  knows(key: string): boolean {
    return this.#tracks.get(key)?.seq !== undefined;
  }

  /** Whether a row speaks of something that was not handed on: the list may know it already, and nobody was told. */
  isBehind({ conv, lastSeq, changeSeq = 0 }: End): boolean {
    const track = this.#tracks.get(conv);
    return lastSeq > (track?.seq ?? 0) || changeSeq > (track?.changeSeq ?? 0);
  }

  /** This conversation is up to date as of this row: nothing before it will be raised. */
  begin({ conv, lastSeq, changeSeq }: End): void {
    const track = this.#track(conv);
    track.seq = Math.max(track.seq ?? 0, lastSeq);
    if (changeSeq !== undefined) track.changeSeq = Math.max(track.changeSeq ?? 0, changeSeq);
    this.#drain(track);
  }

  /** The server is as far as this row says: reads what lies between. */
  advance(row: End, from = 0): void {
    const track = this.#track(row.conv);
    this.#place(track, row, from);
    track.goal = Math.max(track.goal, row.lastSeq);
    track.changeGoal = Math.max(track.changeGoal, row.changeSeq ?? 0);
    this.#heal(track);
    this.#healChanges(track);
  }

  message(key: string, seq: number, message: Message | undefined, people: People | undefined): void {
    const track = this.#track(key);
    if (track.seq === undefined && seq === 1) {
      track.seq = 0;
      track.changeSeq ??= 0;
    }
    if (seq <= Math.max(track.fromPage, track.seq ?? 0)) return;
    // A held full message is worth more than a held hole, never the other way round.
    if (message !== undefined || !track.held.has(seq)) track.held.set(seq, { message, people });
    if (track.seq === undefined) return this.#locate(track);
    this.#drain(track);
    if (track.held.size > 0) this.#soon(track, () => this.#heal(track));
  }

  change(key: string, event: EventEnvelope): void {
    const track = this.#track(key);
    const n = event.n ?? 0;
    track.changeSeq ??= n - 1;
    if (n <= track.changeSeq) return;
    track.heldChanges.set(n, event);
    this.#drainChanges(track);
    if (track.heldChanges.size > 0) this.#soon(track, () => this.#healChanges(track));
  }

  /** Resolves when no gap is being healed. */
  async settled(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  /** Where the streams of a conversation begin that was not followed so far. */
  #place(track: Track, row: End, from: number): void {
    if (track.seq === undefined) {
      track.seq = from;
      track.fromPage = row.lastSeq;
      for (const seq of track.held.keys()) if (seq <= row.lastSeq) track.held.delete(seq);
    }
    track.changeSeq ??= row.changeSeq;
  }

  #track(key: string): Track {
    const known = this.#tracks.get(key);
    if (known) return known;
    const track: Track = { key, seq: undefined, changeSeq: undefined, goal: 0, changeGoal: 0, fromPage: 0, held: new Map(), heldChanges: new Map(), healing: undefined, healingChanges: undefined, gone: false }; // prettier-ignore
    this.#tracks.set(key, track);
    return track;
  }

  #soon(track: Track, work: () => void): void {
    const generation = this.#generation;
    this.#needs.clock.after(PATIENCE, () => {
      if (generation === this.#generation && !track.gone) work();
    });
  }

  /** A message of a conversation we know nothing of, and not its first: the row says where it stands. */
  #locate(track: Track): void {
    if (track.healing) return;
    // The row is taken in on the way; the list tells of it after the messages, as always.
    const release = this.#needs.turn.hold();
    this.#needs.clock.after(LONGEST_HOLD, release);
    track.healing = this.#work(track, async (valid) => {
      const row = await persist(this.#needs.clock, valid, () => this.#needs.loadRow(track.key));
      const unseen = row && (await persist(this.#needs.clock, valid, () => this.#needs.firstUnseen(row)));
      if (!valid()) return;
      this.#needs.turn.run(() => {
        const first = Math.min(...track.held.keys(), unseen ?? Infinity);
        if (row) this.advance(row, first - 1);
        track.seq ??= first - 1;
        this.#drain(track);
      });
      track.healing = undefined;
      this.#heal(track);
      void (track.healing ?? Promise.resolve()).then(release, release);
    });
  }

  #drain(track: Track): void {
    this.#needs.turn.run(() => {
      if (track.seq === undefined) return;
      for (let next = track.held.get(track.seq + 1); next; next = track.held.get(track.seq + 1)) {
        track.seq += 1;
        this.#needs.sink.entry(track.key, track.seq, next.message, next.people);
      }
      for (const seq of track.held.keys()) if (seq <= track.seq) track.held.delete(seq);
    });
  }

  #drainChanges(track: Track): void {
    this.#needs.turn.run(() => {
      if (track.changeSeq === undefined) return;
      for (
        let next = track.heldChanges.get(track.changeSeq + 1);
        next;
        next = track.heldChanges.get(track.changeSeq + 1)
      ) {
        track.changeSeq += 1;
        this.#needs.sink.change(track.key, next);
      }
      for (const n of track.heldChanges.keys()) if (n <= track.changeSeq) track.heldChanges.delete(n);
    });
  }

  #missing(track: Track): boolean {
    return track.seq !== undefined && Math.max(track.goal, ...track.held.keys()) > track.seq;
  }

  #heal(track: Track): void {
    if (track.healing || !this.#missing(track)) return;
    const goal = Math.max(track.goal, ...track.held.keys());
    const far = goal - (track.seq ?? 0) > LONGEST_GAP;
    if (far) track.seq = goal - PAGE;
    track.healing = this.#work(track, async (valid) => {
      while (valid() && this.#missing(track)) {
        const gap = { from: (track.seq ?? 0) + 1, end: endOfGap(track.held, track.goal) };
        const page = await this.#ask(valid, 'message.list', { ref: this.#ref(track), seq: gap.from, direction: 'newer', limit: PAGE }); // prettier-ignore
        if (!valid()) return;
        this.#needs.turn.run(() => this.#takePage(track, page, gap));
      }
      track.healing = undefined;
      if (far) this.#needs.sink.reset(track.key);
    });
  }

  #takePage(track: Track, page: MessagePage | undefined, gap: Gap): void {
    if (page) this.#needs.sink.people(page.people, track.key);
    for (const entry of page?.entries ?? []) {
      const seq = entry.seq ?? 0;
      if (seq <= (track.seq ?? 0)) continue;
      track.seq = seq;
      this.#needs.sink.entry(track.key, seq, isHole(entry) ? undefined : entry, undefined);
    }
    if (page?.covered) track.seq = Math.max(track.seq ?? 0, page.covered[1]);
    // Nothing there is ours to see (not a member any more, history closed): the gap is a hole. What came meanwhile says nothing of it.
    if ((track.seq ?? 0) < gap.from) track.seq = gap.end;
    this.#drain(track);
  }

  #healChanges(track: Track): void {
    const missing = (): boolean =>
      Math.max(track.changeGoal, ...track.heldChanges.keys()) > (track.changeSeq ?? Infinity);
    if (track.healingChanges || !missing()) return;
    track.healingChanges = this.#work(track, async (valid) => {
      while (valid() && missing()) {
        const gap = { from: (track.changeSeq ?? 0) + 1, end: endOfGap(track.heldChanges, track.changeGoal) };
        const page = await this.#ask(valid, 'message.changes', { ref: this.#ref(track), after: gap.from - 1, limit: PAGE }); // prettier-ignore
        if (!valid()) return;
        this.#needs.turn.run(() => this.#takeChanges(track, page, gap));
      }
      track.healingChanges = undefined;
    });
  }

  #takeChanges(track: Track, page: Output<'message.changes'> | undefined, gap: Gap): void {
    if (page?.refetch !== true) {
      for (const event of page?.events ?? []) {
        if (event.n === (track.changeSeq ?? 0) + 1) {
          track.changeSeq = event.n;
          this.#needs.sink.change(track.key, event);
        }
      }
    }
    if ((track.changeSeq ?? 0) < gap.from) {
      track.changeSeq = Math.max(gap.end, page?.changeSeq ?? 0);
      if (page) this.#needs.sink.reset(track.key);
    }
    this.#drainChanges(track);
  }

  #ref(track: Track): string {
    return refOf(track.key, this.#needs.me());
  }

  #ask<N extends OperationName>(
    valid: () => boolean,
    op: N,
    input: Input<N>,
  ): Promise<Output<N> | undefined> {
    return persist(this.#needs.clock, valid, () => this.#needs.request(op, input));
  }

  #work(track: Track, work: (valid: () => boolean) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    const valid = (): boolean => generation === this.#generation && !track.gone;
    const promise = work(valid).finally(() => this.#busy.delete(promise));
    this.#busy.add(promise);
    return promise;
  }
}
