import type { EventEnvelope, Room } from '@magpie/protocol';
import { Recent } from './recent.ts';

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
  /** The connection was lost; whether this device is still in is being asked. */
  unsure: boolean;
  /** Events that came before it was known whether they are for us. */
  held: EventEnvelope[];
}

export function createSlot(id: string): Slot {
  return { id, ref: `r:${id}`, room: undefined, recent: new Recent(), entering: 0, leaving: false, unsure: false, held: [] }; // prettier-ignore
}
