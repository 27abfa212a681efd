import { MagpieError, type EventEnvelope, type EventPayload, type Input, type Message, type Output, type People, type Room } from '@magpie/protocol'; // prettier-ignore
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import { clientMessage, wireMessage, type Revisions } from '../store/client-message.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { Streams } from '../sync/streams.ts';
import type { ClientMessage } from '../types.ts';
import { applyFact, tellMissed, type Out } from './apply.ts';
import { remainsOf } from './facts.ts';
import { resumeRooms, type Ask, type Resumed } from './resume.ts';
import { createSlot, type Slot } from './slot.ts';
import type { RoomEntered } from './types.ts';

export interface RoomBookNeeds {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly store: LocalStore;
  readonly streams: Streams;
  readonly revisions: Revisions;
  readonly me: () => string;
  readonly ask: Ask;
  /** Events that were held back. */
  readonly replay: (event: EventEnvelope) => void;
  /** A log this device did not follow begins: views of it are read anew. */
  readonly onBegun: (key: string) => void;
  /** It is sure again whether this device is in a room: what waits for that may go out. */
  readonly onSure: () => void;
}

const OUT_ALREADY = new Set(['NOT_MEMBER', 'ROOM_NOT_FOUND']);

/** The rooms this device is in: what they are like, what was said last, and whether that still holds after a lost connection. */
export class RoomBook {
  readonly #needs: RoomBookNeeds;
  readonly #slots = new Map<string, Slot>();
  #run = 0;
  #lostAt: number | undefined;
  #settled: Promise<void> = Promise.resolve();

  constructor(needs: RoomBookNeeds) {
    this.#needs = needs;
  }

  joined(): readonly Room[] {
    return [...this.#slots.values()].flatMap(({ room }) => room ?? []);
  }

  current(id: string): Room | undefined {
    return this.#slots.get(id)?.room;
  }

  recent(id: string): readonly ClientMessage[] {
    return this.#slots.get(id)?.recent.messages ?? [];
  }

  find(idOrClientId: string): ClientMessage | undefined {
    for (const { recent } of this.#slots.values()) {
      const found = recent.find(idOrClientId);
      if (found) return found;
    }
    return undefined;
  }

  /** Whether messages sent there are kept in a log, as far as this device knows. */
  keeps(ref: string): boolean {
    return this.#at(ref)?.room?.history === true;
  }

  /** Whether it is known if this device is in: what is sent before would be refused for no reason. */
  sure(ref: string): boolean {
    const slot = this.#at(ref);
    return !slot || (!slot.unsure && (slot.room !== undefined || slot.entering === 0));
  }

  /** The server's word on a room this device may be in. */
  adopt(room: Room): void {
    const slot = this.#slots.get(room.id);
    const place = room.me ?? slot?.room?.me;
    if (slot?.room) slot.room = { ...room, ...(place ? { me: place } : {}) };
  }

  enter(input: Input<'room.enter'>): Promise<RoomEntered> {
    const { id } = input;
    const slot = this.#slots.get(id) ?? createSlot(id);
    this.#slots.set(id, slot);
    slot.entering++;
    return this.#needs.ask('room.enter', input, (error, output) => {
      slot.entering--;
      if (output) return this.#entered(slot, input, output);
      this.#entryFailed(slot, error);
      throw error ?? new MagpieError('INTERNAL');
    });
  }

  leave(id: string): Promise<void> {
    const slot = this.#slots.get(id);
    const inside = slot?.room !== undefined;
    if (slot) slot.leaving = true;
    return this.#needs.ask('room.leave', { id }, (error) => {
      if (slot) slot.leaving = false;
      // Repeated after a lost answer, or put out in the meantime.
      if (error && !(inside && OUT_ALREADY.has(error.code))) throw error;
      if (slot) this.#remove(slot);
    });
  }

  /** True: an event of a room that is not for us, or not yet. */
  withholds(event: EventEnvelope): boolean {
    const out = event.e === 'room.out';
    const slot = out ? this.#slots.get((event.d as EventPayload<'room.out'>).id) : this.#at(event.c ?? '');
    if (!slot) return out || event.c?.startsWith('r:') === true;
    if (slot.leaving) return true;
    if (slot.room && !slot.unsure) return false;
    slot.held.push(event);
    return true;
  }

  /** `room.…` events. */
  fact(event: EventEnvelope): void {
    if (event.e === 'room.out') {
      const { id, ...out } = event.d as EventPayload<'room.out'>;
      const slot = this.#slots.get(id);
      if (slot) this.#out(slot, out);
    } else if (event.e === 'room.revoked') {
      const d = event.d as EventPayload<'room.revoked'>;
      this.revoked(d);
    } else {
      const slot = this.#at(event.c ?? '');
      if (!slot?.room) return;
      const end = applyFact(this.#needs, slot, slot.room, event);
      if (end) this.#out(slot, end);
    }
  }

  /** A message of a room; false when it was heard before. */
  heard(message: ClientMessage): boolean {
    return this.#at(message.ref)?.recent.add(message) ?? false;
  }

  revise(message: ClientMessage): void {
    this.#at(message.ref)?.recent.revise(message);
  }

  /** A message of a room without history was taken back, here or elsewhere; told once. */
  revoked(d: EventPayload<'room.revoked'>): ClientMessage {
    const { revisions, turn, me } = this.#needs;
    const held = this.#at(d.conv)?.recent.find(d.id);
    if (held?.revoked) return held;
    const message = clientMessage(remainsOf(d, held && wireMessage(held)), me());
    const known = revisions.isRevoked(d.id);
    revisions.revoke(message);
    this.revise(message);
    const { by, reason, extra } = d;
    if (!known) turn.change('revoked', { message, by, ...(reason === undefined ? {} : { reason }), ...(extra === undefined ? {} : { extra }) }); // prettier-ignore
    return message;
  }

  offline(): void {
    this.#run++;
    this.#lostAt ??= this.#needs.clock.now();
    for (const slot of this.#slots.values()) slot.unsure = slot.room !== undefined;
  }

  /** The session is open again: asks which rooms this device is still in. */
  online(): void {
    const unsure = [...this.#slots.values()].filter((slot) => slot.unsure);
    const run = ++this.#run;
    this.#settled = unsure.length > 0 ? this.#resume(unsure, () => run === this.#run) : Promise.resolve();
    if (unsure.length === 0) this.#lostAt = undefined;
  }

  /** Resolves when that is known. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** The login is over: out of all rooms, without a word. */
  reset(): void {
    this.#run++;
    this.#lostAt = undefined;
    for (const slot of [...this.#slots.values()]) this.#remove(slot);
    this.#slots.clear();
  }

  #at(ref: string): Slot | undefined {
    return ref.startsWith('r:') ? this.#slots.get(ref.slice(2)) : undefined;
  }

  #entered(slot: Slot, input: Input<'room.enter'>, output: Output<'room.enter'>): RoomEntered {
    const { room, lastSeq, changeSeq } = output;
    const recent = this.#known(slot, output.recent, output.people);
    slot.room = room;
    slot.unsure = slot.leaving = false;
    for (const message of recent) slot.recent.add(message);
    if (lastSeq !== undefined) this.#follow(slot, lastSeq, changeSeq, recent);
    if (input.leaveOthers === true) {
      for (const other of [...this.#slots.values()])
        if (other !== slot && other.room) this.#out(other, { reason: 'left' });
    }
    // Of an earlier stay: this device has just been let in.
    slot.held = slot.held.filter(({ e, d }) => e !== 'room.out' || (d as Out).reason !== 'left');
    this.#release(slot);
    this.#needs.onSure();
    return { room, recent, ...(lastSeq === undefined ? {} : { lastSeq }) };
  }

  #known(slot: Slot, wire: readonly Message[], people: People): readonly ClientMessage[] {
    this.#needs.store.people.merge(people, slot.ref);
    return wire.flatMap((message) => {
      const current = this.#needs.revisions.current(message);
      return current ? [clientMessage(current, this.#needs.me())] : [];
    });
  }

  /** A room with history: its log is followed from here on. */
  #follow(
    slot: Slot,
    lastSeq: number,
    changeSeq: number | undefined,
    recent: readonly ClientMessage[],
  ): void {
    const { streams, store } = this.#needs;
    const begun = !streams.knows(slot.ref);
    store.entries.put(slot.ref, recent);
    const end = { conv: slot.ref, lastSeq, ...(changeSeq === undefined ? {} : { changeSeq }) };
    if (!begun) return streams.advance(end);
    streams.begin(end);
    this.#needs.onBegun(slot.ref);
  }

  #entryFailed(slot: Slot, error: MagpieError | undefined): void {
    if (slot.room || slot.entering > 0) return;
    this.#slots.delete(slot.id);
    this.#needs.onSure();
    // It may have been let in all the same: nobody would ever take it out again.
    if (error?.code === 'TIMEOUT')
      void this.#needs.ask('room.leave', { id: slot.id }, () => undefined).catch(() => undefined);
  }

  #release(slot: Slot): void {
    const held = slot.held;
    slot.held = [];
    for (const event of held) this.#needs.replay(event);
  }

  #out(slot: Slot, out: Out): void {
    const { room } = slot;
    this.#remove(slot);
    if (room && !slot.leaving) this.#needs.turn.change('roomOut', { ref: slot.ref, room, ...out });
  }

  #remove(slot: Slot): void {
    slot.room = undefined;
    slot.unsure = false;
    if (slot.entering === 0 && this.#slots.get(slot.id) === slot) this.#slots.delete(slot.id);
    this.#needs.streams.forget(slot.ref);
    this.#needs.store.entries.drop(slot.ref);
  }

  async #resume(slots: readonly Slot[], valid: () => boolean): Promise<void> {
    const { clock, turn, onSure } = this.#needs;
    const byId = new Map(slots.map((slot) => [slot.id, slot]));
    await resumeRooms(this.#needs, [...byId.keys()], this.#lostAt ?? clock.now(), valid, (id, answer) =>
      turn.run(() => this.#resumed(byId.get(id), answer)),
    );
    if (!valid()) return;
    this.#lostAt = undefined;
    onSure();
  }

  #resumed(slot: Slot | undefined, now: Resumed | undefined): void {
    const before = slot?.room;
    // Entered anew, or left, while this was on its way.
    if (!before || !slot?.unsure) return;
    slot.unsure = false;
    if (!now?.room) {
      slot.held = [];
      return this.#out(slot, { reason: now?.reason ?? 'timeout' });
    }
    const { room } = now;
    slot.room = room;
    if (now.lastSeq !== undefined) this.#follow(slot, now.lastSeq, now.changeSeq, []);
    tellMissed(this.#needs, slot, before, room);
    this.#release(slot);
  }
}
