import type { ClientMessage, Media } from '@magpie/client';
import type { SendableContent } from '@magpie/protocol';
import { elementsOfMessage, envelopeOf, idOf, messageOf, payloadOf, type MessageEnv } from './map/message.ts';
import type { Message } from './types.ts';

/** A file message before its file is up. */
export interface PendingMedia {
  readonly media: Media;
  readonly content: SendableContent;
  readonly onProgress: ((progress: number) => void) | undefined;
}

/** What is remembered of one message object. */
export interface Held {
  /** The one object apps hold; updated in place. */
  readonly object: Message;
  /** The form in which the app last handed it back, e.g. Vue's proxy of it: changes go through it, so that views see them. */
  through: Message;
  /** The core's message, once there is one. */
  core: ClientMessage | undefined;
  pending: PendingMedia | undefined;
  /** In the outbox under this id already. */
  queued: boolean;
}

const MOST = 10_000;

/** ID → the object the app holds. The vendor hands out one object per message, and so do we; the oldest are forgotten. */
export class MessageTable {
  readonly #held = new Map<string, Held>();
  readonly #byCore = new Map<string, string>();
  readonly #env: () => MessageEnv;

  constructor(env: () => MessageEnv) {
    this.#env = env;
  }

  get(id: string): Held | undefined {
    return this.#held.get(id);
  }

  byCoreId(coreId: string): Held | undefined {
    const id = this.#byCore.get(coreId);
    return id === undefined ? undefined : this.#held.get(id);
  }

  *inConversation(conversationID: string): Iterable<Held> {
    for (const held of this.#held.values()) if (held.object.conversationID === conversationID) yield held;
  }

  /** An object just created by the app. */
  create(object: Message, pending: PendingMedia | undefined): Message {
    this.#put(object.ID, { object, through: object, core: undefined, pending, queued: false });
    return object;
  }

  /** What is held of a message that came back from the app; undefined if it was forgotten or never was one. */
  given(message: Message | undefined): Held | undefined {
    const held = typeof message?.ID === 'string' ? this.#held.get(message.ID) : undefined;
    if (held && message) held.through = message;
    return held;
  }

  patch({ object, through }: Held, fields: Partial<Message>): void {
    // The proxy first: once the object behind it has the value, a proxy sees no change.
    Object.assign(through, fields);
    if (through !== object) Object.assign(object, fields);
  }

  /** The object for a message of the core: the one that is held, brought up to date, or a new one. */
  adopt(core: ClientMessage): Message | undefined {
    const id = idOf(core);
    const held = this.#held.get(id);
    if (held) {
      this.#update(held, core);
      this.#put(id, held);
      return held.object;
    }
    const object = messageOf(core, this.#env());
    if (object) this.#put(id, { object, through: object, core, pending: undefined, queued: false });
    return object;
  }

  adoptAll(messages: readonly ClientMessage[]): Message[] {
    return messages.flatMap((message) => this.adopt(message) ?? []);
  }

  clear(): void {
    this.#held.clear();
    this.#byCore.clear();
  }

  #update(held: Held, core: ClientMessage): void {
    const env = this.#env();
    const { object, core: before } = held;
    const { isPeerRead, ...envelope } = envelopeOf(core, env);
    this.patch(held, { ...envelope, isPeerRead: object.isPeerRead || isPeerRead });
    // The content is left alone unless it changed: the app may have put its own things beside it.
    const changed =
      before === undefined
        ? core.status === 'sent'
        : before.version !== core.version || (core.revoked && !before.revoked);
    if (changed) {
      const elements = elementsOfMessage(core, env);
      const erased =
        core.revoked !== undefined &&
        elements[0]?.type !== 'TIMTextElem' &&
        elements[0]?.type !== 'TIMCustomElem';
      if (!erased)
        this.patch(held, { payload: { ...object.payload, ...payloadOf(elements) }, _elements: elements });
    }
    held.core = core;
  }

  #put(id: string, held: Held): void {
    // Re-inserting keeps what is in use away from the end that is forgotten.
    this.#held.delete(id);
    this.#held.set(id, held);
    if (held.core) this.#byCore.set(held.core.id, id);
    for (const [oldest, { core }] of this.#held) {
      if (this.#held.size <= MOST) break;
      this.#held.delete(oldest);
      if (core) this.#byCore.delete(core.id);
    }
  }
}
