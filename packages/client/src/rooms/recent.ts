import type { ClientMessage } from '../types.ts';

const KEPT = 200;

/** The newest messages of a room, each once, in the order they were heard. */
export class Recent {
  readonly #messages = new Map<string, ClientMessage>();
  #snapshot: readonly ClientMessage[] | undefined;

  get messages(): readonly ClientMessage[] {
    this.#snapshot ??= [...this.#messages.values()];
    return this.#snapshot;
  }

  find(idOrClientId: string): ClientMessage | undefined {
    return (
      this.#messages.get(idOrClientId) ??
      this.messages.find(({ clientId, mine }) => mine && clientId === idOrClientId)
    );
  }

  /** False: it is there already. */
  add(message: ClientMessage): boolean {
    if (this.#messages.has(message.id)) return false;
    this.#set(message);
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= KEPT) break;
      this.#messages.delete(oldest);
    }
    return true;
  }

  /** Takes the place of the message of that id, if it is held. */
  revise(message: ClientMessage): void {
    if (this.#messages.has(message.id)) this.#set(message);
  }

  #set(message: ClientMessage): void {
    this.#messages.set(message.id, message);
    this.#snapshot = undefined;
  }
}
