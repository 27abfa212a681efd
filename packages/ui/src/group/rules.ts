import type { GroupKind, Role } from '@magpie/protocol';

type Right = 'owner' | 'admin' | 'member' | 'nobody';

interface KindRules {
  readonly invite: Right;
  readonly edit: Right;
  readonly kick: Right;
  readonly setRole: Right;
  readonly ownerLeaves: boolean;
  readonly dismiss: Right;
}

/**
 * What a kind lets whom do, as far as buttons go: the server decides, and what it refuses is told. `nobody`: the app's back end
 * alone.
 */
const RULES: Readonly<Record<GroupKind, KindRules>> = {
  work: { invite: 'member', edit: 'member', kick: 'owner', setRole: 'nobody', ownerLeaves: true, dismiss: 'nobody' },
  public: { invite: 'nobody', edit: 'admin', kick: 'admin', setRole: 'owner', ownerLeaves: false, dismiss: 'owner' },
  meeting: { invite: 'nobody', edit: 'admin', kick: 'admin', setRole: 'owner', ownerLeaves: false, dismiss: 'owner' },
  community: { invite: 'member', edit: 'admin', kick: 'admin', setRole: 'owner', ownerLeaves: false, dismiss: 'owner' },
  circle: { invite: 'member', edit: 'member', kick: 'admin', setRole: 'owner', ownerLeaves: true, dismiss: 'owner' },
  club: { invite: 'admin', edit: 'admin', kick: 'admin', setRole: 'owner', ownerLeaves: false, dismiss: 'owner' },
}; // prettier-ignore

/** In the order they are offered. */
export const GROUP_KINDS: readonly GroupKind[] = ['work', 'circle', 'public', 'meeting', 'community', 'club'];

const RANK: Readonly<Record<Role, number>> = { owner: 3, admin: 2, member: 1 };
const NEEDED: Readonly<Record<Right, number>> = { nobody: 4, owner: 3, admin: 2, member: 1 };

export interface GroupRights {
  readonly invite: boolean;
  readonly edit: boolean;
  readonly setRole: boolean;
  readonly transfer: boolean;
  readonly leave: boolean;
  readonly dismiss: boolean;
  kick(role: Role): boolean;
}

/** What somebody in this role may try; without a role, nothing. */
export function groupRights(kind: GroupKind, role: Role | undefined): GroupRights {
  const rules = RULES[kind];
  const has = (right: Right): boolean => role !== undefined && RANK[role] >= NEEDED[right];
  return {
    invite: has(rules.invite),
    edit: has(rules.edit),
    setRole: has(rules.setRole),
    transfer: role === 'owner',
    leave: role !== undefined && (role !== 'owner' || rules.ownerLeaves),
    dismiss: has(rules.dismiss),
    kick: (other) => role !== undefined && has(rules.kick) && RANK[role] > RANK[other],
  };
}

/** Ids as people type them: by commas, spaces or lines, Chinese ones included. */
export function splitIds(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter(Boolean))];
}
