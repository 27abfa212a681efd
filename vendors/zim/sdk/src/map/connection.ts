import type { KickReason } from '@magpie/protocol';
import { ZIMConnectionEvent as Event, ZIMConnectionState as State } from '../enums/general.ts';

/** What moves the connection state (zim.md 6.2). */
export type ConnectionCause =
  | 'login'
  | 'accepted'
  | 'timedOut'
  | 'refused'
  | 'expired'
  | 'lost'
  | 'logout'
  | { readonly kicked: KickReason };

export interface ConnectionChange {
  readonly state: State;
  readonly event: Event;
}

function kickEvent(reason: KickReason): Event {
  if (reason === 'expired') return Event.TokenExpired;
  return reason === 'accountDeleted' ? Event.Unregistered : Event.KickedOut;
}

/** The change to tell, or undefined when nothing changes. */
export function connectionChange(current: State, cause: ConnectionCause): ConnectionChange | undefined {
  if (cause === 'login') return { state: State.Connecting, event: Event.ActiveLogin };
  if (current === State.Disconnected) return undefined;
  if (typeof cause === 'object') return { state: State.Disconnected, event: kickEvent(cause.kicked) };
  switch (cause) {
    case 'accepted':
      return current === State.Connected ? undefined : { state: State.Connected, event: Event.Success };
    case 'lost':
      // Attempts of a login that is still under way are not told.
      return current === State.Connected
        ? { state: State.Reconnecting, event: Event.LoginInterrupted }
        : undefined;
    case 'timedOut':
      return { state: State.Disconnected, event: Event.LoginTimeout };
    case 'expired':
      return { state: State.Disconnected, event: Event.TokenExpired };
    case 'refused':
      // Not 'interrupted': published samples log in again on that, for ever.
      return { state: State.Disconnected, event: Event.Success };
    case 'logout':
      return { state: State.Disconnected, event: Event.Success };
  }
}
