import { reactive } from 'vue';
import { vi } from 'vitest';
import type { ZIM, ZIMEventHandler } from '@magpie/zim';

type Names = keyof ZIMEventHandler;
export type Sdk = typeof import('@magpie/zim');

/** A page of its own: the SDK has one instance a page, so each user of a story gets a copy of the module. */
export async function openPage(server: string): Promise<Sdk> {
  vi.resetModules();
  const sdk = (await import('@magpie/zim')) as Sdk;
  sdk.ZIM.setAdvancedConfig('server', server);
  return sdk;
}

/** Hands objects through unchanged, or as an app with a reactive store holds them. */
export type Hold = <T>(value: T) => T;
export const plain: Hold = (value) => value;
export const held: Hold = (value) =>
  typeof value === 'object' && value !== null ? (reactive(value) as typeof value) : value;

interface Seen {
  readonly name: Names;
  readonly data: unknown;
}

/** An app around one instance: binds every event, remembers what came, and can wait for what is to come. */
export interface App {
  readonly zim: ZIM;
  readonly seen: readonly Seen[];
  /** Data of the events of a name so far. */
  all<T>(name: Names): T[];
  /** The first event of a name that passes, seen already or still to come. */
  event<T>(name: Names, passes?: (data: T) => boolean): Promise<T>;
  forget(): void;
}

const EVENTS: readonly Names[] = [
  'error', 'tokenWillExpire', 'connectionStateChanged', 'userInfoUpdated', 'conversationChanged', 'conversationTotalUnreadMessageCountUpdated',
  'conversationMessageReceiptChanged', 'conversationsAllDeleted', 'conversationSyncStateChanged', 'receivePeerMessage', 'receiveGroupMessage',
  'peerMessageReceived', 'groupMessageReceived', 'messageSentStatusChanged', 'messageReceiptChanged', 'messageRevokeReceived', 'messageDeleted',
  'groupStateChanged', 'groupNameUpdated', 'groupAvatarUrlUpdated', 'groupNoticeUpdated', 'groupVerifyInfoUpdated', 'groupMemberStateChanged',
  'groupMemberInfoUpdated', 'blacklistChanged',
]; // prettier-ignore

const PATIENCE = 10_000;

export function createApp(sdk: Sdk, appID: number, hold: Hold): App {
  const made = sdk.ZIM.create({ appID });
  if (made === null) throw new Error('this page has an instance already');
  const zim = hold(made);
  let seen: Seen[] = [];
  let waiting: (() => void)[] = [];
  for (const name of EVENTS) {
    zim.on(name, (_: ZIM, data: unknown) => {
      seen.push({ name, data: hold(data) });
      for (const look of [...waiting]) look();
    });
  }
  const all = <T>(name: Names): T[] => seen.filter((one) => one.name === name).map((one) => one.data as T);
  const event = <T>(name: Names, passes: (data: T) => boolean = () => true): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        waiting = waiting.filter((one) => one !== look);
      };
      const look = () => {
        const found = all<T>(name).find(passes);
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `${name} did not come; what came: ${seen.map((one) => `${one.name} ${JSON.stringify(one.data)}`).join('\n')}`,
          ),
        );
      }, PATIENCE);
      waiting.push(look);
      look();
    });
  return {
    zim,
    get seen() {
      return seen;
    },
    all,
    event,
    forget: () => void (seen = []),
  };
}
