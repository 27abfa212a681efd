import { contactSlice } from './contact.ts';
import { conversationSlice } from './conversation.ts';
import { SDK_VERSION } from './constants.ts';
import { createContext, told, type Context } from './context.ts';
import { createEmitter, type HandlerName } from './emitter.ts';
import { unsupported } from './errors.ts';
import type { ConnectionFields } from './fields.ts';
import { groupMembersSlice } from './group-members.ts';
import { groupSlice } from './group.ts';
import { historySlice } from './history.ts';
import type { Logger } from './logger.ts';
import { splitAppKey } from './map/ids.ts';
import { readOptions, type ConnectionParameters } from './options.ts';
import { sendSlice } from './send.ts';
import { sessionSlice } from './session.ts';
import { silentSlice } from './silent.ts';
import { UNSUPPORTED, type UnsupportedName } from './unsupported.ts';
import { userSlice } from './user.ts';
import { listenNetwork } from './utils.ts';

function slices(context: Context) {
  return {
    ...sessionSlice(context),
    ...sendSlice(context),
    ...historySlice(context),
    ...conversationSlice(context),
    ...contactSlice(context),
    ...userSlice(context),
    ...groupSlice(context),
    ...groupMembersSlice(context),
    ...silentSlice(context),
  };
}

type Slices = ReturnType<typeof slices>;
type Unsupported = Readonly<Record<UnsupportedName, (...args: unknown[]) => Promise<never>>>;

/** A `conn`: fields, methods, and whatever callbacks the application puts on it. Plain enough to live in a Vue proxy. */
export type Connection = ConnectionFields & Slices & Unsupported;

const HEART_BEAT = 30_000;

function fieldsOf(parameters: ConnectionParameters): ConnectionFields {
  const options = readOptions(parameters);
  const { appKey } = options;
  const { orgName, appName } = splitAppKey(appKey);
  return {
    appKey,
    orgName,
    appName,
    user: '',
    token: '',
    apiUrl: options.server ?? '',
    url: parameters.url ?? '',
    https: parameters.https ?? true,
    isHttpDNS: parameters.isHttpDNS ?? true,
    isDebug: parameters.isDebug ?? false,
    heartBeatWait: parameters.heartBeatWait ?? HEART_BEAT,
    autoReconnectNumMax: options.autoReconnectNumMax ?? Infinity,
    autoReconnectNumTotal: 0,
    useOwnUploadFun: parameters.useOwnUploadFun ?? false,
    deviceId: options.deviceId ?? '',
    osType: 16,
    version: SDK_VERSION,
    grantType: '',
    context: {
      jid: { appKey, clientResource: '', domain: '', name: '' },
      userId: '',
      appKey,
      restTokenData: '',
      status: -1,
      appName,
      orgName,
      root: null,
      accessToken: '',
    },
    eventHandler: { handlerData: {}, addEventHandler() {}, removeEventHandler() {}, dispatch() {} },
    _msgHash: {},
    mr_cache: {},
  };
}

/** Each connection gets its methods as properties of its own: they work detached, spread, and through any proxy. */
function assemble(fields: ConnectionFields, parameters: ConnectionParameters, logger: Logger): void {
  const emitter = createEmitter(fields);
  const context = createContext(readOptions(parameters), fields, emitter, logger);
  const methods = slices(context);
  for (const name of UNSUPPORTED) fields[name] = (params: unknown) => refuseMethod(context, name, params);
  Object.assign(fields, methods);
  fields.eventHandler = {
    handlerData: emitter.handlers,
    addEventHandler: methods.addEventHandler,
    removeEventHandler: methods.removeEventHandler,
    dispatch: (event, parameter) => emitter.emit(event as HandlerName, ...([parameter] as never)),
  };
  listenNetwork(
    () => emitter.emit('onOnline'),
    () => emitter.emit('onOffline'),
  );
}

/** Rejects, and tells the callbacks too, those of file transfers among them: the vendor returns nothing from these. */
function refuseMethod(context: Context, name: UnsupportedName, params: unknown): Promise<never> {
  const { onFileUploadError: upload, onFileDownloadError: download } = (params ?? {}) as Record<
    string,
    unknown
  >;
  const transfer = upload ?? download;
  return told<never>(context, typeof transfer === 'function' ? { error: transfer } : params, async () => {
    throw unsupported(name);
  });
}

/** What `WebIM.connection` is typed as. */
export interface ConnectionConstructor {
  new (parameters: ConnectionParameters): Connection;
}

/** The class behind `WebIM.connection`, logging to the SDK's logger. */
export function defineConnection(logger: Logger): ConnectionConstructor {
  class WebIMConnection {
    constructor(parameters: ConnectionParameters = {}) {
      const fields = Object.assign(this, fieldsOf(parameters)) as unknown as ConnectionFields;
      assemble(fields, parameters, logger);
    }
  }
  return WebIMConnection as unknown as ConnectionConstructor;
}
