import { createClient, type Client } from '@magpie/client';
import { EventHub } from './emitter.ts';
import { timError, toTimError, type Scope, type TimError } from './errors.ts';
import type { MessageEnv } from './map/message.ts';
import { MessageTable } from './table.ts';
import type { Conversation, Group, Message, Profile, TimResult } from './types.ts';

export interface CreateOptions {
  SDKAppID: number | string;
  oversea?: boolean | undefined;
  /** Address of the server; else `configure({ server })` of `@magpie/client`, `MAGPIE_SERVER`, the page's origin. */
  proxyServer?: string | undefined;
  fileUploadProxy?: string | undefined;
  fileDownloadProxy?: string | undefined;
  scene?: string | undefined;
  modules?: Record<string, unknown> | undefined;
  unlimitedAVChatRoom?: boolean | undefined;
  devMode?: boolean | undefined;
}

/** Payloads of the events that are raised. */
export interface EventData {
  sdkStateReady: undefined;
  sdkStateNotReady: undefined;
  sdkDestroy: { SDKAppID: number };
  onMessageReceived: Message[];
  onMessageModified: Message[];
  onMessageRevoked: Message[];
  onMessageReadByPeer: Message[];
  onMessageReadReceiptReceived: { messageID: string; groupID?: string; readCount?: number; unreadCount?: number; userID?: string; isPeerRead?: boolean }[]; // prettier-ignore
  onConversationListUpdated: Conversation[];
  onTotalUnreadMessageCountUpdated: number;
  onGroupListUpdated: Group[];
  onProfileUpdated: Profile[];
  blacklistUpdated: string[];
  kickedOut: { type: string };
  error: { code: number; message: string };
  netStateChange: { state: string };
}

/** What the slices of one instance share. */
export interface Context {
  readonly appId: number;
  readonly hub: EventHub;
  readonly table: MessageTable;
  readonly state: State;
  /** The client of this instance; made at the first login, when it must be known where the server is. */
  client(): Client;
  /** The client if there is one: nobody asks a server before the first login. */
  readonly existing: () => Client | undefined;
  readonly env: () => MessageEnv;
  emit<E extends keyof EventData>(event: E, data: EventData[E]): number;
  log(level: 'info' | 'warn' | 'error', text: string, detail?: unknown): void;
  /** Called when the client was made: binds its events. */
  onClient: (client: Client) => void;
}

export interface State {
  /** Set while logged in: the user. */
  user: string | undefined;
  /** Between SDK_READY and SDK_NOT_READY. */
  ready: boolean;
  /** SDK_READY was raised and nobody was listening yet. */
  readyUnheard: boolean;
  loggingIn: boolean;
  logLevel: number;
  /** Core ids of messages this instance is recalling: their event is no news here. */
  readonly revoking: Set<string>;
}

const LEVELS = { info: 1, warn: 2, error: 3 } as const;

export function createContext(appId: number, options: CreateOptions): Context {
  let made: Client | undefined;
  const state: State = {
    user: undefined,
    ready: false,
    readyUnheard: false,
    loggingIn: false,
    logLevel: 1,
    revoking: new Set(),
  };
  const log: Context['log'] = (level, text, detail) => {
    if (state.logLevel > LEVELS[level] || level === 'info') return;
    console[level](`[magpie tim] ${text}`, ...(detail === undefined ? [] : [detail]));
  };
  const hub = new EventHub((event, thrown) => log('error', `2109 a handler of ${event} threw`, thrown));
  const env = (): MessageEnv => ({
    me: state.user ?? '',
    urlOf: (blob, rendition) => made?.files.url(blob, rendition) ?? '',
    personOf: (id, ref) => made?.users.person(id, ref) ?? {},
    groupNameOf: (ref) =>
      (state.user === undefined ? undefined : made?.conversations.get(ref)?.group?.name) ?? '',
    peerReadSeq: (ref) =>
      (state.user === undefined ? undefined : made?.conversations.get(ref)?.peerReadSeq) ?? 0,
  });
  const context: Context = {
    appId,
    hub,
    state,
    env,
    table: new MessageTable(env),
    existing: () => made,
    client: () => {
      if (!made) {
        made = createClient({
          app: `tim:${appId}`,
          dialect: 'tim',
          ...(options.proxyServer ? { server: String(options.proxyServer) } : {}),
        });
        context.onClient(made);
      }
      return made;
    },
    emit: (event, data) => hub.emit(event, data),
    log,
    onClient: () => undefined,
  };
  return context;
}

/** The answer to guarded calls before a login. */
export function notReady(method: string): TimError {
  return timError(2024, ` | ${method} | `);
}

/**
 * An asynchronous method: refused before login, its result wrapped, its errors the vendor's. It may be used from the moment
 * `login` resolved: apps that do not wait for SDK_READY lose nothing.
 */
export function guarded<A extends readonly unknown[], R>(context: Context, method: string, run: (...args: A) => R | Promise<R>, scope?: Scope): (...args: A) => Promise<TimResult<R>> {
  return async (...args) => {
    if (context.state.user === undefined) throw notReady(method);
    try {
      return { code: 0, data: await run(...args) };
    } catch (thrown) {
      throw toTimError(thrown, scope);
    }
  };
} // prettier-ignore

/** A synchronous method. Before login it hands back a rejected promise in place of its result: the vendor's oddity, kept. */
export function guardedSync<A extends readonly unknown[], R>(
  context: Context,
  method: string,
  run: (...args: A) => R,
): (...args: A) => R {
  return (...args) =>
    context.state.user === undefined ? (Promise.reject(notReady(method)) as unknown as R) : run(...args);
}
