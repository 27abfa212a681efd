import { stat, statfs } from 'node:fs/promises';
import type { Store } from '@magpie/domain';

/** Bytes; undefined where nothing can be said. */
export interface Sizes {
  readonly store?: number;
  readonly files?: number;
  readonly diskFree?: number;
  readonly disk?: number;
}

export interface SizesOptions {
  /** `sqlite:<path>`, or another address, of which nothing is measured. */
  readonly store: string;
  readonly dataFolder: string;
  readonly files: Pick<Store['files'], 'usedBytes'>;
  readonly apps: () => Iterable<{ readonly id: string }>;
}

const EVERY = 5 * 60_000;

/** What is stored. Adding up files takes a query per app, so that it is done now and then, in the background of a scrape. */
export class StoredSizes {
  private readonly options: SizesOptions;
  private files: number | undefined;
  private addedAt = -EVERY;
  private adding = false;

  constructor(options: SizesOptions) {
    this.options = options;
  }

  async read(): Promise<Sizes> {
    const now = performance.now();
    if (!this.adding && now - this.addedAt >= EVERY) {
      this.adding = true;
      const adding = this.add().finally(() => {
        this.adding = false;
        this.addedAt = now;
      });
      // The first is waited for, lest a graph begin with nothing.
      if (this.files === undefined) await adding;
    }
    const [store, disk] = await Promise.all([this.storeBytes(), this.diskBytes()]);
    return { ...(store === undefined ? {} : { store }), ...(this.files === undefined ? {} : { files: this.files }), ...disk }; // prettier-ignore
  }

  private async add(): Promise<void> {
    let sum = 0;
    try {
      for (const { id } of [...this.options.apps()]) sum += await this.options.files.usedBytes(id);
      this.files = sum;
    } catch {
      // The store is away: the last sum stands.
    }
  }

  private async storeBytes(): Promise<number | undefined> {
    const { store } = this.options;
    if (!store.startsWith('sqlite:')) return undefined;
    const path = store.slice('sqlite:'.length);
    const sizes = await Promise.all([path, `${path}-wal`].map((file) => stat(file).then(({ size }) => size, () => 0))); // prettier-ignore
    return sizes.reduce((a, b) => a + b, 0);
  }

  private async diskBytes(): Promise<{ diskFree?: number; disk?: number }> {
    const found = await statfs(this.options.dataFolder).catch(() => undefined);
    return found ? { diskFree: found.bavail * found.bsize, disk: found.blocks * found.bsize } : {};
  }
}
