import type { EventEnvelope, Room } from '@magpie/protocol';
import type { ClientEvents } from '../types.ts';
import { Recent } from './recent.ts';

/** How a device comes to be out of a room. */
export type Out = Omit<ClientEvents['roomOut'], 'ref' | 'room'>;

/** A room this device is in, or on its way into. */
export interface Slot {
  readonly id: string;
  /** Ref and key are the same for rooms. */
  readonly ref: string;
  /** Absent: on the way in. */
  room: Room | undefined;
  readonly recent: Recent;
  /** `enter` calls under way. */
  entering: number;
  /** `leave` is under way: nothing of it is told any more. */
  leaving: boolean;
  /** Whether this device is still in is being asked: the connection was lost, or it was put out while it entered. */
  unsure: boolean;
  /** What was said when it was put out while it entered, before or after. */
  doubt: Out | undefined;
  /** Entered in this turn: replies come before events of the same moment. */
  fresh: boolean;
  /** Events that came before it was known whether they are for us. */
  held: EventEnvelope[];
}

export function createSlot(id: string): Slot {
  return { id, ref: `r:${id}`, room: undefined, recent: new Recent(), entering: 0, leaving: false, unsure: false, doubt: undefined, fresh: false, held: [] }; // prettier-ignore
}
