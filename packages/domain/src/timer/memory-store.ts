import { MagpieError } from '@magpie/protocol';
import type { TimerRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';

interface Held extends TimerRow {
  readonly owner: string | undefined;
  readonly leaseUntil: number;
}

/** The timers' part of a store, for unit tests; whatever else is committed is only noted. */
export class MemoryTimerStore implements Pick<Store, 'commit' | 'timers'> {
  rows = new Map<string, Held>();
  /** Committed operations other than those of timers. */
  readonly done: WriteOp[] = [];
  /** Units tried, whatever came of them. */
  units = 0;
  reads = 0;
  /** Every call is answered STORE_UNAVAILABLE. */
  down = false;
  /** Done before each unit. */
  before: ((ops: readonly WriteOp[]) => void) | undefined;

  readonly timers: Store['timers'] = {
    nextDue: async (now, kinds) => {
      this.reads++;
      if (this.down) throw new MagpieError('STORE_UNAVAILABLE');
      return this.free(now, kinds)[0]?.dueAt;
    },
    count: async () => this.rows.size,
  };

  readonly commit = (async (ops: readonly WriteOp[]) => {
    this.units++;
    if (this.down) throw new MagpieError('STORE_UNAVAILABLE');
    this.before?.(ops);
    const rows = new Map(this.rows);
    try {
      const results = ops.map((op, index) => this.apply(op, index));
      this.done.push(...ops.filter(({ op }) => !op.startsWith('timer.')));
      return results;
    } catch (error) {
      this.rows = rows;
      throw error;
    }
  }) as Store['commit'];

  private free(now: number, kinds: readonly string[]): Held[] {
    return [...this.rows.values()]
      .filter((row) => kinds.includes(row.kind) && (row.owner === undefined || row.leaseUntil <= now))
      .sort((a, b) => a.dueAt - b.dueAt);
  }

  private held(id: string, owner: string, index: number): Held {
    const row = this.rows.get(id);
    if (row?.owner !== owner) throw new StoreConflict('stale', index);
    return row;
  }

  private apply(op: WriteOp, index: number): unknown {
    switch (op.op) {
      case 'timer.put': {
        const { op: _, ...row } = op;
        this.rows.set(op.id, { ...row, attempts: 0, owner: undefined, leaseUntil: 0 });
        return undefined;
      }
      case 'timer.remove':
        this.rows.delete(op.id);
        return undefined;
      case 'timer.claim': {
        const due = this.free(op.now, op.kinds).filter((row) => row.dueAt <= op.now).slice(0, op.limit); // prettier-ignore
        for (const row of due) this.rows.set(row.id, { ...row, owner: op.owner, leaseUntil: op.leaseUntil, attempts: row.attempts + 1 }); // prettier-ignore
        return { timers: due.map(({ id, app, kind, dueAt, payload, attempts }) => ({ id, app, kind, dueAt, payload, attempts })) }; // prettier-ignore
      }
      case 'timer.done':
        this.held(op.id, op.owner, index);
        this.rows.delete(op.id);
        return undefined;
      case 'timer.later':
        this.rows.set(op.id, { ...this.held(op.id, op.owner, index), owner: undefined, dueAt: op.dueAt });
        return undefined;
      default:
        return this.other(op);
    }
  }

  /** For stores of tests that know more. */
  protected other(op: WriteOp): unknown {
    return { of: op.op };
  }
}
