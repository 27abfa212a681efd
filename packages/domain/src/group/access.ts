import { MagpieError } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import type { Deps } from '../deps.ts';
import type { GroupRow, ParticipantRow } from '../ports/rows.ts';
import { commitChange } from './announce.ts';
import { hasRight, type Right } from './rules.ts';

/** A live group in which the caller has, or had, a row; or any of them for the app. The same answer for the rest. */
export async function requireGroup(
  deps: Deps,
  ctx: Ctx,
  id: string,
): Promise<{ group: GroupRow; me: ParticipantRow | undefined }> {
  const group = await deps.store.groups.byId(ctx.app.id, id);
  if (!group || group.dismissedAt !== null) throw new MagpieError('GROUP_NOT_FOUND', { field: 'id' });
  const me =
    ctx.userId === '' ? undefined : await deps.store.conversations.participant(group.conv, ctx.userId);
  if (ctx.caller !== 'admin' && !me) throw new MagpieError('GROUP_NOT_FOUND', { field: 'id' });
  return { group, me };
}

export function demand(ctx: Ctx, me: ParticipantRow | undefined, right: Right): void {
  if (ctx.caller === 'admin') return;
  if (me?.state !== 'member') throw new MagpieError('NOT_MEMBER', { field: 'id' });
  if (!hasRight(me.role, right)) throw new MagpieError('FORBIDDEN', { message: right === 'app' ? 'Only the app’s back end may do this in such a group.' : `Only ${right === 'owner' ? 'the owner' : 'the owner and admins'} may do this in such a group.` }); // prettier-ignore
}

export async function knownUsers(
  deps: Deps,
  ctx: Ctx,
  users: readonly string[],
): Promise<{ members: string[]; failed: { userId: string; code: string }[] }> {
  const unique = [...new Set(users)];
  const rows = unique.length > 0 ? await deps.store.users.many(ctx.app.id, unique) : [];
  const known = new Set(rows.filter((row) => row.deletedAt === null).map((row) => row.id));
  return {
    members: unique.filter((user) => known.has(user)),
    failed: unique.filter((user) => !known.has(user)).map((userId) => ({ userId, code: 'USER_NOT_FOUND' })),
  };
}

export async function dismiss(deps: Deps, ctx: Ctx, group: GroupRow): Promise<void> {
  const at = deps.clock.now();
  const members = await deps.store.conversations.memberIds(group.conv);
  await commitChange(
    deps,
    ctx.app,
    { ...group, dismissedAt: at },
    `g:${group.id}`,
    [
      { op: 'group.set', conv: group.conv, set: { dismissedAt: at } },
      { op: 'member.dismissAll', conv: group.conv, at },
    ],
    { change: 'dismissed', actor: ctx.userId, mine: members.map((user) => ({ user })) },
  ).catch(conflictsAs({ missing: 'GROUP_NOT_FOUND' }));
}
