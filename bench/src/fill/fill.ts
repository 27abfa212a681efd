import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { markedBody } from '../clients/marks.ts';
import { callAsAdmin, createApp } from '../peers/admin.ts';
import { APP } from '../peers/door.ts';
import { startMagpie } from '../peers/magpie.ts';
import { chances, directKeyOf, drawConversation, groupName, memberOf, membersIn, membersOf, pairOf, planOf, userName, type Plan } from './plan.ts'; // prettier-ignore
import { RowWriter, template, type Row } from './rows.ts';

export const DATABASE = 'magpie.db';
const NOTE = 'bench-fill.json';
export const noteOf = (folder: string): string => join(folder, NOTE);

const YEAR = 365 * 86_400_000;
const PER_TRANSACTION = 200_000;

/**
 * Fills an empty folder with a store of so many messages, as a year of use would leave it. The real server makes the store and one
 * of everything; those rows are the patterns, and SQL writes the rest in the order of time, through all indexes.
 */
export async function fill(
  folder: string,
  messages: number,
  progress: (text: string) => void,
): Promise<void> {
  const plan = planOf(messages);
  await makePatterns(folder);
  const db = new Libsql(join(folder, DATABASE));
  try {
    db.exec('pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; pragma cache_size = -3000000; pragma temp_store = memory'); // prettier-ignore
    const patterns = readPatterns(db);
    const first = Number(template(db, 'meta', "name = 'numbers'")['value']) + 1;
    writeUsers(db, plan, patterns);
    const state = writeMessages(db, plan, patterns, first, progress);
    writeConversations(db, plan, patterns, first, state);
    db.prepare("update meta set value = ? where name = 'numbers'").run(
      String(first + plan.directs + plan.groups),
    );
  } finally {
    db.close();
  }
  await writeFile(noteOf(folder), JSON.stringify(plan));
}

const [A, B] = ['pattern-a', 'pattern-b'];

async function makePatterns(folder: string): Promise<void> {
  const server = await startMagpie({ folder });
  try {
    const call = (operation: string, input: unknown, user?: string) =>
      callAsAdmin(server.address.url, operation, input, user);
    await createApp(server.address.url);
    for (const userId of [A, B]) await call('user.register', { userId });
    await call('group.create', { id: 'pattern', kind: 'community', members: [B] }, A);
    const content = { type: 'text', text: markedBody(A, 0) };
    for (const ref of [`u:${B}`, 'g:pattern'])
      await call('message.send', { ref, clientId: 'pattern', content }, A);
  } finally {
    await server.stop();
  }
}

interface Patterns {
  readonly user: Row;
  readonly group: Row;
  readonly message: Row;
  readonly direct: { readonly conversation: Row; readonly participant: Row };
  readonly many: { readonly conversation: Row; readonly owner: Row; readonly member: Row };
}

function readPatterns(db: Libsql.Database): Patterns {
  const conversation = (kind: string) => template(db, 'conversations', 'app = ? and kind = ?', APP, kind);
  const participant = (num: unknown, user: string) => template(db, 'participants', 'conv = ? and user_id = ?', num as number, user); // prettier-ignore
  const [direct, many] = [conversation('direct'), conversation('group')];
  for (const [name, value] of Object.entries({ last_seq: 1, head_entry: 1, head_content: 1 }))
    if (direct[name] !== value)
      throw new Error(`the pattern of a conversation has ${name} ${direct[name]}, not ${value}`);
  return {
    user: template(db, 'users', 'app = ? and id = ?', APP, B),
    group: template(db, 'groups', 'app = ?', APP),
    message: template(db, 'messages', 'conv = ? and seq = 1', direct['num'] as number),
    direct: { conversation: direct, participant: participant(direct['num'], B) },
    many: { conversation: many, owner: participant(many['num'], A), member: participant(many['num'], B) },
  };
}

function transaction(db: Libsql.Database, run: () => void): void {
  db.exec('begin');
  run();
  db.exec('commit');
}

function writeUsers(db: Libsql.Database, { users }: Plan, { user }: Patterns): void {
  const writer = new RowWriter(db, 'users', user);
  transaction(db, () => {
    for (let i = 0; i < users; i++) writer.write({ id: userName(i), fold: userName(i) });
    writer.flush();
  });
}

/** Where each conversation ended. */
interface State {
  readonly seqs: Int32Array;
  readonly times: Float64Array;
}

function writeMessages(
  db: Libsql.Database,
  plan: Plan,
  { message }: Patterns,
  first: number,
  progress: (text: string) => void,
): State {
  const writer = new RowWriter(db, 'messages', message);
  const state = {
    seqs: new Int32Array(plan.directs + plan.groups),
    times: new Float64Array(plan.directs + plan.groups),
  };
  const chance = chances(plan.messages);
  const began = Date.now() - YEAR;
  const body = String(message['body']);
  for (let done = 0; done < plan.messages;) {
    const end = Math.min(plan.messages, done + PER_TRANSACTION);
    transaction(db, () => {
      for (; done < end; done++) {
        const conversation = drawConversation(plan, chance);
        const seq = ++state.seqs[conversation]!;
        const time = began + Math.floor(((YEAR - 3_600_000) * done) / plan.messages);
        state.times[conversation] = time;
        const sender = senderOf(plan, conversation, chance);
        writer.write({ conv: first + conversation, seq, sender, time, client_id: `${time.toString(36)}-${done.toString(36)}`, body }); // prettier-ignore
      }
      writer.flush();
    });
    progress(`${done} of ${plan.messages} messages`);
  }
  return state;
}

function senderOf(plan: Plan, conversation: number, chance: () => number): string {
  if (conversation < plan.directs) return pairOf(plan, conversation)[chance() < 0.5 ? 0 : 1];
  return memberOf(plan, conversation - plan.directs, Math.floor(chance() * membersIn(plan)));
}

function writeConversations(
  db: Libsql.Database,
  plan: Plan,
  patterns: Patterns,
  first: number,
  state: State,
): void {
  const { direct, many } = patterns;
  const writers = {
    directs: new RowWriter(db, 'conversations', direct.conversation),
    groups: new RowWriter(db, 'conversations', many.conversation),
    facts: new RowWriter(db, 'groups', patterns.group),
    sides: new RowWriter(db, 'participants', direct.participant),
    owners: new RowWriter(db, 'participants', many.owner),
    members: new RowWriter(db, 'participants', many.member),
  };
  const chance = chances(1);
  transaction(db, () => {
    state.seqs.forEach((last, i) => {
      if (last === 0) return;
      const conv = first + i;
      const at = state.times[i] ?? 0;
      const ends = { num: conv, last_seq: last, last_time: at, active_at: at, changed_at: at, head_entry: last, head_content: last, head_live: last, head_public: last }; // prettier-ignore
      // Most have read nearly all; a few lag behind.
      const side = (user: string) => ({
        conv,
        user_id: user,
        read_seq: Math.max(0, last - Math.floor(chance() ** 4 * 50)),
      });
      if (i < plan.directs) {
        writers.directs.write({ ...ends, key: directKeyOf(plan, i) });
        for (const user of pairOf(plan, i)) writers.sides.write(side(user));
        return;
      }
      const id = groupName(i - plan.directs);
      const [owner = '', ...members] = membersOf(plan, i - plan.directs);
      writers.groups.write({ ...ends, key: `g:${id}`, member_count: members.length + 1 });
      writers.facts.write({ conv, id, owner });
      writers.owners.write(side(owner));
      for (const user of members) writers.members.write(side(user));
    });
    for (const writer of Object.values(writers)) writer.flush();
  });
}
