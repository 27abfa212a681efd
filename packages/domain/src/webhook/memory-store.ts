import { MagpieError } from '@magpie/protocol';
import type { HookRow, LaneRow, OutboxRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp, WriteResults } from '../ports/writes.ts';

interface Lane extends LaneRow {
  readonly owner: string | null;
}

const laneKey = (row: { app: string; hook: string; lane: string }) => `${row.app}\n${row.hook}\n${row.lane}`;

/** The webhooks' part of a store, for unit tests; whatever else is committed is only noted. */
export class MemoryWebhookStore implements Pick<Store, 'commit' | 'webhooks'> {
  hooks: HookRow[] = [];
  events: OutboxRow[] = [];
  lanes = new Map<string, Lane>();
  readonly done: WriteOp[] = [];
  /** Every call is answered STORE_UNAVAILABLE. */
  down = false;
  /** Called before each operation; may throw. */
  before: (op: WriteOp) => void = () => undefined;
  /** The same, after it was done. */
  after: (op: WriteOp) => void = () => undefined;
  private nextId = 1;

  readonly webhooks: Store['webhooks'] = {
    all: async () => this.read([...this.hooks]),
    nextDue: async (now) => {
      const due = [...this.lanes.values()].filter(({ owner, dueAt }) => owner === null || dueAt <= now);
      return this.read(due.length === 0 ? undefined : Math.min(...due.map(({ dueAt }) => dueAt)));
    },
    parked: async () => this.read(this.parked),
    stats: async () => this.read([]),
    totals: async () => this.read({ waiting: this.waiting.length, parked: this.parked.length }),
    behindSince: async () => {
      const since = [...this.lanes.values()].map(({ failingSince, dueAt }) => failingSince ?? dueAt);
      return this.read(since.length === 0 ? undefined : Math.min(...since));
    },
  };

  get waiting(): readonly OutboxRow[] {
    return this.events.filter(({ parkedAt }) => parkedAt === null);
  }

  get parked(): readonly OutboxRow[] {
    return this.events.filter(({ parkedAt }) => parkedAt !== null);
  }

  readonly commit = (async (ops: readonly WriteOp[]) => {
    if (this.down) throw new MagpieError('STORE_UNAVAILABLE');
    return ops.map((op, index) => {
      this.before(op);
      const result = this.apply(op, index);
      this.after(op);
      return result;
    });
  }) as Store['commit'];

  private read<T>(value: T): T {
    if (this.down) throw new MagpieError('STORE_UNAVAILABLE');
    return value;
  }

  private apply(op: WriteOp, index: number): unknown {
    switch (op.op) {
      case 'hook.put':
        this.hooks = [...this.hooks.filter(({ id }) => id !== op.row.id), op.row];
        return undefined;
      case 'hook.remove':
        this.hooks = this.hooks.filter(({ id }) => id !== op.id);
        this.events = this.events.filter(({ hook }) => hook !== op.id);
        for (const [key, { hook }] of this.lanes) if (hook === op.id) this.lanes.delete(key);
        return undefined;
      case 'outbox.add':
        for (const hook of op.hooks) this.add({ ...op, hook });
        return undefined;
      case 'outbox.claim':
        return this.claim(op);
      case 'outbox.settle':
        return this.settle(op, index);
      default:
        this.done.push(op);
        return undefined;
    }
  }

  private add({
    app,
    hook,
    lane,
    event,
    at,
  }: Pick<OutboxRow, 'app' | 'hook' | 'lane' | 'event' | 'at'>): void {
    this.events.push({ id: this.nextId++, app, hook, lane, event, at, parkedAt: null, error: null });
    const key = laneKey({ app, hook, lane });
    if (!this.lanes.has(key)) this.lanes.set(key, { app, hook, lane, dueAt: at, attempts: 0, failingSince: null, error: null, owner: null }); // prettier-ignore
  }

  private claim(op: Extract<WriteOp, { op: 'outbox.claim' }>): WriteResults['outbox.claim'] {
    const due = [...this.lanes.values()].filter(({ app, hook, dueAt }) => dueAt <= op.now && !op.paused.includes(`${app} ${hook}`)); // prettier-ignore
    const taken = due.sort((a, b) => a.dueAt - b.dueAt).slice(0, op.lanes);
    for (const lane of taken)
      this.lanes.set(laneKey(lane), { ...lane, owner: op.owner, dueAt: op.leaseUntil });
    return { lanes: taken.map((lane) => ({ lane, events: this.ofLane(lane).slice(0, op.perLane) })) };
  }

  private settle(op: Extract<WriteOp, { op: 'outbox.settle' }>, index: number): undefined {
    const key = laneKey(op);
    const lane = this.lanes.get(key);
    if (lane?.owner !== op.owner) throw new StoreConflict('stale', index);
    this.events = this.events
      .filter(({ id }) => !op.delivered.includes(id))
      .map((row) => (row.id === op.park?.id ? { ...row, parkedAt: op.at, error: op.park.error } : row));
    if (this.ofLane(lane).length === 0) this.lanes.delete(key);
    else this.lanes.set(key, { ...lane, owner: null, dueAt: op.at, attempts: 0, failingSince: null, error: null, ...op.retry }); // prettier-ignore
  }

  private ofLane(lane: LaneRow): readonly OutboxRow[] {
    return this.waiting.filter((row) => laneKey(row) === laneKey(lane)).sort((a, b) => a.id - b.id);
  }
}
