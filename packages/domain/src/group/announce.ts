import type { EventPayload, GroupChange, Role } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import { eventText } from '../delivery/delivery.ts';
import { deliverLog, logOp } from '../delivery/user-log.ts';
import type { Deps } from '../deps.ts';
import { bodyText } from '../message/body.ts';
import type { GroupRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { GROUP_RULES } from './rules.ts';
import { summaryOf } from './view.ts';

export interface Change {
  readonly change: GroupChange;
  readonly actor: string;
  readonly targets?: readonly string[];
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
  readonly reason?: string;
  /** Users whose own membership this is about; each gets it in their log too. */
  readonly mine?: readonly { readonly user: string; readonly role?: Role }[];
}

const TIP_CLASS: Partial<Record<GroupChange, 'members' | 'profile' | 'roles'>> = {
  created: 'members',
  joined: 'members',
  invited: 'members',
  left: 'members',
  kicked: 'members',
  ownerChanged: 'roles',
  roleChanged: 'roles',
  profileChanged: 'profile',
};

function storesTip(app: AppContext, group: GroupRow, change: GroupChange): boolean {
  const cls = TIP_CLASS[change];
  const { tips } = GROUP_RULES[group.kind];
  if (cls === undefined) return false;
  return tips === 'setting' ? app.settings['tips.zim'] : tips[cls];
}

/**
 * Commits what changed in a group together with its one event (and tip) and the log entries of those it is about, then delivers
 * all of it: one fact, one event (core-model §5). `group` is the group as it will be.
 */
export async function commitChange(
  deps: Deps,
  app: AppContext,
  group: GroupRow,
  key: string,
  ops: readonly WriteOp[],
  change: Change,
): Promise<void> {
  const at = deps.clock.now();
  const payload: Omit<EventPayload<'group.changed'>, 'tip'> = {
    change: change.change,
    group: summaryOf(group),
    actor: change.actor,
    ...(change.targets ? { targets: [...change.targets] } : {}),
    ...(change.before ? { before: change.before } : {}),
    ...(change.after ? { after: change.after } : {}),
    ...(change.reason === undefined ? {} : { reason: change.reason }),
    at,
    people: await deps.accounts.people(app.id, [change.actor, ...(change.targets ?? []).slice(0, 20)]),
  };
  const { people: _, ...bare } = payload;
  const tip = storesTip(app, group, change.change);
  const logs = (change.mine ?? []).map(({ user, role }) =>
    logOp(app.id, user, 'group.mine', { ...bare, ...(role ? { role } : {}) }, at, key),
  );
  const tail: WriteOp[] = [...(tip ? [tipOp(deps, group, change, at)] : []), { op: 'change', app: app.id, conv: group.conv, event: 'group.changed', payload: JSON.stringify(payload), at, ...(tip ? { tip: true as const } : {}) }, ...logs]; // prettier-ignore
  const results: readonly unknown[] = await deps.store.commit([...ops, ...tail]);
  const known = deps.conversations.membersChanged(
    app.id,
    group.conv,
    (change.mine ?? []).map(({ user }) => user),
  );
  const changeResult = results[ops.length + (tip ? 1 : 0)] as { changeSeq: number; payload: string };
  const place = { app: app.id, num: group.conv, key };
  await deps.delivery.toConversation(
    place,
    eventText('group.changed', changeResult.payload, key, changeResult.changeSeq),
  );
  for (const [index, log] of logs.entries()) {
    const { userSeq } = results[results.length - logs.length + index] as { userSeq: number };
    deliverLog(deps, log, userSeq);
  }
  // Who was put out cannot write on any node once this is answered.
  await known;
}

function tipOp(deps: Deps, group: GroupRow, change: Change, at: number): WriteOp {
  const content = {
    type: 'tip' as const,
    change: change.change,
    actor: change.actor,
    group: group.id,
    ...(change.targets ? { targets: [...change.targets] } : {}),
    ...(change.after ? { after: change.after } : {}),
  };
  const body = bodyText({ input: {}, content, extra: undefined, counts: false, audience: null });
  return { op: 'append', app: group.app, conv: group.conv, sender: change.actor, clientId: `core:${at.toString(36)}-${deps.random.text(10)}`, fp: 0, type: 'tip', cls: 'record', counts: false, notLast: false, receipt: false, audience: null, body, at }; // prettier-ignore
}
