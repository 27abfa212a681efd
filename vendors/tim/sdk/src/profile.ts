import { guarded, type Context } from './context.ts';
import { badParams } from './errors.ts';
import { profileOf, profileUpdate, type ProfileFields } from './map/profile.ts';
import type { Profile } from './types.ts';

function userIds(options: { userIDList: string[] } | undefined, most: number): string[] {
  if (!Array.isArray(options?.userIDList)) throw badParams();
  return [...new Set(options.userIDList.map(String))].slice(0, most);
}

export function profileApi(context: Context) {
  const users = async (ids: string[]): Promise<Profile[]> =>
    ids.length === 0 ? [] : (await context.client().users.get(ids)).map(profileOf);

  return {
    getMyProfile: guarded(context, 'getMyProfile', async (): Promise<Profile> => {
      const { profile } = context.client().session;
      return profile ? profileOf(profile) : profileOf({ id: context.state.user ?? '' });
    }),
    getUserProfile: guarded(context, 'getUserProfile', (options: { userIDList: string[] }) => users(userIds(options, 100)), 'profile'),
    updateMyProfile: guarded(context, 'updateMyProfile', async (fields: ProfileFields): Promise<Profile> => {
      if (typeof fields !== 'object' || fields === null) throw badParams();
      const client = context.client();
      return profileOf(await client.users.update(profileUpdate(fields, client.session.profile)));
    }, 'profile'),
    getBlacklist: guarded(context, 'getBlacklist', async () => [...(await context.client().contacts.blocked())]),
    addToBlacklist: guarded(context, 'addToBlacklist', async (options: { userIDList: string[] }) => {
      const ids = userIds(options, 1000);
      await context.client().contacts.block(ids);
      return ids;
    }, 'block'),
    removeFromBlacklist: guarded(context, 'removeFromBlacklist', async (options: { userIDList: string[] }) => {
      const ids = userIds(options, 1000);
      await context.client().contacts.unblock(ids);
      return ids;
    }, 'block'),
  }; // prettier-ignore
}
