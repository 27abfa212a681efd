import type { DialectName } from '../migrations/dialect.ts';
import { CONVERSATION, list, LOG, MESSAGE, PAGE, PARTICIPANT, USER } from './columns.ts';

/**
 * The hot reads as text, with parameters `?1` … (PostgreSQL's `$1` are made from them). Written by hand so that each is the
 * index range it is meant to be; `plans.test.ts` asks SQLite whether it is.
 */
export function hotStatements(dialect: DialectName) {
  const position = dialect === 'sqlite' ? 'instr' : 'strpos';
  const forUser = (message: string, user: string) =>
    `(${message}.audience is null or ${message}.sender = ${user} or ${position}(${message}.audience, ' ' || ${user} || ' ') > 0)`;
  const both = `select ${list(CONVERSATION, 'c.')}, ${list(PARTICIPANT, 'p.')} from participants p join conversations c on c.num = p.conv`;
  const message = `select ${list(MESSAGE, 'm.')} from messages m`;
  const page = `select ${list(PAGE, 'm.')} from messages m`;
  const notDeleted = (user: string) =>
    `not exists (select 1 from deleted d where d.conv = m.conv and d.user_id = ${user} and d.seq = m.seq)`;
  const user = 'cast(?2 as text)';
  return {
    user: `select ${list(USER)} from users where app = ?1 and id = ?2`,
    standing: `select u.user_seq, i.user_seq, i.at from users u left join instances i on i.app = u.app and i.user_id = u.id
      where u.app = ?1 and u.id = ?2 order by (i.instance = ?3) desc, i.user_seq desc, i.at desc limit 1`,
    log: `select ${list(LOG)} from user_log where app = ?1 and user_id = ?2 and user_seq > ?3 order by user_seq limit ?4`,
    logFirst: 'select user_seq from user_log where app = ?1 and user_id = ?2 order by user_seq limit 1',
    userSeq: 'select user_seq from users where app = ?1 and id = ?2',
    isBlocked: 'select 1 from blocks where app = ?1 and user_id = ?2 and target = ?3',
    byKey: `select ${list(CONVERSATION)} from conversations where app = ?1 and key = ?2`,
    byNumber: `select ${list(CONVERSATION)} from conversations where num = ?1`,
    participant: `select ${list(PARTICIPANT)} from participants where conv = ?1 and user_id = ?2`,
    glance: `select c.last_seq, c.change_seq, p.history_from, p.history_to, p.cleared_seq, c.purged_seq,
      exists (select 1 from deleted d where d.conv = p.conv and d.user_id = p.user_id) from conversations c
      join participants p on p.conv = c.num where c.num = ?1 and p.user_id = ?2`,
    memberIds:
      'select user_id from participants where conv = ?1 and state = 0 order by role, joined_at, user_id',

    older: `${page} where m.conv = ?1 and m.seq <= ?2 and m.seq >= ?3 order by m.seq desc limit ?4`,
    newer: `${page} where m.conv = ?1 and m.seq >= ?2 and m.seq <= ?3 order by m.seq limit ?4`,
    message: `${message} where m.conv = ?1 and m.seq = ?2`,
    byClientId: `${message} where m.conv = ?1 and m.sender = ?2 and m.client_id = ?3`,
    deleted:
      'select seq from deleted where conv = ?1 and user_id = ?2 and seq >= ?3 and seq <= ?4 order by seq',
    changes:
      'select conv, change_seq, at, event, payload from changes where conv = ?1 and change_seq > ?2 order by change_seq limit ?3',

    // Times never decrease along a conversation, so the first entry at or after a time is found by halving.
    seqAtTime: `with recursive s(lo, hi) as (
      select purged_seq + 1, last_seq + 1 from conversations where num = ?1
      union all
      select case when coalesce((select m.time from messages m where m.conv = ?1 and m.seq = (s.lo + s.hi) / 2), ?2) < ?2 then (s.lo + s.hi) / 2 + 1 else s.lo end,
             case when coalesce((select m.time from messages m where m.conv = ?1 and m.seq = (s.lo + s.hi) / 2), ?2) < ?2 then s.hi else (s.lo + s.hi) / 2 end
      from s where s.lo < s.hi)
      select s.lo from s join conversations c on c.num = ?1 where s.lo = s.hi and s.lo <= c.last_seq limit 1`,

    head: `${message} where m.conv = ?1 and m.seq <= ?3 and m.seq >= ?4
      and m.seq > coalesce((select cleared_seq from participants where conv = ?1 and user_id = ${user}), 0)
      and ((1 << m.cls) & cast(?5 as integer)) <> 0 and (m.flags & 2) = 0 and (cast(?6 as integer) = 0 or (m.flags & 4) = 0)
      and ${forUser('m', user)} and ${notDeleted(user)}
      order by m.seq desc limit 1`,

    mentions: `${message} where m.conv = ?1 and m.seq > ?3 and m.seq <= ?4 and (m.flags & 16) <> 0 and m.counted = 1
      and m.sender <> ${user} and ${notDeleted(user)} order by m.seq desc limit ?5`,

    // The first half decides nearly all rows without a look at messages; the second is for entries shown to some only, and
    // for those who left.
    ofUser: `${both} where p.app = ?1 and p.user_id = ?2
      and (coalesce(p.pinned_at, 0), c.active_at, c.num) < (?3, ?4, ?5)
      and ((p.history_to is null and c.head_public > p.hidden_seq and c.head_public >= p.history_from)
        or (p.pinned_at is not null and p.hidden_seq = 0)
        or (c.head_entry > p.hidden_seq and c.head_entry >= p.history_from and exists (
          select 1 from messages m where m.conv = p.conv and m.seq > p.hidden_seq and m.seq >= p.history_from
          and m.seq <= coalesce(p.history_to, c.last_seq) and m.cls < 2 and (m.flags & 2) = 0 and ${forUser('m', 'p.user_id')})))
      order by coalesce(p.pinned_at, 0) desc, c.active_at desc, c.num desc limit ?6`,
    changedSince: `${both} where p.app = ?1 and p.user_id = ?2 and p.conv > ?3 and (p.changed_at >= ?4 or c.changed_at >= ?4)
      order by p.conv limit ?5`,

    watchers: `select watcher from subscriptions where app = ?1 and target = ?2 and watcher > ?3
      and (expires_at is null or expires_at > ?4) order by watcher limit ?5`,
  } as const;
}

export type HotStatements = ReturnType<typeof hotStatements>;
