import { MagpieError } from '@magpie/protocol';

/** Work of one name one after another, where the server may overtake itself. */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();
  #generation = 0;

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    if (!before) return this.#keep(name, work());
    const generation = this.#generation;
    return this.#keep(
      name,
      before.then(() => {
        if (generation !== this.#generation) throw new MagpieError('SESSION_GONE');
        return work();
      }),
    );
  }

  /** What waits is done no more. */
  clear(): void {
    this.#generation++;
    this.#last.clear();
  }

  #keep<T>(name: string, result: Promise<T>): Promise<T> {
    const end = (): void => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    };
    const settled = result.then(end, end);
    this.#last.set(name, settled);
    return result;
  }
}
