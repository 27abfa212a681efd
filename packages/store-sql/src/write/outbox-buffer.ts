/** An event for one hook, about to be stored. `dueAt`: when its lane is due if nothing waits in it yet. */
export interface NewEvent {
  readonly app: string;
  readonly hook: string;
  readonly lane: string;
  readonly event: string;
  readonly at: number;
  readonly dueAt: number;
}

/**
 * Events a batch puts into the outbox, held back to its end: then every lane is touched once, and in one order on all nodes,
 * after the rows of the facts themselves. What a failing unit added is taken back.
 */
export class OutboxBuffer {
  private rows: NewEvent[] = [];
  private mark = 0;

  add(row: NewEvent): void {
    this.rows.push(row);
  }

  begin(): void {
    this.mark = this.rows.length;
  }

  undo(): void {
    this.rows.length = this.mark;
  }

  /** What is to be written now; it counts as written. */
  take(): readonly NewEvent[] {
    const { rows } = this;
    if (rows.length > 0) this.rows = [];
    this.mark = 0;
    return rows;
  }
}
