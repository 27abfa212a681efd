import type { EventEnvelope, EventPayload, Room } from '@magpie/protocol';
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import type { LocalStore } from '../store/local-store.ts';
import { changesBetween, withChange } from './facts.ts';
import type { Out, Slot } from './slot.ts';

interface Needs {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly store: LocalStore;
  readonly me: () => string;
}

/** Takes an event of a room into what is known of it, and tells. Answers why this device is out, if the event ends the room. */
export function applyFact(needs: Needs, slot: Slot, before: Room, event: EventEnvelope): Out | undefined {
  if (event.e === 'room.changed')
    return applyChange(needs, slot, before, event.d as EventPayload<'room.changed'>);
  if (event.e === 'room.membersChanged') {
    const { entered, left, memberCount, people } = event.d as EventPayload<'room.membersChanged'>;
    needs.store.people.merge(people, slot.ref);
    slot.room = { ...before, memberCount };
    needs.turn.change('roomMembers', { ref: slot.ref, entered, left, memberCount });
  }
  return undefined;
}

function applyChange(
  needs: Needs,
  slot: Slot,
  before: Room,
  d: EventPayload<'room.changed'>,
): Out | undefined {
  const me = needs.me();
  const { change, actor, targets = [], at, after, until, reason } = d;
  needs.store.people.merge(d.people, slot.ref);
  const room = withChange(before, d, me);
  slot.room = room;
  needs.turn.change('room', {
    ref: slot.ref,
    change,
    room,
    actor,
    targets,
    at,
    mine: targets.includes(me),
    ...(after ? { after } : {}),
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  });
  return change === 'dismissed' ? { reason: 'dismissed', ...(actor === '' ? {} : { by: actor }) } : undefined;
}

/** Events are not kept for who was away; what they would have said can be seen. */
export function tellMissed({ turn, clock, me }: Needs, { ref }: Slot, before: Room, room: Room): void {
  for (const change of changesBetween(before, room)) {
    const targets = change === 'ownerChanged' && room.owner !== undefined ? [room.owner] : [];
    const mine = targets.includes(me());
    turn.change('room', { ref, change, room, actor: '', targets, at: clock.now(), mine });
  }
  const { memberCount } = room;
  if (memberCount !== before.memberCount)
    turn.change('roomMembers', { ref, entered: [], left: [], memberCount });
}
