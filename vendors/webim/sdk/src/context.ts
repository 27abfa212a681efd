import {
  createClient,
  type Client,
  type ClientMessage,
  type ClientOptions,
  type ConversationView,
} from '@magpie/client';
import { BACKLOG, statusCode, TOKEN_LEAD, type ChatType } from './constants.ts';
import type { Emitter } from './emitter.ts';
import { type ErrorEvent, refuse, toErrorEvent } from './errors.ts';
import { bindEvents } from './events.ts';
import { toBody, type BodyView } from './map/body.ts';
import { fold, splitAppKey, toRef } from './map/ids.ts';
import type { Logger } from './logger.ts';
import type { ConnectionFields } from './fields.ts';
import type { ConnectionOptions } from './options.ts';
import type { ContentBody } from './types/message.ts';
import type { AsyncResult } from './types/results.ts';

/** What the slices share. One per connection; nothing in it outlives a login but the application's handlers. */
export interface Context {
  readonly emitter: Emitter;
  /** The connection's own properties, raw: never the proxy an app may have made of it. */
  readonly fields: ConnectionFields;
  readonly link: Link;
  readonly autoReconnectNumMax: number | undefined;
  /** Refs known to be pinned, to tell a change of it from any other change of a row. */
  readonly pins: Set<string>;
  readonly logger: Logger;
  /** Made at first use, so that `configure` may come after `new connection`. Throws without an app key. */
  readonly client: Client;
  /** The client if one was made. */
  readonly made: Client | undefined;
  appKey: string;
  /** Changed only before a login; the next one makes a new client. */
  customInfo: string | undefined;
  readonly server: string;
  /** Own user id in the vendor's spelling; '' before the first login. */
  readonly me: string;
  renew(): void;
  /** Throws the vendor's "not logged in". */
  requireLogin(): Client;
  /** Resolves when the first sync of this login is over. */
  ready(): Promise<Client>;
  /** The conversation's ref in its owner's spelling, where one is known. */
  ref(chatType: ChatType, id: string): string;
  conversation(chatType: ChatType, id: string): ConversationView | undefined;
  body(message: ClientMessage, view?: Partial<BodyView>): ContentBody | undefined;
  result<T>(data: T, more?: Record<string, unknown>): AsyncResult<T>;
  readonly acts: LocalActs;
  readonly sent: SentMessages;
}

/** Where a login stands, for telling its end once and with its reason. */
export interface Link {
  announced: boolean;
  /** Inside `open`, which tells its own failure. */
  opening: boolean;
  reason: ErrorEvent | undefined;
}

/** Things this device just did, so that their echo is not told as another device's doing. */
export interface LocalActs {
  mark(act: string): void;
  /** True once per mark. */
  take(act: string): boolean;
}

/** Own direct messages whose delivery was not told yet. Bounded; the oldest are forgotten. */
export interface SentMessages {
  add(ref: string, message: { readonly seq: number; readonly id: string }): void;
  delivered(ref: string, upTo: number): readonly string[];
}

const ACT_LIFE_MS = 10_000;
const MAX_ACTS = 200;

export function createLocalActs(now: () => number): LocalActs {
  const acts = new Map<string, number>();
  return {
    mark(act) {
      acts.delete(act);
      acts.set(act, now() + ACT_LIFE_MS);
      if (acts.size > MAX_ACTS) acts.delete(acts.keys().next().value ?? act);
    },
    take(act) {
      const until = acts.get(act);
      acts.delete(act);
      return until !== undefined && until >= now();
    },
  };
}

const MAX_SENT = 2_000;

export function createSentMessages(): SentMessages {
  let waiting: { ref: string; seq: number; id: string }[] = [];
  return {
    add(ref, { seq, id }) {
      waiting.push({ ref, seq, id });
      if (waiting.length > MAX_SENT) waiting.shift();
    },
    delivered(ref, upTo) {
      const done = waiting.filter((entry) => entry.ref === ref && entry.seq <= upTo);
      if (done.length > 0) waiting = waiting.filter((entry) => !done.includes(entry));
      return done.map((entry) => entry.id);
    },
  };
}

/** The client's options for a connection's (easemob.md 1.3). */
export function clientOptions(options: ConnectionOptions, app: string, customInfo?: string): ClientOptions {
  const { server, deviceId, isFixedDeviceId, customDeviceName, delivery } = options;
  return {
    ...(server === undefined ? {} : { server }),
    app,
    instance: deviceId === undefined ? (isFixedDeviceId ? 'shared' : 'tab') : { id: deviceId },
    ...(customDeviceName === undefined ? {} : { device: customDeviceName }),
    ...(customInfo === undefined ? {} : { customInfo }),
    dialect: 'webim',
    wantsDelivered: true,
    reportsDelivery: delivery,
    tokenLead: TOKEN_LEAD,
    backlog: BACKLOG,
  };
}

export function createContext(
  options: ConnectionOptions,
  fields: ConnectionFields,
  emitter: Emitter,
  logger: Logger,
  make: (options: ClientOptions) => Client = createClient,
): Context {
  let client: Client | undefined;
  let unbind: (() => void) | undefined;

  function create(): Client {
    if (!context.appKey) {
      throw refuse(statusCode.WEBIM_CONNCTION_APPKEY_NOT_ASSIGN_ERROR, 'the appKey is not assigned');
    }
    const app = context.appKey.includes('#') ? `webim:${context.appKey}` : context.appKey;
    const made = make({
      ...clientOptions(options, app, context.customInfo),
      log: (level, text, detail) => logger[level](text, ...(detail === undefined ? [] : [detail])),
    });
    unbind = bindEvents(context, made);
    return made;
  }

  const context: Context = {
    emitter,
    fields,
    link: { announced: true, opening: false, reason: undefined },
    autoReconnectNumMax: options.autoReconnectNumMax,
    pins: new Set(),
    logger,
    appKey: options.appKey,
    customInfo: undefined,
    acts: createLocalActs(() => Date.now()),
    sent: createSentMessages(),
    get client() {
      return (client ??= create());
    },
    get made() {
      return client;
    },
    get server() {
      return context.appKey ? context.client.server : '';
    },
    get me() {
      return fold(client?.session.userId ?? '');
    },
    renew() {
      unbind?.();
      void client?.destroy();
      client = undefined;
    },
    requireLogin() {
      if (!client || client.session.userId === undefined || client.session.state === 'idle') {
        throw refuse(statusCode.WEBIM_CONNECTION_CLOSED, 'not logged in');
      }
      return client;
    },
    ready: () => whenReady(context.requireLogin()),
    ref(chatType, id) {
      return context.conversation(chatType, id)?.ref ?? toRef(chatType, id);
    },
    conversation(chatType, id) {
      const ref = toRef(chatType, id);
      const exact = client?.conversations.get(ref);
      if (exact || chatType !== 'singleChat') return exact;
      return client?.conversations.list().find((view) => view.kind === 'direct' && fold(view.ref) === ref);
    },
    body: (message, view = {}) =>
      toBody(message, {
        me: context.me,
        urls: context.client.files,
        quoted: (id) => context.client.messages.peek(id),
        ...view,
      }),
    result(data, more = {}) {
      const { orgName, appName } = splitAppKey(context.appKey);
      return {
        type: statusCode.REQUEST_SUCCESS,
        data,
        organization: orgName,
        applicationName: appName,
        timestamp: context.client.session.now(),
        duration: 0,
        ...more,
      };
    },
  };
  return context;
}

function whenReady(client: Client): Promise<Client> {
  if (client.session.ready) return Promise.resolve(client);
  return new Promise((resolve, reject) => {
    const stop = [
      client.on('ready', () => settle(() => resolve(client))),
      client.on('state', ({ state, error }) => {
        if (state === 'idle')
          settle(() => reject(error ?? refuse(statusCode.WEBIM_CONNECTION_CLOSED, 'logged out')));
      }),
    ];
    function settle(done: () => void): void {
      for (const off of stop) off();
      done();
    }
  });
}

interface Told {
  readonly success?: unknown;
  readonly error?: unknown;
  readonly fail?: unknown;
}

/**
 * Runs a call the vendor's way: the promise, and beside it the callbacks of the parameter object. Whoever passes an error
 * callback seldom looks at the promise, so its rejection then counts as handled.
 */
export function told<T>(
  context: Context,
  params: unknown,
  work: () => Promise<T>,
  answer: (value: T) => readonly unknown[] = (value) => [value],
): Promise<T> {
  const { success, error, fail } = (typeof params === 'object' && params !== null ? params : {}) as Told;
  const call = (callback: unknown, values: readonly unknown[]): void => {
    if (typeof callback !== 'function') return;
    try {
      Reflect.apply(callback, params, values);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      context.emitter.emit('onError', refuse(statusCode.WEBIM_CONNCTION_CALLBACK_INNER_ERROR, message));
    }
  };
  const promise = start(work).then(
    (value) => {
      call(success, answer(value));
      return value;
    },
    (thrown: unknown) => {
      const event = toErrorEvent(thrown);
      call(error, [event]);
      if (fail !== error) call(fail, [event]);
      throw event;
    },
  );
  if (typeof error === 'function' || typeof fail === 'function') promise.catch(() => undefined);
  return promise;
}

/** Begins at once, so that calls made one after the other reach the client in that order. */
async function start<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
