import * as v from 'valibot';
import { LIMITS, type AppLimit } from './limits.ts';
import { retention } from './retention.ts';

/** One row: what it may be, what it is unless set, and what it means. */
interface SettingRow<S extends v.GenericSchema> {
  readonly schema: S;
  readonly default: v.InferOutput<S>;
  readonly about: string;
}
function setting<S extends v.GenericSchema>(
  schema: S,
  value: v.InferOutput<S>,
  about: string,
): SettingRow<S> {
  return { schema, default: value, about };
}
const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const YEAR = 366 * 86_400_000;

/** Per-app behaviour (core-model §13). Changed while running; the vendors' defaults. Times in ms. */
export const SETTINGS = {
  'recall.window': setting(whole(YEAR), 120_000, 'How long a sender may revoke; 0 = never.'),
  'recall.keepText': setting(v.boolean(), true, 'Keep the text of a revoked message for its previews.'),
  'block.reply': setting(v.picklist(['asked', 'hide', 'refuse']), 'asked', 'What a blocked sender is told; asked = as the SDK expects.'),
  'direct.friendsOnly': setting(v.boolean(), false, 'Only contacts may write to each other.'),
  'userIds.case': setting(v.picklist(['unique', 'exact']), 'unique', 'Whether ids may differ by case alone.'),
  'registration': setting(v.picklist(['closed', 'authorised', 'open']), 'authorised', 'Who may register users with passwords.'),
  'login.autoCreate': setting(v.boolean(), true, 'A first valid token creates its user.'),
  'sessions.policy': setting(v.picklist(['multi', 'dual', 'single']), 'multi', 'How many platforms at once.'),
  'sessions.perWeb': setting(whole(1000), 10, 'Instances at once on web platforms.'),
  'sessions.perPlatform': setting(whole(1000), 4, 'Instances at once on each other platform.'),
  'token.life': setting(whole(YEAR), 86_400_000, 'Life of tokens the server issues.'),
  'files.signed': setting(v.boolean(), false, 'File addresses carry a signature that expires.'),
  'files.signedLife': setting(whole(YEAR), 3_600_000, 'Life of a signed address.'),
  'files.unusedAfter': setting(whole(YEAR), 86_400_000, 'Uploads never used are removed after this.'),
  'cors.origins': setting(v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(100)), ['*'], 'Origins that may call the APIs from a page.'),
  'groups.work.max': setting(whole(100_000), 200, 'Member cap of work groups.'),
  'groups.public.max': setting(whole(100_000), 2000, 'Member cap of public groups.'),
  'groups.meeting.max': setting(whole(100_000), 6000, 'Member cap of meeting groups.'),
  'groups.community.max': setting(whole(100_000), 100_000, 'Member cap of communities.'),
  'groups.circle.max': setting(whole(100_000), 500, 'Member cap of circle groups.'),
  'groups.club.max': setting(whole(100_000), 200, 'Member cap of club groups.'),
  'presence.grace': setting(whole(3_600_000), 30_000, 'How long a lost connection may take to come back before others are told.'),
  'rooms.history': setting(v.boolean(), false, 'Keep the messages of rooms and page them like a group’s.'),
  'rooms.silence': setting(whole(10_800_000), 0, 'How long a lost connection keeps its place in a room; 0 = as its kind says.'),
  'rooms.recent': setting(whole(50), 20, 'Messages shown to who enters a room, at most.'),
  'webhook.before.timeout': setting(v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(10_000)), 2_000, 'How long a before hook may take.'),
  'webhook.before.onFailure': setting(v.picklist(['allow', 'refuse']), 'allow', 'What happens when a before hook does not answer as it should.'),
  'retention.direct': setting(retention, 0, 'How long messages of direct conversations are kept, with their files; 0 = for ever, else a day at least.'),
  'retention.group': setting(retention, 0, 'The same for groups.'),
  'retention.room': setting(retention, 0, 'The same for rooms that keep history.'),
  'audit.keep': setting(v.pipe(v.number(), v.integer(), v.minValue(86_400_000), v.maxValue(10 * YEAR)), 400 * 86_400_000, 'How long the audit log of the app is kept.'),
  'tips.zim': setting(v.boolean(), false, 'Store tips in circle groups.'),
} as const; // prettier-ignore

export type SettingName = keyof typeof SETTINGS;
export type LimitSettingName = `limits.${AppLimit}`;
type SettingValue<K extends SettingName> = v.InferOutput<(typeof SETTINGS)[K]['schema']>;
/** Every setting with its effective value. */
export type Settings = { readonly [K in SettingName]: SettingValue<K> } & {
  readonly [K in LimitSettingName]: number;
};

const limitSchema = whole(Number.MAX_SAFE_INTEGER);

/** Schema of one setting by name, or undefined if there is none of that name. */
export function settingSchema(name: string): v.GenericSchema | undefined {
  if (Object.hasOwn(SETTINGS, name)) return SETTINGS[name as SettingName].schema;
  return name.startsWith('limits.') && Object.hasOwn(LIMITS.app, name.slice(7)) ? limitSchema : undefined;
}

/** Defaults with an app's own values laid over them. */
export function effectiveSettings(overrides: Readonly<Record<string, unknown>>): Settings {
  const all: Record<string, unknown> = {};
  for (const name of Object.keys(SETTINGS) as SettingName[]) all[name] = SETTINGS[name].default;
  for (const name of Object.keys(LIMITS.app) as AppLimit[]) all[`limits.${name}`] = LIMITS.app[name];
  return { ...all, ...overrides } as Settings;
}
