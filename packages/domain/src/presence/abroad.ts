import type { ElsewhereListener, RemoteSession, Told } from '../session/elsewhere.ts';
import type { Device, Gone, Here } from './here.ts';

/** Keeps the devices of other nodes among those who are here. */
export class Abroad implements ElsewhereListener {
  private readonly here: Here;

  constructor(here: Here) {
    this.here = here;
  }

  opened(session: RemoteSession, tell: boolean): void {
    const { instance, platform, id, away } = session;
    const device: Device = { instance, platform, session: id, away, abroad: true, cancelWait: undefined };
    this.here.change(session, tell, 'loggedOut', (devices) => {
      for (const known of devices) if (known.instance === instance) known.cancelWait?.();
      return [...devices.filter((known) => known.instance !== instance), device];
    });
  }

  gone(session: RemoteSession, as: Gone, told: Told): void {
    const others = this.here.get(session.app, session.userId)?.devices.some((device) => device.session !== session.id); // prettier-ignore
    // Two nodes may each have seen the other's device as the last one.
    this.take(session, as, told === 'device' && others === false);
  }

  lost(session: RemoteSession, tell: boolean): void {
    const device = this.device(session);
    if (device) this.here.wait(session.app, device, () => this.take(session, 'dropped', tell));
  }

  away(session: RemoteSession): void {
    const device = this.device(session);
    if (!device) return;
    device.away = session.away;
    this.here.change(session, false, 'loggedOut', (devices) => devices);
  }

  private take(session: RemoteSession, as: Gone, tell: boolean): void {
    if (!this.device(session)) return;
    this.here.change(session, tell, as, (devices) =>
      devices.filter((device) => device.session !== session.id),
    );
  }

  private device(session: RemoteSession): Device | undefined {
    return this.here
      .get(session.app, session.userId)
      ?.devices.find((device) => device.session === session.id);
  }
}
