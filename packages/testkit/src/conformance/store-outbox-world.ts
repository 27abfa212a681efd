import type { HookRow, LaneRow, OutboxRow, Store, WriteOp } from '@magpie/domain';
import { World } from './store-world.ts';

export interface Claimed {
  readonly lane: LaneRow;
  readonly events: readonly OutboxRow[];
}

type Settle = Extract<WriteOp, { op: 'outbox.settle' }>;

/** An app with two hooks, `h1` and `h2`. Claims are made of all apps; only this one's are looked at. */
export class Outbox {
  readonly w: World;

  private constructor(w: World) {
    this.w = w;
  }

  static async create(store: Store): Promise<Outbox> {
    const made = new Outbox(await World.create(store));
    await made.w.store.commit([made.hookOp('h1'), made.hookOp('h2')]);
    return made;
  }

  hookOp(id: string, over: Partial<HookRow> = {}): Extract<WriteOp, { op: 'hook.put' }> {
    const row = { app: this.w.app, id, url: 'https://example.com/', events: ['message.created'], before: [], active: true, sealedSecret: 's', createdAt: this.w.now(), ...over }; // prettier-ignore
    return { op: 'hook.put', row };
  }

  addOp(lane: string, event: unknown, over: Partial<Extract<WriteOp, { op: 'outbox.add' }>> = {}) {
    return { op: 'outbox.add', app: this.w.app, hooks: ['h1'], lane, event: JSON.stringify(event), at: this.w.now(), ...over } as const; // prettier-ignore
  }

  async add(lane: string, ...events: readonly unknown[]): Promise<void> {
    await this.w.store.commit(events.map((event) => this.addOp(lane, event)));
  }

  async claim(
    owner: string,
    now = this.w.now(),
    { lanes = 999, perLane = 99, lease = 1000, paused = [] as readonly string[], store = this.w.store } = {},
  ): Promise<readonly Claimed[]> {
    const [result] = await store.commit([
      { op: 'outbox.claim', owner, now, leaseUntil: now + lease, lanes, perLane, paused },
    ]);
    return result.lanes.filter(({ lane }) => lane.app === this.w.app);
  }

  settle(lane: string, owner: string, over: Partial<Settle> = {}, store = this.w.store): Promise<unknown> {
    return store.commit([{ op: 'outbox.settle', app: this.w.app, hook: 'h1', lane, owner, at: this.w.now(), delivered: [], ...over }]); // prettier-ignore
  }

  stats(): ReturnType<Store['webhooks']['stats']> {
    return this.w.store.webhooks.stats(this.w.app);
  }

  async waiting(hook = 'h1'): Promise<number | undefined> {
    return (await this.stats()).find((row) => row.hook === hook)?.waiting;
  }

  /** Tests that claim share a store: what one leaves behind would be claimed by the next. */
  async clear(): Promise<void> {
    await this.w.store.commit([{ op: 'app.delete', id: this.w.app, at: this.w.now() }]);
  }
}

/** What claimed events say, lane by lane. */
export const said = (claimed: readonly Claimed[]): Record<string, unknown[]> =>
  Object.fromEntries(
    claimed.map(({ lane, events }) => [
      `${lane.hook} ${lane.lane}`,
      events.map((row) => JSON.parse(row.event) as unknown),
    ]),
  );

export const idsOf = (claimed: Claimed | undefined): number[] => (claimed?.events ?? []).map((row) => row.id);
