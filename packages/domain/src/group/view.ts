import type { Group, GroupSummary, Member } from '@magpie/protocol';
import type { GroupRow, ParticipantRow } from '../ports/rows.ts';

export function summaryOf(row: GroupRow): GroupSummary {
  return { id: row.id, kind: row.kind, name: row.name, memberCount: row.memberCount, ...(row.avatar === null ? {} : { avatar: row.avatar }) }; // prettier-ignore
}

export function groupOf(row: GroupRow, me?: ParticipantRow): Group {
  return {
    ...summaryOf(row),
    join: row.join,
    maxMembers: row.maxMembers,
    createdAt: row.createdAt,
    ...(row.intro === null ? {} : { intro: row.intro }),
    ...(row.announcement === null ? {} : { announcement: row.announcement }),
    ...(row.ext === null ? {} : { ext: row.ext }),
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(me?.state === 'member' ? { me: { role: me.role, joinedAt: me.joinedAt, ...(me.card === null ? {} : { card: me.card }) } } : {}), // prettier-ignore
  };
}

export function memberOf(row: ParticipantRow): Member {
  return {
    userId: row.user,
    role: row.role,
    joinedAt: row.joinedAt,
    ...(row.card === null ? {} : { card: row.card }),
    ...(row.inviter === null ? {} : { inviter: row.inviter }),
  };
}
