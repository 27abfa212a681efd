import type { AppRow, ConversationRow, DoorRow, FileRow, GroupRow, MessageRow, ParticipantRow, UserRow } from '@magpie/domain'; // prettier-ignore
import { MESSAGE_FLAG, type AppTable, type ConversationTable, type DoorTable, type FileTable, type GroupTable, type MessageTable, type ParticipantTable, type UserTable } from './schema.ts'; // prettier-ignore

/** Rows of the port to rows of the tables and back. Pure; both databases use the same forms. */

const STATES = ['member', 'left', 'dismissed'] as const;
const ROLES = ['owner', 'admin', 'member'] as const;
const LEVELS = ['all', 'mentions', 'none'] as const;
const CLASSES = ['content', 'record', 'hidden'] as const;

export const stateCode = (state: ParticipantRow['state']): number => STATES.indexOf(state);
/** In the order members are listed. */
export const roleCode = (role: ParticipantRow['role']): number => ROLES.indexOf(role);
export const levelCode = (level: ParticipantRow['notifyLevel']): number => LEVELS.indexOf(level);
export const classCode = (cls: MessageRow['cls']): number => CLASSES.indexOf(cls);

function pick<T>(list: readonly T[], code: number): T {
  const found = list[code];
  if (found === undefined) throw new RangeError(`the store holds an unknown code: ${code}`);
  return found;
}

export function toAudience(audience: readonly string[] | null): string | null {
  return audience === null ? null : ` ${audience.join(' ')} `;
}

export function fromAudience(text: string | null): readonly string[] | null {
  return text === null ? null : text.split(' ').filter((id) => id !== '');
}

/** A body is JSON text, in which this sequence can only be a key: inside a string its quotes would be escaped. */
export function namesSomebody(body: string): boolean {
  return body.includes('"mentions":{');
}

/** What `toMessage` needs to know of an entry about to be stored. */
export type NewMessage = Omit<MessageRow, 'revoked'>;

export function messageFlags(row: NewMessage): number {
  return (
    (row.counts ? MESSAGE_FLAG.counts : 0) |
    (row.notLast ? MESSAGE_FLAG.notLast : 0) |
    (row.receipt ? MESSAGE_FLAG.receipt : 0) |
    (namesSomebody(row.body) ? MESSAGE_FLAG.mentions : 0)
  );
}

export function fromMessage(t: MessageTable): MessageRow {
  return {
    conv: t.conv,
    seq: t.seq,
    sender: t.sender,
    time: t.time,
    clientId: t.client_id,
    type: t.type as MessageRow['type'],
    body: t.body,
    cls: pick(CLASSES, t.cls),
    counts: (t.flags & MESSAGE_FLAG.counts) !== 0,
    notLast: (t.flags & MESSAGE_FLAG.notLast) !== 0,
    revoked: (t.flags & MESSAGE_FLAG.revoked) !== 0,
    receipt: (t.flags & MESSAGE_FLAG.receipt) !== 0,
    audience: fromAudience(t.audience),
    fp: t.fp,
  };
}

export function fromConversation(t: ConversationTable): ConversationRow {
  return {
    num: t.num,
    app: t.app,
    key: t.key,
    kind: t.kind as ConversationRow['kind'],
    lastSeq: t.last_seq,
    changeSeq: t.change_seq,
    changesPruned: t.changes_pruned,
    lastTime: t.last_time,
    activeAt: t.active_at,
    changedAt: t.changed_at,
    headEntry: t.head_entry,
    headContent: t.head_content,
    headLive: t.head_live,
    purgedSeq: t.purged_seq,
  };
}

export function fromParticipant(t: ParticipantTable): ParticipantRow {
  return {
    conv: t.conv,
    app: t.app,
    user: t.user_id,
    state: pick(STATES, t.state),
    role: pick(ROLES, t.role),
    joinedAt: t.joined_at,
    inviter: t.inviter,
    card: t.card,
    historyFrom: t.history_from,
    historyTo: t.history_to,
    readSeq: t.read_seq,
    reportedSeq: t.reported_seq,
    reportedAt: t.reported_at,
    pinnedAt: t.pinned_at,
    notifyLevel: pick(LEVELS, t.notify_level),
    discard: t.discard !== 0,
    hiddenSeq: t.hidden_seq,
    clearedSeq: t.cleared_seq,
    changedAt: t.changed_at,
  };
}

export function fromUser(t: UserTable): UserRow {
  return {
    app: t.app,
    id: t.id,
    fold: t.fold,
    profile: JSON.parse(t.profile) as UserRow['profile'],
    updatedAt: t.updated_at,
    createdAt: t.created_at,
    deletedAt: t.deleted_at,
    bannedUntil: t.banned_until,
    validFrom: t.valid_from,
    passwordHash: t.password_hash,
    userSeq: t.user_seq,
  };
}

export function fromApp(t: AppTable): AppRow {
  return {
    id: t.id,
    name: t.name,
    settings: JSON.parse(t.settings) as AppRow['settings'],
    createdAt: t.created_at,
  };
}

export function fromDoor(t: DoorTable): DoorRow {
  return {
    kind: t.kind as DoorRow['kind'],
    vendorId: t.vendor_id,
    app: t.app,
    clientId: t.client_id,
    sealedSecret: t.sealed_secret,
    sealedOldSecret: t.sealed_old_secret,
    oldUntil: t.old_until,
  };
}

export function toDoor(row: DoorRow): DoorTable {
  return {
    kind: row.kind,
    vendor_id: row.vendorId,
    app: row.app,
    client_id: row.clientId,
    sealed_secret: row.sealedSecret,
    sealed_old_secret: row.sealedOldSecret,
    old_until: row.oldUntil,
  };
}

export function fromGroup(t: GroupTable & { member_count: number }): GroupRow {
  return {
    conv: t.conv,
    app: t.app,
    id: t.id,
    kind: t.kind as GroupRow['kind'],
    name: t.name,
    avatar: t.avatar,
    intro: t.intro,
    announcement: t.announcement,
    ext: t.ext,
    owner: t.owner,
    join: t.join_rule as GroupRow['join'],
    maxMembers: t.max_members,
    memberCount: t.member_count,
    createdAt: t.created_at,
    dismissedAt: t.dismissed_at,
  };
}

export function toGroup(row: Omit<GroupRow, 'memberCount' | 'dismissedAt'>): GroupTable {
  return {
    conv: row.conv,
    app: row.app,
    id: row.id,
    kind: row.kind,
    name: row.name,
    avatar: row.avatar,
    intro: row.intro,
    announcement: row.announcement,
    ext: row.ext,
    owner: row.owner,
    join_rule: row.join,
    max_members: row.maxMembers,
    created_at: row.createdAt,
    dismissed_at: null,
  };
}

export function fromFile(t: FileTable): FileRow {
  return {
    app: t.app,
    id: t.id,
    owner: t.owner,
    use: t.used_for as FileRow['use'],
    name: t.name,
    size: t.size,
    mime: t.mime,
    state: t.state as FileRow['state'],
    uploadKey: t.upload_key,
    createdAt: t.created_at,
    finishedAt: t.finished_at,
    usedAt: t.used_at,
    meta: t.meta,
  };
}

export function toFile(row: FileRow): FileTable {
  return {
    app: row.app,
    id: row.id,
    owner: row.owner,
    used_for: row.use,
    name: row.name,
    size: row.size,
    mime: row.mime,
    state: row.state,
    upload_key: row.uploadKey,
    created_at: row.createdAt,
    finished_at: row.finishedAt,
    used_at: row.usedAt,
    meta: row.meta,
  };
}
