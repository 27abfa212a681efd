type Handler<T> = (data: T) => void;

/** Typed events. A listener that throws never stops the others; what it threw goes to `onThrown`. */
export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<Handler<never>>>();
  readonly #onThrown: (event: keyof Events, thrown: unknown) => void;

  constructor(onThrown: (event: keyof Events, thrown: unknown) => void) {
    this.#onThrown = onThrown;
  }

  on<E extends keyof Events>(event: E, handler: Handler<Events[E]>): () => void {
    // Wrapped, so that the same function may be bound twice and each unsubscribe ends its own binding only.
    const bound: Handler<Events[E]> = (data) => handler(data);
    const set = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, set.add(bound));
    return () => void set.delete(bound);
  }

  emit<E extends keyof Events>(event: E, data: Events[E]): void {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) {
      try {
        (handler as Handler<Events[E]>)(data);
      } catch (thrown) {
        this.#onThrown(event, thrown);
      }
    }
  }

  clear(): void {
    this.#handlers.clear();
  }
}
