import { bareId, MagpieError, type Priority } from '@magpie/protocol';
import type { SendAttempt, SendGuard } from '../core/guards.ts';
import type { Deps } from '../deps.ts';
import type { Room } from './room.ts';

/** Who is there may speak, unless muted; and what is too much is shed, the lowest first (promise 10). */
export const roomGuard: SendGuard = (attempt, deps) => {
  const { place } = attempt;
  if (place.kind !== 'room') return;
  const room = deps.rooms.at(place.num);
  if (room) return admit(attempt, deps, room);
  return deps.rooms.find(place.app, bareId(place.key)).then((found) => {
    if (!found) throw new MagpieError('ROOM_NOT_FOUND', { field: 'ref' });
    return admit(attempt, deps, found);
  });
};

function admit(attempt: SendAttempt, deps: Deps, room: Room): void | Promise<void> {
  const { ctx, input } = attempt;
  const now = deps.clock.now();
  const priority = speaksAs(attempt, room, now);
  attempt.priority = priority;
  attempt.stored &&= ctx.app.settings['rooms.history'];
  const reason = whyShed(deps, room, priority, ctx.app.settings['limits.rate.room'], now);
  if (reason === undefined) return;
  const shed = () => {
    attempt.dropped = reason;
    deps.rooms.tally.drop(`${reason}/${priority}`);
  };
  if (!attempt.stored) return shed();
  // A retry of what is stored already is answered with its first result.
  return deps.store.messages
    .byClientId(room.num, ctx.userId, input.clientId)
    .then((row) => (row ? undefined : shed()));
}

/** The priority a message counts as; refuses who may not speak. */
function speaksAs({ ctx, input }: SendAttempt, room: Room, now: number): Priority {
  if (ctx.caller === 'admin') return 'high';
  const me = room.who(ctx.userId);
  if (!me) throw new MagpieError('NOT_MEMBER', { field: 'ref', message: 'Enter the room before speaking in it.' }); // prettier-ignore
  if (me.mutedUntil !== null && me.mutedUntil > now)
    throw new MagpieError('MUTED', { field: 'ref', detail: { until: me.mutedUntil } });
  if (room.roleOf(ctx.userId) !== 'member') return 'high';
  if (room.row.mutedAll) throw new MagpieError('MUTED', { field: 'ref' });
  return input.priority ?? 'normal';
}

/** Each node with people there has its share of the rate, so that together they keep to it. */
function whyShed(deps: Deps, room: Room, priority: Priority, rate: number, now: number): string | undefined {
  const level = deps.pressure.level;
  const low = priority === 'low' || priority === 'lowest';
  if (priority !== 'high' && (level > 1 || (level === 1 && low))) return 'pressure';
  return room.buckets.take(priority, rate / room.nodes, now) ? undefined : 'rate';
}
