import type { Place, Posting, Sink } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { Room } from './room.ts';

/** How long who said what is remembered at least, so that owner and admins can take it back. */
const MIN_WINDOW = 120_000;

/** What happens in a room goes to those present, in the room's own time. */
export function roomSink(deps: Pick<Deps, 'rooms' | 'apps' | 'clock'>): Sink {
  return (place, text, posting) => {
    const room = deps.rooms.at(place.num);
    if (!room) return;
    const { message, limited } = posting;
    const urgent = posting.priority === 'high';
    if (message) {
      const numbered = !message.id.startsWith('0');
      if (!numbered && !said(deps, room, place, posting)) return;
      deps.rooms.tally.sent++;
      // What has a number stays in its order.
      room.outlet.push({ text, limited, first: urgent && !numbered, must: urgent });
    } else room.outlet.push({ text, limited, must: true });
  };
}

/** False: it is the retry of a send that was heard already. */
function said(deps: Pick<Deps, 'rooms' | 'apps' | 'clock'>, room: Room, place: Place, { message, limited }: Posting): boolean {
  const settings = deps.apps.get(place.app)?.settings;
  if (!message?.keep || !settings) return true;
  const { id, from, time, json, clientId } = message;
  const now = deps.clock.now();
  const until = now + Math.max(settings['recall.window'], MIN_WINDOW);
  return deps.rooms.talk.add(
    { id, app: place.app, conv: room.num, talk: room.talk, from, time, name: `${from} ${clientId}`, until, limited, json, revoked: false, others: undefined },
    settings['rooms.recent'],
    now,
  );
} // prettier-ignore
