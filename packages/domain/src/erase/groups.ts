import type { AppContext, Ctx } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { dismiss } from '../group/access.ts';
import { commitChange } from '../group/announce.ts';
import type { GroupRow, ParticipantRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';

/** Takes a user out of one group. An owner's group goes to its first admin, else its earliest member; without any it ends. */
export async function leaveForGood(
  deps: Deps,
  app: AppContext,
  user: string,
  { group, participant }: { readonly group: GroupRow; readonly participant: ParticipantRow },
): Promise<void> {
  const ctx: Ctx = { app, caller: 'admin', userId: user };
  const at = deps.clock.now();
  const leave = { op: 'member.put', conv: group.conv, app: app.id, user, state: 'left', role: 'member', at, expect: 'member' } as const; // prettier-ignore
  if (group.dismissedAt !== null) return void (await deps.store.commit([leave]));
  const owns = participant.role === 'owner';
  const heir = owns ? await heirOf(deps, group, user) : undefined;
  if (owns && !heir) return dismiss(deps, ctx, group);
  const ops: WriteOp[] = [
    leave,
    { op: 'participant.put', conv: group.conv, app: app.id, user, set: { card: null }, at },
  ];
  if (heir) {
    ops.push({ op: 'group.set', conv: group.conv, set: { owner: heir.user } });
    ops.push({ op: 'member.role', conv: group.conv, user: heir.user, role: 'owner', at });
  }
  const after = { ...group, memberCount: group.memberCount - 1, owner: heir?.user ?? group.owner };
  await commitChange(deps, app, after, `g:${group.id}`, ops, {
    change: 'left',
    actor: user,
    targets: [user],
    ...(heir ? { after: { owner: heir.user } } : {}),
    mine: [{ user }, ...(heir ? [{ user: heir.user, role: 'owner' as const }] : [])],
  });
}

/** Members are listed admins first, each by when they joined. */
async function heirOf({ store }: Deps, group: GroupRow, owner: string): Promise<ParticipantRow | undefined> {
  const rows = await store.conversations.members(group.conv, { limit: 2 });
  return rows.find((row) => row.user !== owner);
}
