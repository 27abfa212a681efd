import WebIM, { type EasemobChat } from '@magpie/webim';
import type { TestServer } from '@magpie/testkit/network';
import { reactive } from 'vue';

/** Hands objects through unchanged, or as an app with a reactive store holds them. */
export type Hold = <T>(value: T) => T;
export const plain: Hold = (value) => value;
export const held: Hold = (value) =>
  typeof value === 'object' && value !== null ? (reactive(value) as typeof value) : value;

export type Handlers = Required<EasemobChat.EventHandlerType>;
export type Name = keyof Handlers;
type Payload<N extends Name> = Parameters<Handlers[N]>[0];

const NAMES = [
  'onConnected', 'onDisconnected', 'onReconnecting', 'onOfflineMessageSyncStart', 'onOfflineMessageSyncFinish', 'onTokenWillExpire',
  'onTokenExpired', 'onError', 'onMessage', 'onTextMessage', 'onImageMessage', 'onAudioMessage', 'onVideoMessage', 'onFileMessage',
  'onLocationMessage', 'onCmdMessage', 'onCustomMessage', 'onReceivedMessage', 'onDeliveredMessage', 'onReadMessage', 'onChannelMessage',
  'onRecallMessage', 'onMultiDeviceEvent', 'onGroupEvent', 'onStatisticMessage',
] as const satisfies readonly Name[]; // prettier-ignore

const PATIENCE = 10_000;

/** An app around one connection: listens to everything, remembers what came, and can wait for what is to come. */
export interface App {
  readonly conn: EasemobChat.Connection;
  readonly user: string;
  /** Names of what came, in order. */
  readonly order: readonly Name[];
  all<N extends Name>(name: N): Payload<N>[];
  /** The first one of a name that passes, seen already or still to come. */
  event<N extends Name>(name: N, passes?: (data: Payload<N>) => boolean): Promise<Payload<N>>;
  forget(): void;
  login(): Promise<EasemobChat.LoginResult>;
  text(to: string, msg: string, more?: object): Promise<EasemobChat.SendMsgResult>;
}

export interface AppOptions {
  /** Where to connect; the server itself unless a proxy is in between. */
  readonly at?: string;
  readonly options?: EasemobChat.ConnectionParameters;
}

export async function createApp(
  server: TestServer,
  user: string,
  hold: Hold,
  given: AppOptions = {},
): Promise<App> {
  const { appKey, webimToken } = await server.credentials(user);
  const conn = hold(
    new WebIM.connection({
      appKey,
      apiUrl: given.at ?? server.url,
      isFixedDeviceId: false,
      delivery: true,
      ...given.options,
    }),
  );
  let seen: { name: Name; data: unknown }[] = [];
  let waiting: (() => void)[] = [];
  const handlers: Record<string, (data: unknown) => void> = {};
  for (const name of NAMES) {
    handlers[name] = (data) => {
      seen.push({ name, data: hold(data) });
      for (const look of [...waiting]) look();
    };
  }
  conn.addEventHandler('app', hold(handlers));
  const all = <N extends Name>(name: N) =>
    seen.filter((one) => one.name === name).map((one) => one.data as Payload<N>);
  return {
    conn,
    user,
    get order() {
      return seen.map(({ name }) => name);
    },
    all,
    event: (name, passes = () => true) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          waiting = waiting.filter((one) => one !== look);
        };
        const timer = setTimeout(() => {
          stop();
          const came = seen.map((one) => `${one.name} ${JSON.stringify(one.data)}`).join('\n');
          reject(new Error(`${user}: ${name} did not come; what came:\n${came}`));
        }, PATIENCE);
        const look = () => {
          const found = all(name).find(passes);
          if (found === undefined && !all(name).some(passes)) return;
          stop();
          resolve(found as Payload<typeof name>);
        };
        waiting.push(look);
        look();
      }),
    forget: () => void (seen = []),
    login: () => conn.open({ user, accessToken: webimToken }),
    text: (to, msg, more = {}) =>
      conn.send(hold(WebIM.message.create({ type: 'txt', chatType: 'singleChat', to, msg, ...more }))),
  };
}
