import { hash } from 'node:crypto';

const WORDS = 8;

/**
 * One number for the rows of a table, whatever order they come in: the SHA-256 of each row, added word by word. Equal rows count as
 * often as they stand there. It is to find what a copy lost or changed, not to withstand somebody who wants it fooled.
 */
export class Digest {
  readonly #sum = new Uint32Array(WORDS);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Values as text; numbers in decimal. */
  add(row: readonly (string | number | null)[]): void {
    let text = '';
    // Lengths first: no row can be read as another whose values are cut elsewhere.
    for (const value of row) {
      const word = value === null ? undefined : String(value);
      text += word === undefined ? 'n;' : `${word.length}:${word};`;
    }
    const bytes = hash('sha256', text, 'buffer');
    for (let i = 0; i < WORDS; i++) this.#sum[i] = (this.#sum[i] ?? 0) + bytes.readUInt32LE(i * 4);
    this.#rows++;
  }

  /** Rows and sum; equal for equal tables. */
  toString(): string {
    return `${this.#rows}:${Array.from(this.#sum, (word) => word.toString(16).padStart(8, '0')).join('')}`;
  }
}
