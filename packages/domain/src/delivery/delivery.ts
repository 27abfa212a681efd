import { directPair, kindOf, type ConversationKind, type Priority } from '@magpie/protocol';
import type { Mesh } from '../cluster/mesh.ts';
import { BoundedCache } from '../core/cache.ts';
import { MEMBERS_CHANGED } from '../conversation/resolve.ts';
import type { Bus } from '../ports/bus.ts';
import type { ConversationReads } from '../ports/store.ts';
import type { Elsewhere } from '../session/elsewhere.ts';
import type { Session, SessionRegistry } from '../session/registry.ts';

/** Where an event goes: a conversation as everybody calls it, and its number. */
export interface Place {
  readonly app: string;
  readonly num: number;
  readonly key: string;
}

/** Only these users are shown the event; the others get `hole`, or nothing. */
export interface Limited {
  readonly only: ReadonlySet<string>;
  readonly hole: string | undefined;
}

/** What a conversation's own way of delivering may need to know of an event. */
export interface Posting {
  readonly limited?: Limited | undefined;
  readonly priority?: Priority | undefined;
  /** Of a message: what it is, and its JSON alone. */
  readonly message?:
    | {
        readonly id: string;
        readonly from: string;
        readonly clientId: string;
        readonly time: number;
        readonly json: string;
        /** Drawn by all, and not meant for this moment alone. */
        readonly keep: boolean;
      }
    | undefined;
}

/** Delivers to the people of a kind of conversation whose members are not rows of the store. */
export type Sink = (place: Place, event: string, posting: Posting) => void;

/** Serialised once: what goes to many holds nothing that differs per receiver. */
export function eventText(name: string, payload: string, key?: string, n?: number): string {
  return `{"e":"${name}"${key === undefined ? '' : `,"c":${JSON.stringify(key)}`}${n === undefined ? '' : `,"n":${n}`},"d":${payload}}`;
}

export interface DeliveryDeps {
  readonly sessions: SessionRegistry;
  readonly conversations: ConversationReads;
  readonly bus: Bus;
  readonly mesh: Mesh;
  readonly elsewhere: Elsewhere;
}

/** Which of a user's sessions: all, those that asked to hear of deliveries, or those that are not behind. */
type Some = 'wantDelivered' | 'notBehind';

/** To users named, of one app. */
interface ToUser {
  readonly app: string;
  readonly user: string;
  readonly event: string;
  readonly some?: Some;
}

/** To those of a group who are on the node that is told. */
interface ToGroup {
  readonly app: string;
  readonly num: number;
  readonly event: string;
  readonly only?: readonly string[];
  readonly hole?: string;
}

/** Takes committed events to the sessions of those concerned, on whatever node they are. */
export class Delivery {
  /** A promise while it is being read, so that a change meanwhile is not undone by a late answer. */
  private readonly members = new BoundedCache<readonly string[] | Promise<readonly string[]>>(20_000);
  private readonly sinks = new Map<ConversationKind, Sink>();
  private readonly deps: DeliveryDeps;
  private readonly unsubscribe: () => void;

  constructor(deps: DeliveryDeps) {
    this.deps = deps;
    const { bus, mesh } = deps;
    mesh.hear<ToUser>('toUser', ({ app, user, event, some }) => this.push(app, user, event, some));
    mesh.hear<ToGroup>('toGroup', (note) => void this.toGroupHere(note));
    this.unsubscribe = bus.subscribe(`${MEMBERS_CHANGED}.*`, (data) => {
      this.members.delete(String((JSON.parse(data) as [number])[0]));
    });
  }

  close(): void {
    this.unsubscribe();
  }

  /** What others changed may not have been heard. */
  forget(): void {
    this.members.clear();
  }

  /** Hands a kind of conversation over to a slice that knows who is there. */
  serve(kind: ConversationKind, sink: Sink): void {
    this.sinks.set(kind, sink);
  }

  /**
   * To all present members. With `only`, others of them get `hole` instead. Direct conversations answer at once; a group's
   * member list is read on first use and kept until membership changes. Where it cannot be read, the clients are told to ask: what was
   * committed stays so.
   */
  toConversation(place: Place, event: string, posting: Posting = NOTHING): void | Promise<void> {
    const kind = kindOf(place.key);
    const sink = this.sinks.get(kind);
    if (sink) return sink(place, event, posting);
    const { limited } = posting;
    if (kind === 'direct') {
      const [a, b] = directPair(place.key);
      for (const user of a === b ? [a] : [a, b]) {
        const text = textFor(user, event, limited);
        if (text !== undefined) this.toUser(place.app, user, text);
      }
      return;
    }
    const cached = this.members.get(String(place.num));
    if (cached && !(cached instanceof Promise) && this.deps.mesh.healthy) return this.toMembers(place, cached, event, limited);
    const told = this.memberIds(place.num).then((ids) => this.toMembers(place, ids, event, limited));
    return told.catch(() => this.deps.mesh.overlookedAnywhere());
  } // prettier-ignore

  async memberIds(conv: number): Promise<readonly string[]> {
    const key = String(conv);
    const cached = this.members.get(key);
    if (cached && this.deps.mesh.healthy) return cached;
    const reading = this.deps.conversations.memberIds(conv);
    this.members.set(key, reading);
    try {
      const ids = await reading;
      if (this.members.get(key) === reading) this.members.set(key, ids);
      return ids;
    } catch (error) {
      if (this.members.get(key) === reading) this.members.delete(key);
      throw error;
    }
  }

  /** `but`: a session that knows already. */
  toUser(app: string, user: string, event: string, some?: Some, but?: Session): void {
    this.push(app, user, event, some, but);
    const { mesh, elsewhere } = this.deps;
    if (!mesh.alone) mesh.tell('toUser', { app, user, event, ...(some ? { some } : {}) } satisfies ToUser, elsewhere.nodesOf(app, user)); // prettier-ignore
  }

  private push(app: string, user: string, event: string, some?: Some, but?: Session): void {
    for (const session of this.deps.sessions.of(app, user)) {
      if (session === but) continue;
      if (some === 'wantDelivered' && !session.wantsDelivered) continue;
      if (some === 'notBehind' && session.peer.congested) continue;
      session.peer.push(event);
    }
  }

  private toMembers({ app, num }: Place, ids: readonly string[], event: string, limited?: Limited): void {
    this.toMembersHere(app, ids, event, limited);
    const { mesh, elsewhere } = this.deps;
    if (mesh.alone) return;
    const shown = limited ? { only: [...limited.only], ...(limited.hole === undefined ? {} : { hole: limited.hole }) } : {};
    mesh.tell('toGroup', { app, num, event, ...shown } satisfies ToGroup, elsewhere.nodesOfAny(app, ids));
  } // prettier-ignore

  /** What another node committed, for those who are here. */
  private async toGroupHere({ app, num, event, only, hole }: ToGroup): Promise<void> {
    const limited = only && { only: new Set(only), hole };
    const told = this.memberIds(num).then((ids) => this.toMembersHere(app, ids, event, limited));
    await told.catch(() => this.deps.mesh.overlooked());
  }

  private toMembersHere(app: string, ids: readonly string[], event: string, limited?: Limited): void {
    for (const id of ids) {
      const text = textFor(id, event, limited);
      if (text !== undefined) this.push(app, id, text);
    }
  }
}

/** What this user is shown of an event; undefined: nothing. */
function textFor(user: string, event: string, limited: Limited | undefined): string | undefined {
  return limited === undefined || limited.only.has(user) ? event : limited.hole;
}

const NOTHING: Posting = {};
