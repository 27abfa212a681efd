import { MagpieError, type EventEnvelope, type EventPayload, type Input, type Output, type Room } from '@magpie/protocol'; // prettier-ignore
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import { clientMessage, wireMessage, type Revisions } from '../store/client-message.ts';
import type { LocalStore } from '../store/local-store.ts';
import { Lanes } from '../requests/lanes.ts';
import type { Streams } from '../sync/streams.ts';
import type { ClientMessage } from '../types.ts';
import { applyFact, tellMissed } from './apply.ts';
import { followLog, knownOf } from './follow.ts';
import { remainsOf } from './facts.ts';
import { resumeRooms, type Ask, type Resumed } from './resume.ts';
import { createSlot, type Out, type Slot } from './slot.ts';
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
  readonly #lanes = new Lanes();
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
    const take = (error: MagpieError | undefined, output: Output<'room.enter'> | undefined): RoomEntered => {
      slot.entering--;
      if (output) return this.#entered(slot, input, output);
      this.#entryFailed(slot, error);
      throw error ?? new MagpieError('INTERNAL');
    };
    return this.#lanes.run(id, () => this.#needs.ask('room.enter', input, take));
  }

  leave(id: string): Promise<void> {
    return this.#lanes.run(id, () => {
      const slot = this.#slots.get(id);
      const inside = slot?.room !== undefined;
      if (slot) slot.leaving = true;
      return this.#needs.ask('room.leave', { id }, (error) => {
        if (slot) slot.leaving = false;
        // Repeated after a lost answer, or put out in the meantime.
        if (error && !(inside && OUT_ALREADY.has(error.code))) throw error;
        if (slot) this.#remove(slot);
      });
    });
  }

  /** True: an event of a room that is not for us, or not yet. */
  withholds(event: EventEnvelope): boolean {
    const out = event.e === 'room.out';
    const slot = out ? this.#slots.get((event.d as EventPayload<'room.out'>).id) : this.#at(event.c ?? '');
    if (!slot) return out || event.c?.startsWith('r:') === true;
    if (slot.leaving) return true;
    if (slot.room && !slot.unsure && !(out && slot.entering > 0)) return false;
    slot.held.push(event);
    return true;
  }

  /** `room.…` events. */
  fact(event: EventEnvelope): void {
    if (event.e === 'room.out') {
      const { id, ...out } = event.d as EventPayload<'room.out'>;
      const slot = this.#slots.get(id);
      if (slot?.fresh) this.#inDoubt(slot, out);
      else if (slot) this.#out(slot, out);
    } else if (event.e === 'room.revoked') {
      this.revoked(event.d as EventPayload<'room.revoked'>);
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

  /** The same while nothing seems wrong: nobody may have heard that this device was put out, or what was said last. */
  check(): void {
    const run = this.#run;
    const inside = [...this.#slots.values()].filter((slot) => slot.room && !slot.unsure && !slot.leaving);
    for (const slot of inside) slot.unsure = true;
    if (inside.length > 0) void this.#resume(inside, () => run === this.#run);
  }

  /** Resolves when that is known. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** The login is over: out of all rooms, without a word. */
  reset(): void {
    this.#run++;
    this.#lanes.clear();
    this.#lostAt = undefined;
    for (const slot of [...this.#slots.values()]) this.#remove(slot);
    this.#slots.clear();
  }

  #at(ref: string): Slot | undefined {
    return ref.startsWith('r:') ? this.#slots.get(ref.slice(2)) : undefined;
  }

  #entered(slot: Slot, input: Input<'room.enter'>, output: Output<'room.enter'>): RoomEntered {
    const { room, lastSeq, changeSeq } = output;
    const recent = knownOf(this.#needs, slot, output.recent, output.people);
    slot.room = room;
    slot.unsure = false;
    slot.doubt = undefined;
    for (const message of recent) slot.recent.add(message);
    if (lastSeq !== undefined) followLog(this.#needs, slot, { lastSeq, changeSeq }, recent);
    if (input.leaveOthers === true) {
      for (const other of [...this.#slots.values()])
        if (other !== slot && other.room) this.#out(other, { reason: 'left' });
    }
    this.#releaseFresh(slot);
    this.#needs.onSure();
    return { room, recent, ...(lastSeq === undefined ? {} : { lastSeq }) };
  }

  #entryFailed(slot: Slot, error: MagpieError | undefined): void {
    if (slot.entering > 0) return;
    if (slot.room) return this.#releaseFresh(slot);
    if (this.#slots.get(slot.id) === slot) this.#slots.delete(slot.id);
    this.#needs.onSure();
    // It may have been let in all the same: nobody would ever take it out again.
    if (error?.code === 'TIMEOUT')
      void this.#needs.ask('room.leave', { id: slot.id }, () => undefined).catch(() => undefined);
  }

  /** Of what happened while it entered, and in this turn, it is not known whether it was before or after. */
  #releaseFresh(slot: Slot): void {
    slot.fresh = true;
    void Promise.resolve().then(() => (slot.fresh = false));
    this.#release(slot);
  }

  /** Put out at the moment it entered: which was first, only the server knows. That it moved from another room is no doubt. */
  #inDoubt(slot: Slot, out: Out): void {
    if (out.reason === 'left' || slot.unsure) return;
    slot.doubt = out;
    slot.unsure = true;
    const run = this.#run;
    void this.#resume([slot], () => run === this.#run);
  }

  #release(slot: Slot): void {
    const held = slot.held;
    slot.held = [];
    for (const event of held)
      if (event.e === 'room.out') this.fact(event);
      else this.#needs.replay(event);
  }

  #out(slot: Slot, out: Out): void {
    const { room } = slot;
    this.#remove(slot);
    if (room && !slot.leaving) this.#needs.turn.change('roomOut', { ref: slot.ref, room, ...out });
  }

  #remove(slot: Slot): void {
    slot.room = slot.doubt = undefined;
    slot.unsure = slot.fresh = false;
    if (slot.entering === 0 && this.#slots.get(slot.id) === slot) this.#slots.delete(slot.id);
    this.#needs.streams.forget(slot.ref);
    this.#needs.store.entries.drop(slot.ref);
  }

  async #resume(slots: readonly Slot[], valid: () => boolean): Promise<void> {
    const { clock, turn, onSure } = this.#needs;
    const byId = new Map(slots.map((slot) => [slot.id, slot]));
    const isOpen = (id: string): boolean => byId.get(id)?.unsure === true;
    const lostAt = this.#lostAt ?? clock.now();
    await resumeRooms(this.#needs, [...byId.keys()], lostAt, valid, isOpen, (id, answer) =>
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
      return this.#out(slot, slot.doubt ?? { reason: now?.reason ?? 'timeout' });
    }
    slot.doubt = undefined;
    const { room } = now;
    slot.room = room;
    if (now.lastSeq !== undefined) followLog(this.#needs, slot, { lastSeq: now.lastSeq, changeSeq: now.changeSeq }, []); // prettier-ignore
    tellMissed(this.#needs, slot, before, room);
    this.#release(slot);
  }
}
