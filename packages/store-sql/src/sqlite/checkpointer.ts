import { closeSync, openSync } from 'node:fs';
import { startHelper, type Helper, type Moved, type StartHelper } from './checkpointer-client.ts';
import { isUnavailable } from './handle.ts';
import type { SqliteWriter } from './writer.ts';

/** Frames of the log are pages of 4 KB each. */
export interface CheckpointLimits {
  /** Time without work after which the log is moved, in ms. */
  readonly idle: number;
  /** Time between two passes while there is work, in ms. */
  readonly every: number;
  /** Units within `every`, without a pause, from which a helper is worth a thread. */
  readonly busy: number;
  /** Frames at which a commit moves the log itself while nobody helps … */
  readonly alone: number;
  /** … and while the helper does: what bounds the log, whatever happens, unless somebody reads on and on. */
  readonly helped: number;
  /** Frames from which the writer completes what the helper did, so that the log begins anew. */
  readonly complete: number;
  /** Time after a failure before a helper is started again, and between two reports, in ms. */
  readonly retry: number;
}

export const CHECKPOINTS: CheckpointLimits = {
  idle: 100,
  every: 1000,
  busy: 200,
  alone: 4000,
  helped: 65_536,
  complete: 16_000,
  retry: 60_000,
};

export interface CheckpointerOptions {
  readonly path: string;
  /** Told, once a while, what hinders. */
  readonly report: (trouble: string) => void;
  readonly limits?: Partial<CheckpointLimits>;
  readonly start?: StartHelper;
  readonly now?: () => number;
}

/** Has the log moved into the database file: in pauses by the writer itself, under load by a helper in a thread of its own. */
export class Checkpointer {
  private readonly writer: SqliteWriter;
  private readonly options: CheckpointerOptions;
  private readonly limits: CheckpointLimits;
  private readonly now: () => number;
  private helper: Helper | undefined;
  private state: 'none' | 'starting' | 'ready' | 'passing' = 'none';
  private descriptor: number | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** Work since the last pass or pause. */
  private work = { since: Number.POSITIVE_INFINITY, units: 0 };
  private mustComplete = false;
  private retryAt = 0;
  private reportAt = 0;

  constructor(writer: SqliteWriter, options: CheckpointerOptions) {
    this.writer = writer;
    this.options = options;
    this.limits = { ...CHECKPOINTS, ...options.limits };
    this.now = options.now ?? Date.now;
    writer.boundLog(this.limits.alone);
  }

  /** A batch was written. Nothing of the next one is done before this returns. */
  wrote(units: number): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.rest(), this.limits.idle);
    const now = this.now();
    if (this.mustComplete) {
      this.complete();
      this.work = { since: now, units: 0 };
      return;
    }
    this.work = { since: Math.min(this.work.since, now), units: this.work.units + units };
    if (now - this.work.since < this.limits.every) return;
    if (this.state === 'ready') this.pass();
    else if (this.state === 'none' && this.work.units >= this.limits.busy && now >= this.retryAt)
      this.start();
    this.work = { since: now, units: 0 };
  }

  /** Closes the writer too: the descriptor of the file must outlive every connection. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    await this.helper?.close();
    this.writer.close();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }

  private rest(): void {
    this.work = { since: Number.POSITIVE_INFINITY, units: 0 };
    // Not while the helper is at it, or somebody reads what is older than the end of the log: then later.
    if (!this.complete()) this.idle = setTimeout(() => this.rest(), this.limits.idle);
  }

  /** Whether all of the log is moved. */
  private complete(): boolean {
    this.mustComplete = false;
    try {
      return this.writer.checkpoint().whole;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.stuck((error as Error).message);
      return true;
    }
  }

  private pass(): void {
    this.state = 'passing';
    this.helper?.pass();
  }

  private start(): void {
    this.state = 'starting';
    const { start = startHelper, path } = this.options;
    try {
      // Windows syncs only what may be written.
      this.descriptor ??= openSync(path, 'r+');
      this.helper = start(
        { path, descriptor: this.descriptor },
        {
          ready: () => {
            this.state = 'ready';
            this.writer.boundLog(this.limits.helped);
          },
          moved: (log) => this.moved(log),
          ended: (reason) => this.alone(reason),
        },
      );
    } catch (error) {
      this.alone((error as Error).message);
    }
  }

  private moved({ frames, left }: Moved): void {
    const { complete, helped } = this.limits;
    this.state = 'ready';
    // Somebody reads for long, as backups do: the log grows until they end, and then it is the helper that moves it, not a commit.
    const held = left >= complete;
    this.writer.boundLog(held ? frames + helped : helped);
    this.mustComplete = frames >= complete && !held;
  }

  private alone(reason: string): void {
    this.helper = undefined;
    this.state = 'none';
    this.retryAt = this.now() + this.limits.retry;
    this.writer.boundLog(this.limits.alone);
    this.options.report(`the thread for checkpoints failed, commits do without it: ${reason}`);
  }

  /** Tried again at the next pause or pass; said once a while. */
  private stuck(reason: string): void {
    if (this.now() < this.reportAt) return;
    this.reportAt = this.now() + this.limits.retry;
    this.options.report(`the log of the database could not be moved into its file: ${reason}`);
  }
}
