import { MagpieError } from '@magpie/protocol';
import type { Ctx, HandlersOf } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import type { Deps } from '../deps.ts';
import type { GroupRow, ParticipantRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { demand, dismiss, knownUsers, requireGroup } from './access.ts';
import { commitChange } from './announce.ts';
import { GROUP_RULES, outranks } from './rules.ts';
import { groupOf } from './view.ts';

type MembershipHandlers = Pick<
  HandlersOf<'group'>,
  'group.join' | 'group.leave' | 'group.invite' | 'group.kick'
>;

/** Coming and going. */
export function membershipHandlers(deps: Deps): MembershipHandlers {
  const { store, clock } = deps;

  return {
    'group.join': async (ctx, input) => {
      const group = await store.groups.byId(ctx.app.id, input.id);
      const me = group && (await store.conversations.participant(group.conv, ctx.userId));
      if (!group || group.dismissedAt !== null || (!me && !GROUP_RULES[group.kind].searchable)) throw new MagpieError('GROUP_NOT_FOUND', { field: 'id' }); // prettier-ignore
      if (me?.state === 'member') throw new MagpieError('ALREADY_MEMBER', { field: 'id' });
      if (group.join === 'closed') throw new MagpieError('JOIN_CLOSED', { field: 'id' });
      if (group.join === 'approve') throw new MagpieError('JOIN_NEEDS_APPROVAL', { field: 'id' });
      const after = { ...group, memberCount: group.memberCount + 1 };
      await commitChange(
        deps,
        ctx.app,
        after,
        `g:${group.id}`,
        joinOps(group, [ctx.userId], null, clock.now()),
        {
          change: 'joined',
          actor: ctx.userId,
          targets: [ctx.userId],
          mine: [{ user: ctx.userId, role: 'member' }],
        },
      ).catch(conflictsAs({ full: 'GROUP_FULL', stale: 'ALREADY_MEMBER' }));
      return { group: groupOf(after, await store.conversations.participant(group.conv, ctx.userId)) };
    },

    'group.leave': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      if (me?.state !== 'member') throw new MagpieError('NOT_MEMBER', { field: 'id' });
      const heir = me.role === 'owner' ? await ownerLeaves(deps, group, ctx.userId) : undefined;
      if (heir === 'dismiss') {
        await dismiss(deps, ctx, group);
        return {};
      }
      const at = clock.now();
      const ops: WriteOp[] = [leaveOp(group, ctx.userId, at)];
      if (me.role === 'owner')
        ops.push({ op: 'group.set', conv: group.conv, set: { owner: heir?.user ?? null } });
      if (heir) ops.push({ op: 'member.role', conv: group.conv, user: heir.user, role: 'owner', at });
      const after = {
        ...group,
        memberCount: group.memberCount - 1,
        owner: me.role === 'owner' ? (heir?.user ?? null) : group.owner,
      };
      await commitChange(deps, ctx.app, after, `g:${group.id}`, ops, {
        change: 'left',
        actor: ctx.userId,
        targets: [ctx.userId],
        ...(heir ? { after: { owner: heir.user } } : {}),
        mine: [{ user: ctx.userId }, ...(heir ? [{ user: heir.user, role: 'owner' as const }] : [])],
      }).catch(conflictsAs({ stale: 'NOT_MEMBER' }));
      return {};
    },

    'group.invite': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      demand(ctx, me, GROUP_RULES[group.kind].invite);
      const { members, failed } = await knownUsers(deps, ctx, input.users);
      const present = new Set((await store.conversations.participants(group.conv, members)).filter((row) => row.state === 'member').map((row) => row.user)); // prettier-ignore
      for (const userId of present) failed.push({ userId, code: 'ALREADY_MEMBER' });
      const added = members.filter((user) => !present.has(user));
      if (added.length === 0) return { added, failed };
      if (group.memberCount + added.length > group.maxMembers)
        throw new MagpieError('GROUP_FULL', { field: 'users' });
      const after = { ...group, memberCount: group.memberCount + added.length };
      const inviter = ctx.userId === '' ? null : ctx.userId;
      await commitChange(deps, ctx.app, after, `g:${group.id}`, joinOps(group, added, inviter, clock.now()), {
        change: 'invited',
        actor: ctx.userId,
        targets: added,
        mine: added.map((user) => ({ user, role: 'member' })),
      }).catch(conflictsAs({ full: 'GROUP_FULL', stale: 'ALREADY_MEMBER' }));
      return { added, failed };
    },

    'group.kick': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      demand(ctx, me, GROUP_RULES[group.kind].manage);
      const rows = await store.conversations.participants(group.conv, [...new Set(input.users)]);
      const { removed, failed } = sortKicks(ctx, me, input.users, rows);
      if (removed.length === 0) return { removed, failed };
      const at = clock.now();
      const after = { ...group, memberCount: group.memberCount - removed.length };
      await commitChange(deps, ctx.app, after, `g:${group.id}`, removed.map((user) => leaveOp(group, user, at)), {
        change: 'kicked',
        actor: ctx.userId,
        targets: removed,
        ...(input.reason === undefined ? {} : { reason: input.reason }),
        mine: removed.map((user) => ({ user })),
      }).catch(conflictsAs({ stale: 'USER_NOT_FOUND' })); // prettier-ignore
      return { removed, failed };
    },
  };
}

function joinOps(group: GroupRow, users: readonly string[], inviter: string | null, at: number): WriteOp[] {
  const rules = GROUP_RULES[group.kind];
  return users.flatMap((user): WriteOp[] => [
    { op: 'member.put', conv: group.conv, app: group.app, user, state: 'member', role: 'member', at, inviter, historyFrom: rules.historyBeforeJoining ? 1 : 'next', max: group.maxMembers, expect: 'none' }, // prettier-ignore
    ...(rules.notify === 'none' ? [{ op: 'participant.put', conv: group.conv, app: group.app, user, set: { notifyLevel: rules.notify }, at } as const] : []), // prettier-ignore
  ]);
}

function leaveOp(group: GroupRow, user: string, at: number): WriteOp {
  return {
    op: 'member.put',
    conv: group.conv,
    app: group.app,
    user,
    state: 'left',
    role: 'member',
    at,
    expect: 'member',
  };
}

/** Who takes over when an owner leaves: nobody, the earliest member, or the group ends. */
async function ownerLeaves(
  deps: Deps,
  group: GroupRow,
  owner: string,
): Promise<ParticipantRow | 'dismiss' | undefined> {
  const rule = GROUP_RULES[group.kind].ownerLeaves;
  if (rule === 'refused') throw new MagpieError('OWNER_MUST_STAY', { field: 'id' });
  if (rule === 'ownerless') return undefined;
  const rows = await deps.store.conversations.members(group.conv, { limit: 100 });
  const earliest = rows.filter((row) => row.user !== owner).sort((a, b) => a.joinedAt - b.joinedAt)[0];
  return earliest ?? 'dismiss';
}

function sortKicks(
  ctx: Ctx,
  me: ParticipantRow | undefined,
  users: readonly string[],
  rows: readonly ParticipantRow[],
): { removed: string[]; failed: { userId: string; code: string }[] } {
  const byUser = new Map(rows.filter((row) => row.state === 'member').map((row) => [row.user, row]));
  const removed: string[] = [];
  const failed: { userId: string; code: string }[] = [];
  for (const userId of new Set(users)) {
    const row = byUser.get(userId);
    if (!row) failed.push({ userId, code: 'USER_NOT_FOUND' });
    else if (ctx.caller !== 'admin' && !(me && outranks(me.role, row.role)))
      failed.push({ userId, code: 'FORBIDDEN' });
    else removed.push(userId);
  }
  return { removed, failed };
}
