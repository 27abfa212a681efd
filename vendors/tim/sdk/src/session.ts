import type { Client } from '@magpie/client';
import { EVENT_V3 as EVENT } from './constants.ts';
import { guardedSync, notReady, type Context, type EventData } from './context.ts';
import { badParams, timError, toTimError } from './errors.ts';
import { currentGroups } from './groups.ts';
import type { TimResult } from './types.ts';

export interface LoginOptions {
  userID: string;
  userSig: string;
}

export interface LoginData {
  actionStatus: 'OK';
  errorCode: 0;
  errorInfo: string;
  repeatLogin?: true;
}

type Handler<E> = (event: { name: string; data: E }) => unknown;

/** `on` and `once`: known events are typed; any other name takes any handler. */
export interface Bind {
  <E extends keyof EventData>(eventName: E, handler: Handler<EventData[E]>, context?: unknown): void;
  (eventName: string, handler: (event: never) => unknown, context?: unknown): void;
}

const done = <T>(data: T): TimResult<T> => ({ code: 0, data });

/** Ends the login for the app: what it holds is forgotten, then it is told. Nothing if there was none. */
export function endLogin(context: Context): void {
  const { state, table } = context;
  if (state.user === undefined) return;
  state.user = undefined;
  state.ready = state.readyUnheard = false;
  state.revoking.clear();
  table.clear();
  context.emit(EVENT.SDK_NOT_READY, undefined);
}

/** After the first sync: the groups, and then the app may begin. */
export async function becomeReady(context: Context): Promise<void> {
  const { state } = context;
  const { user } = state;
  const groups = await currentGroups(context);
  if (user === undefined || state.user !== user || state.ready) return;
  if (groups) context.emit(EVENT.GROUP_LIST_UPDATED, groups);
  state.ready = true;
  state.readyUnheard = context.emit(EVENT.SDK_READY, undefined) === 0;
}

/** No address of a server is a mistake of the program, not of the network: it says so in its own words. */
function clientOf(context: Context): Client {
  try {
    return context.client();
  } catch (thrown) {
    throw timError(2000, thrown instanceof Error ? thrown.message : String(thrown), {}, thrown);
  }
}

export function sessionApi(context: Context, drop: () => void) {
  const { hub, state } = context;

  async function open({ userID, userSig }: LoginOptions): Promise<TimResult<LoginData>> {
    if (state.loggingIn) throw timError(2025, 'A login is under way.');
    if (state.user === userID) return done({ actionStatus: 'OK', errorCode: 0, errorInfo: `${userID} is logged in already.`, repeatLogin: true });
    if (state.user !== undefined) throw timError(2025, `${state.user} is logged in; log out first.`);
    state.loggingIn = true;
    try {
      const { userId } = await clientOf(context).session.open({ token: userSig, user: userID });
      state.user = userId;
      return done({ actionStatus: 'OK', errorCode: 0, errorInfo: '' });
    } catch (thrown) {
      throw toTimError(thrown, 'login');
    } finally {
      state.loggingIn = false;
    }
  } // prettier-ignore

  /** SDK_READY that came while nobody listened is told to the first who does: apps bind after `await login()`. */
  function bind(eventName: string, handler: (event: never) => unknown, self: unknown, once: boolean): void {
    if (typeof eventName !== 'string' || typeof handler !== 'function') throw badParams();
    hub.add(eventName, handler, self, once);
    if (eventName !== EVENT.SDK_READY || !state.readyUnheard) return;
    state.readyUnheard = false;
    queueMicrotask(() => {
      if (state.ready) context.emit(EVENT.SDK_READY, undefined);
    });
  }

  const on: Bind = (eventName: string, handler: (event: never) => unknown, self?: unknown) =>
    bind(eventName, handler, self, false);
  const once: Bind = (eventName: string, handler: (event: never) => unknown, self?: unknown) =>
    bind(eventName, handler, self, true);

  return {
    on,
    once,
    off: (eventName: string, handler: (event: never) => unknown, self?: unknown, onceOnly?: boolean): void => hub.remove(eventName, handler, self, onceOnly),
    login: (options: LoginOptions): Promise<TimResult<LoginData>> => {
      if (typeof options !== 'object' || options === null) throw badParams();
      const { userID, userSig } = options;
      if (typeof userID !== 'string' || userID === '' || typeof userSig !== 'string' || userSig === '') throw badParams();
      return open({ userID, userSig });
    },
    logout: async (): Promise<TimResult<Record<string, never>>> => {
      if (state.user === undefined && !state.loggingIn) throw notReady('logout');
      endLogin(context);
      await context.client().session.close();
      return done({});
    },
    destroy: async (): Promise<TimResult<Record<string, never>>> => {
      const used = state.user !== undefined;
      drop();
      endLogin(context);
      await context.existing()?.destroy();
      context.emit(EVENT.SDK_DESTROY, { SDKAppID: context.appId });
      hub.clear();
      if (!used) throw notReady('destroy');
      return done({});
    },
    /** Plugins of the vendor have nothing to add here: uploads are built in. */
    registerPlugin: (options: Record<string, unknown>): void => {
      if (typeof options !== 'object' || options === null) throw badParams();
    },
    setLogLevel: (level: number): void => {
      state.logLevel = Number(level);
    },
    isReady: (): boolean => state.ready,
    getLoginUser: (): string => state.user ?? '',
    /** Seconds. */
    getServerTime: guardedSync(context, 'getServerTime', (): number => Math.floor(context.client().session.now() / 1000)),
  }; // prettier-ignore
}
