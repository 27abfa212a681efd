import type { Clock, Scheduler } from '../ports/platform.ts';

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock and scheduler that stand still until they are moved. For unit tests. */
export class FakeTime implements Clock, Scheduler {
  /** Of the scheduler: it does not see the clock being set. */
  private time: number;
  private ahead = 0;
  private readonly tasks = new Set<Task>();
  private order = 0;

  constructor(start = 1_700_000_000_000) {
    this.time = start;
  }

  now(): number {
    return this.time + this.ahead;
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { at: this.time + Math.max(0, ms), order: this.order++, run };
    this.tasks.add(task);
    return () => void this.tasks.delete(task);
  }

  /** Moves on, running what falls due on the way in order; promises settle between two tasks. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const next = [...this.tasks].filter((task) => task.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0]; // prettier-ignore
      if (!next) break;
      this.tasks.delete(next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
    await settled();
  }

  /** Whether something would run without the clock moving. */
  get isDue(): boolean {
    return [...this.tasks].some((task) => task.at <= this.time);
  }

  /** The clock alone moves, as when a machine slept or its clock was set. */
  jump(ms: number): void {
    this.ahead += ms;
  }
}

/** Lets every promise that can go on do so, however long their chains are. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
