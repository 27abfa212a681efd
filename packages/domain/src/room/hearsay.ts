import type { Deps } from '../deps.ts';
import type { Room } from './room.ts';
import type { Said } from './talk.ts';

/** A message that is remembered, on whatever node. */
interface FoundSaid {
  readonly id: string;
  readonly app: string;
  readonly room: string;
  readonly from: string;
  readonly time: number;
  readonly revoked: boolean;
  readonly only?: readonly string[] | undefined;
}

type Kept = Pick<Said, 'id' | 'from' | 'time' | 'name' | 'until' | 'json'> & {
  readonly only?: readonly string[] | undefined;
};
type Asking = Pick<Deps, 'rooms' | 'apps' | 'clock' | 'mesh' | 'report'>;

/** What nodes tell each other of what was said, when asked. */
export function answerAsked({ rooms, clock, mesh }: Asking): void {
  mesh.answer<string>('room.find', (id) => findHere(rooms, id, clock.now()) ?? null);
  mesh.answer<number>('room.recent', (num) => rooms.at(num)?.talk.newest.map(keptOf) ?? []);
}

/** By id. Only what no node with people there remembers is not found. */
export async function findSaid({ rooms, mesh }: Pick<Deps, 'rooms' | 'mesh'>, id: string, now: number): Promise<FoundSaid | undefined> {
  const here = findHere(rooms, id, now);
  if (here || mesh.alone) return here;
  const answers = await mesh.ask<FoundSaid | null>('room.find', id);
  return [...answers.values()].find((found) => found !== null) ?? undefined;
} // prettier-ignore

/** The first one of this node enters a room: what was said before is asked of a node that has people there, or of all for what is left of it. */
export function catchUp(deps: Asking): void {
  deps.rooms.onFirst = (room) => {
    const settings = deps.apps.get(room.app)?.settings;
    if (!settings || settings['rooms.history'] || settings['rooms.recent'] === 0) return;
    const asking = askRecent(deps, room, settings['rooms.recent'])
      // What this node remembers is shown.
      .catch((error: unknown) => deps.report?.('what was said in a room could not be asked of other nodes', error))
      .finally(() => {
        if (room.catchingUp !== asking) return;
        room.catchingUp = undefined;
        room.talk.takenBack = undefined;
      });
    room.catchingUp = asking;
  };
} // prettier-ignore

async function askRecent({ rooms, mesh }: Asking, room: Room, max: number): Promise<void> {
  const { talk } = room;
  const mark = talk.heard;
  talk.takenBack = new Set();
  const [node] = room.crowd?.nodes ?? [];
  const answers = await mesh.ask<readonly Kept[]>('room.recent', room.num, node === undefined ? mesh.others : [node]); // prettier-ignore
  if (rooms.at(room.num) !== room) return;
  let best: readonly Kept[] | undefined;
  for (const kept of answers.values()) if (endOf(kept) > endOf(best ?? [])) best = kept;
  const isNewer = best && (node !== undefined || endOf(best) > endOf(talk.newest.filter(({ order }) => order <= mark))); // prettier-ignore
  if (best && isNewer) rooms.talk.adopt(talk, best.map((kept) => saidOf(kept, room)), mark, max); // prettier-ignore
}

function endOf(said: readonly Pick<Said, 'time'>[]): number {
  return said.at(-1)?.time ?? 0;
}

function findHere(rooms: Deps['rooms'], wanted: string, now: number): FoundSaid | undefined {
  const said = rooms.talk.find(wanted, now);
  const room = said && rooms.at(said.conv);
  if (!said || !room) return undefined;
  const { id, app, from, time, revoked, limited } = said;
  return { id, app, room: room.row.id, from, time, revoked, only: limited && [...limited.only] };
}

function keptOf({ id, from, time, name, until, json, limited }: Said): Kept {
  return { id, from, time, name, until, json, only: limited && [...limited.only] };
}

function saidOf({ only, ...kept }: Kept, { app, num, talk }: Room): Said {
  const limited = only && { only: new Set(only), hole: undefined };
  return { ...kept, app, conv: num, talk, limited, revoked: false, order: 0, others: undefined };
}
