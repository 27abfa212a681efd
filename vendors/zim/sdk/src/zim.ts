import { createBlacklist } from './blacklist.ts';
import { createContext, type Context } from './context.ts';
import { createConversationEvents } from './conversation-events.ts';
import { createConversations } from './conversations.ts';
import { bindEvents } from './events.ts';
import { createGroups } from './groups.ts';
import { createHistory } from './history.ts';
import { createReceipts } from './receipts.ts';
import { createSending } from './sending.ts';
import { createSession } from './session.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMAppConfig } from './types/general.ts';
import type { ZIMGeofencingType } from './enums/general.ts';
import { createUnsupported } from './unsupported.ts';
import { createUsers } from './users.ts';

/** The version of the vendor's SDK whose names these are. */
const VERSION = '2.29.0';
const MAX_UINT32 = 4_294_967_295;

// The vendor has one instance a page, reached by statics alone.
let live: ZIM | null = null;
let server: string | undefined;

function appIdOf(config: number | ZIMAppConfig): number | undefined {
  const appID = typeof config === 'object' && config !== null ? config.appID : config;
  return Number.isInteger(appID) && appID > 0 && appID <= MAX_UINT32 ? appID : undefined;
}

/** The methods are made beside the instance, not on it: it holds functions alone, so a Vue proxy around it changes nothing. */
function createApi(ctx: Context): ZIMApi {
  const conversationEvents = createConversationEvents(ctx);
  bindEvents({ ...ctx, conversationEvents });
  const session = createSession(ctx);
  const end = () => {
    conversationEvents.forget();
    session.logout();
  };
  return {
    on: ctx.events.on,
    off: ctx.events.off,
    ...session,
    logout: end,
    ...createUsers(ctx),
    ...createConversations(ctx),
    ...createSending(ctx),
    ...createHistory(ctx),
    ...createReceipts(ctx),
    ...createGroups(ctx),
    ...createBlacklist(ctx),
    ...createUnsupported(),
    destroy: () => {
      live = null;
      ctx.events.clear();
      ctx.link.close();
      ctx.client
        .destroy()
        .catch((thrown: unknown) => ctx.log.write('warn', 'destroy did not end cleanly', thrown));
    },
  };
}

/** A class without members of its own that has, to the compiler, every method of the vendor's; `create` puts them on. */
const Methods = class {} as unknown as abstract new () => ZIMApi;

/** The one object apps work with. Obtained by `create` or `getInstance`; there is at most one at a time. */
export abstract class ZIM extends Methods {
  /** The vendor's version this SDK stands in for. */
  static getVersion(): string {
    return VERSION;
  }

  /** The instance, the first time; `null` while there is one, or when the appID is none. */
  static create(appConfig: number | ZIMAppConfig): ZIM | null {
    const appID = appIdOf(appConfig);
    if (live !== null || appID === undefined) return null;
    const zim: ZIM = new LiveZIM();
    Object.assign(zim, createApi(createContext(zim, appID, server)));
    live = zim;
    return zim;
  }

  static getInstance(): ZIM | null {
    return live;
  }

  /** `server`: address of the Magpie server, for the next `create`. Other keys are the vendor's private ones. */
  static setAdvancedConfig(key: string, value: string): void {
    if (key === 'server') server = value === '' ? undefined : value;
  }

  /** Regions are the vendor's; a server of one's own has none, so this is refused. */
  static setGeofencingConfig(_areaList: number[], _type: ZIMGeofencingType): boolean {
    return false;
  }
}

class LiveZIM extends ZIM {}
