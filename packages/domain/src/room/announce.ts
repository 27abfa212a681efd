import type { EventPayload, RoomChange } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { RoomRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { Room } from './room.ts';
import type { RoomNote } from './rooms.ts';
import { roomOf } from './view.ts';

export interface Change {
  readonly change: RoomChange;
  readonly actor: string;
  readonly targets?: readonly string[];
  readonly after?: Record<string, unknown>;
  readonly until?: number;
  readonly reason?: string;
}

type Announcing = Pick<Deps, 'accounts' | 'clock' | 'rooms' | 'hooks'>;

/** Commits what changes about a room, then does it on every node and tells those present. `ops` begins with the `room.set`, if there is one. */
export async function commitChange(
  deps: Announcing & Pick<Deps, 'store' | 'mesh'>,
  app: AppContext,
  room: Room,
  ops: readonly WriteOp[],
  changes: readonly Change[],
  note: RoomNote = {},
): Promise<void> {
  const telling = await prepare(deps, app, changes);
  const results: readonly unknown[] = await deps.store
    .commit(ops)
    .catch(conflictsAs({ missing: 'ROOM_NOT_FOUND', full: 'QUOTA_EXCEEDED' }));
  const row = ops[0]?.op === 'room.set' ? (results[0] as { row: RoomRow }).row : undefined;
  telling(room, row ? { ...note, row } : note);
  // It holds on every node once this is answered.
  await deps.mesh.settled();
}

/** Reads the names it needs; what it answers tells of the changes, in the turn it is called. */
export async function prepare(
  deps: Announcing,
  app: AppContext,
  changes: readonly Change[],
): Promise<(room: Room, note: RoomNote) => void> {
  const names = changes.flatMap(({ actor, targets }) => [actor, ...(targets ?? []).slice(0, 20)]);
  const people = await deps.accounts.people(app.id, names);
  return (room, note) => {
    const out = note.out?.ids.filter((user) => room.who(user)).length ?? 0;
    const wire = roomOf(note.row ?? room.row, room.count - out, app.settings['rooms.history']);
    const events = changes.map(({ targets, ...change }) => {
      const payload: EventPayload<'room.changed'> = {
        ...change,
        room: wire,
        ...(targets ? { targets: [...targets] } : {}),
        at: deps.clock.now(),
        ...(Object.keys(people).length > 0 ? { people } : {}),
      };
      return eventText('room.changed', JSON.stringify(payload), room.key);
    });
    deps.rooms.publish(room, { ...note, events });
    for (const text of events) deps.hooks.emit(app.id, 'room.changed', room.key, text);
  };
}
