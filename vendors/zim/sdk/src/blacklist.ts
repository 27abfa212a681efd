import { ZIMErrorCode } from './enums/error-code.ts';
import type { Context } from './context.ts';
import { pageOf } from './cursors.ts';
import { toZimError, zimError } from './errors.ts';
import { userInfo } from './map/user.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMErrorUserInfo } from './types/general.ts';
import { idsOf, profilesOf, textArgument } from './users.ts';

type Slice = Pick<
  ZIMApi,
  'addUsersToBlacklist' | 'removeUsersFromBlacklist' | 'queryBlacklist' | 'checkUserIsInBlacklist'
>;

const MAX_IDS = 20;

/** Some failing is a success that names them; all failing is their common reason. */
function settle(
  ids: readonly string[],
  failed: readonly ZIMErrorUserInfo[],
  whenMixed: number,
): { errorUserList: ZIMErrorUserInfo[] } {
  if (failed.length < ids.length) return { errorUserList: [...failed] };
  const reasons = new Set(failed.map((one) => one.reason));
  const [code = whenMixed] = reasons.size === 1 ? reasons : [whenMixed];
  throw zimError(code, `none of the users could be handled: ${failed.map((one) => one.userID).join(', ')}`);
}

/** Runs one call for all, and if one of them is unknown each alone, so that the others pass. */
async function each(
  ids: readonly string[],
  run: (ids: readonly string[]) => Promise<void>,
): Promise<ZIMErrorUserInfo[]> {
  if (ids.length === 0) return [];
  try {
    await run(ids);
    return [];
  } catch (thrown) {
    const error = toZimError(thrown, 'blacklist');
    if (error.code !== ZIMErrorCode.CommonModuleUserIsNotExist) throw error;
    if (ids.length === 1) return [{ userID: ids[0] ?? '', reason: error.code }];
    const failed = await Promise.all(ids.map((id) => each([id], run)));
    return failed.flat();
  }
}

export function createBlacklist(ctx: Context): Slice {
  const { contacts, users } = ctx.client;
  return {
    addUsersToBlacklist: (userIDs) =>
      ctx.call('blacklist', async () => {
        const ids = idsOf(userIDs, 'userIDs', MAX_IDS);
        const blocked = new Set(await contacts.blocked());
        const failed = ids.flatMap((userID) => {
          if (userID === ctx.reader.me)
            return { userID, reason: ZIMErrorCode.FriendModuleCannotAddSelfToBlacklist };
          return blocked.has(userID)
            ? { userID, reason: ZIMErrorCode.FriendModuleAlreadyAddToBlacklist }
            : [];
        });
        const rest = ids.filter((id) => !failed.some((one) => one.userID === id));
        const refused = await each(rest, (some) => contacts.block(some));
        return settle(ids, [...failed, ...refused], ZIMErrorCode.FriendModuleAddBlacklistFail);
      }),
    removeUsersFromBlacklist: (userIDs) =>
      ctx.call('blacklist', async () => {
        const ids = idsOf(userIDs, 'userIDs', MAX_IDS);
        const blocked = new Set(await contacts.blocked());
        const rest = ids.filter((id) => blocked.has(id));
        const absent = ids.filter((id) => !blocked.has(id));
        if (rest.length > 0) await contacts.unblock(rest);
        const failed = absent.map((userID) => ({
          userID,
          reason: ZIMErrorCode.FriendModuleUserNotInBlacklist,
        }));
        return settle(ids, failed, ZIMErrorCode.FriendModuleDelBlacklistFail);
      }),
    queryBlacklist: (config) =>
      ctx.call('blacklist', async () => {
        const { page, nextFlag } = pageOf(await contacts.blocked(), config?.nextFlag, config?.count);
        const profiles = await profilesOf(ctx, page);
        return { blacklist: page.map((id) => userInfo(id, profiles.get(id) ?? users.person(id))), nextFlag };
      }),
    checkUserIsInBlacklist: (userID) =>
      ctx.call('blacklist', async () => {
        const id = textArgument(userID, 'userID');
        return { isUserInBlacklist: (await contacts.blocked()).includes(id) };
      }),
  };
}
