import type { GroupKind, JoinRule, Role } from '@magpie/protocol';

/** Who may: the owner alone, owner and admins, any member, or the app's back end alone. */
export type Right = 'owner' | 'admin' | 'member' | 'app';

/** What a kind of group lets happen (core-model §5). The domain reads rules, never kinds. */
export interface GroupRules {
  readonly join: JoinRule;
  /** Whether join can be set per group. */
  readonly joinSettable: boolean;
  /** Non-members may learn of it by id. */
  readonly searchable: boolean;
  readonly invite: Right;
  readonly editProfile: Right;
  readonly editSettings: Right;
  /** Kick, ban, take back members' messages. */
  readonly manage: Right;
  readonly setRole: Right;
  readonly ownerLeaves: 'ownerless' | 'refused' | 'passes';
  readonly dismiss: 'owner' | 'app';
  readonly historyBeforeJoining: boolean;
  /** Which changes are stored as tips in the log. `setting`: an app setting decides. */
  readonly tips:
    { readonly members: boolean; readonly profile: boolean; readonly roles: boolean } | 'setting';
  readonly notify: 'all' | 'none';
  readonly maxSetting: `groups.${GroupKind}.max`;
}

const ALL_TIPS = { members: true, profile: true, roles: true };
const NO_TIPS = { members: false, profile: false, roles: false };

export const GROUP_RULES: Readonly<Record<GroupKind, GroupRules>> = {
  work: { join: 'closed', joinSettable: false, searchable: false, invite: 'member', editProfile: 'member', editSettings: 'owner', manage: 'owner', setRole: 'app', ownerLeaves: 'ownerless', dismiss: 'app', historyBeforeJoining: false, tips: ALL_TIPS, notify: 'all', maxSetting: 'groups.work.max' },
  public: { join: 'approve', joinSettable: true, searchable: true, invite: 'app', editProfile: 'admin', editSettings: 'admin', manage: 'admin', setRole: 'owner', ownerLeaves: 'refused', dismiss: 'owner', historyBeforeJoining: false, tips: ALL_TIPS, notify: 'all', maxSetting: 'groups.public.max' },
  meeting: { join: 'open', joinSettable: true, searchable: true, invite: 'app', editProfile: 'admin', editSettings: 'admin', manage: 'admin', setRole: 'owner', ownerLeaves: 'refused', dismiss: 'owner', historyBeforeJoining: false, tips: { members: false, profile: true, roles: false }, notify: 'none', maxSetting: 'groups.meeting.max' },
  community: { join: 'open', joinSettable: false, searchable: true, invite: 'member', editProfile: 'admin', editSettings: 'admin', manage: 'admin', setRole: 'owner', ownerLeaves: 'refused', dismiss: 'owner', historyBeforeJoining: true, tips: { members: false, profile: true, roles: true }, notify: 'all', maxSetting: 'groups.community.max' },
  circle: { join: 'open', joinSettable: true, searchable: true, invite: 'member', editProfile: 'member', editSettings: 'admin', manage: 'admin', setRole: 'owner', ownerLeaves: 'passes', dismiss: 'owner', historyBeforeJoining: false, tips: 'setting', notify: 'all', maxSetting: 'groups.circle.max' },
  club: { join: 'closed', joinSettable: true, searchable: true, invite: 'admin', editProfile: 'admin', editSettings: 'owner', manage: 'admin', setRole: 'owner', ownerLeaves: 'refused', dismiss: 'owner', historyBeforeJoining: false, tips: NO_TIPS, notify: 'all', maxSetting: 'groups.club.max' },
}; // prettier-ignore

const RANK: Readonly<Record<Role, number>> = { owner: 3, admin: 2, member: 1 };
const NEEDED: Readonly<Record<Right, number>> = { owner: 3, admin: 2, member: 1, app: 4 };

export function hasRight(role: Role, right: Right): boolean {
  return RANK[role] >= NEEDED[right];
}

export function outranks(a: Role, b: Role): boolean {
  return RANK[a] > RANK[b];
}
