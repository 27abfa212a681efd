/**
 * The life of a connection as a pure function: state × event → state and effects. The table below has a cell for every pair;
 * the compiler refuses a missing one. The driver (`connection.ts`) feeds it and carries out the effects.
 */
export type StateName = 'idle' | 'dialing' | 'opening' | 'online' | 'waiting';

/** `attempt`: how many tries failed in a row. */
export interface MachineState {
  readonly name: StateName;
  readonly attempt: number;
}

export interface MachineEvents {
  /** A login begins. */
  start: object;
  /** The socket is open. */
  socketOpen: object;
  /** The server accepted the session. */
  accepted: object;
  /** The server refused it for now; `after` ms may be asked for. */
  deferred: { readonly after: number };
  /** The socket is gone, and connecting again is allowed. */
  closed: { readonly after: number };
  /** No answer in time: while opening, or to a ping. */
  silent: object;
  /** The timer between attempts, or the one of `moveOn`, has run out. */
  due: object;
  /** The network may be back, or the page woke. */
  networkUp: object;
  networkDown: object;
  /** The server asks to connect again in `after` ms. */
  moveOn: { readonly after: number };
  /** Logged out, kicked or refused for good. */
  end: object;
}

export type MachineEvent = {
  [E in keyof MachineEvents]: { readonly type: E } & MachineEvents[E];
}[keyof MachineEvents];

export type Effect =
  | { readonly do: 'dial' }
  | { readonly do: 'sendOpen' }
  /** Drop the socket without a word from the old one reaching us. */
  | { readonly do: 'hangUp' }
  /** Wait for back-off after `attempt` failures, at least `after` ms; then `due`. */
  | { readonly do: 'wait'; readonly attempt: number; readonly after: number }
  /** `due` in exactly this time. */
  | { readonly do: 'alarm'; readonly after: number }
  | { readonly do: 'unwait' }
  | { readonly do: 'goOnline' }
  /** A live session lost its socket. */
  | { readonly do: 'goOffline' }
  /** Ask the peer at once whether it is still there. */
  | { readonly do: 'probe' };

export interface Step {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}

type Cell<E extends keyof MachineEvents> = (state: MachineState, event: MachineEvents[E]) => Step;
type Table = { readonly [S in StateName]: { readonly [E in keyof MachineEvents]: Cell<E> } };

const to = (name: StateName, attempt: number, ...effects: Effect[]): Step => ({
  state: { name, attempt },
  effects,
});
const stay = (state: MachineState): Step => ({ state, effects: [] });

const dial: Effect = { do: 'dial' };
const hangUp: Effect = { do: 'hangUp' };
const unwait: Effect = { do: 'unwait' };
const goOffline: Effect = { do: 'goOffline' };
const backOff = (attempt: number, after: number, ...first: Effect[]): Step =>
  to('waiting', attempt + 1, ...first, { do: 'wait', attempt, after });

const TABLE: Table = {
  idle: {
    start: () => to('dialing', 0, dial),
    socketOpen: stay,
    accepted: stay,
    deferred: stay,
    closed: stay,
    silent: stay,
    due: stay,
    networkUp: stay,
    networkDown: stay,
    moveOn: stay,
    end: stay,
  },
  dialing: {
    start: stay,
    socketOpen: ({ attempt }) => to('opening', attempt, { do: 'sendOpen' }),
    accepted: stay,
    deferred: stay,
    closed: ({ attempt }, { after }) => backOff(attempt, after),
    silent: ({ attempt }) => backOff(attempt, 0, hangUp),
    due: stay,
    networkUp: stay,
    networkDown: stay,
    moveOn: stay,
    end: () => to('idle', 0, hangUp),
  },
  opening: {
    start: stay,
    socketOpen: stay,
    accepted: () => to('online', 0, { do: 'goOnline' }),
    deferred: ({ attempt }, { after }) => backOff(attempt, after, hangUp),
    closed: ({ attempt }, { after }) => backOff(attempt, after),
    silent: ({ attempt }) => backOff(attempt, 0, hangUp),
    due: stay,
    networkUp: stay,
    networkDown: stay,
    moveOn: ({ attempt }, { after }) => backOff(attempt, after, hangUp),
    end: () => to('idle', 0, hangUp),
  },
  online: {
    start: stay,
    socketOpen: stay,
    accepted: stay,
    deferred: stay,
    // The first attempt after a live session is nearly immediate; back-off grows from there.
    closed: (_, { after }) => backOff(0, after, unwait, goOffline),
    silent: () => to('dialing', 0, unwait, hangUp, goOffline, dial),
    due: () => to('dialing', 0, hangUp, goOffline, dial),
    networkUp: (state) => ({ state, effects: [{ do: 'probe' }] }),
    // What a browser says about the network is a guess; the socket itself knows.
    networkDown: (state) => ({ state, effects: [{ do: 'probe' }] }),
    moveOn: (state, { after }) => ({ state, effects: [{ do: 'alarm', after }] }),
    end: () => to('idle', 0, unwait, hangUp, goOffline),
  },
  waiting: {
    start: stay,
    socketOpen: stay,
    accepted: stay,
    deferred: stay,
    closed: stay,
    silent: stay,
    due: ({ attempt }) => to('dialing', attempt, dial),
    networkUp: () => to('dialing', 0, unwait, dial),
    networkDown: stay,
    moveOn: stay,
    end: () => to('idle', 0, unwait),
  },
};

export const INITIAL: MachineState = { name: 'idle', attempt: 0 };

export function step(state: MachineState, event: MachineEvent): Step {
  const cell = TABLE[state.name][event.type] as (state: MachineState, event: MachineEvent) => Step;
  return cell(state, event);
}
