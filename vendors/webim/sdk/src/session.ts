import { statusCode } from './constants.ts';
import { told, type Context } from './context.ts';
import type { EventHandlers, ListenParameters } from './emitter.ts';
import { refuse, toErrorEvent } from './errors.ts';
import { announce } from './events.ts';
import { fold, splitAppKey } from './map/ids.ts';
import { uniqueId } from './unique-id.ts';
import type { AsyncResult, BaseUserInfo, Callbacks, LoginResult, NewTokenResult } from './types/results.ts';

export interface OpenOptions extends Callbacks {
  user: string;
  pwd?: string;
  accessToken?: string;
  agoraToken?: string;
  /** Older apps repeat it here. */
  appKey?: string;
  [key: string]: unknown;
}

export interface RegisterOptions extends Callbacks {
  username: string;
  password: string;
  nickname?: string;
  apiUrl?: string;
}

interface Login {
  readonly user: string;
  readonly token?: string;
  readonly password?: string;
  readonly grantType: 'password' | 'accessToken' | 'agoraToken';
}

function readLogin({ user, pwd, accessToken, agoraToken }: OpenOptions): Login {
  const name = fold(String(user ?? ''));
  if (name === '') throw refuse(statusCode.WEBIM_CONNCTION_OPEN_ERROR, 'open: the user is not assigned');
  if (accessToken) return { user: name, token: accessToken, grantType: 'accessToken' };
  if (agoraToken) return { user: name, token: agoraToken, grantType: 'agoraToken' };
  if (pwd) return { user: name, password: pwd, grantType: 'password' };
  throw refuse(
    statusCode.WEBIM_CONNCTION_TOKEN_NOT_ASSIGN_ERROR,
    'open: neither accessToken nor pwd is assigned',
  );
}

export function sessionSlice(context: Context) {
  const { fields, link, emitter } = context;

  function describe(login: Login, token: string): void {
    const { orgName, appName } = splitAppKey(context.appKey);
    Object.assign(fields, {
      user: login.user,
      token,
      grantType: login.grantType,
      apiUrl: context.server,
      appKey: context.appKey,
      orgName,
      appName,
    });
    const clientResource = context.client.session.instance;
    Object.assign(fields.context, {
      jid: { appKey: context.appKey, clientResource, domain: '', name: login.user },
      userId: login.user,
      appKey: context.appKey,
      orgName,
      appName,
      accessToken: token,
      status: statusCode.REQUEST_SUCCESS,
    });
    fields.deviceId = clientResource;
  }

  async function login(options: OpenOptions): Promise<LoginResult> {
    const made = context.made;
    if (made && made.session.state !== 'idle') {
      throw refuse(
        statusCode.WEBIM_USER_ALREADY_LOGIN,
        'open: a user is logged in already; call close first',
      );
    }
    const wanted = readLogin(options);
    if (options.appKey && options.appKey !== context.appKey) {
      context.appKey = options.appKey;
      context.renew();
    }
    const { session } = context.client;
    link.opening = true;
    link.reason = undefined;
    fields.autoReconnectNumTotal = 0;
    context.pins.clear();
    try {
      describe(wanted, wanted.token ?? '');
      const opened =
        wanted.password === undefined
          ? {
              token: wanted.token ?? '',
              ...(await session.open({ token: wanted.token ?? '', user: wanted.user })),
            }
          : await session.openWithPassword({ user: wanted.user, password: wanted.password });
      describe(wanted, opened.token);
      const { expiresAt, token } = opened;
      const life =
        expiresAt === undefined ? {} : { expireTimestamp: expiresAt, duration: expiresAt - session.now() };
      return { accessToken: token, ...life };
    } finally {
      link.opening = false;
    }
  }

  /** The page woke: a request over the socket shows at once whether it still lives. */
  function probe(): void {
    const { made } = context;
    if (made?.session.state === 'online') void made.request('session.list', {}).catch(() => undefined);
  }

  return {
    /** Logs in. `onConnected` fires before the promise settles; a failure is told to `onDisconnected` and `onError` first. */
    open(options: OpenOptions): Promise<LoginResult> {
      const promise = told(context, options, async () => {
        try {
          return await login(options);
        } catch (thrown) {
          const event = toErrorEvent(thrown);
          if (event.type !== statusCode.WEBIM_USER_ALREADY_LOGIN) {
            link.announced = false;
            announce(context, event);
          }
          emitter.emit('onError', event);
          throw event;
        }
      });
      // Older apps listen to onError alone; the failure was told there.
      promise.catch(() => undefined);
      return promise;
    },

    close(): void {
      fields.grantType = '';
      void context.made?.session.close().catch(() => undefined);
    },

    isOpened(): boolean {
      return context.made?.session.state === 'online';
    },

    renewToken(token: string): Promise<NewTokenResult> {
      return told(context, undefined, async () => {
        const { expiresAt } = await context.requireLogin().session.renew(token);
        fields.token = token;
        fields.context.accessToken = token;
        return { status: true, token, ...(expiresAt === undefined ? {} : { expire: expiresAt }) };
      });
    },

    registerUser(options: RegisterOptions): Promise<AsyncResult<BaseUserInfo[]>> {
      return told(context, options, async () => {
        const { username, password, nickname } = options;
        const user = fold(String(username ?? ''));
        await context.client.session.register({ user, password, ...(nickname ? { name: nickname } : {}) });
        const at = context.client.session.now();
        const entity = {
          uuid: user,
          type: 'user',
          created: at,
          modified: at,
          username: user,
          activated: true,
          nickname: nickname ?? '',
        };
        const { data: _, ...envelope } = context.result(undefined);
        return { ...envelope, entities: [entity] };
      });
    },

    /** Handed to the device that the next login may replace. */
    setLoginInfoCustomExt(ext: string): void {
      context.customInfo = ext;
      if (context.made?.session.state === 'idle') context.renew();
    },

    async getSelfIdsOnOtherPlatform(): Promise<AsyncResult<string[]>> {
      return told(context, undefined, async () => {
        const { sessions } = await context.requireLogin().request('session.list', {});
        const others = sessions.filter((session) => !session.current);
        return context.result(
          others.map(({ platform, instance }) => `${context.me}/${platform}_${instance}`),
        );
      });
    },

    onShow: probe,
    reconnect: probe,

    addEventHandler(id: string, handlers: EventHandlers): void {
      emitter.handlers[id] = handlers;
    },

    removeEventHandler(id: string): void {
      delete emitter.handlers[id];
    },

    /** Old style: the callbacks become properties of the connection. Unknown names are tolerated. */
    listen(handlers: ListenParameters): void {
      for (const [name, handler] of Object.entries(handlers)) {
        if (typeof handler === 'function') fields[name] = handler;
      }
    },

    /** Not typed by the vendor, used by older apps. */
    getUniqueId(): string {
      return uniqueId();
    },
    setPresence(): void {},
    stopHeartBeat(): void {},
  };
}
