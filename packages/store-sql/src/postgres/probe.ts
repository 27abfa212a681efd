import type pg from 'pg';

/** How often an idle database is asked, and how long it may take to answer, in milliseconds. */
const EVERY = 3_000;
const PATIENCE = 3_000;

/** Asks the database now and then whether it is there: a node that nobody writes through notices as well. */
export class Probe {
  /** Why it does not answer; undefined when it does. */
  trouble: string | undefined;
  private readonly pool: pg.Pool;
  private readonly timer: NodeJS.Timeout;
  private asking = false;

  constructor(pool: pg.Pool) {
    this.pool = pool;
    this.timer = setInterval(() => void this.ask(), EVERY);
    this.timer.unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    // One that hangs is enough.
    if (this.asking) return;
    this.asking = true;
    const late = setTimeout(() => {
      this.trouble = 'the database does not answer';
    }, PATIENCE);
    late.unref();
    try {
      await this.pool.query('select 1');
      this.trouble = undefined;
    } catch (error) {
      this.trouble = (error instanceof Error && error.message) || 'the database cannot be reached';
    } finally {
      clearTimeout(late);
      this.asking = false;
    }
  }
}
