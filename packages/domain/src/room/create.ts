import { MagpieError, type Input } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import { conflictAs } from '../core/conflict.ts';
import type { Deps } from '../deps.ts';
import type { RoomRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { endOp } from './ending.ts';
import type { Room } from './room.ts';
import { ROOM_RULES } from './rules.ts';

type Wish = Omit<Input<'room.create'>, 'id'>;

/** Checks who may and what fits the kind; then makes it, or opens one anew that ended by itself. */
export async function createRoom(deps: Deps, ctx: Ctx, id: string, wish: Wish, field = ''): Promise<Room> {
  const owner = await ownerOf(deps, ctx, wish, field);
  const rules = ROOM_RULES[wish.kind];
  const ends = rules.ends === 'empty';
  if (wish.endDelay !== undefined && !ends) throw new MagpieError('BAD_REQUEST', { field: `${field}endDelay`, message: `Rooms of kind ${wish.kind} do not end by themselves.` }); // prettier-ignore
  const at = deps.clock.now();
  const fields = { name: wish.name ?? id, avatar: wish.avatar || null, intro: wish.intro || null, announcement: wish.announcement || null, ext: wish.ext || null, owner, mutedAll: false, endDelay: wish.endDelay ?? 0, createdAt: at }; // prettier-ignore
  const old = ends ? await deps.store.rooms.byId(ctx.app.id, id) : undefined;
  const conv = old?.conv ?? (await deps.store.conversationNumber());
  const row: RoomRow = { conv, app: ctx.app.id, id, kind: wish.kind, ...fields, dismissedAt: null };
  if (old && (old.dismissedAt === null || old.kind !== wish.kind)) throw exists();
  const { dismissedAt: _, ...made } = row;
  const ops: WriteOp[] = old
    ? [{ op: 'room.set', conv, revive: true, set: { ...fields, dismissedAt: null } }]
    : [
        { op: 'conversation.create', conv, app: ctx.app.id, key: `r:${id}`, kind: 'room', at },
        { op: 'room.create', row: made },
      ];
  // Whoever makes a room has as long to come as a lost connection to come back.
  const timer = ends
    ? endOp(row, at + Math.max(row.endDelay, ctx.app.settings['rooms.silence'] || rules.silence))
    : undefined;
  await deps.store.commit(timer ? [...ops, timer] : ops).catch(conflictAs('ROOM_EXISTS', 'id'));
  if (timer) deps.timers.noted(timer.dueAt);
  return deps.rooms.know(row);
}

/** Room that is entered before it is made: two who come first at once get the same one. */
export async function findOrCreate(deps: Deps, ctx: Ctx, input: Input<'room.enter'>): Promise<Room> {
  const found = await deps.rooms.find(ctx.app.id, input.id);
  if (found) return found;
  const wish = input.create;
  if (!wish) throw new MagpieError('ROOM_NOT_FOUND', { field: 'id' });
  if (!ROOM_RULES[wish.kind].createOnEnter) throw new MagpieError('BAD_REQUEST', { field: 'create.kind', message: `Rooms of kind ${wish.kind} are not made by entering.` }); // prettier-ignore
  try {
    return await createRoom(deps, ctx, input.id, wish, 'create.');
  } catch (error) {
    const other = error instanceof MagpieError && error.code === 'ROOM_EXISTS' ? await deps.rooms.find(ctx.app.id, input.id) : undefined; // prettier-ignore
    if (other) return other;
    // The id was another kind's, and is never used again.
    throw error instanceof MagpieError && error.code === 'ROOM_EXISTS' ? new MagpieError('ROOM_NOT_FOUND', { field: 'id' }) : error; // prettier-ignore
  }
}

async function ownerOf(deps: Deps, ctx: Ctx, wish: Wish, field: string): Promise<string | null> {
  const rules = ROOM_RULES[wish.kind];
  const app = ctx.caller === 'admin';
  if (rules.create === 'app' && !app) throw new MagpieError('FORBIDDEN', { field: `${field}kind`, message: 'Rooms of this kind are made by the app’s back end alone.' }); // prettier-ignore
  const { owner } = wish;
  if (!rules.owned) {
    if (owner !== undefined) throw new MagpieError('BAD_REQUEST', { field: 'owner', message: 'Rooms of this kind have no owner.' }); // prettier-ignore
    return null;
  }
  if (owner === undefined) return ctx.userId === '' ? null : ctx.userId;
  if (!app && owner !== ctx.userId) throw new MagpieError('FORBIDDEN', { field: 'owner', message: 'Users own the rooms they make.' }); // prettier-ignore
  return (await deps.accounts.require(ctx.app.id, owner, 'owner')).id;
}

function exists(): MagpieError {
  return new MagpieError('ROOM_EXISTS', { field: 'id' });
}
