import type { Place, Posting, Sink } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { Room } from './room.ts';

/** How long who said what is remembered at least, so that owner and admins can take it back. */
const MIN_WINDOW = 120_000;

/** What happens in a room goes to those present, on whatever node, in the room's own time. */
export function roomSink(deps: Pick<Deps, 'rooms' | 'apps' | 'clock' | 'mesh'>): Sink {
  return (place, text, posting) => {
    const room = deps.rooms.at(place.num);
    if (room && !hear(deps, room, text, posting)) return;
    if (room && posting.message) deps.rooms.tally.sent++;
    const nodes = deps.rooms.neighbours.at(place.num)?.nodes;
    if (nodes && nodes.length > 0) deps.mesh.tell('room.said', noteOf(place, text, posting), nodes);
  };
}

/** Hears what other nodes pass on. */
export function hearOthers(deps: Pick<Deps, 'rooms' | 'apps' | 'clock' | 'mesh'>): void {
  deps.mesh.hear<SaidNote>('room.said', ({ num, text, only, hole, priority, message }) => {
    const room = deps.rooms.at(num);
    if (!room || room.seats.occupants.size === 0) return;
    const limited = only && { only: new Set(only), hole };
    hear(deps, room, text, { limited, priority, message: message && { ...message, json: text.slice(...message.json) } });
  });
} // prettier-ignore

/** To nodes that have people in the room. */
interface SaidNote extends Pick<Posting, 'priority'> {
  readonly num: number;
  readonly text: string;
  readonly only?: readonly string[] | undefined;
  readonly hole?: string | undefined;
  /** `json`: where in the text it stands. */
  readonly message?: (Omit<NonNullable<Posting['message']>, 'json'> & { readonly json: [start: number, end: number] }) | undefined; // prettier-ignore
}

function noteOf({ num }: Place, text: string, { limited, priority, message }: Posting): SaidNote {
  const only = limited && { only: [...limited.only], hole: limited.hole };
  if (!message) return { num, text, ...only, priority };
  const { id, from, clientId, time, keep, json } = message;
  const start = text.indexOf(json);
  return { num, text, ...only, priority, message: { id, from, clientId, time, keep, json: [start, start + json.length] } };
} // prettier-ignore

/** False: it is the retry of a send that was heard already. */
function hear(deps: Pick<Deps, 'rooms' | 'apps' | 'clock'>, room: Room, text: string, posting: Posting): boolean {
  const { message, limited } = posting;
  const urgent = posting.priority === 'high';
  if (!message) room.outlet.push({ text, limited, must: true });
  if (!message) return true;
  const numbered = !message.id.startsWith('0');
  if (!numbered && !said(deps, room, posting)) return false;
  // What has a number stays in its order.
  room.outlet.push({ text, limited, first: urgent && !numbered, must: urgent });
  return true;
} // prettier-ignore

/** Remembers it; false if it was heard already. */
function said(deps: Pick<Deps, 'rooms' | 'apps' | 'clock'>, room: Room, { message, limited }: Posting): boolean {
  const settings = deps.apps.get(room.app)?.settings;
  if (!message?.keep || !settings) return true;
  const { id, from, time, json, clientId } = message;
  const now = deps.clock.now();
  const until = now + Math.max(settings['recall.window'], MIN_WINDOW);
  return deps.rooms.talk.add(
    { id, app: room.app, conv: room.num, talk: room.talk, from, time, name: `${from} ${clientId}`, until, limited, json, revoked: false, order: 0, others: undefined },
    settings['rooms.recent'],
    now,
  );
} // prettier-ignore
