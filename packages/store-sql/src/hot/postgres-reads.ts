import type pg from 'pg';
import { readChange, readConversation, logPage, readGlance, readLog, readMessage, readPageRow, readParticipant, readStanding, readUser, list, MESSAGE, PARTICIPANT, type Cell, type Cells } from './columns.ts'; // prettier-ignore
import { classMask, FIRST, MENTIONS, mentionsUser, readForUser, unreadRange, watched } from './shared.ts';
import { hotStatements } from './statements.ts';
import type { HotReads } from './types.ts';

const shared = hotStatements('postgres');
const SQL = {
  ...shared,
  messagesOf: `select ${list(MESSAGE)} from messages where conv = $1 and seq = any($2::bigint[]) order by seq`,
  participantsOf: `select ${list(PARTICIPANT)} from participants where conv = $1 and user_id = any($2::text[])`,
  unread: `select
      (select count(*) from messages m where m.conv = k.conv and m.seq >= k.lo and m.seq <= k.hi and m.counted = 1 and m.sender <> k.user_id)
      - (select count(*) from deleted d join messages m on m.conv = d.conv and m.seq = d.seq
         where d.conv = k.conv and d.user_id = k.user_id and d.seq >= k.lo and d.seq <= k.hi and m.counted = 1 and m.sender <> k.user_id)
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) with ordinality as k(conv, lo, hi, user_id, i) order by k.i`,
  // Each target's watchers are a range of their own, cut at the limit.
  watchers: `select k.target, w.watcher from unnest($2::text[], $3::text[]) with ordinality as k(target, start, i)
    cross join lateral (select s.watcher from subscriptions s where s.app = $1 and s.target = k.target and s.watcher > k.start
      and (s.expires_at is null or s.expires_at > $4::bigint) order by s.watcher limit $5::int) w
    order by k.i, w.watcher limit $5::int`,
} as const;

type Name = keyof typeof SQL;
const TEXTS = Object.fromEntries(
  Object.entries(SQL).map(([name, text]) => [name, text.replaceAll(/\?(\d+)/g, '$$$1')]),
) as Record<Name, string>;

/** Reads over the pool, each prepared once per connection. */
export function postgresHotReads(pool: pg.Pool): HotReads {
  const rows = async (name: Name, ...values: readonly unknown[]): Promise<readonly Cells[]> => {
    const query = { name: `read_${name}`, text: TEXTS[name], values: [...values], rowMode: 'array' as const };
    return (await pool.query<Cell[]>(query)).rows;
  };
  const one = async <T>(
    read: (cells: Cells) => T,
    name: Name,
    ...values: readonly unknown[]
  ): Promise<T | undefined> => {
    const [cells] = await rows(name, ...values);
    return cells && read(cells);
  };
  return {
    users: {
      get: (app, id) => one(readUser, 'user', app, id),
      standing: (app, user, instance) => one(readStanding, 'standing', app, user, instance),
      log: async (app, user, after, limit) => {
        const found = await rows('log', app, user, after, limit);
        const [first] = await rows('logFirst', app, user);
        const [end] = first ? [] : await rows('userSeq', app, user);
        return logPage(
          found.map((cells) => readLog(app, user, cells)),
          first,
          end,
        );
      },
      isBlocked: async (app, by, user) => (await rows('isBlocked', app, by, user)).length > 0,
    },
    byKey: (app, key) => one(readConversation, 'byKey', app, key),
    byNumber: (num) => one(readConversation, 'byNumber', num),
    participant: (conv, user) => one(readParticipant, 'participant', conv, user),
    participants: async (conv, users) =>
      (await rows('participantsOf', conv, users)).map((cells) => readParticipant(cells)),
    glance: (conv, user) => one(readGlance, 'glance', conv, user),
    memberIds: async (conv) => (await rows('memberIds', conv)).map((cells) => String(cells[0])),
    ofUser: async (app, user, { after = FIRST, limit }) =>
      (await rows('ofUser', app, user, after.pinnedAt, after.activeAt, after.num, limit)).map(readForUser),
    changedSince: async (app, user, since, { afterNum = 0, limit }) =>
      (await rows('changedSince', app, user, afterNum, since, limit)).map(readForUser),
    unread: async (participants) => {
      if (participants.length === 0) return [];
      // A range that is empty counts nothing.
      const ranges = participants.map((row) => unreadRange(row) ?? { lo: 1, hi: 0 });
      const counts = await rows(
        'unread',
        participants.map((row) => row.conv),
        ranges.map(({ lo }) => lo),
        ranges.map(({ hi }) => hi),
        participants.map((row) => row.user),
      );
      return counts.map((cells) => Number(cells[0]));
    },
    page: async (conv, { direction, from, to, limit }) => {
      const cells = await rows(direction, conv, from, to, limit);
      const found = cells.map((one) => readPageRow(conv, one));
      return direction === 'older' ? found.reverse() : found;
    },
    get: async (conv, seqs) => (await rows('messagesOf', conv, seqs)).map(readMessage),
    seqAtTime: (conv, time) => one((cells) => Number(cells[0]), 'seqAtTime', conv, time),
    byClientId: (conv, sender, clientId) => one(readMessage, 'byClientId', conv, sender, clientId),
    deleted: async (conv, user, lo, hi) =>
      (await rows('deleted', conv, user, lo, hi)).map((cells) => Number(cells[0])),
    head: (conv, { user, from, lowest, classes, live }) =>
      one(readMessage, 'head', conv, user, from, lowest, classMask(classes), live ? 1 : 0),
    mentions: async (conv, user, after, upTo) => {
      const found = [];
      for (let end = upTo, i = 0; i < MENTIONS.pages && end > after; i++) {
        const some = (await rows('mentions', conv, user, after, end, MENTIONS.page)).map(readMessage);
        found.push(...some.filter((row) => mentionsUser(row, user)));
        if (some.length < MENTIONS.page || found.length >= MENTIONS.kept) break;
        end = (some.at(-1)?.seq ?? 0) - 1;
      }
      return found.slice(0, MENTIONS.kept);
    },
    changes: async (conv, after, limit) => (await rows('changes', conv, after, limit)).map(readChange),
    watchers: async (app, targets, { now, after, limit }) => {
      const asked = watched(targets, after);
      const starts = asked.map((target) => (target === after?.target ? after.watcher : ''));
      const found = await rows('watchers', app, asked, starts, now, limit);
      return found.map(([target, watcher]) => ({ target: String(target), watcher: String(watcher) }));
    },
  };
}
