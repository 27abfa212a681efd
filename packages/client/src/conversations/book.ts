import { refOf, type Conversation, type GroupSummary, type Message } from '@magpie/protocol';
import type { Turn } from '../core/turn.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { ConversationView } from '../types.ts';
import { type FullHeads, fullHeads, headsRevised, headsWith, wireHeads } from './heads.ts';
import { compareRows, isListed, viewOf } from './order.ts';
import {
  countsUnread,
  unreadOf,
  withEntry,
  withRead,
  withRevoked,
  type UnreadRules,
  type UnreadState,
} from './unread.ts';

export interface BookNeeds {
  readonly store: LocalStore;
  readonly turn: Turn;
  readonly me: () => string;
  /** Ask the server for a row: something could not be derived. */
  readonly refresh: (key: string) => void;
}

export type OwnFields = Partial<Pick<Conversation, 'notify' | 'hiddenSeq' | 'clearedSeq' | 'reportedSeq'>> & {
  readonly pinnedAt?: number | null;
};

/** The user's conversations: rows as the server last told them, moved on by what happened since. */
export class ConversationBook {
  readonly #needs: BookNeeds;
  readonly #unread = new Map<string, UnreadState>();
  readonly #views = new Map<string, ConversationView>();
  /** When the user's own part of each row last changed here, counted in such changes. */
  readonly #ownAt = new Map<string, number>();
  #now = 0;

  constructor(needs: BookNeeds) {
    this.#needs = needs;
  }

  get(key: string): Conversation | undefined {
    return this.#needs.store.rows.get(key);
  }

  view(key: string): { ref: string; view: ConversationView | undefined } {
    const row = this.get(key);
    const ref = refOf(key, this.#needs.me());
    if (!row || !isListed(row)) return { ref, view: undefined };
    const view = this.#views.get(key) ?? viewOf(row, this.#needs.me());
    this.#views.set(key, view);
    return { ref, view };
  }

  list(): readonly ConversationView[] {
    const rows = [...this.#needs.store.rows.all()].filter(isListed).sort(compareRows);
    return rows.flatMap((row) => this.view(row.conv).view ?? []);
  }

  totalUnread(): number {
    let total = 0;
    for (const row of this.#needs.store.rows.all()) {
      if (isListed(row) && !row.conv.startsWith('s:') && (row.notify?.level ?? 'all') === 'all')
        total += row.unread;
    }
    return total;
  }

  /** To be called when rows are asked for. What it answers says, when they come, which were read, pinned or muted meanwhile. */
  asking(): () => ReadonlySet<string> {
    const asked = this.#now;
    return () =>
      asked === this.#now
        ? NONE
        : new Set([...this.#ownAt].flatMap(([key, at]) => (at > asked ? [key] : [])));
  }

  /** Takes in a row of the server. What this client has seen beyond it stays. `overtaken`: see `asking`. */
  adopt(answer: Conversation, reason: string, overtaken: ReadonlySet<string>): void {
    const before = this.get(answer.conv);
    const late = before !== undefined && overtaken.has(answer.conv);
    const row = late ? withOwn(answer, before) : answer;
    const seen = this.#unread.get(row.conv);
    const live = (seen?.live ?? []).filter((seq) => seq > row.lastSeq && seq > row.readSeq);
    const state: UnreadState = { base: row.unread, asOf: row.lastSeq, asOfChange: row.changeSeq, live };
    this.#unread.set(row.conv, state);
    const ahead = before !== undefined && before.lastSeq > row.lastSeq;
    const heads = ahead && before.heads.entry ? newest(row, before) : row.heads;
    this.#put({
      ...row,
      heads,
      lastSeq: Math.max(row.lastSeq, before?.lastSeq ?? 0),
      changeSeq: Math.max(row.changeSeq, before?.changeSeq ?? 0),
      activeAt: ahead ? Math.max(row.activeAt, before.activeAt) : row.activeAt,
      unread: unreadOf(state),
    }, reason); // prettier-ignore
    // Changes taken in while the row was under way may be missing from its numbers.
    if (late || (before && before.changeSeq > row.changeSeq)) this.#needs.refresh(row.conv);
  }

  /** The row, made up from nothing if this conversation has just begun. */
  ensure(key: string): Conversation {
    const row = this.get(key);
    if (row) return row;
    const fresh: Conversation = { conv: key, lastSeq: 0, changeSeq: 0, activeAt: 0, readSeq: 0, reportedSeq: 0, unread: 0, heads: {}, historyFrom: 0 }; // prettier-ignore
    this.#needs.store.rows.set(fresh);
    // How a group notifies and where its history begins is the server's to say.
    if (!key.startsWith('d:')) this.#needs.refresh(key);
    return fresh;
  }

  /** The next entry of a log, or a hole. */
  entry(key: string, seq: number, message: Message | undefined): void {
    const row = this.ensure(key);
    if (seq <= row.lastSeq && message === undefined) return;
    const lastSeq = Math.max(row.lastSeq, seq);
    if (!message) return this.#set({ ...row, lastSeq });
    const rules = this.#rules(row);
    const state = withEntry(this.#state(row), message, rules);
    this.#unread.set(key, state);
    const old = fullHeads(row.heads);
    const heads = headsWith(old, message);
    const next: Conversation = {
      ...row,
      lastSeq,
      unread: unreadOf(state),
      heads: wireHeads(heads),
      activeAt: heads.entry === old.entry ? row.activeAt : Math.max(row.activeAt, message.time),
    };
    if (heads === old && next.unread === row.unread) return this.#set(next);
    this.#put(withMention(next, message, rules, this.#needs.me()), 'entry');
  }

  /** An entry was revoked by change number `change`. */
  revoked(key: string, message: Message, change: number, counted: boolean): void {
    const row = this.get(key);
    if (!row) return;
    const state = withRevoked(this.#state(row), message, change, counted, this.#rules(row));
    this.#unread.set(key, state);
    const { heads: revised, touched, stale } = headsRevised(fullHeads(row.heads), message);
    const heads = stale ? this.#withLive(key, revised, message.id) : revised;
    const mentioned = row.mentioned?.filter(({ id }) => id !== message.id);
    const changed = touched || unreadOf(state) !== row.unread || mentioned?.length !== row.mentioned?.length;
    if (stale) this.#needs.refresh(key);
    if (!changed) return;
    this.#put(
      { ...row, heads: wireHeads(heads), unread: unreadOf(state), ...(mentioned ? { mentioned } : {}) },
      'revoked',
    );
  }

  change(key: string, changeSeq: number): void {
    const row = this.get(key);
    if (row && changeSeq > row.changeSeq) this.#set({ ...row, changeSeq });
  }

  /** The read position moved, here or elsewhere. */
  read(key: string, readSeq: number, said: number | undefined): void {
    const row = this.ensure(key);
    if (readSeq <= row.readSeq) return;
    this.#ownAt.set(key, ++this.#now);
    const { state, exact } = withRead(this.#state(row), readSeq, said);
    this.#unread.set(key, state);
    const mentioned = row.mentioned?.filter(({ seq }) => seq > readSeq);
    const next = { ...row, readSeq, unread: unreadOf(state), ...(mentioned ? { mentioned } : {}) };
    if (!exact) this.#needs.refresh(key);
    this.#put(next, 'read');
  }

  /** The user's own row changed. */
  own(key: string, fields: OwnFields, reason: string): void {
    const row = this.ensure(key);
    this.#ownAt.set(key, ++this.#now);
    const { pinnedAt: _, ...rest } = row;
    const { pinnedAt = row.pinnedAt, ...others } = fields;
    const next: Conversation = {
      ...rest,
      ...others,
      ...(pinnedAt === null || pinnedAt === undefined ? {} : { pinnedAt }),
    };
    this.#put({ ...next, heads: headsAfter(next.heads, next.clearedSeq ?? 0) }, reason);
  }

  /** Entries up to a seq are kept no longer. Where only some of those the server counted went, it is asked how many are left. */
  purged(key: string, upTo: number): void {
    const row = this.get(key);
    if (!row || upTo < row.historyFrom) return;
    const before = this.#state(row);
    const live = before.live.filter((seq) => seq > upTo);
    const state = { ...before, live, base: upTo >= before.asOf ? 0 : before.base };
    if (state.base > 0 && row.readSeq < upTo) this.#needs.refresh(key);
    this.#unread.set(key, state);
    const mentioned = row.mentioned?.filter(({ seq }) => seq > upTo);
    const next = {
      ...row,
      heads: headsAfter(row.heads, upTo),
      historyFrom: upTo + 1,
      unread: unreadOf(state),
      ...(mentioned ? { mentioned } : {}),
    };
    if (next.unread !== row.unread || (row.heads.entry?.seq ?? Infinity) <= upTo) this.#put(next, 'purged');
    else this.#set(next);
  }

  peerRead(key: string, upTo: number, at: number): void {
    const row = this.get(key);
    if (row && upTo > (row.peerReadSeq ?? 0))
      this.#put({ ...row, peerReadSeq: upTo, peerReadAt: at }, 'peerRead');
  }

  group(key: string, group: GroupSummary, state?: 'left' | 'dismissed' | 'member'): void {
    const row = this.ensure(key);
    const { state: _, ...rest } = row;
    const next = state === 'member' ? rest : { ...row, ...(state ? { state } : {}) };
    this.#put({ ...next, group }, 'group');
  }

  /** Entries were deleted for the user: heads and unread may rest on them. */
  deleted(key: string, matches: (message: Message) => boolean): void {
    const row = this.get(key);
    if (!row) return;
    const { entry, content, live } = row.heads;
    if ([entry, content, live].some((head) => head && matches(head)) || row.unread > 0)
      this.#needs.refresh(key);
  }

  remove(key: string): void {
    if (!this.get(key)) return;
    this.#needs.store.rows.remove(key);
    this.#unread.delete(key);
    this.#views.delete(key);
    this.#ownAt.delete(key);
    this.#needs.turn.touch(key, 'removed');
  }

  clear(): void {
    this.#unread.clear();
    this.#views.clear();
    this.#ownAt.clear();
  }

  /** The newest content at hand; the server's answer to `refresh` has the last word. */
  #withLive(key: string, heads: FullHeads, without: string): FullHeads {
    const candidates = this.#needs.store.entries.held(key).filter(({ id }) => id !== without);
    return candidates.reduce((best, one) => ({ ...best, live: headsWith(best, one).live }), heads);
  }

  #state(row: Conversation): UnreadState {
    return (
      this.#unread.get(row.conv) ?? {
        base: row.unread,
        asOf: row.lastSeq,
        asOfChange: row.changeSeq,
        live: [],
      }
    );
  }

  #rules(row: Conversation): UnreadRules {
    return {
      me: this.#needs.me(),
      readSeq: row.readSeq,
      historyFrom: row.historyFrom,
      discard: row.notify?.discard === true,
    };
  }

  /** Stores without telling anybody: bookkeeping nobody draws. */
  #set(row: Conversation): void {
    this.#needs.store.rows.set(row);
    this.#views.delete(row.conv);
  }

  #put(row: Conversation, reason: string): void {
    this.#set(row);
    this.#needs.turn.touch(row.conv, reason);
  }
}

const NONE: ReadonlySet<string> = new Set();

/** A row with the user's own part of another one; how many are unread then is known only where all were read. */
function withOwn(row: Conversation, own: Conversation): Conversation {
  const { pinnedAt: _, notify: __, ...rest } = row;
  const { pinnedAt, notify, hiddenSeq, clearedSeq } = own;
  const readSeq = Math.max(row.readSeq, own.readSeq);
  return {
    ...rest,
    ...(pinnedAt === undefined ? {} : { pinnedAt }),
    ...(notify === undefined ? {} : { notify }),
    ...(hiddenSeq === undefined ? {} : { hiddenSeq }),
    ...(clearedSeq === undefined ? {} : { clearedSeq }),
    reportedSeq: Math.max(row.reportedSeq, own.reportedSeq),
    readSeq,
    unread: readSeq >= row.lastSeq ? 0 : row.unread,
  };
}

/** Heads that stand after a seq. */
function headsAfter(heads: Conversation['heads'], seq: number): Conversation['heads'] {
  const { entry, content, live } = fullHeads(heads);
  const kept = (head: Message | undefined): Message | undefined =>
    head && (head.seq ?? 0) > seq ? head : undefined;
  return wireHeads({ entry: kept(entry), content: kept(content), live: kept(live) });
}

/** Heads of a row that lags behind what was seen already. */
function newest(row: Conversation, seen: Conversation): Conversation['heads'] {
  const { entry, content, live } = fullHeads(seen.heads);
  const add = (heads: ReturnType<typeof fullHeads>, message: Message | undefined) =>
    message ? headsWith(heads, message) : heads;
  return wireHeads(add(add(add(fullHeads(row.heads), live), content), entry));
}

function withMention(row: Conversation, message: Message, rules: UnreadRules, me: string): Conversation {
  const names = message.mentions?.users?.includes(me) === true;
  const all = message.mentions?.all === true;
  if ((!names && !all) || !countsUnread(message, rules) || message.seq === undefined) return row;
  if (row.mentioned?.some(({ id }) => id === message.id)) return row;
  const mention = { id: message.id, seq: message.seq, from: message.from, me: names, all };
  return { ...row, mentioned: [...(row.mentioned ?? []), mention] };
}
