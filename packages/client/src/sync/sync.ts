import { type MagpieError, refOf, type Conversation, type EventEnvelope, type EventPayload, type Input, type Message, type OperationName, type Output, type People, type Position, type SessionOpenOutput, type SyncPage } from '@magpie/protocol'; // prettier-ignore
import type { ConversationBook } from '../conversations/book.ts';
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import { persist } from '../requests/persist.ts';
import type { RoomBook } from '../rooms/book.ts';
import { clientMessage } from '../store/client-message.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { ClientOptions } from '../types.ts';
import { readBacklog } from './backlog.ts';
import { EVENT_STREAM } from './event-streams.ts';
import { allRows, eachPage } from './pages.ts';
import type { Intake } from './intake.ts';
import type { Streams } from './streams.ts';
import type { UserLog } from './user-log.ts';
import { UserStream } from './user-stream.ts';

export interface SyncNeeds {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly store: LocalStore;
  readonly book: ConversationBook;
  readonly streams: Streams;
  readonly intake: Intake;
  readonly userLog: UserLog;
  readonly rooms: RoomBook;
  readonly backlog: ClientOptions['backlog'];
  readonly me: () => string;
  readonly request: <N extends OperationName>(op: N, input: Input<N>) => Promise<Output<N>>;
  readonly onSyncing: (first: boolean) => void;
  readonly onReady: (first: boolean, resumed: boolean) => void;
  readonly onError: (error: MagpieError) => void;
  /** Everything held is void: the server's streams began anew. */
  readonly onNewEpoch: () => void;
}

const LONGEST_HOLD = 3_000;
/** A message gets its time before it is committed, and the clocks of nodes differ. */
const OVERLAP = 10_000;

/**
 * Brings this device level with the server after each connect: the user's own log, the rows that moved, and the gaps in their
 * streams. Live events wait until the rows are in; then each stream takes its own in order.
 */
export class Sync {
  readonly #needs: SyncNeeds;
  #run = 0;
  /** The rows of this login are in; from now on a connect resumes. */
  #synced = false;
  #readyTold = false;
  #epoch: string | undefined;
  readonly #userStream: UserStream;
  /** Server time of the newest message taken in: what this device will say it has. */
  #at = 0;
  /**
   * Server time at which the rows were last complete. A reconnect asks from here and not from `#at`: an event that was lost may
   * be older than one that came.
   */
  #rowsAt = 0;
  /** Live events that came while rows were being fetched; undefined: take them in at once. */
  #held: EventEnvelope[] | undefined = [];
  /** A look at the server that is under way, and whether another one is wanted: that one may have been answered before. */
  #checking: Promise<void> | undefined;
  #checkAgain = false;

  constructor(needs: SyncNeeds) {
    this.#needs = needs;
    this.#userStream = new UserStream({
      clock: needs.clock,
      apply: (event) => needs.turn.run(() => needs.userLog.apply(event, false)),
      readOn: (valid) => {
        const run = this.#run;
        return this.#insist(valid, () => this.#resume(() => run === this.#run));
      },
    });
  }

  get position(): Position {
    return { userSeq: this.#userStream.seq, at: this.#at };
  }

  reset(): void {
    this.#run++;
    this.#synced = this.#readyTold = false;
    this.#epoch = undefined;
    this.#at = this.#rowsAt = 0;
    this.#held = [];
    this.#userStream.reset();
  }

  seen(time: number): void {
    this.#at = Math.max(this.#at, time);
  }

  /** The socket is gone; what comes before the next sync waits for it. */
  offline(): void {
    this.#run++;
    this.#needs.turn.holdRows(false);
    this.#userStream.offline();
    this.#held = [];
  }

  async online(opened: SessionOpenOutput): Promise<void> {
    const run = ++this.#run;
    const valid = (): boolean => run === this.#run;
    const begun = this.#synced;
    const moved = begun && this.#epoch !== opened.epoch;
    const first = !this.#readyTold;
    this.#held ??= [];
    this.#needs.onSyncing(first);
    if (begun) this.#holdRows(valid);
    if (moved) {
      this.#needs.onNewEpoch();
      this.#userStream.reset();
    }
    this.#epoch = opened.epoch;
    const resumed = await this.#insist(valid, () =>
      begun && !moved ? this.#resume(valid) : this.#begin(opened, valid, !begun),
    );
    if (!valid()) return;
    this.#release();
    await this.#needs.rooms.settled();
    await this.#needs.streams.settled();
    if (!valid()) return;
    this.#needs.turn.holdRows(false);
    this.#readyTold = true;
    this.#needs.onReady(first, resumed === true);
  }

  /** The list follows the messages, but a gap that will not heal must not keep it back for long. */
  #holdRows(valid: () => boolean): void {
    this.#needs.turn.holdRows(true);
    this.#needs.clock.after(LONGEST_HOLD, () => valid() && this.#needs.turn.holdRows(false));
  }

  /** An own message whose reply came: its place in the log is known. */
  own(key: string, seq: number, message: Message): void {
    this.event({
      e: 'message.created',
      c: key,
      n: seq,
      d: { message } satisfies EventPayload<'message.created'>,
    });
  }

  event(event: EventEnvelope): void {
    if (this.#held) return void this.#held.push(event);
    this.#needs.turn.run(() => this.#take(event));
  }

  /** Where a conversation begins that was not in the list when it was last complete. */
  async firstUnseen(row: Conversation): Promise<number> {
    const time = Math.max(0, this.#rowsAt - OVERLAP);
    const page = await this.#needs.request('message.list', {
      ref: refOf(row.conv, this.#needs.me()),
      time,
      direction: 'newer',
      limit: 1,
    });
    const first = page.covered?.[0] ?? row.lastSeq + 1;
    return Math.max(first, (row.hiddenSeq ?? 0) + 1, (row.clearedSeq ?? 0) + 1);
  }

  /** Whether the server has something that never came here; then as after a reconnect. A server that cannot say now is asked again. */
  check(): Promise<void> {
    this.#checkAgain = true;
    this.#checking ??= this.#checks().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #checks(): Promise<void> {
    while (this.#checkAgain) {
      this.#checkAgain = false;
      const run = this.#run;
      const valid = (): boolean => run === this.#run && this.#readyTold && !this.#held;
      await persist(this.#needs.clock, valid, () => this.#check(valid));
    }
  }

  async #check(valid: () => boolean): Promise<void> {
    await this.#userStream.settled();
    if (!valid()) return;
    const position = { userSeq: this.#userStream.seq, at: this.#rowsAt };
    const page = await this.#needs.request('sync.since', { position });
    if (!valid()) return;
    const missed =
      page.refetch === true ||
      page.next !== undefined ||
      page.position.userSeq > this.#userStream.seq ||
      page.conversations.some((row) => this.#needs.streams.isBehind(row));
    if (missed) await this.#resume(valid);
    else this.#rowsAt = page.position.at;
  }

  /** Rows by name, straight into the list. */
  async loadRows(keys: readonly string[]): Promise<readonly Conversation[]> {
    const me = this.#needs.me();
    const overtaken = this.#needs.book.asking();
    const page = await this.#needs.request('conversation.list', {
      refs: keys.map((key) => refOf(key, me)),
      limit: keys.length,
    });
    const late = overtaken();
    this.#needs.turn.run(() =>
      page.conversations.forEach((row) => this.#adopt(row, page.people, 'refreshed', late)),
    );
    return page.conversations;
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#needs.turn.run(() => held.forEach((event) => this.#take(event)));
  }

  #take(event: EventEnvelope): void {
    const { streams, intake, rooms } = this.#needs;
    if (rooms.withholds(event)) return;
    const stream = EVENT_STREAM[event.e];
    if (stream === 'user') return this.#userStream.take(event);
    if (event.c === undefined || event.n === undefined) return intake.transient(event);
    if (stream === 'messages') {
      const { message, people } = event.d as Partial<EventPayload<'message.created'>>;
      streams.message(event.c, event.n, message, people);
    } else if (stream === 'changes') {
      streams.change(event.c, event);
    }
  }

  /** A login: the log since this instance was last here is told, the rows are read anew. */
  async #begin(opened: SessionOpenOutput, valid: () => boolean, first: boolean): Promise<boolean> {
    const { turn, streams, book, backlog } = this.#needs;
    const since = opened.position;
    let at = since?.at ?? 0;
    if (since && first) {
      const userSeq = this.#userStream.seq;
      await this.#pages(since, valid, (page) => {
        for (const event of page.refetch ? [] : page.log)
          if (event.n > userSeq) this.#needs.userLog.apply(event, true);
        at = page.position.at;
        this.#userStream.caughtUp(page.position.userSeq);
      });
      if (!valid()) return false;
    }
    this.#userStream.caughtUp(opened.userSeq);
    const overtaken = book.asking();
    const rows = await allRows(this.#needs.request, valid);
    if (!valid()) return false;
    const wanted = first && backlog ? await readBacklog(rows.rows, since?.at ?? 0, backlog, this.#needs.me(), (input) => this.#needs.request('message.list', input)) : []; // prettier-ignore
    if (!valid()) return false;
    this.#rowsAt = opened.serverTime;
    this.seen(Math.max(at, ...rows.rows.map((row) => row.heads.entry?.time ?? 0)));
    turn.run(() => {
      const late = overtaken();
      for (const row of book.list())
        if (!rows.rows.some(({ conv }) => conv === row.conv)) book.remove(row.conv);
      for (const row of rows.rows) this.#adopt(row, rows.people, 'synced', late);
      for (const row of rows.rows) streams.begin(row);
      this.#raise(wanted);
    });
    this.#synced = true;
    return false;
  }

  /** A reconnect: the log and the rows after where we stood; every stream that moved is read on. */
  async #resume(valid: () => boolean): Promise<boolean> {
    const from = { userSeq: this.#userStream.seq, at: this.#rowsAt };
    let until = from.at;
    let refetch = false;
    let overtaken = this.#needs.book.asking();
    await this.#pages(from, valid, async (page) => {
      const late = overtaken();
      refetch ||= page.refetch === true;
      for (const event of page.log) this.#userStream.take(event);
      if (page.next === undefined) this.#userStream.caughtUp(page.position.userSeq);
      for (const row of page.conversations) this.#adopt(row, page.people, 'synced', late);
      overtaken = this.#needs.book.asking();
      until = page.position.at;
      await this.#follow(page.conversations, valid);
    });
    if (refetch && valid()) await this.#refetch(valid);
    if (!valid()) return false;
    this.#rowsAt = until;
    return !refetch;
  }

  async #refetch(valid: () => boolean): Promise<void> {
    const overtaken = this.#needs.book.asking();
    const { rows, people } = await allRows(this.#needs.request, valid);
    if (!valid()) return;
    const late = overtaken();
    this.#needs.turn.run(() => {
      for (const view of this.#needs.book.list())
        if (!rows.some(({ conv }) => conv === view.conv)) this.#needs.book.remove(view.conv);
      for (const row of rows) this.#adopt(row, people, 'synced', late);
    });
    await this.#follow(rows, valid);
  }

  /** Reads on the streams of rows. */
  async #follow(rows: readonly Conversation[], valid: () => boolean): Promise<void> {
    const { streams } = this.#needs;
    for (const row of rows) {
      if (streams.knows(row.conv)) {
        streams.advance(row);
      } else {
        const from = await this.firstUnseen(row);
        if (!valid()) return;
        streams.advance(row, from - 1);
      }
    }
  }

  #adopt(row: Conversation, people: People, reason: string, late: ReadonlySet<string>): void {
    this.#needs.store.people.merge(people, row.conv);
    this.#needs.book.adopt(row, reason, late);
  }

  #raise(messages: readonly Message[]): void {
    const { store, turn } = this.#needs;
    for (const message of messages) {
      const told = clientMessage(message, this.#needs.me());
      store.entries.put(message.conv, [told]);
      turn.message(told, true);
    }
  }

  #pages(
    from: Position,
    valid: () => boolean,
    take: (page: SyncPage) => void | Promise<void>,
  ): Promise<void> {
    const { turn, request } = this.#needs;
    return eachPage(request, from, valid, async (page) => {
      await turn.run(() => take(page));
      if (valid() && page.next === undefined) this.seen(page.position.at);
    });
  }

  /** Tries until it works or is no longer wanted; a refusal is told and changes nothing about that. */
  #insist<T>(valid: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
    return persist(this.#needs.clock, valid, work, (error) => {
      this.#needs.onError(error);
      return true;
    });
  }
}
