import type { ChangeRow, LogRow } from '@magpie/domain';
import type pg from 'pg';
import { classCode, messageFlags, toAudience, type NewMessage } from '../codec.ts';
import { CONVERSATION, CONVERSATION_STATE, conversationCells, isCounted, list, MESSAGE, PARTICIPANT, participantCells, readConversationState, readParticipantState, type Cell, type Cells } from './columns.ts'; // prettier-ignore
import { postgresOutbox, type RunPrepared } from './outbox-postgres.ts';
import type { HotWriter, NamedEntry, UserState } from './types.ts';

const TEXT = new Set(['sender', 'client_id', 'type', 'body', 'audience', 'user_id', 'app', 'inviter', 'card', 'event', 'payload', 'conv_key']); // prettier-ignore

/** `unnest($1::bigint[], $2::text[], …)`: one array for each column. */
const unnest = (columns: readonly string[]): string =>
  `unnest(${columns.map((c, i) => `$${i + 1}::${TEXT.has(c) ? 'text' : 'bigint'}[]`).join(', ')})`;

const CHANGE = ['conv', 'change_seq', 'at', 'event', 'payload'];
const LOG = ['app', 'user_id', 'user_seq', 'at', 'event', 'conv_key', 'payload'];
const insert = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (${list(columns)}) select * from ${unnest(columns)}`;

const SQL = {
  conversations: `select ${list(CONVERSATION)} from conversations where num = any($1::bigint[]) order by num for update`,
  saveConversations: `update conversations c set ${CONVERSATION_STATE.map((c) => `${c} = v.${c}`).join(', ')}
    from ${unnest(['num', ...CONVERSATION_STATE])} as v(num, ${list(CONVERSATION_STATE)}) where c.num = v.num`,
  users: `select u.app, u.id, u.user_seq from users u join unnest($1::text[], $2::text[]) as k(app, id) on u.app = k.app and u.id = k.id
    order by u.app, u.id for update of u`,
  saveUsers: `update users u set user_seq = v.user_seq from unnest($1::text[], $2::text[], $3::bigint[]) as v(app, id, user_seq)
    where u.app = v.app and u.id = v.id`,
  participants: `select ${list(PARTICIPANT, 'p.')} from participants p
    join unnest($1::bigint[], $2::text[]) as k(conv, user_id) on p.conv = k.conv and p.user_id = k.user_id`,
  saveParticipants: `${insert('participants', PARTICIPANT)}
    on conflict (conv, user_id) do update set ${PARTICIPANT.slice(3).map((c) => `${c} = excluded.${c}`).join(', ')}`, // prettier-ignore
  names: `select m.conv, m.sender, m.client_id, m.seq, m.time, m.fp from messages m
    join unnest($1::bigint[], $2::text[], $3::text[]) as k(conv, sender, client_id)
    on m.conv = k.conv and m.sender = k.sender and m.client_id = k.client_id`,
  messages: insert('messages', MESSAGE),
  changes: insert('changes', CHANGE),
  log: insert('user_log', LOG),
} as const;

export interface PostgresHotWriter extends HotWriter {
  /** Forgets the batch before. `checkNames`: look for names that are stored already. */
  reset(checkNames: boolean): void;
}

type Name = Pick<NewMessage, 'conv' | 'sender' | 'clientId'>;
const nameKey = ({ conv, sender, clientId }: Name): string => `${conv} ${sender} ${clientId}`;

/** One multi-row statement per table and batch. Rows are held back until the flush. */
export function postgresHotWriter(client: pg.Client): PostgresHotWriter {
  const names = new Map<string, NamedEntry>();
  let fresh: string[] = [];
  let checkNames = false;
  const messages: NewMessage[] = [];
  const changes: ChangeRow[] = [];
  const logs: LogRow[] = [];
  let marks = { messages: 0, changes: 0, logs: 0 };

  const prepared: RunPrepared = async (name, text, values) => {
    const query = { name, text, values: [...values], rowMode: 'array' as const };
    return (await client.query<Cell[]>(query)).rows;
  };
  const run = (name: keyof typeof SQL, values: readonly unknown[]): Promise<readonly Cells[]> =>
    prepared(name, SQL[name], values);
  const runRows = async (name: keyof typeof SQL, rows: readonly Cells[]): Promise<void> => {
    if (rows.length > 0) await run(name, columnsOf(rows));
  };

  return {
    reset: (check) => {
      checkNames = check;
      names.clear();
      fresh = [];
      messages.length = 0;
      changes.length = 0;
      logs.length = 0;
    },
    loadNames: async (wanted) => {
      if (!checkNames || wanted.length === 0) return;
      const rows = await run('names', columnsOf(wanted.map((n) => [n.conv, n.sender, n.clientId])));
      for (const [conv, sender, clientId, seq, time, fp] of rows) {
        const name = { conv, sender, clientId } as Name;
        names.set(nameKey(name), { seq, time, fp } as NamedEntry);
      }
    },
    loadConversations: async (nums) => (await run('conversations', [nums])).map(readConversationState),
    saveConversations: (states) =>
      runRows('saveConversations', states.map((state) => [state.num, ...conversationCells(state)])), // prettier-ignore
    loadUsers: async (keys) => {
      const rows = await run('users', columnsOf(keys.map(({ app, id }) => [app, id])));
      return rows.map(([app, id, userSeq]) => ({ app, id, userSeq }) as UserState);
    },
    saveUsers: (states) => runRows('saveUsers', states.map(({ app, id, userSeq }) => [app, id, userSeq])), // prettier-ignore
    loadParticipants: async (keys) => {
      const rows = await run('participants', columnsOf(keys.map(({ conv, user }) => [conv, user])));
      return rows.map(readParticipantState);
    },
    saveParticipants: (states) => runRows('saveParticipants', states.map(participantCells)),
    insertMessage: (row) => {
      const key = nameKey(row);
      const known = names.get(key);
      if (known) return known;
      names.set(key, { seq: row.seq, time: row.time, fp: row.fp });
      fresh.push(key);
      messages.push(row);
      return undefined;
    },
    insertChange: (row) => void changes.push(row),
    insertLog: (row) => void logs.push(row),
    mark: () => {
      fresh = [];
      marks = { messages: messages.length, changes: changes.length, logs: logs.length };
    },
    undo: () => {
      // After a flush within the unit there is less held back than was marked; the savepoint takes back what was flushed.
      for (const key of fresh) names.delete(key);
      messages.length = Math.min(messages.length, marks.messages);
      changes.length = Math.min(changes.length, marks.changes);
      logs.length = Math.min(logs.length, marks.logs);
    },
    flush: async () => {
      await runRows('messages', messages.splice(0).map(messageCells));
      await runRows('changes', changes.splice(0).map((r) => [r.conv, r.changeSeq, r.at, r.event, r.payload])); // prettier-ignore
      await runRows('log', logs.splice(0).map((r) => [r.app, r.user, r.userSeq, r.at, r.event, r.convKey, r.payload])); // prettier-ignore
      marks = { messages: 0, changes: 0, logs: 0 };
    },
    outbox: postgresOutbox(prepared),
  };
}

function messageCells(row: NewMessage): Cell[] {
  const flags = messageFlags(row);
  return [
    row.conv, row.seq, row.sender, row.time, row.clientId, row.type, row.body, classCode(row.cls), isCounted(flags), flags,
    toAudience(row.audience), row.fp,
  ]; // prettier-ignore
}

/** Rows to columns. */
function columnsOf(rows: readonly Cells[]): Cell[][] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null));
}
