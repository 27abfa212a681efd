import type { Input, Person, Profile as CoreProfile } from '@magpie/protocol';
import type { CustomField, Profile } from '../types.ts';
import { seconds } from './ids.ts';

const number = (text: string | undefined): number =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;

/** A core profile in the vendor's words; numbers that the core keeps as text are numbers here. */
export function profileOf(profile: CoreProfile): Profile {
  return {
    userID: profile.id,
    nick: profile.name ?? '',
    gender: profile.gender ?? 'Gender_Type_Unknown',
    birthday: number(profile.birthday),
    location: profile.location ?? '',
    selfSignature: profile.signature ?? '',
    allowType: profile.allowType ?? 'AllowType_Type_AllowAny',
    language: number(profile.language),
    avatar: profile.avatar ?? '',
    messageSettings: number(profile.messageSettings),
    adminForbidType: profile.adminForbid ?? 'AdminForbid_Type_None',
    level: number(profile.level),
    role: number(profile.role),
    lastUpdatedTime: profile.updatedAt === undefined ? 0 : seconds(profile.updatedAt),
    profileCustomField: Object.entries(profile.custom ?? {}).map(([key, value]) => ({ key, value })),
  };
}

/** What is known of somebody without asking. */
export function profileOfPerson(id: string, { name, avatar }: Person): Profile {
  return profileOf({
    id,
    ...(name === undefined ? {} : { name }),
    ...(avatar === undefined ? {} : { avatar }),
  });
}

type Constant = 'gender' | 'allowType' | 'adminForbidType';

export type ProfileFields = Partial<
  Omit<Profile, 'userID' | 'lastUpdatedTime' | 'profileCustomField' | Constant>
> &
  Partial<Record<Constant, string | number>> & { profileCustomField?: CustomField[] | undefined };

const FIELDS = {
  nick: 'name',
  avatar: 'avatar',
  gender: 'gender',
  selfSignature: 'signature',
  allowType: 'allowType',
  birthday: 'birthday',
  location: 'location',
  language: 'language',
  messageSettings: 'messageSettings',
  adminForbidType: 'adminForbid',
  level: 'level',
  role: 'role',
} as const satisfies Partial<Record<keyof Profile, keyof Input<'user.update'>>>;

/** Only what was given. Custom fields are added to those the profile has, as the vendor does. */
export function profileUpdate(fields: ProfileFields, current: CoreProfile | undefined): Input<'user.update'> {
  const update: Record<string, unknown> = {};
  for (const [theirs, ours] of Object.entries(FIELDS)) {
    const value = fields[theirs as keyof typeof FIELDS];
    if (value !== undefined && value !== null) update[ours] = String(value);
  }
  if (fields.profileCustomField && fields.profileCustomField.length > 0) {
    const added = Object.fromEntries(fields.profileCustomField.map(({ key, value }) => [key, String(value)]));
    update['custom'] = { ...current?.custom, ...added };
  }
  return update as Input<'user.update'>;
}
