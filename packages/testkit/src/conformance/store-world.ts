import type { AppendResult, ConversationRow, GroupRow, MessageRow, ParticipantRow, SeqValue, Store, WriteOp } from '@magpie/domain'; // prettier-ignore

/** What a driver hands to its conformance suite. `reopen` closes the store and opens it again on the same data. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly reopen?: () => Promise<Store>;
  readonly teardown: () => Promise<void>;
}

export type AppendOp = Extract<WriteOp, { op: 'append' }>;
export type MemberOp = Extract<WriteOp, { op: 'member.put' }>;

let apps = 0;
/** Of this run of the suite: numbers must not meet those of a store that is shared. */
const START = 1_700_000_000_000;

/** One fresh app with short words for what tests do to it. Every test has its own, so tests may share a store. */
export class World {
  readonly app: string;
  store: Store;
  private time = START;
  private names = 0;

  private constructor(store: Store, app: string) {
    this.store = store;
    this.app = app;
  }

  static async create(store: Store, users: readonly string[] = ['alice', 'bob', 'carol']): Promise<World> {
    const world = new World(store, `app-${++apps}`);
    await store.commit([
      {
        op: 'app.create',
        row: { id: world.app, name: 'Test', settings: { 'a.b': 1 }, createdAt: world.now() },
      },
      ...users.map((id) => world.userOp(id)),
    ]);
    return world;
  }

  /** A time, later than the one before. */
  now(): number {
    return ++this.time;
  }

  userOp(
    id: string,
    over: Partial<Extract<WriteOp, { op: 'user.create' }>> = {},
  ): Extract<WriteOp, { op: 'user.create' }> {
    const profile = { nick: id } as unknown as Extract<WriteOp, { op: 'user.create' }>['profile'];
    return { op: 'user.create', app: this.app, id, fold: id.toLowerCase(), unique: false, profile, passwordHash: null, at: this.now(), ...over }; // prettier-ignore
  }

  /** A direct conversation with rows for both. */
  async direct(a = 'alice', b = 'bob'): Promise<number> {
    const conv = await this.store.conversationNumber();
    const at = this.now();
    await this.store.commit([
      { op: 'conversation.create', conv, app: this.app, key: `d:${a} ${b}`, kind: 'direct', at },
      { op: 'participant.put', conv, app: this.app, user: a, set: {}, at },
      { op: 'participant.put', conv, app: this.app, user: b, set: {}, at },
    ]);
    return conv;
  }

  groupRow(
    conv: number,
    id: string,
    over: Partial<GroupRow> = {},
  ): Omit<GroupRow, 'memberCount' | 'dismissedAt'> {
    return { conv, app: this.app, id, kind: 'work', name: 'Group', avatar: null, intro: null, announcement: null, ext: null, owner: 'alice', join: 'free' as GroupRow['join'], maxMembers: 200, createdAt: this.now(), ...over }; // prettier-ignore
  }

  /** A group whose first member owns it. */
  async group(id: string, members: readonly string[] = ['alice', 'bob']): Promise<number> {
    const conv = await this.store.conversationNumber();
    const at = this.now();
    await this.store.commit([
      { op: 'conversation.create', conv, app: this.app, key: `g:${id}`, kind: 'group', at },
      { op: 'group.create', row: this.groupRow(conv, id) },
      ...members.map((user, i) => this.memberOp(conv, user, { role: i === 0 ? 'owner' : 'member' })),
    ]);
    return conv;
  }

  memberOp(conv: number, user: string, over: Partial<MemberOp> = {}): MemberOp {
    return { op: 'member.put', conv, app: this.app, user, state: 'member', role: 'member', at: this.now(), historyFrom: 1, ...over }; // prettier-ignore
  }

  appendOp(conv: number, sender = 'alice', over: Partial<AppendOp> = {}): AppendOp {
    const clientId = `c${++this.names}`;
    const body = `{"content":{"type":"text","text":"${clientId}"}}`;
    return { op: 'append', app: this.app, conv, sender, clientId, fp: this.names, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body, at: this.now(), ...over }; // prettier-ignore
  }

  async append(conv: number, sender = 'alice', over: Partial<AppendOp> = {}): Promise<AppendResult> {
    const [result] = await this.store.commit([this.appendOp(conv, sender, over)]);
    return result;
  }

  async appendMany(conv: number, count: number, sender = 'alice'): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.append(conv, sender)));
  }

  async revoke(conv: number, seq: number): Promise<void> {
    await this.store.commit([{ op: 'message.replace', conv, seq, type: 'text', body: '{}', revoked: true }]);
  }

  async put(
    conv: number,
    user: string,
    set: Extract<WriteOp, { op: 'participant.put' }>['set'],
  ): Promise<ParticipantRow> {
    const [result] = await this.store.commit([
      { op: 'participant.put', conv, app: this.app, user, set, at: this.now() },
    ]);
    return result.row;
  }

  read(conv: number, user: string, readSeq: SeqValue): Promise<ParticipantRow> {
    return this.put(conv, user, { readSeq });
  }

  async conversation(conv: number): Promise<ConversationRow> {
    return must(await this.store.conversations.byNumber(conv));
  }

  async participant(conv: number, user: string): Promise<ParticipantRow> {
    return must(await this.store.conversations.participant(conv, user));
  }

  async message(conv: number, seq: number): Promise<MessageRow> {
    return must((await this.store.messages.get(conv, [seq]))[0]);
  }

  async unread(conv: number, user: string): Promise<number> {
    const [count] = await this.store.conversations.unread([await this.participant(conv, user)]);
    return must(count);
  }
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected something to be there');
  return value;
}

/** Settles to the code of the conflict a commit ends with. */
export async function conflictOf(commit: Promise<unknown>): Promise<string> {
  try {
    await commit;
  } catch (error) {
    const { name, code, op } = error as { name?: string; code?: string; op?: number };
    return name === 'StoreConflict' ? `${code} at ${op}` : `not a conflict: ${String(error)}`;
  }
  return 'done';
}
