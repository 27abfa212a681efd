import {
  bareId,
  directKey,
  directPair,
  keyOf,
  kindOf,
  MagpieError,
  parseMessageId,
  type ConversationKind,
} from '@magpie/protocol';
import { BoundedCache } from '../core/cache.ts';
import type { Ctx } from '../core/context.ts';
import { Pending } from '../core/pending.ts';
import type { Mesh } from '../cluster/mesh.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/platform.ts';
import type { ConversationRow, GroupRow, MessageRow, ParticipantRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { Accounts } from '../user/accounts.ts';

/** Bus subject, with the app: `[conversation number, …users]` whose rows changed. */
export const MEMBERS_CHANGED = 'magpie.members';

/** What never changes about a conversation. */
export interface Place {
  readonly app: string;
  readonly num: number;
  readonly key: string;
  readonly kind: ConversationKind;
}

/** A conversation in the sight of one user. */
export interface Sight {
  readonly place: Place;
  readonly conversation: ConversationRow;
  readonly participant: ParticipantRow;
  /** Inclusive bounds of what this user may see. */
  readonly lo: number;
  readonly hi: number;
}

/** What a page of history needs of a sight. */
export interface Glance {
  readonly place: Place;
  readonly lo: number;
  readonly hi: number;
  readonly lastSeq: number;
  readonly changeSeq: number;
  /** Whether there may be entries the user deleted for themselves. */
  readonly hasDeleted: boolean;
}

/**
 * Finds conversations for callers. One rule everywhere: who has no row in a conversation gets the same CONVERSATION_NOT_FOUND
 * whether it exists or not.
 */
export class Conversations {
  private readonly making = new Pending<Place>();
  private readonly reads = new Pending<ParticipantRow | undefined>();
  private readonly memberships = new BoundedCache<ParticipantRow>(100_000);
  private readonly places = new BoundedCache<Place>(100_000);
  private readonly present = new Map<ConversationKind, (place: Place, userId: string) => boolean>();
  private readonly store: Store;
  private readonly accounts: Accounts;
  private readonly clock: Clock;
  private readonly bus: Bus;
  private readonly mesh: Pick<Mesh, 'healthy' | 'settled'>;
  private readonly unsubscribe: () => void;

  constructor(
    store: Store,
    accounts: Accounts,
    clock: Clock,
    bus: Bus,
    mesh: Pick<Mesh, 'healthy' | 'settled'>,
  ) {
    this.mesh = mesh;
    this.store = store;
    this.accounts = accounts;
    this.clock = clock;
    this.bus = bus;
    this.unsubscribe = bus.subscribe(`${MEMBERS_CHANGED}.*`, (data) => {
      const [conv, ...users] = JSON.parse(data) as [number, ...string[]];
      for (const user of users) this.memberships.delete(`${conv} ${user}`);
    });
  }

  close(): void {
    this.unsubscribe();
  }

  /** What others changed may not have been heard. */
  forget(): void {
    this.memberships.clear();
  }

  /** Hands a kind over to a slice that knows who is there: they may read all of it, and have no row in it. */
  serve(kind: ConversationKind, present: (place: Place, userId: string) => boolean): void {
    this.present.set(kind, present);
  }

  async byKey(app: string, key: string): Promise<Place | undefined> {
    const cached = this.places.get(`${app} ${key}`);
    if (cached) return cached;
    const row = await this.store.conversations.byKey(app, key);
    return row && this.remember(row);
  }

  /** Known without asking the store: the hot path's first step. */
  peek(app: string, key: string): Place | undefined {
    return this.places.get(`${app} ${key}`);
  }

  remember(row: Place): Place {
    const place = { app: row.app, num: row.num, key: row.key, kind: row.kind };
    this.places.set(`${row.app} ${row.key}`, place);
    return place;
  }

  /** The direct conversation of two users, made if it is their first. Both must exist. */
  direct(app: string, a: string, key: string): Promise<Place> {
    return this.making.share(`${app} ${a} ${key}`, () => this.findOrMake(app, a, key));
  }

  private async findOrMake(app: string, a: string, key: string): Promise<Place> {
    const known = await this.byKey(app, key);
    if (known) return known;
    const spelt = await this.respelt(app, a, key);
    if (spelt !== undefined) return this.findOrMake(app, a, spelt);
    const pair = directPair(key);
    for (const user of pair) await this.accounts.require(app, user, user === a ? 'user' : 'ref');
    const at = this.clock.now();
    const num = await this.store.conversationNumber();
    try {
      await this.store.commit([
        { op: 'conversation.create', conv: num, app, key, kind: 'direct', at },
        ...[...new Set(pair)].map(
          (user) => ({ op: 'participant.put', conv: num, app, user, set: {}, at }) as const,
        ),
      ]);
      return this.remember({ app, num, key, kind: 'direct' });
    } catch (error) {
      // The peer wrote at the same moment, perhaps on another node.
      const row = error instanceof StoreConflict ? await this.store.conversations.byKey(app, key) : undefined;
      if (!row) throw error;
      return this.remember(row);
    }
  }

  /**
   * The key with the peer's id as it was first spelt, where only the case differed (Easemob's SDK folds ids). Nobody else can be
   * meant: an id whose fold is taken cannot be made.
   */
  private async respelt(app: string, me: string, key: string): Promise<string | undefined> {
    const [a, b] = directPair(key);
    const peer = a === me ? b : a;
    const row = await this.accounts.resolve(app, peer, true);
    return row && row.id !== peer ? directKey(me, row.id) : undefined;
  }

  /** A user's row in a group, for the hot path: kept until the membership changes. */
  membership(conv: number, userId: string): ParticipantRow | Promise<ParticipantRow | undefined> {
    const key = `${conv} ${userId}`;
    // While the other nodes are not heard, one of them may have put this user out.
    const known = this.mesh.healthy ? this.memberships.get(key) : undefined;
    return known ?? this.reads.share(key, () => this.readMembership(conv, userId, key));
  }

  private async readMembership(
    conv: number,
    userId: string,
    key: string,
  ): Promise<ParticipantRow | undefined> {
    const { version } = this.memberships;
    const row = await this.store.conversations.participant(conv, userId);
    if (row) this.memberships.keep(key, row, version);
    return row;
  }

  /** Membership, role or mute of these users changed: every node forgets what it knew. Resolves when they have. */
  membersChanged(app: string, conv: number, users: readonly string[]): Promise<void> {
    this.bus.publish(`${MEMBERS_CHANGED}.${app}`, JSON.stringify([conv, ...users]));
    return this.mesh.settled();
  }

  /** A conversation a user has a row in, as they see it; undefined for a direct one that has not begun. */
  async find(ctx: Ctx, ref: string): Promise<Sight | undefined> {
    const place = await this.placeOf(ctx, ref);
    return place && this.sight(place, ctx.userId);
  }

  /** As `find`, with one short read. */
  async glance(ctx: Ctx, ref: string): Promise<Glance | undefined> {
    const place = this.peek(ctx.app.id, keyOf(ref, ctx.userId)) ?? (await this.placeOf(ctx, ref));
    const row = place && (await this.store.conversations.glance(place.num, ctx.userId));
    if (!row) return undefined;
    const { lastSeq, changeSeq, hasDeleted } = row;
    return { place, lastSeq, changeSeq, hasDeleted, ...boundsOf(row, row) };
  }

  private async placeOf(ctx: Ctx, ref: string): Promise<Place | undefined> {
    const key = keyOf(ref, ctx.userId);
    return (await this.byKey(ctx.app.id, key)) ?? this.otherwise(ctx, key);
  }

  private async otherwise(ctx: Ctx, key: string): Promise<Place | undefined> {
    const spelt = kindOf(key) === 'direct' ? await this.respelt(ctx.app.id, ctx.userId, key) : undefined;
    return spelt === undefined ? undefined : this.byKey(ctx.app.id, spelt);
  }

  async require(ctx: Ctx, ref: string, field = 'ref'): Promise<Sight> {
    const sight = await this.find(ctx, ref);
    if (!sight) throw new MagpieError('CONVERSATION_NOT_FOUND', { field });
    return sight;
  }

  /** To read it: also where membership is no row. */
  async read(ctx: Ctx, ref: string): Promise<Sight> {
    const place = this.present.has(kindOf(ref)) ? await this.byKey(ctx.app.id, ref) : undefined;
    if (!place) return this.require(ctx, ref);
    const [conversation, participant] = await Promise.all([
      this.store.conversations.byNumber(place.num),
      this.rowOf(ctx, place),
    ]);
    if (!conversation || !participant) throw new MagpieError('NOT_MEMBER', { field: 'ref' });
    return sightOf(place, conversation, participant);
  }

  private rowOf(ctx: Ctx, place: Place): Promise<ParticipantRow | undefined> | ParticipantRow | undefined {
    const present = this.present.get(place.kind);
    if (!present) return this.store.conversations.participant(place.num, ctx.userId);
    const sees = (ctx.caller === 'admin' && ctx.userId === '') || present(place, ctx.userId);
    return sees ? { ...NOBODY, conv: place.num, app: place.app, user: ctx.userId, state: 'member' } : undefined; // prettier-ignore
  }

  async sight(place: Place, userId: string): Promise<Sight | undefined> {
    const [conversation, participant] = await Promise.all([
      this.store.conversations.byNumber(place.num),
      this.store.conversations.participant(place.num, userId),
    ]);
    if (!conversation || !participant) return undefined;
    return sightOf(place, conversation, participant);
  }

  /** A stored message by id alone, if the caller may see it. Deleted, hidden and foreign ones are all MESSAGE_NOT_FOUND. */
  async message(ctx: Ctx, id: string, field: string): Promise<{ sight: Sight; row: MessageRow }> {
    const found = await this.findMessage(ctx, id);
    if (!found) throw new MagpieError('MESSAGE_NOT_FOUND', { field });
    return found;
  }

  async findMessage(ctx: Ctx, id: string): Promise<{ sight: Sight; row: MessageRow } | undefined> {
    const parsed = parseMessageId(id);
    const conversation = parsed && (await this.store.conversations.byNumber(parsed.conversation));
    if (!conversation || conversation.app !== ctx.app.id) return undefined;
    const place = this.remember(conversation);
    const [participant, [row]] = await Promise.all([
      this.rowOf(ctx, place),
      this.store.messages.get(place.num, [parsed.seq]),
    ]);
    const admin = ctx.caller === 'admin' && ctx.userId === '';
    if (!row || (!participant && !admin)) return undefined;
    const sight = sightOf(place, conversation, participant ?? NOBODY);
    if (admin) return { sight: { ...sight, lo: 1, hi: conversation.lastSeq }, row };
    if (row.seq < sight.lo || row.seq > sight.hi || !shownTo(row, ctx.userId)) return undefined;
    const deleted = await this.store.messages.deleted(place.num, ctx.userId, row.seq, row.seq);
    return deleted.length > 0 ? undefined : { sight, row };
  }

  /** The group a conversation belongs to. */
  async group(app: string, ref: string): Promise<GroupRow | undefined> {
    return kindOf(ref) === 'group' ? this.store.groups.byId(app, bareId(ref)) : undefined;
  }
}

const NOBODY: ParticipantRow = { conv: 0, app: '', user: '', state: 'left', role: 'member', joinedAt: 0, inviter: null, card: null, historyFrom: 1, historyTo: null, readSeq: 0, reportedSeq: 0, reportedAt: 0, pinnedAt: null, notifyLevel: 'all', discard: false, hiddenSeq: 0, clearedSeq: 0, changedAt: 0 }; // prettier-ignore

export function sightOf(place: Place, conversation: ConversationRow, participant: ParticipantRow): Sight {
  return {
    place,
    conversation,
    participant,
    ...boundsOf(conversation, participant),
  };
}

export function glanceOf({ place, lo, hi, conversation }: Sight): Glance {
  return {
    place,
    lo,
    hi,
    lastSeq: conversation.lastSeq,
    changeSeq: conversation.changeSeq,
    hasDeleted: true,
  };
}

type Kept = Pick<ParticipantRow, 'historyFrom' | 'historyTo' | 'clearedSeq'>;

function boundsOf(
  { lastSeq, purgedSeq }: Pick<ConversationRow, 'lastSeq' | 'purgedSeq'>,
  { historyFrom, historyTo, clearedSeq }: Kept,
): { lo: number; hi: number } {
  const lo = Math.max(historyFrom, clearedSeq + 1, purgedSeq + 1);
  return { lo, hi: Math.min(lastSeq, historyTo ?? lastSeq) };
}

/** Whether an entry is for this user at all. */
export function shownTo(row: Pick<MessageRow, 'audience' | 'sender'>, userId: string): boolean {
  return row.audience === null || row.sender === userId || row.audience.includes(userId);
}
