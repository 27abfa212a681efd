import { createContext, type CreateOptions } from './context.ts';
import { conversationApi } from './conversations.ts';
import { createApi } from './create.ts';
import { bindEvents } from './events.ts';
import { groupApi } from './groups.ts';
import { historyApi } from './history.ts';
import { memberApi } from './members.ts';
import { profileApi } from './profile.ts';
import { receiptApi } from './receipts.ts';
import { sendApi } from './send.ts';
import { sessionApi } from './session.ts';
import { partialApi, unsupportedApi } from './unsupported.ts';

function createSdk(appId: number, options: CreateOptions, drop: () => void) {
  const context = createContext(appId, options);
  context.onClient = (client) => bindEvents(context, client);
  return {
    ...unsupportedApi(),
    ...partialApi(context.hub),
    ...sessionApi(context, drop),
    ...createApi(context),
    ...sendApi(context),
    ...historyApi(context),
    ...conversationApi(context),
    ...receiptApi(context),
    ...profileApi(context),
    ...groupApi(context),
    ...memberApi(context),
  };
}

/** An instance of the SDK: plain functions without `this`, so it works inside a proxy too. */
export type ChatSDK = ReturnType<typeof createSdk>;

/** One instance per app id, however often `create` is called: the vendor's API demands it. */
const instances = new Map<number, ChatSDK>();

/** `create` of both versions. Answers null (as the vendor does) when the app id is missing. */
export function create(options: CreateOptions): ChatSDK {
  const appId = Number(options.SDKAppID);
  if (!Number.isSafeInteger(appId) || appId <= 0) return null as never;
  const held = instances.get(appId);
  if (held) return held;
  const made: ChatSDK = createSdk(appId, options, () => {
    if (instances.get(appId) === made) instances.delete(appId);
  });
  instances.set(appId, made);
  return made;
}
