import type { Profile } from '@magpie/protocol';
import type { UserInfo } from '../types/results.ts';

/** The eight attributes of the vendor and our field behind each. */
const FIELDS = {
  nickname: 'name',
  avatarurl: 'avatar',
  mail: 'email',
  phone: 'phone',
  gender: 'gender',
  sign: 'signature',
  birth: 'birthday',
  ext: 'ext',
} as const satisfies Record<keyof UserInfo, keyof Profile>;

export type UserInfoKey = keyof typeof FIELDS;
type ProfileFields = { [K in (typeof FIELDS)[UserInfoKey]]?: string };

export const USER_INFO_KEYS = Object.keys(FIELDS) as UserInfoKey[];

/** A profile as the vendor's attributes; empty ones are absent. */
export function toUserInfo(profile: Profile, keys: readonly UserInfoKey[] = USER_INFO_KEYS): UserInfo {
  const info: UserInfo = {};
  for (const key of keys) {
    const value = profile[FIELDS[key]];
    if (value !== undefined && value !== '') info[key] = value;
  }
  return info;
}

/** The other way: unknown keys and undefined values are left out; everything is text in the store. */
export function fromUserInfo(info: Readonly<Record<string, unknown>>): ProfileFields {
  const fields: ProfileFields = {};
  for (const key of USER_INFO_KEYS) {
    const value = info[key];
    if (value !== undefined && value !== null) fields[FIELDS[key]] = String(value);
  }
  return fields;
}
