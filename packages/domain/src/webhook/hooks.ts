import { HOOK_EVENTS, type EventName } from '@magpie/protocol';
import { APPS_CHANGED } from '../app/directory.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock, Sealer } from '../ports/platform.ts';
import type { HookRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';

export const HOOKS_CHANGED = 'magpie.hooks.changed';

/** A webhook as the domain uses it. */
export interface Hook extends HookRow {
  /** `app id`: how lists of the store name it. */
  readonly name: string;
  readonly secret: () => string;
}

/** Transient events on their way into the outbox at once; one more is lost, as such events may be. */
const MAX_EMITTING = 1_000;

interface OfApp {
  readonly hooks: readonly Hook[];
  /** Event to the ids of the hooks that want it. */
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  /** Operation to the hook that is asked. */
  readonly before: ReadonlyMap<string, Hook>;
}

/** The place a secret is sealed for. */
export const secretPlace = (app: string, id: string): string => `${app}/hook:${id}`;

/** The hooks of all apps in memory: few, asked for every event, reloaded when one changes anywhere. */
export class HookDirectory {
  /** Whether there is any hook at all: the one thing that is looked at where there is none. */
  any = false;
  /** Whether any hook is asked before operations. */
  asks = false;
  private apps: ReadonlyMap<string, OfApp> = new Map();
  private names: ReadonlyMap<string, Hook> = new Map();
  private reloading: Promise<void> | undefined;
  private emitting = 0;
  /** What changed last was not read yet. */
  private stale = false;
  private readonly listeners: (() => void)[] = [];
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly sealer: Sealer;
  private readonly unsubscribes: readonly (() => void)[];

  /** `store`: the real one, which adds nothing by itself. */
  constructor(store: Store, bus: Bus, clock: Clock, sealer: Sealer) {
    this.store = store;
    this.clock = clock;
    this.sealer = sealer;
    // An app that went took its hooks along.
    this.unsubscribes = [HOOKS_CHANGED, APPS_CHANGED].map((subject) =>
      bus.subscribe(subject, () => void this.reload().catch(() => undefined)),
    );
  }

  /** Every second or so: reads again what could not be read. */
  sweep(): void {
    if (this.stale) this.reload().catch(() => undefined);
  }

  async reload(): Promise<void> {
    // A change during a reload needs another one after it.
    const before = this.reloading;
    const mine = (async () => {
      await before?.catch(() => undefined);
      const rows = await this.store.webhooks.all();
      this.names = new Map(rows.map((row) => this.hookOf(row)).map((hook) => [hook.name, hook]));
      const hooks = [...this.names.values()];
      const apps = new Set(hooks.map(({ app }) => app));
      this.apps = new Map([...apps].map((id) => [id, ofApp(hooks.filter(({ app }) => app === id))]));
      this.any = rows.length > 0;
      this.asks = [...this.apps.values()].some(({ before: asked }) => asked.size > 0);
    })();
    this.reloading = mine;
    this.stale = true;
    await mine;
    if (this.reloading === mine) this.stale = false;
    this.queued();
  }

  /** Ids of the hooks that want an event, also of those that are not active: their events wait. */
  events(app: string, event: string): readonly string[] | undefined {
    return this.apps.get(app)?.wanted.get(event);
  }

  /** The active hook that is to be asked before an operation. */
  before(app: string, operation: string): Hook | undefined {
    return this.apps.get(app)?.before.get(operation);
  }

  of(app: string): readonly Hook[] {
    return this.apps.get(app)?.hooks ?? [];
  }

  get(app: string, id: string): Hook | undefined {
    return this.names.get(`${app} ${id}`);
  }

  all(): Iterable<Hook> {
    return this.names.values();
  }

  /** Something may wait in the outbox. */
  queued(): void {
    for (const listener of this.listeners) listener();
  }

  onQueued(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * Tells of something that is in no stream. `lane`: a conversation's key or `u:<user>`; `envelope`: JSON text `{e, c?, u?, d}`.
   * Nobody waits for it, and it may be lost.
   */
  readonly emit = (app: string, event: EventName, lane: string, envelope: string): void => {
    if (!this.any) return;
    const hooks = this.events(app, event);
    if (!hooks || this.emitting >= MAX_EMITTING) return;
    this.emitting++;
    this.store
      .commit([{ op: 'outbox.add', app, hooks, lane, event: envelope, at: this.clock.now() }])
      .then(
        () => this.queued(),
        () => undefined,
      )
      .finally(() => void this.emitting--);
  };

  close(): void {
    for (const unsubscribe of this.unsubscribes) unsubscribe();
  }

  private hookOf(row: HookRow): Hook {
    let secret: string | undefined;
    const open = () => (secret ??= this.sealer.open(row.sealedSecret, secretPlace(row.app, row.id)));
    return { ...row, name: `${row.app} ${row.id}`, secret: open };
  }
}

function ofApp(hooks: readonly Hook[]): OfApp {
  const byAge = [...hooks].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const wanted = new Map<string, readonly string[]>();
  for (const event of HOOK_EVENTS) {
    const ids = byAge.filter(({ events }) => events.includes('*') || events.includes(event)).map(({ id }) => id); // prettier-ignore
    if (ids.length > 0) wanted.set(event, ids);
  }
  const before = new Map<string, Hook>();
  for (const hook of byAge.filter(({ active }) => active))
    for (const operation of hook.before) if (!before.has(operation)) before.set(operation, hook);
  return { hooks: byAge, wanted, before };
}
