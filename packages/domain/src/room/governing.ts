import { MagpieError, type Input } from '@magpie/protocol';
import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { WriteOp } from '../ports/writes.ts';
import { demand, demandOver, demandSight, requireRoom } from './access.ts';
import { commitChange, type Change } from './announce.ts';
import type { Room } from './room.ts';
import { roomFor } from './view.ts';

type GoverningHandlers = Pick<
  HandlersOf<'room'>,
  | 'room.update'
  | 'room.setRole'
  | 'room.transfer'
  | 'room.kick'
  | 'room.mute'
  | 'room.unban'
  | 'room.restricted'
  | 'room.dismiss'
>;

const CLEARABLE = ['avatar', 'intro', 'announcement', 'ext'] as const;

/** What owner, admins and the app's back end do to a room and those in it. */
export function governingHandlers(deps: Deps): GoverningHandlers {
  const { store, clock, accounts } = deps;

  return {
    'room.update': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      const { profile, mutedAll } = changesOf(room, input);
      const { announcement, ...rest } = profile;
      if (Object.keys(rest).length > 0) await demand(deps, ctx, room, 'edit');
      if (announcement !== undefined) await demand(deps, ctx, room, 'announce');
      if (mutedAll !== undefined) await demand(deps, ctx, room, 'muteAll');
      const changes: Change[] = [];
      if (Object.keys(profile).length > 0) changes.push({ change: 'profileChanged', actor: ctx.userId, after: profile }); // prettier-ignore
      if (mutedAll !== undefined) changes.push({ change: mutedAll ? 'mutedAll' : 'unmutedAll', actor: ctx.userId }); // prettier-ignore
      if (changes.length > 0) {
        const set = { ...profile, ...(mutedAll === undefined ? {} : { mutedAll }) };
        await commitChange(deps, ctx.app, room, [{ op: 'room.set', conv: room.num, set }], changes);
      }
      return { room: roomFor(room, ctx.userId, ctx.app.settings['rooms.history'], clock.now()) };
    },

    'room.setRole': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      await demand(deps, ctx, room, 'setRole');
      const users = await known(deps, ctx.app.id, input.users);
      const owner = users.findIndex((user) => user === room.row.owner);
      if (owner >= 0) throw new MagpieError('FORBIDDEN', { field: `users.${owner}`, message: 'The owner’s role is handed over, not set.' }); // prettier-ignore
      const { role } = input;
      await commitChange(
        deps,
        ctx.app,
        room,
        [usersOp(room, users, { role }, clock.now(), role === 'admin' ? ctx.app.settings['limits.room.admins'] : undefined)], // prettier-ignore
        [{ change: 'roleChanged', actor: ctx.userId, targets: users, after: { role } }],
        { users: { ids: users, set: { role } } },
      );
      return {};
    },

    'room.transfer': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      if (!room.rules.owned) throw new MagpieError('FORBIDDEN', { message: 'Rooms of this kind have no owner.' }); // prettier-ignore
      await demand(deps, ctx, room, 'transfer');
      const owner = (await accounts.require(ctx.app.id, input.user, 'user')).id;
      if (room.row.owner === owner) return {};
      const set = { role: 'member' as const };
      await commitChange(
        deps,
        ctx.app,
        room,
        [{ op: 'room.set', conv: room.num, set: { owner } }, usersOp(room, [owner], set, clock.now())],
        [{ change: 'ownerChanged', actor: ctx.userId, targets: [owner], after: { owner } }],
        { users: { ids: [owner], set } },
      );
      return {};
    },

    'room.kick': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      const users = [...new Set(input.users)];
      const seconds = input.seconds ?? 0;
      await demandOver(deps, room, await demand(deps, ctx, room, seconds > 0 ? 'ban' : 'kick'), input.users);
      const removed = users.filter((user) => room.who(user));
      const at = clock.now();
      const by = ctx.userId === '' ? {} : { by: ctx.userId };
      const text = input.reason === undefined ? {} : { text: input.reason };
      if (seconds === 0) {
        deps.rooms.publish(room, { out: { ids: removed, told: { reason: 'kicked', ...by, ...text } } });
        await deps.mesh.settled();
        return { removed };
      }
      const until = at + seconds * 1000;
      const set = { bannedUntil: until };
      await commitChange(
        deps,
        ctx.app,
        room,
        [usersOp(room, users, set, at)],
        [{ change: 'banned', actor: ctx.userId, targets: users, until, ...(input.reason === undefined ? {} : { reason: input.reason }) }], // prettier-ignore
        { users: { ids: users, set }, out: { ids: users, told: { reason: 'banned', ...by, until, ...text } } }, // prettier-ignore
      );
      return { removed };
    },

    'room.mute': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      await demandOver(deps, room, await demand(deps, ctx, room, 'mute'), input.users);
      const users = await known(deps, ctx.app.id, input.users);
      const at = clock.now();
      const mutedUntil = input.seconds > 0 ? at + input.seconds * 1000 : null;
      const until = mutedUntil === null ? {} : { until: mutedUntil };
      await commitChange(
        deps,
        ctx.app,
        room,
        [usersOp(room, users, { mutedUntil }, at)],
        [{ change: mutedUntil === null ? 'unmuted' : 'muted', actor: ctx.userId, targets: users, ...until }],
        { users: { ids: users, set: { mutedUntil } } },
      );
      return until;
    },

    'room.unban': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      await demand(deps, ctx, room, 'ban');
      const users = [...new Set(input.users)];
      const set = { bannedUntil: null };
      await commitChange(
        deps,
        ctx.app,
        room,
        [usersOp(room, users, set, clock.now())],
        [{ change: 'unbanned', actor: ctx.userId, targets: users }],
        { users: { ids: users, set } },
      );
      return {};
    },

    'room.restricted': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      const { what, cursor, limit } = input;
      if (what === 'admins') await demandSight(deps, ctx, room);
      else await demand(deps, ctx, room, what === 'muted' ? 'mute' : 'ban');
      const rows = await store.rooms.users(room.num, { what, now: clock.now(), limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) }); // prettier-ignore
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const untilOf = { muted: 'mutedUntil', banned: 'bannedUntil' } as const;
      return {
        users: page.map((row) => {
          const until = what === 'admins' ? null : row[untilOf[what]];
          return { userId: row.user, at: row.at, ...(until === null ? {} : { until }) };
        }),
        people: await accounts.people(ctx.app.id, page.map(({ user }) => user)), // prettier-ignore
        ...(last && rows.length > page.length ? { next: last.user } : {}),
      };
    },

    'room.dismiss': async (ctx, input) => {
      const room = await requireRoom(deps, ctx, input.id);
      await demand(deps, ctx, room, 'dismiss');
      const set = { dismissedAt: clock.now() };
      await commitChange(deps, ctx.app, room, [{ op: 'room.set', conv: room.num, set }], [{ change: 'dismissed', actor: ctx.userId }]); // prettier-ignore
      return {};
    },
  };
}

type Set_ = Extract<WriteOp, { op: 'room.users.put' }>['set'];

function usersOp(room: Room, users: readonly string[], set: Set_, at: number, maxAdmins?: number): WriteOp {
  return { op: 'room.users.put', conv: room.num, app: room.app, users, set, at, ...(maxAdmins === undefined ? {} : { maxAdmins }) }; // prettier-ignore
}

async function known(deps: Deps, app: string, users: readonly string[]): Promise<string[]> {
  for (const [index, user] of users.entries()) await deps.accounts.require(app, user, `users.${index}`);
  return [...new Set(users)];
}

type Profile = Partial<Record<'name' | (typeof CLEARABLE)[number], string | null>>;

/** Only what differs; empty text clears. */
function changesOf(
  room: Room,
  input: Input<'room.update'>,
): { profile: Omit<Profile, 'name'> & { name?: string }; mutedAll: boolean | undefined } {
  const profile: Omit<Profile, 'name'> & { name?: string } = {};
  if (input.name !== undefined && input.name !== room.row.name) profile.name = input.name;
  for (const field of CLEARABLE) {
    const value = input[field];
    if (value !== undefined && (value || null) !== room.row[field]) profile[field] = value || null;
  }
  const mutedAll = input.mutedAll === room.row.mutedAll ? undefined : input.mutedAll;
  return { profile, mutedAll };
}
