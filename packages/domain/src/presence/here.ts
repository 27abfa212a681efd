import type { Platform, Presence, PresenceState } from '@magpie/protocol';
import type { AppDirectory } from '../app/directory.ts';
import type { Clock, Scheduler } from '../ports/platform.ts';
import type { Session, SessionListener } from '../session/registry.ts';

export interface Device {
  readonly instance: string;
  readonly platform: Platform;
  /** Id of its session. */
  readonly session: string;
  away: boolean;
  /** On another node. */
  readonly abroad?: true;
  /** Set while its connection is lost: ends the wait for it. */
  cancelWait: (() => void) | undefined;
}

/** What is known of a user without the store. */
export interface Standing {
  readonly state: PresenceState;
  readonly at: number;
  readonly devices: Presence['devices'];
}

/** A user with devices, or whose going is not yet written and told. */
export interface Entry {
  readonly app: string;
  readonly userId: string;
  state: PresenceState;
  at: number;
  devices: readonly Device[];
  /** Who still needs it when no device is left. */
  holds: number;
}

interface HereListener {
  /** Before anything others can see of the user changes. `by`: the device's own doing. */
  changing(entry: Entry, by: Session | undefined): void;
  /** The last device is gone. */
  left(entry: Entry): void;
  /** A device of this node is gone. `last`: what that means for the user has been seen to. */
  gone?(session: string, as: Gone, last: boolean): void;
  away?(session: string, away: boolean): void;
}

export type Gone = 'dropped' | 'loggedOut';

interface Deps {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly apps: Pick<AppDirectory, 'get'>;
}

/**
 * Who is here: one device for each instance with a live session or with one that was lost less than the grace ago, of which nobody is
 * told. Those of other nodes are among them (`Abroad` puts them there); their own node tells of what they do.
 */
export class Here implements SessionListener {
  private readonly byApp = new Map<string, Map<string, Entry>>();
  private readonly deps: Deps;
  private readonly listener: HereListener;

  constructor(deps: Deps, listener: HereListener) {
    this.deps = deps;
    this.listener = listener;
  }

  get(app: string, userId: string): Entry | undefined {
    return this.byApp.get(app)?.get(userId);
  }

  standing(app: string, userId: string): Standing | undefined {
    const entry = this.get(app, userId);
    return entry && standingOf(entry);
  }

  *all(): Iterable<Entry> {
    for (const entries of this.byApp.values()) yield* entries.values();
  }

  opened(session: Session): void {
    const entry = this.entry(session);
    const known = entry.devices.find(({ instance }) => instance === session.instance);
    known?.cancelWait?.();
    if (known?.session === session.id) {
      known.cancelWait = undefined;
      return;
    }
    const { instance, platform, id } = session;
    this.listener.changing(entry, session);
    const others = entry.devices.filter((device) => device !== known);
    entry.devices = [...others, { instance, platform, session: id, away: false, cancelWait: undefined }];
    this.settle(entry, 'loggedOut');
  }

  dropped(session: Session): void {
    const { entry, device } = this.find(session);
    if (!entry || !device) return;
    this.wait(session.app, device, () => this.remove(entry, device, 'dropped'));
  }

  /** For a device to come back. */
  wait(app: string, device: Device, over: () => void): void {
    device.cancelWait?.();
    const grace = this.deps.apps.get(app)?.settings['presence.grace'] ?? 0;
    device.cancelWait = this.deps.scheduler.after(grace, over);
  }

  ended(session: Session): void {
    const { entry, device } = this.find(session);
    if (entry && device) this.remove(entry, device, 'loggedOut');
  }

  /** A lost session will not come back: it was ended while it was away. */
  voided(app: string, userId: string, instance: string): void {
    const entry = this.get(app, userId);
    const device = entry?.devices.find((one) => one.instance === instance);
    if (entry && device?.cancelWait) this.remove(entry, device, 'loggedOut');
  }

  /** What a device says of itself. */
  say(session: Session, away: boolean): void {
    const { entry, device } = this.find(session);
    if (!entry || !device || device.away === away) return;
    this.listener.changing(entry, session);
    device.away = away;
    this.listener.away?.(session.id, away);
    this.settle(entry, 'loggedOut');
  }

  deviceOf(session: Pick<Session, 'id' | 'app' | 'userId'>): { readonly present: boolean; readonly away: boolean } {
    const { device } = this.find(session);
    return { present: device !== undefined, away: device?.away ?? false };
  } // prettier-ignore

  hold(entry: Entry): void {
    entry.holds++;
  }

  /** A user without devices is forgotten when nobody holds the entry. */
  release(entry: Entry): void {
    entry.holds--;
    if (entry.holds > 0 || entry.devices.length > 0) return;
    this.forget(entry);
  }

  private forget(entry: Entry): void {
    const users = this.byApp.get(entry.app);
    if (users?.get(entry.userId) !== entry) return;
    users.delete(entry.userId);
    if (users.size === 0) this.byApp.delete(entry.app);
  }

  /** Puts or takes a device of another node, without a word to anybody; with `tell`, as one of this node. */
  change(user: Pick<Session, 'app' | 'userId'>, tell: boolean, as: Gone, edit: (devices: readonly Device[]) => readonly Device[]): Entry {
    const entry = this.entry(user);
    if (tell) this.listener.changing(entry, undefined);
    entry.devices = edit(entry.devices);
    this.settle(entry, as, !tell);
    if (entry.devices.length === 0 && entry.holds === 0) this.forget(entry);
    return entry;
  } // prettier-ignore

  close(): void {
    for (const { devices } of this.all()) for (const device of devices) device.cancelWait?.();
  }

  private entry({ app, userId }: Pick<Session, 'app' | 'userId'>): Entry {
    let users = this.byApp.get(app);
    if (!users) this.byApp.set(app, (users = new Map<string, Entry>()));
    let entry = users.get(userId);
    if (!entry) users.set(userId, (entry = { app, userId, state: 'loggedOut', at: 0, devices: [], holds: 0 })); // prettier-ignore
    return entry;
  }

  private find(session: Pick<Session, 'id' | 'app' | 'userId'>): {
    readonly entry: Entry | undefined;
    readonly device: Device | undefined;
  } {
    const entry = this.get(session.app, session.userId);
    return { entry, device: entry?.devices.find((device) => device.session === session.id) };
  }

  private remove(entry: Entry, device: Device, as: Gone): void {
    device.cancelWait?.();
    this.listener.changing(entry, undefined);
    entry.devices = entry.devices.filter((other) => other !== device);
    this.listener.gone?.(device.session, as, entry.devices.length === 0);
    this.settle(entry, as);
  }

  /** `gone`: what the user is if this was the last device. */
  private settle(entry: Entry, gone: Gone, quietly = false): void {
    const some = entry.devices.length > 0;
    const state = some ? (entry.devices.every(({ away }) => away) ? 'away' : 'online') : gone;
    if (state !== entry.state) entry.at = this.deps.clock.now();
    entry.state = state;
    if (!some && !quietly) this.listener.left(entry);
  }
}

function standingOf({ state, at, devices }: Entry): Standing {
  return {
    state,
    at,
    devices: devices.map(({ instance, platform, away }) => ({ platform, instance, state: away ? 'away' : 'online' })), // prettier-ignore
  };
}

/** Equal for what looks the same to others. */
export function signature({ state, devices }: Entry): string {
  if (devices.length === 0) return state;
  return `${state} ${devices.map(({ instance, platform, away }) => `${instance} ${platform} ${away}`).sort().join()}`; // prettier-ignore
}
