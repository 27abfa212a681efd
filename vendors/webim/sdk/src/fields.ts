import type { EventHandlers } from './emitter.ts';

/** Properties of a connection that applications read, and the callbacks they assign. */
export interface ConnectionFields {
  appKey: string;
  orgName: string;
  appName: string;
  /** Current user id, lower case. */
  user: string;
  token: string;
  apiUrl: string;
  url: string;
  https: boolean;
  isHttpDNS: boolean;
  isDebug: boolean;
  heartBeatWait: number;
  autoReconnectNumMax: number;
  autoReconnectNumTotal: number;
  useOwnUploadFun: boolean;
  deviceId: string;
  osType: number;
  version: string;
  grantType: 'password' | 'accessToken' | 'agoraToken' | '';
  context: LoginContext;
  eventHandler: {
    handlerData: Record<string, EventHandlers>;
    addEventHandler(id: string, handlers: EventHandlers): void;
    removeEventHandler(id: string): void;
    dispatch(event: string, parameters?: unknown): void;
  };
  _msgHash: Record<string, unknown>;
  /** Reset to `{}` by old apps to read history from the newest again. */
  mr_cache: Record<string, unknown>;
  [key: string]: unknown;
}

/** `conn.context`: mini-program apps take `accessToken` from it for their own uploads. */
export interface LoginContext {
  jid: { appKey: string; clientResource: string; domain: string; name: string };
  userId: string;
  appKey: string;
  restTokenData: string;
  status: number;
  appName: string;
  orgName: string;
  root: unknown;
  accessToken: string;
}
