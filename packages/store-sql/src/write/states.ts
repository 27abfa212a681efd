import type { ConversationState, ParticipantState, UserState } from '../hot/types.ts';
import { OutboxBuffer } from './outbox-buffer.ts';

type Key = string | number;

/**
 * Rows a batch has loaded and will write back once, however many operations touch them. What a failing unit did to them is
 * taken back from a journal, as its savepoint takes back what it did to the database.
 */
export class StateTable<K extends Key, S extends object> {
  private readonly rows = new Map<K, S>();
  private readonly dirty = new Set<K>();
  private readonly journal = new Map<K, { readonly row: S | undefined; readonly dirty: boolean }>();
  private readonly keyOf: (row: S) => K;

  constructor(keyOf: (row: S) => K) {
    this.keyOf = keyOf;
  }

  load(rows: readonly S[]): void {
    for (const row of rows) this.rows.set(this.keyOf(row), row);
  }

  /** For looking only. */
  get(key: K): Readonly<S> | undefined {
    return this.rows.get(key);
  }

  /** For changing: the row will be written back. */
  edit(key: K): S | undefined {
    const row = this.rows.get(key);
    if (!row) return undefined;
    if (!this.journal.has(key)) this.journal.set(key, { row: { ...row }, dirty: this.dirty.has(key) });
    this.dirty.add(key);
    return row;
  }

  /** A row made in this unit; `stored`: the database has it already. */
  add(row: S, stored: boolean): S {
    const key = this.keyOf(row);
    if (!this.journal.has(key)) this.journal.set(key, { row: undefined, dirty: false });
    this.rows.set(key, row);
    if (!stored) this.dirty.add(key);
    return row;
  }

  /** Repeats on the rows in memory what a statement did to all rows. */
  editWhere(concerned: (row: Readonly<S>) => boolean, change: (row: S) => void): void {
    for (const [key, row] of this.rows) {
      const edited = concerned(row) ? this.edit(key) : undefined;
      if (edited) change(edited);
    }
  }

  /** Drops rows that an operation removed. */
  forget(gone: (row: S) => boolean): void {
    for (const [key, row] of this.rows) {
      if (!gone(row)) continue;
      if (!this.journal.has(key)) this.journal.set(key, { row: { ...row }, dirty: this.dirty.has(key) });
      this.rows.delete(key);
      this.dirty.delete(key);
    }
  }

  begin(): void {
    this.journal.clear();
  }

  undo(): void {
    for (const [key, { row, dirty }] of this.journal) {
      if (row) this.rows.set(key, row);
      else this.rows.delete(key);
      if (dirty) this.dirty.add(key);
      else this.dirty.delete(key);
    }
    this.journal.clear();
  }

  /** What is to be written now; it counts as written. */
  take(): readonly S[] {
    if (this.dirty.size === 0) return [];
    const rows: S[] = [];
    for (const key of this.dirty) {
      const row = this.rows.get(key);
      if (row) rows.push(row);
    }
    this.dirty.clear();
    return rows;
  }
}

/** Ids hold no spaces. */
export const pairKey = (a: string | number, b: string): string => `${a} ${b}`;

export interface States {
  readonly conversations: StateTable<number, ConversationState>;
  readonly users: StateTable<string, UserState>;
  readonly participants: StateTable<string, ParticipantState>;
  readonly outbox: OutboxBuffer;
}

export function createStates(): States {
  return {
    conversations: new StateTable((row: ConversationState) => row.num),
    users: new StateTable((row: UserState) => pairKey(row.app, row.id)),
    participants: new StateTable((row: ParticipantState) => pairKey(row.conv, row.user)),
    outbox: new OutboxBuffer(),
  };
}
