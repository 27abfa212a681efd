import type { GroupEvent } from '@magpie/client';
import type { GroupEventBody, PresenceMsg } from '../types/results.ts';
import { fold } from './ids.ts';

type Change = GroupEvent['change'];
type Told = (event: GroupEvent, me: string) => readonly GroupEventBody[];

const base = (event: GroupEvent, operation: string): GroupEventBody => ({
  operation,
  id: event.group.id,
  from: fold(event.actor),
  ...(event.group.name ? { name: event.group.name } : {}),
});

const isTarget = (event: GroupEvent, me: string): boolean => event.targets.some((user) => fold(user) === me);

/** Who came or went: one event per user in the old form, one for all in the new. */
function people(
  event: GroupEvent,
  users: readonly string[],
  one: string,
  many: string,
): readonly GroupEventBody[] {
  const members = users.map(fold);
  const { memberCount } = event.group;
  return [
    ...members.map((from) => ({ ...base(event, one), from, memberCount })),
    { ...base(event, many), members, memberCount },
  ];
}

const targetsOrActor = (event: GroupEvent): readonly string[] =>
  event.targets.length > 0 ? event.targets : [event.actor];

/** The one table: what each change of a group is called, by who is told. */
const TABLE: Readonly<Record<Change, Told>> = {
  created: (event, me) => {
    if (fold(event.actor) === me) return [base(event, 'create')];
    return isTarget(event, me) ? [base(event, 'directJoined')] : [];
  },
  dismissed: (event) => [base(event, 'destroy')],
  joined: (event, me) =>
    fold(event.actor) === me ? [] : people(event, targetsOrActor(event), 'memberPresence', 'membersPresence'),
  invited: (event, me) =>
    isTarget(event, me)
      ? [base(event, 'directJoined')]
      : people(event, event.targets, 'memberPresence', 'membersPresence'),
  left: (event, me) =>
    fold(event.actor) === me ? [] : people(event, targetsOrActor(event), 'memberAbsence', 'membersAbsence'),
  kicked: (event, me) =>
    isTarget(event, me)
      ? [{ ...base(event, 'removeMember'), userId: me, ...(event.reason ? { reason: event.reason } : {}) }]
      : people(event, event.targets, 'memberAbsence', 'membersAbsence'),
  ownerChanged: (event) => [{ ...base(event, 'changeOwner'), ...firstTarget(event) }],
  roleChanged: (event, me) => {
    // The vendor tells the user it is about; my other devices hear it as the operator's.
    if (!isTarget(event, me) && fold(event.actor) !== me) return [];
    // `after` names each user's new role.
    const operation = event.after?.[event.targets[0] ?? ''] === 'admin' ? 'setAdmin' : 'removeAdmin';
    return [{ ...base(event, operation), ...firstTarget(event) }];
  },
  profileChanged: (event) => {
    const { announcement, ...rest } = event.after ?? {};
    const told: GroupEventBody[] = [];
    if (typeof announcement === 'string') {
      told.push(
        announcement === ''
          ? base(event, 'deleteAnnouncement')
          : { ...base(event, 'updateAnnouncement'), announcement },
      );
    }
    const detail = toDetail(rest);
    if (Object.keys(detail).length > 0) told.push({ ...base(event, 'updateInfo'), detail });
    return told;
  },
  settingsChanged: (event) => [{ ...base(event, 'updateInfo'), detail: toDetail(event.after ?? {}) }],
};

function firstTarget(event: GroupEvent): { userId?: string } {
  const [user] = event.targets;
  return user === undefined ? {} : { userId: fold(user) };
}

const DETAIL_KEYS: Readonly<Record<string, string>> = {
  name: 'name',
  intro: 'description',
  avatar: 'avatar',
  ext: 'ext',
  maxMembers: 'maxUsers',
};

function toDetail(after: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const detail: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const name = DETAIL_KEYS[key];
    if (name) detail[name] = value;
    if (key === 'join') Object.assign(detail, { public: value !== 'closed', approval: value === 'approve' });
  }
  return detail;
}

/** What a change of a group is told as, to me, in order; empty when the vendor tells me nothing. */
export function groupEvents(event: GroupEvent, me: string): readonly GroupEventBody[] {
  return TABLE[event.change](event, me);
}

/** Names of the old callbacks. Bulk forms have none: there it is one call per user. */
const OLD_TYPES: Readonly<Record<string, string>> = {
  destroy: 'deleteGroupChat',
  directJoined: 'direct_joined',
  memberPresence: 'memberJoinPublicGroupSuccess',
  memberAbsence: 'leaveGroup',
  removeMember: 'removedFromGroup',
  changeOwner: 'changeOwner',
  setAdmin: 'addAdmin',
  removeAdmin: 'removeAdmin',
  updateInfo: 'update',
  updateAnnouncement: 'updateAnnouncement',
  deleteAnnouncement: 'deleteAnnouncement',
};

/** The old-style notification of the same event. */
export function toPresence(event: GroupEventBody, me: string): PresenceMsg | undefined {
  const type = OLD_TYPES[event.operation];
  if (!type) return undefined;
  const { id, from, name, userId, reason, announcement, detail, operation } = event;
  return {
    type,
    from,
    to: userId ?? me,
    status: '',
    chatroom: false,
    gid: id,
    ...(name === undefined ? {} : { groupName: name }),
    ...(reason === undefined ? {} : { reason }),
    ...(operation === 'removeMember' ? { kicked: me } : {}),
    ...(announcement === undefined ? {} : { announcement }),
    ...(detail === undefined ? {} : { detail }),
  };
}
