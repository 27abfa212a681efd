import type { Person, Profile } from '@magpie/protocol';
import type { ZIMUserFullInfo, ZIMUserInfo } from '../types/general.ts';

/** What is known of a user beside messages. */
export function userInfo(id: string, person: Person): ZIMUserInfo {
  return {
    userID: id,
    userName: person.name ?? '',
    userAvatarUrl: person.avatar ?? '',
    userExtendedData: '',
  };
}

export function userFullInfo(profile: Profile): ZIMUserFullInfo {
  const userAvatarUrl = profile.avatar ?? '';
  const extendedData = profile.ext ?? '';
  return {
    baseInfo: {
      userID: profile.id,
      userName: profile.name ?? '',
      userAvatarUrl,
      userExtendedData: extendedData,
    },
    userAvatarUrl,
    extendedData,
  };
}
