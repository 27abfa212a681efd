import { LIMITS, MagpieError, type Input, type Role } from '@magpie/protocol';
import type { Ctx, HandlersOf } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import type { Deps } from '../deps.ts';
import type { GroupRow, ParticipantRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { demand, dismiss, knownUsers, requireGroup } from './access.ts';
import { commitChange } from './announce.ts';
import { membershipHandlers } from './membership.ts';
import { GROUP_RULES } from './rules.ts';
import { groupOf, memberOf } from './view.ts';

export function groupHandlers(deps: Deps): HandlersOf<'group'> {
  const { store, clock, random } = deps;

  return {
    ...membershipHandlers(deps),

    'group.create': async (ctx, input) => {
      const rules = GROUP_RULES[input.kind];
      const at = clock.now();
      const id = input.id ?? random.digits(15);
      const cap = ctx.app.settings[rules.maxSetting];
      const { members, failed } = await knownUsers(
        deps,
        ctx,
        (input.members ?? []).filter((user) => user !== ctx.userId),
      );
      const owner = ctx.userId === '' ? null : ctx.userId;
      const maxMembers = Math.min(input.maxMembers ?? cap, cap);
      const everybody = owner === null ? members : [owner, ...members];
      if (everybody.length > maxMembers) throw new MagpieError('GROUP_FULL', { field: 'members' });
      if (input.join !== undefined && !rules.joinSettable && input.join !== rules.join) throw new MagpieError('BAD_REQUEST', { field: 'join', message: `Groups of kind ${input.kind} are ${rules.join}.` }); // prettier-ignore
      const conv = await store.conversationNumber();
      const row: GroupRow = { conv, app: ctx.app.id, id, kind: input.kind, name: input.name ?? id, avatar: input.avatar ?? null, intro: input.intro ?? null, announcement: input.announcement ?? null, ext: input.ext ?? null, owner, join: input.join ?? rules.join, maxMembers, memberCount: everybody.length, createdAt: at, dismissedAt: null }; // prettier-ignore
      const key = `g:${id}`;
      const { memberCount: _count, dismissedAt: _dismissed, ...made } = row;
      const ops: WriteOp[] = [
        { op: 'conversation.create', conv, app: ctx.app.id, key, kind: 'group', at },
        { op: 'group.create', row: made },
        ...everybody.map((user): WriteOp => ({ op: 'member.put', conv, app: ctx.app.id, user, state: 'member', role: user === owner ? 'owner' : 'member', at, inviter: user === owner ? null : owner, historyFrom: 1 })), // prettier-ignore
        ...(rules.notify === 'none' ? everybody.map((user): WriteOp => ({ op: 'participant.put', conv, app: ctx.app.id, user, set: { notifyLevel: 'none' }, at })) : []), // prettier-ignore
      ];
      await commitChange(deps, ctx.app, row, key, ops, {
        change: 'created',
        actor: owner ?? '',
        targets: members,
        mine: everybody.map((user) => ({ user, role: user === owner ? 'owner' : 'member' })),
      }).catch(conflictsAs({ exists: 'GROUP_EXISTS' }));
      deps.conversations.remember({ app: ctx.app.id, num: conv, key, kind: 'group' });
      const me = owner === null ? undefined : await store.conversations.participant(conv, owner);
      return { group: groupOf(row, me), failed };
    },

    'group.get': async (ctx, input) => {
      const rows = await store.groups.many(ctx.app.id, [...new Set(input.ids)]);
      const groups = [];
      for (const row of rows) {
        if (row.dismissedAt !== null) continue;
        const me =
          ctx.userId === '' ? undefined : await store.conversations.participant(row.conv, ctx.userId);
        const known = ctx.caller === 'admin' || me?.state === 'member' || GROUP_RULES[row.kind].searchable;
        if (known) groups.push(groupOf(row, me));
      }
      return { groups };
    },

    'group.list': async (ctx, input) => {
      const afterNum = input.cursor === undefined ? undefined : cursorNumber(input.cursor);
      const rows = await store.groups.ofUser(ctx.app.id, ctx.userId, { limit: input.limit + 1, ...(afterNum === undefined ? {} : { afterNum }) }); // prettier-ignore
      const page = rows.slice(0, input.limit);
      const last = page.at(-1);
      return {
        groups: page.map(({ group, participant }) => groupOf(group, participant)),
        ...(last && rows.length > page.length ? { next: String(last.group.conv) } : {}),
      };
    },

    'group.update': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      const { id: _id, join, maxMembers, ...fields } = input;
      const rules = GROUP_RULES[group.kind];
      const profile = Object.entries(fields).filter(
        ([name, value]) => group[name as keyof typeof fields] !== value,
      );
      const settings = Object.entries({ join, maxMembers }).filter(([name, value]) => value !== undefined && group[name as 'join'] !== value); // prettier-ignore
      if (profile.length > 0) demand(ctx, me, rules.editProfile);
      if (settings.length > 0) demand(ctx, me, rules.editSettings);
      checkSettings(ctx, group, input);
      const changes = Object.fromEntries([...profile, ...settings]);
      if (Object.keys(changes).length === 0) return { group: groupOf(group, me) };
      const after: GroupRow = { ...group, ...changes };
      const before = Object.fromEntries(
        Object.keys(changes).map((name) => [name, group[name as keyof GroupRow]]),
      );
      await commitChange(
        deps,
        ctx.app,
        after,
        `g:${group.id}`,
        [{ op: 'group.set', conv: group.conv, set: changes }],
        {
          change: profile.length > 0 ? 'profileChanged' : 'settingsChanged',
          actor: ctx.userId,
          before,
          after: changes,
        },
      ).catch(conflictsAs({ missing: 'GROUP_NOT_FOUND' }));
      return { group: groupOf(after, me) };
    },

    'group.members': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      if (ctx.caller !== 'admin' && me?.state !== 'member')
        throw new MagpieError('GROUP_NOT_FOUND', { field: 'id' });
      const rows = input.users ? (await store.conversations.participants(group.conv, input.users)).filter((row) => row.state === 'member') : await memberPage(deps, group, input); // prettier-ignore
      const page = rows.slice(0, input.limit);
      const last = page.at(-1);
      const people = await deps.accounts.people(ctx.app.id, page.map((row) => row.user)); // prettier-ignore
      return {
        members: page.map(memberOf),
        people,
        memberCount: group.memberCount,
        ...(last && rows.length > page.length ? { next: last.user } : {}),
      };
    },

    'group.setRole': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      demand(ctx, me, GROUP_RULES[group.kind].setRole);
      const target = await presentMember(deps, group, input.user);
      if (target.role === 'owner')
        throw new MagpieError('FORBIDDEN', {
          field: 'user',
          message: 'The owner’s role is handed over, not set.',
        });
      if (target.role === input.role) return {};
      await commitRole(deps, ctx, group, 'roleChanged', [[input.user, input.role, target.role]], []);
      return {};
    },

    'group.transfer': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      demand(ctx, me, 'owner');
      const target = await presentMember(deps, group, input.user);
      if (target.role === 'owner') return {};
      const roles: RoleChange[] = [[input.user, 'owner', target.role]];
      if (group.owner !== null) roles.unshift([group.owner, 'member', 'owner']);
      await commitRole(deps, ctx, { ...group, owner: input.user }, 'ownerChanged', roles, [{ op: 'group.set', conv: group.conv, set: { owner: input.user } }]); // prettier-ignore
      return {};
    },

    'group.dismiss': async (ctx, input) => {
      const { group, me } = await requireGroup(deps, ctx, input.id);
      if (GROUP_RULES[group.kind].dismiss === 'app' && ctx.caller !== 'admin') throw new MagpieError('FORBIDDEN', { message: 'Groups of this kind are dismissed by the app’s back end alone.' }); // prettier-ignore
      demand(ctx, me, 'owner');
      await dismiss(deps, ctx, group);
      return {};
    },
  };
}

type RoleChange = readonly [user: string, role: Role, before: Role];

async function commitRole(
  deps: Deps,
  ctx: Ctx,
  group: GroupRow,
  change: 'roleChanged' | 'ownerChanged',
  roles: readonly RoleChange[],
  ops: readonly WriteOp[],
): Promise<void> {
  const at = deps.clock.now();
  await commitChange(deps, ctx.app, group, `g:${group.id}`, [...ops, ...roles.map(([user, role]): WriteOp => ({ op: 'member.role', conv: group.conv, user, role, at }))], {
    change,
    actor: ctx.userId,
    targets: change === 'ownerChanged' ? [group.owner ?? ''] : roles.map(([user]) => user),
    before: Object.fromEntries(roles.map(([user, , before]) => [user, before])),
    after: Object.fromEntries(roles.map(([user, role]) => [user, role])),
    mine: roles.map(([user, role]) => ({ user, role })),
  }).catch(conflictsAs({ missing: 'USER_NOT_FOUND' })); // prettier-ignore
}

async function presentMember(deps: Deps, group: GroupRow, user: string): Promise<ParticipantRow> {
  const row = await deps.store.conversations.participant(group.conv, user);
  if (row?.state !== 'member')
    throw new MagpieError('USER_NOT_FOUND', { field: 'user', message: 'That user is not a member.' });
  return row;
}

async function memberPage(
  deps: Deps,
  group: GroupRow,
  input: Input<'group.members'>,
): Promise<readonly ParticipantRow[]> {
  const after =
    input.cursor === undefined
      ? undefined
      : await deps.store.conversations.participant(group.conv, input.cursor);
  if (input.cursor !== undefined && !after) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' }); // prettier-ignore
  const limit = Math.min(input.limit, LIMITS.page.members) + 1;
  return deps.store.conversations.members(group.conv, {
    limit,
    ...(input.role ? { role: input.role } : {}),
    ...(after ? { after } : {}),
  });
}

function checkSettings(ctx: Ctx, group: GroupRow, input: Input<'group.update'>): void {
  const rules = GROUP_RULES[group.kind];
  if (input.join !== undefined && !rules.joinSettable && input.join !== rules.join) throw new MagpieError('BAD_REQUEST', { field: 'join', message: `Groups of kind ${group.kind} are ${rules.join}.` }); // prettier-ignore
  const cap = ctx.app.settings[rules.maxSetting];
  if (input.maxMembers !== undefined && input.maxMembers > cap) throw new MagpieError('BAD_REQUEST', { field: 'maxMembers', message: `At most ${cap} in this app.` }); // prettier-ignore
  if (input.maxMembers !== undefined && input.maxMembers < group.memberCount) throw new MagpieError('BAD_REQUEST', { field: 'maxMembers', message: 'The group has more members already.' }); // prettier-ignore
}

function cursorNumber(cursor: string): number {
  const value = Number(cursor);
  if (!Number.isSafeInteger(value) || value < 0) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this list.' }); // prettier-ignore
  return value;
}
