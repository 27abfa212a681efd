import { told, type Context } from './context.ts';
import { fold } from './map/ids.ts';
import type { AsyncResult, Callbacks } from './types/results.ts';

export interface BlockOptions extends Callbacks {
  name: string | string[];
}

/** The user's own blocklist, under its three generations of names. */
export function contactSlice(context: Context) {
  const names = (name: string | string[]): string[] =>
    (Array.isArray(name) ? name : [name]).map((id) => fold(String(id)));

  const list = (options: Callbacks = {}): Promise<AsyncResult<string[]>> =>
    told(context, options, async () => {
      const blocked = (await context.requireLogin().contacts.blocked()).map(fold);
      return context.result(blocked, { count: blocked.length });
    });

  const add = (options: BlockOptions): Promise<AsyncResult<{ userIds: string[] }>> =>
    told(context, options, async () => {
      const userIds = names(options.name);
      await context.requireLogin().contacts.block(userIds);
      return context.result({ userIds });
    });

  const remove = (options: BlockOptions): Promise<void> =>
    told(context, options, () => context.requireLogin().contacts.unblock(names(options.name)));

  return {
    getBlocklist: list,
    getBlacklist: list,
    addUsersToBlocklist: add,
    addToBlackList: add,
    addUsersToBlacklist: add,
    removeUserFromBlocklist: remove,
    removeFromBlackList: remove,
    removeUserFromBlackList: remove,
  };
}
