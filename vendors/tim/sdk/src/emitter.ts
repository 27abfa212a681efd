type Handler = (event: never) => unknown;

interface Binding {
  readonly handler: Handler;
  readonly context: unknown;
  readonly once: boolean;
}

/** Listeners by event name, with the vendor's `context` and `once`. One that throws is reported and does not stop the others. */
export class EventHub {
  readonly #bindings = new Map<string, readonly Binding[]>();
  readonly #onThrown: (event: string, thrown: unknown) => void;

  constructor(onThrown: (event: string, thrown: unknown) => void) {
    this.#onThrown = onThrown;
  }

  add(event: string, handler: Handler, context: unknown, once: boolean): void {
    this.#bindings.set(event, [...(this.#bindings.get(event) ?? []), { handler, context, once }]);
  }

  /** Without `context` every binding of the function goes; with `once` only one-shot ones. */
  remove(event: string, handler: Handler, context?: unknown, once?: boolean): void {
    const goes = (binding: Binding): boolean =>
      binding.handler === handler &&
      (context === undefined || binding.context === context) &&
      (once !== true || binding.once);
    this.#bindings.set(
      event,
      (this.#bindings.get(event) ?? []).filter((binding) => !goes(binding)),
    );
  }

  /** How many heard it. Handlers get one event object each: an app may change it. */
  emit(event: string, data: unknown): number {
    const bound = this.#bindings.get(event) ?? [];
    for (const binding of bound) {
      if (binding.once) this.#drop(event, binding);
      try {
        binding.handler.call(binding.context, { name: event, data } as never);
      } catch (thrown) {
        this.#onThrown(event, thrown);
      }
    }
    return bound.length;
  }

  clear(): void {
    this.#bindings.clear();
  }

  #drop(event: string, binding: Binding): void {
    this.#bindings.set(
      event,
      (this.#bindings.get(event) ?? []).filter((one) => one !== binding),
    );
  }
}
