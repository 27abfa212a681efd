import { effectiveSettings, type App, type Door, type DoorKind } from '@magpie/protocol';
import type { Bus } from '../ports/bus.ts';
import type { DoorRow } from '../ports/rows.ts';
import type { Store } from '../ports/store.ts';
import type { AppContext } from '../core/context.ts';

export const APPS_CHANGED = 'magpie.apps.changed';

/** All apps in memory: few, read on every request, reloaded when one changes anywhere. */
export class AppDirectory {
  private apps: ReadonlyMap<string, AppContext> = new Map();
  private doors: ReadonlyMap<string, DoorRow> = new Map();
  private reloading: Promise<void> | undefined;
  /** What changed last was not read yet. */
  private stale = false;
  private readonly store: Store;
  private readonly unsubscribe: () => void;

  constructor(store: Store, bus: Bus) {
    this.store = store;
    this.unsubscribe = bus.subscribe(APPS_CHANGED, () => void this.reload().catch(() => undefined));
  }

  async reload(): Promise<void> {
    // A change during a reload needs another one after it.
    const before = this.reloading;
    const mine = (async () => {
      await before?.catch(() => undefined);
      const rows = await this.store.apps.all();
      this.apps = new Map(rows.map(({ app, doors }) => [app.id, { id: app.id, name: app.name, createdAt: app.createdAt, doors: doors.map(doorOf), settings: effectiveSettings(app.settings) }])); // prettier-ignore
      this.doors = new Map(rows.flatMap(({ doors }) => doors.map((row) => [`${row.kind}:${row.vendorId.toLowerCase()}`, row] as const))); // prettier-ignore
      this.overrides = new Map(rows.map(({ app }) => [app.id, app.settings]));
    })();
    this.reloading = mine;
    this.stale = true;
    await mine;
    if (this.reloading === mine) this.stale = false;
  }

  /** Every second or so: reads again what could not be read when it changed. */
  sweep(): void {
    if (this.stale) this.reload().catch(() => undefined);
  }

  private overrides: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map();

  get(id: string): AppContext | undefined {
    return this.apps.get(id);
  }

  all(): readonly AppContext[] {
    return [...this.apps.values()];
  }

  /** An app by its own id, or by a door as `tim:1400000001`, `zim:…`, `webim:org#name`. */
  find(nameOrDoor: string): AppContext | undefined {
    const door = this.doors.get(nameOrDoor.toLowerCase());
    return this.apps.get(door ? door.app : nameOrDoor);
  }

  door(kind: DoorKind, vendorId: string): DoorRow | undefined {
    return this.doors.get(`${kind}:${vendorId.toLowerCase()}`);
  }

  doorsOf(app: string): readonly DoorRow[] {
    return [...this.doors.values()].filter((row) => row.app === app);
  }

  /** As the operator sees it. */
  describe(app: AppContext): App {
    return { id: app.id, name: app.name, doors: [...app.doors], settings: { ...this.overrides.get(app.id) }, createdAt: app.createdAt }; // prettier-ignore
  }

  close(): void {
    this.unsubscribe();
  }
}

function doorOf(row: DoorRow): Door {
  return row.kind === 'webim'
    ? { kind: 'webim', id: row.vendorId }
    : { kind: row.kind, id: Number(row.vendorId) };
}
