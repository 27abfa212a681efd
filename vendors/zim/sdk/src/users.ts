import type { Input, Profile } from '@magpie/protocol';
import { ZIMErrorCode } from './enums/error-code.ts';
import type { Context } from './context.ts';
import { invalid, zimError } from './errors.ts';
import { userFullInfo } from './map/user.ts';
import type { ZIMApi } from './types/api.ts';

type Slice = Pick<
  ZIMApi,
  'updateUserName' | 'updateUserAvatarUrl' | 'updateUserExtendedData' | 'queryUsersInfo'
>;

/** IDs the server takes at once. */
const BATCH = 100;
/** IDs the vendor takes at once when the server is asked. */
const VENDOR_LIMIT = 10;

/** A list of ids from an app, each once. */
export function idsOf(ids: unknown, name: string, max: number): string[] {
  if (!Array.isArray(ids) || ids.length === 0) throw invalid(`${name} must be a list that is not empty`);
  if (!ids.every((id): id is string => typeof id === 'string' && id !== ''))
    throw invalid(`${name} must hold non-empty strings`);
  const unique = [...new Set(ids)];
  if (unique.length > max) throw invalid(`${name} may hold ${max}`);
  return unique;
}

export function textArgument(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalid(`${name} must be a string`);
  return value;
}

export async function profilesOf(ctx: Context, ids: readonly string[]): Promise<Map<string, Profile>> {
  const found = new Map<string, Profile>();
  for (let start = 0; start < ids.length; start += BATCH) {
    for (const profile of await ctx.client.users.get(ids.slice(start, start + BATCH)))
      found.set(profile.id, profile);
  }
  return found;
}

/** Changes kept until their event comes. */
const MAX_OWN = 20;

/** Changes the own profile; the vendor tells the user's other devices of it, not this one. */
export async function updateProfile(ctx: Context, fields: Input<'user.update'>): Promise<void> {
  ctx.ownProfile.push(fields);
  if (ctx.ownProfile.length > MAX_OWN) ctx.ownProfile.shift();
  try {
    await ctx.client.users.update(fields);
  } catch (thrown) {
    ctx.ownProfile.splice(ctx.ownProfile.indexOf(fields), 1);
    throw thrown;
  }
}

export function createUsers(ctx: Context): Slice {
  return {
    updateUserName: (userName) =>
      ctx.call(undefined, async () => {
        await updateProfile(ctx, { name: textArgument(userName, 'userName') });
        return { userName };
      }),
    updateUserAvatarUrl: (userAvatarUrl) =>
      ctx.call(undefined, async () => {
        await updateProfile(ctx, { avatar: textArgument(userAvatarUrl, 'userAvatarUrl') });
        return { userAvatarUrl };
      }),
    updateUserExtendedData: (extendedData) =>
      ctx.call(undefined, async () => {
        await updateProfile(ctx, { ext: textArgument(extendedData, 'extendedData') });
        return { extendedData };
      }),
    queryUsersInfo: (userIDs, config) =>
      ctx.call(undefined, async () => {
        const ids = idsOf(userIDs, 'userIDs', Number.POSITIVE_INFINITY);
        if (config?.isQueryFromServer === true && ids.length > VENDOR_LIMIT) {
          throw zimError(
            ZIMErrorCode.CommonModuleUserInfoQueriedLimit,
            `${VENDOR_LIMIT} users may be asked for at once`,
          );
        }
        const found = await profilesOf(ctx, ids);
        return {
          userList: ids.flatMap((id) => found.get(id) ?? []).map(userFullInfo),
          errorUserList: ids
            .filter((userID) => !found.has(userID))
            .map((userID) => ({ userID, reason: ZIMErrorCode.CommonModuleUserIsNotExist })),
        };
      }),
  };
}
