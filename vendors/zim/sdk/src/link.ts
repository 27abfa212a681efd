import { ZIMConnectionState } from './enums/general.ts';
import { ZIMErrorCode } from './enums/error-code.ts';
import type { Emitter } from './emitter.ts';
import { zimError } from './errors.ts';
import { connectionChange, type ConnectionCause } from './map/connection.ts';

const notLogged = () => zimError(ZIMErrorCode.NetworkModuleUserIsNotLogged, 'log in first');

/** The connection as the app was told of it, and who waits for the first sync of a login. */
export interface Link {
  readonly state: ZIMConnectionState;
  move(cause: ConnectionCause): void;
  /** Throws unless a login is under way or done. */
  requireLogin(): void;
  /** Resolves when the conversation list is complete; rejects when the login ends before. */
  whenReady(): Promise<void>;
  /** The list is complete. */
  ready(): void;
  /** Nothing works from now on. */
  close(): void;
}

export function createLink(emit: Emitter['emit'], isReady: () => boolean): Link {
  let state: ZIMConnectionState = ZIMConnectionState.Disconnected;
  let closed = false;
  let waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  const settle = (how: (one: (typeof waiting)[number]) => void) => {
    const all = waiting;
    waiting = [];
    for (const one of all) how(one);
  };
  const requireLogin = () => {
    if (closed) throw zimError(ZIMErrorCode.CommonModuleNotInit, 'this instance was destroyed');
    if (state === ZIMConnectionState.Disconnected) throw notLogged();
  };
  return {
    get state() {
      return state;
    },
    move: (cause) => {
      const change = connectionChange(state, cause);
      if (change === undefined) return;
      state = change.state;
      emit('connectionStateChanged', { ...change, extendedData: '{}' });
      if (change.state === ZIMConnectionState.Disconnected) settle((one) => one.reject(notLogged()));
    },
    requireLogin,
    whenReady: () => {
      requireLogin();
      return isReady()
        ? Promise.resolve()
        : new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject }));
    },
    ready: () => settle((one) => one.resolve()),
    close: () => {
      closed = true;
      state = ZIMConnectionState.Disconnected;
      settle((one) => one.reject(notLogged()));
    },
  };
}
