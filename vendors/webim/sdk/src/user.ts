import { told, type Context } from './context.ts';
import { fold } from './map/ids.ts';
import { fromUserInfo, toUserInfo, type UserInfoKey } from './map/user.ts';
import type { AsyncResult, UserInfo } from './types/results.ts';

export function userSlice(context: Context) {
  const update = (info: UserInfo | UserInfoKey, value?: unknown): Promise<AsyncResult<UserInfo>> =>
    told(context, undefined, async () => {
      const given = typeof info === 'string' ? { [info]: value } : info;
      const profile = await context.requireLogin().users.update(fromUserInfo({ ...given }));
      return context.result(toUserInfo(profile));
    });

  return {
    updateUserInfo: update,
    updateOwnUserInfo: update,

    fetchUserInfoById(
      userId: string | string[],
      properties?: UserInfoKey | UserInfoKey[],
    ): Promise<AsyncResult<Record<string, UserInfo>>> {
      return told(context, undefined, async () => {
        const ids = (Array.isArray(userId) ? userId : [userId]).map((id) => fold(String(id)));
        const keys =
          properties === undefined ? undefined : Array.isArray(properties) ? properties : [properties];
        const profiles = await context.requireLogin().users.get(ids);
        return context.result(
          Object.fromEntries(profiles.map((profile) => [fold(profile.id), toUserInfo(profile, keys)])),
        );
      });
    },
  };
}
