import { directPair, kindOf, type ConversationKind, type Priority } from '@magpie/protocol';
import { BoundedCache } from '../core/cache.ts';
import { MEMBERS_CHANGED } from '../conversation/resolve.ts';
import type { Bus } from '../ports/bus.ts';
import type { ConversationReads } from '../ports/store.ts';
import type { SessionRegistry } from '../session/registry.ts';

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

/** Takes committed events to the sessions of those concerned. */
export class Delivery {
  /** A promise while it is being read, so that a change meanwhile is not undone by a late answer. */
  private readonly members = new BoundedCache<readonly string[] | Promise<readonly string[]>>(20_000);
  private readonly sinks = new Map<ConversationKind, Sink>();
  private readonly sessions: SessionRegistry;
  private readonly conversations: ConversationReads;
  private readonly unsubscribe: () => void;

  constructor(sessions: SessionRegistry, conversations: ConversationReads, bus: Bus) {
    this.sessions = sessions;
    this.conversations = conversations;
    this.unsubscribe = bus.subscribe(`${MEMBERS_CHANGED}.*`, (data) => {
      this.members.delete(String((JSON.parse(data) as [number])[0]));
    });
  }

  close(): void {
    this.unsubscribe();
  }

  /** Hands a kind of conversation over to a slice that knows who is there. */
  serve(kind: ConversationKind, sink: Sink): void {
    this.sinks.set(kind, sink);
  }

  /**
   * To all present members. With `only`, others of them get `hole` instead. Direct conversations answer at once; a group's
   * member list is read on first use and kept until membership changes.
   */
  toConversation(place: Place, event: string, posting: Posting = NOTHING): void | Promise<void> {
    const kind = kindOf(place.key);
    const sink = this.sinks.get(kind);
    if (sink) return sink(place, event, posting);
    const { limited } = posting;
    if (kind === 'direct') {
      const [a, b] = directPair(place.key);
      this.toMember(place.app, a, event, limited);
      if (b !== a) this.toMember(place.app, b, event, limited);
      return;
    }
    const cached = this.members.get(String(place.num));
    if (cached && !(cached instanceof Promise)) return this.toMembers(place.app, cached, event, limited);
    return this.memberIds(place.num).then((ids) => this.toMembers(place.app, ids, event, limited));
  }

  async memberIds(conv: number): Promise<readonly string[]> {
    const key = String(conv);
    const cached = this.members.get(key);
    if (cached) return cached;
    const reading = this.conversations.memberIds(conv);
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

  toUser(app: string, userId: string, event: string): void {
    for (const session of this.sessions.of(app, userId)) session.peer.push(event);
  }

  private toMembers(app: string, ids: readonly string[], event: string, limited?: Limited): void {
    for (const id of ids) this.toMember(app, id, event, limited);
  }

  private toMember(app: string, id: string, event: string, limited?: Limited): void {
    const text = limited === undefined || limited.only.has(id) ? event : limited.hole;
    if (text === undefined) return;
    for (const session of this.sessions.of(app, id)) session.peer.push(text);
  }
}

const NOTHING: Posting = {};
