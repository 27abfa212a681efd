import type { ParticipantRow } from '@magpie/domain';
import { messageFlags, classCode, toAudience } from '../codec.ts';
import type { Prepared, SqliteHandle } from '../sqlite/handle.ts';
import { CONVERSATION, CONVERSATION_STATE, conversationCells, isCounted, list, MESSAGE, PARTICIPANT, participantCells, readChange, readConversation, readConversationState, readLog, readMessage, readPageRow, logPage, readGlance, readParticipant, readParticipantState, readStanding, readUser } from './columns.ts'; // prettier-ignore
import { classMask, FIRST, MENTIONS, mentionsUser, readForUser, unreadRange, watched } from './shared.ts';
import { sqliteOutbox } from './outbox-sqlite.ts';
import { hotStatements, type HotStatements } from './statements.ts';
import type { HotReads, HotWriter } from './types.ts';

const holes = (count: number): string => Array.from({ length: count }, (_, i) => `?${i + 1}`).join(', ');

/** The append path: one row at a time, which on SQLite is as fast as many at once. Nothing is held back. */
export function sqliteHotWriter(handle: SqliteHandle): HotWriter {
  const conversation = handle.prepare(`select ${list(CONVERSATION)} from conversations where num = ?1`);
  const saveConversation = handle.prepare(`update conversations set ${CONVERSATION_STATE.map((c, i) => `${c} = ?${i + 2}`).join(', ')} where num = ?1`); // prettier-ignore
  const user = handle.prepare('select user_seq from users where app = ?1 and id = ?2');
  const saveUser = handle.prepare('update users set user_seq = ?3 where app = ?1 and id = ?2');
  const participant = handle.prepare(
    `select ${list(PARTICIPANT)} from participants where conv = ?1 and user_id = ?2`,
  );
  const saveParticipant = handle.prepare(`insert into participants (${list(PARTICIPANT)}) values (${holes(PARTICIPANT.length)})
    on conflict (conv, user_id) do update set ${PARTICIPANT.slice(3).map((c) => `${c} = excluded.${c}`).join(', ')}`); // prettier-ignore
  const message = handle.prepare(`insert into messages (${list(MESSAGE)}) values (${holes(MESSAGE.length)}) on conflict (conv, sender, client_id) do nothing`); // prettier-ignore
  const named = handle.prepare(
    'select seq, time, fp from messages where conv = ?1 and sender = ?2 and client_id = ?3',
  );
  const change = handle.prepare(
    `insert into changes (conv, change_seq, at, event, payload) values (${holes(5)})`,
  );
  const log = handle.prepare(
    `insert into user_log (app, user_id, user_seq, at, event, conv_key, payload) values (${holes(7)})`,
  );
  return {
    loadConversations: (nums) => nums.flatMap((num) => conversation.rows(num).map(readConversationState)),
    saveConversations: (states) => {
      for (const state of states) saveConversation.run(state.num, ...conversationCells(state));
    },
    loadUsers: (keys) =>
      keys.flatMap(({ app, id }) =>
        user.rows(app, id).map((cells) => ({ app, id, userSeq: Number(cells[0]) })),
      ),
    saveUsers: (states) => {
      for (const { app, id, userSeq } of states) saveUser.run(app, id, userSeq);
    },
    loadParticipants: (keys) =>
      keys.flatMap((key) => participant.rows(key.conv, key.user).map(readParticipantState)),
    saveParticipants: (states) => {
      for (const state of states) saveParticipant.run(...participantCells(state));
    },
    insertMessage: (row) => {
      const flags = messageFlags(row);
      const done = message.run(
        row.conv, row.seq, row.sender, row.time, row.clientId, row.type, row.body, classCode(row.cls), isCounted(flags), flags,
        toAudience(row.audience), row.fp,
      ); // prettier-ignore
      if (done > 0) return undefined;
      const [seq, time, fp] = named.one(row.conv, row.sender, row.clientId) ?? [];
      return { seq: Number(seq), time: Number(time), fp: Number(fp) };
    },
    insertChange: (row) => {
      change.run(row.conv, row.changeSeq, row.at, row.event, row.payload);
    },
    insertLog: (row) => {
      log.run(row.app, row.user, row.userSeq, row.at, row.event, row.convKey, row.payload);
    },
    mark: () => undefined,
    undo: () => undefined,
    flush: () => undefined,
    outbox: sqliteOutbox(handle),
  };
}

const UNREAD = `select
  (select count(*) from messages where conv = ?1 and seq >= ?2 and seq <= ?3 and counted = 1 and sender <> ?4)
  - (select count(*) from deleted d join messages m on m.conv = d.conv and m.seq = d.seq
     where d.conv = ?1 and d.user_id = ?4 and d.seq >= ?2 and d.seq <= ?3 and m.counted = 1 and m.sender <> ?4)`;

/** Reads of the calling thread, each prepared once. */
export function sqliteHotReads(handle: SqliteHandle): HotReads {
  const texts = hotStatements('sqlite');
  const s = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, handle.prepare(text)]),
  ) as unknown as Record<keyof HotStatements, Prepared>;
  const unread = handle.prepare(UNREAD);

  const unreadOf = (row: ParticipantRow): number => {
    const range = unreadRange(row);
    return range ? Number(unread.one(row.conv, range.lo, range.hi, row.user)?.[0] ?? 0) : 0;
  };

  return {
    ...conversationReads(s),
    users: {
      get: async (app, id) => {
        const cells = s.user.one(app, id);
        return cells && readUser(cells);
      },
      standing: async (app, user, instance) => {
        const cells = s.standing.one(app, user, instance);
        return cells && readStanding(cells);
      },
      log: async (app, user, after, limit) => {
        const rows = s.log.rows(app, user, after, limit).map((cells) => readLog(app, user, cells));
        const first = s.logFirst.one(app, user);
        return logPage(rows, first, first ? undefined : s.userSeq.one(app, user));
      },
      isBlocked: async (app, by, user) => s.isBlocked.one(app, by, user) !== undefined,
    },
    unread: async (rows) => rows.map(unreadOf),
    page: async (conv, { direction, from, to, limit }) => {
      const found = s[direction].rows(conv, from, to, limit).map((cells) => readPageRow(conv, cells));
      return direction === 'older' ? found.reverse() : found;
    },
    get: async (conv, seqs) => ascending(seqs).flatMap((seq) => s.message.rows(conv, seq).map(readMessage)),
    seqAtTime: async (conv, time) => {
      const cells = s.seqAtTime.one(conv, time);
      return cells ? Number(cells[0]) : undefined;
    },
    byClientId: async (conv, sender, clientId) => {
      const cells = s.byClientId.one(conv, sender, clientId);
      return cells && readMessage(cells);
    },
    deleted: async (conv, user, lo, hi) =>
      s.deleted.rows(conv, user, lo, hi).map((cells) => Number(cells[0])),
    head: async (conv, { user, from, lowest, classes, live }) => {
      const cells = s.head.one(conv, user, from, lowest, classMask(classes), live ? 1 : 0);
      return cells && readMessage(cells);
    },
    mentions: async (conv, user, after, upTo) => {
      const found = [];
      for (let end = upTo, i = 0; i < MENTIONS.pages && end > after; i++) {
        const rows = s.mentions.rows(conv, user, after, end, MENTIONS.page).map(readMessage);
        found.push(...rows.filter((row) => mentionsUser(row, user)));
        if (rows.length < MENTIONS.page || found.length >= MENTIONS.kept) break;
        end = (rows.at(-1)?.seq ?? 0) - 1;
      }
      return found.slice(0, MENTIONS.kept);
    },
    changes: async (conv, after, limit) => s.changes.rows(conv, after, limit).map(readChange),
    watchers: async (app, targets, { now, after, limit }) => {
      const found: { target: string; watcher: string }[] = [];
      for (const target of watched(targets, after)) {
        if (found.length >= limit) break;
        const from = target === after?.target ? after.watcher : '';
        const rows = s.watchers.rows(app, target, from, now, limit - found.length);
        found.push(...rows.map(([watcher]) => ({ target, watcher: String(watcher) })));
      }
      return found;
    },
  };
}

type ConversationPart = Pick<HotReads, 'byKey' | 'byNumber' | 'participant' | 'participants' | 'glance' | 'memberIds' | 'ofUser' | 'changedSince'>; // prettier-ignore

function conversationReads(s: Record<keyof HotStatements, Prepared>): ConversationPart {
  return {
    byKey: async (app, key) => {
      const cells = s.byKey.one(app, key);
      return cells && readConversation(cells);
    },
    byNumber: async (num) => {
      const cells = s.byNumber.one(num);
      return cells && readConversation(cells);
    },
    participant: async (conv, user) => {
      const cells = s.participant.one(conv, user);
      return cells && readParticipant(cells);
    },
    participants: async (conv, users) =>
      [...new Set(users)].flatMap((user) =>
        s.participant.rows(conv, user).map((cells) => readParticipant(cells)),
      ),
    glance: async (conv, user) => {
      const cells = s.glance.one(conv, user);
      return cells && readGlance(cells);
    },
    memberIds: async (conv) => s.memberIds.rows(conv).map((cells) => String(cells[0])),
    ofUser: async (app, user, { after = FIRST, limit }) =>
      s.ofUser.rows(app, user, after.pinnedAt, after.activeAt, after.num, limit).map(readForUser),
    changedSince: async (app, user, since, { afterNum = 0, limit }) =>
      s.changedSince.rows(app, user, afterNum, since, limit).map(readForUser),
  };
}

const ascending = (seqs: readonly number[]): number[] => [...new Set(seqs)].sort((a, b) => a - b);
