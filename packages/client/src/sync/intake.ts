import {
  kindOf,
  refOf,
  type EventEnvelope,
  type EventPayload,
  type Message,
  type People,
} from '@magpie/protocol';
import type { ConversationBook } from '../conversations/book.ts';
import type { Turn } from '../core/turn.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { PresenceBook } from '../presence/book.ts';
import type { RoomBook } from '../rooms/book.ts';
import type { LocalStore } from '../store/local-store.ts';
import { clientMessage, type Revisions } from '../store/client-message.ts';
import type { ClientMessage } from '../types.ts';
import type { Windows } from '../windows/windows.ts';
import type { StreamSink } from './streams.ts';

export interface IntakeNeeds {
  readonly store: LocalStore;
  readonly book: ConversationBook;
  readonly windows: Windows;
  readonly outbox: Outbox;
  /** Made after this one. */
  readonly rooms: () => RoomBook;
  readonly presence: PresenceBook;
  readonly revisions: Revisions;
  readonly turn: Turn;
  readonly me: () => string;
  /** A message of this time was taken in (server clock). */
  readonly onTime: (time: number) => void;
  /** Direct messages up to here reached this device. */
  readonly onDelivered: (ref: string, upTo: number) => void;
  /** The server lost events on their way. */
  readonly onMissed: (within: number) => void;
  /** Takes a tip into its conversation's messages stream. */
  readonly onTip: (message: Message, people: People | undefined) => void;
}

/** Applies what the streams hand on, in order: the store first, then what is told. */
export class Intake implements StreamSink {
  readonly #needs: IntakeNeeds;
  /** Group facts told already: the same fact may come in the group's stream and in the user's own. */
  readonly #told = new Set<string>();

  constructor(needs: IntakeNeeds) {
    this.#needs = needs;
  }

  clear(): void {
    this.#told.clear();
  }

  entry(key: string, seq: number, wire: Message | undefined, people: People | undefined): void {
    const { store, book, windows, outbox, turn } = this.#needs;
    const inRoom = kindOf(key) === 'room';
    this.people(people, key);
    if (wire) this.#needs.onTime(wire.time);
    const current = wire && this.#needs.revisions.current(wire);
    if (!inRoom) book.entry(key, seq, current);
    const message = current && clientMessage(current, this.#needs.me());
    if (message) store.entries.put(key, [message]);
    if (message && inRoom) this.#needs.rooms().heard(message);
    const own = message?.mine === true && outbox.arrived(message);
    windows.entry(key, seq, message);
    if (!message || own) return;
    const row = book.get(key);
    if (row?.notify?.discard === true) return;
    turn.message(message, false);
    if (!message.mine && key.startsWith('d:')) this.#needs.onDelivered(message.ref, seq);
  }

  people(people: People | undefined, key: string): void {
    this.#needs.store.people.merge(people, key);
  }

  reset(key: string): void {
    this.#needs.store.entries.drop(key);
    this.#needs.windows.reset(key);
  }

  change(key: string, event: EventEnvelope): void {
    const n = event.n ?? 0;
    switch (event.e) {
      case 'message.revoked':
        this.#revoked(key, n, event.d as EventPayload<'message.revoked'>);
        break;
      case 'message.purged':
        this.#purged(key, (event.d as EventPayload<'message.purged'>).upTo);
        break;
      case 'receipt.changed':
        this.#receipt(key, event.d as EventPayload<'receipt.changed'>);
        break;
      case 'group.changed':
        this.#group(key, event.d as EventPayload<'group.changed'>);
        break;
      default: // an event of a newer server
    }
    this.#needs.book.change(key, n);
  }

  /** Messages and facts that have no number. */
  transient(event: EventEnvelope): void {
    const { turn, presence } = this.#needs;
    if (event.e === 'message.transient' || event.e === 'message.created') {
      this.#unstored(event.d as EventPayload<'message.transient'>);
    } else if (event.e === 'receipt.delivered' && event.c !== undefined) {
      const { by, upTo, at } = event.d as EventPayload<'receipt.delivered'>;
      turn.change('delivered', { ref: this.#ref(event.c), by, upTo, at });
    } else if (event.e === 'presence.changed') {
      presence.changed(event.d as EventPayload<'presence.changed'>);
    } else if (event.e === 'sync.missed') {
      this.#needs.onMissed((event.d as EventPayload<'sync.missed'>).within);
    } else if (event.e.startsWith('room.')) {
      this.#needs.rooms().fact(event);
    }
  }

  #unstored({ message, people }: EventPayload<'message.transient'>): void {
    const { turn, outbox, revisions } = this.#needs;
    this.people(people, message.conv);
    const told = clientMessage(revisions.current(message) ?? message, this.#needs.me());
    const own = told.mine && outbox.arrived(told);
    // The same may have been handed over on entering, or be known from the answer to its sending.
    const news = kindOf(message.conv) !== 'room' || this.#needs.rooms().heard(told);
    if (news && !own) turn.message(told, false);
  }

  /** Entries up to a seq are kept no longer, for nobody. */
  #purged(key: string, upTo: number): void {
    this.cleared(key, upTo);
    this.#needs.book.purged(key, upTo);
  }

  /** The user's history of a conversation was cleared up to a seq. */
  cleared(key: string, upTo: number): void {
    const { store, windows, revisions } = this.#needs;
    const matches = (message: Message): boolean => (message.seq ?? Infinity) <= upTo;
    revisions.clearTo(key, upTo);
    store.entries.remove(key, matches);
    windows.remove(key, matches);
  }

  /** `message.deleted` of the user log. */
  deleted(d: EventPayload<'message.deleted'>, here: boolean): void {
    const { store, book, windows, turn, revisions } = this.#needs;
    const ids = new Set(d.ids);
    const seqs = new Set(d.seqs);
    const upTo = d.upTo ?? 0;
    revisions.delete([...ids]);
    if (upTo > 0) this.cleared(d.conv, upTo);
    const matches = (message: Message): boolean =>
      ids.has(message.id) || seqs.has(message.seq ?? -1) || (message.seq ?? Infinity) <= upTo;
    store.entries.remove(d.conv, matches);
    windows.remove(d.conv, matches);
    if (upTo > 0) book.own(d.conv, { clearedSeq: upTo }, 'cleared');
    book.deleted(d.conv, matches);
    turn.change('deleted', {
      ref: this.#ref(d.conv),
      ids: d.ids ?? [],
      ...(d.upTo === undefined ? {} : { upTo: d.upTo }),
      here,
    });
  }

  /** `group.mine` of the user log. */
  mine(d: EventPayload<'group.mine'>): void {
    const key = `g:${d.group.id}`;
    const gone =
      d.change === 'dismissed'
        ? 'dismissed'
        : d.change === 'left' || d.change === 'kicked'
          ? 'left'
          : undefined;
    this.#needs.book.group(key, d.group, gone ?? 'member');
    this.#tellGroup(d, true, undefined);
  }

  #ref(key: string): string {
    return refOf(key, this.#needs.me());
  }

  #revoked(key: string, n: number, d: EventPayload<'message.revoked'>): void {
    const { store, book, windows, turn, revisions } = this.#needs;
    this.people(d.people, key);
    const { id, seq = 0 } = d.message;
    const known = revisions.isRevoked(id) || store.entries.byId(id)?.revoked !== undefined;
    revisions.revoke(d.message);
    if (revisions.current(d.message) === undefined) return;
    const { entry, content, live } = book.get(key)?.heads ?? {};
    const inHeads = [entry, content, live].some((head) => head?.id === id);
    book.revoked(key, d.message, n, d.counted);
    const message = clientMessage(d.message, this.#needs.me());
    const held = store.entries.get(key, seq) !== undefined || windows.holds(key, id) || inHeads;
    if (held) store.entries.put(key, [message]);
    this.#needs.rooms().revise(message);
    windows.revise(key, message);
    // One that arrived revoked already, or was never here, is no news.
    if (!held || known) return;
    turn.change('revoked', { message, by: d.by, ...(d.reason === undefined ? {} : { reason: d.reason }), ...(d.extra === undefined ? {} : { extra: d.extra }) }); // prettier-ignore
  }

  #receipt(key: string, d: EventPayload<'receipt.changed'>): void {
    const mine = d.by === this.#needs.me();
    if (d.upTo !== undefined && !mine && key.startsWith('d:')) this.#needs.book.peerRead(key, d.upTo, d.at);
    if (d.upTo !== undefined && mine) this.#needs.book.own(key, { reportedSeq: d.upTo }, 'reported');
    this.#needs.turn.change('receipt', {
      ref: this.#ref(key),
      by: d.by,
      at: d.at,
      receipts: d.receipts ?? [],
      mine,
      ...(d.upTo === undefined ? {} : { upTo: d.upTo }),
      ...(d.content === undefined ? {} : { content: d.content }),
    });
  }

  #group(key: string, d: EventPayload<'group.changed'>): void {
    const me = this.#needs.me();
    this.people(d.people, key);
    this.#needs.book.group(key, d.group, d.change === 'dismissed' ? 'dismissed' : undefined);
    const own =
      d.targets?.includes(me) === true ||
      (d.actor === me && ['created', 'joined', 'left'].includes(d.change));
    this.#tellGroup(d, own, d.tip && clientMessage(d.tip, me));
    if (d.tip?.seq !== undefined) this.#needs.onTip(d.tip, d.people);
  }

  #tellGroup(
    d: EventPayload<'group.mine'> | EventPayload<'group.changed'>,
    mine: boolean,
    tip: ClientMessage | undefined,
  ): void {
    const fact = `${d.group.id} ${d.change} ${d.at} ${d.actor}`;
    if (this.#told.has(fact)) return;
    this.#told.add(fact);
    for (const oldest of this.#told) {
      if (this.#told.size <= 200) break;
      this.#told.delete(oldest);
    }
    this.#needs.turn.group({
      change: d.change,
      group: d.group,
      actor: d.actor,
      targets: d.targets ?? [],
      at: d.at,
      mine,
      ...(d.before ? { before: d.before } : {}),
      ...(d.after ? { after: d.after } : {}),
      ...(d.reason === undefined ? {} : { reason: d.reason }),
      ...(tip ? { tip } : {}),
    });
  }
}
