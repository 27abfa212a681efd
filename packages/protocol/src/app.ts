import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { appId, cursor, limit, opt, requiredText, text, time } from './schema.ts';

/** A door: a vendor's id under which the app is found, with the secrets its token generators use. */
export const door = v.variant('kind', [
  v.strictObject({
    kind: v.literal('tim'),
    id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1)),
  }),
  v.strictObject({
    kind: v.literal('zim'),
    id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1)),
  }),
  v.strictObject({
    kind: v.literal('webim'),
    id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}#[A-Za-z0-9_-]{1,64}$/)),
  }),
]);
export type Door = v.InferOutput<typeof door>;
export type DoorKind = Door['kind'];

/** With the secrets. TIM: `secret` is the SDKAppID's key; ZIM: the 32-character server secret; Easemob: client id and client secret. */
const doorWithSecrets = v.variant('kind', [
  v.strictObject({ ...door.options[0].entries, secret: opt(requiredText(256)) }),
  v.strictObject({
    ...door.options[1].entries,
    secret: opt(v.pipe(v.string(), v.regex(/^(.{16}|.{24}|.{32})$/))),
  }),
  v.strictObject({
    ...door.options[2].entries,
    clientId: opt(requiredText(128)),
    clientSecret: opt(requiredText(256)),
  }),
]);
export type DoorInput = v.InferOutput<typeof doorWithSecrets>;

export const app = v.object({
  id: appId,
  name: v.string(),
  doors: v.array(door),
  /** Only what differs from the defaults. */
  settings: v.record(v.string(), v.unknown()),
  createdAt: time,
});
export type App = v.InferOutput<typeof app>;

/** Shown once, when made. */
const secrets = v.array(v.object({ kind: v.picklist(['tim', 'zim', 'webim']), id: v.union([v.number(), v.string()]), secret: opt(v.string()), clientId: opt(v.string()), clientSecret: opt(v.string()) })); // prettier-ignore

const settings = v.record(requiredText(64), v.unknown());

export const appCreate = defineOperation({
  name: 'app.create',
  summary: 'Makes an app with its doors; secrets not given are made and shown once.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'no',
  input: v.strictObject({
    id: opt(appId),
    name: text(128),
    doors: v.pipe(v.array(doorWithSecrets), v.maxLength(32)),
    settings: opt(settings),
  }),
  output: v.object({ app, secrets }),
  errors: ['APP_EXISTS'],
});

export const appList = defineOperation({
  name: 'app.list',
  summary: 'All apps.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'safe',
  input: v.strictObject({ cursor: opt(cursor), limit: opt(limit(200)) }),
  output: v.object({ apps: v.array(app), next: opt(cursor) }),
  errors: [],
});

export const appGet = defineOperation({
  name: 'app.get',
  summary: 'One app, without secrets.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'safe',
  input: v.strictObject({ id: appId }),
  output: v.object({ app }),
  errors: [],
});

export const appUpdate = defineOperation({
  name: 'app.update',
  summary: 'Changes name, doors or settings; a setting of null goes back to its default.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'yes',
  input: v.strictObject({
    id: appId,
    name: opt(text(128)),
    addDoors: opt(v.pipe(v.array(doorWithSecrets), v.maxLength(32))),
    removeDoors: opt(v.pipe(v.array(door), v.maxLength(32))),
    settings: opt(settings),
  }),
  output: v.object({ app, secrets }),
  errors: ['APP_EXISTS'],
});

export const appRotateSecret = defineOperation({
  name: 'app.rotateSecret',
  summary:
    'Gives a door a new secret, shown once; with `grace` tokens made with the old one work that much longer.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'no',
  input: v.strictObject({ id: appId, door: doorWithSecrets, grace: opt(time) }),
  output: v.object({ secrets }),
  errors: [],
});

export const appDelete = defineOperation({
  name: 'app.delete',
  summary:
    'Deletes an app with all its data: it is gone at once, its rows and files in the background; until then its id cannot be taken.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'yes',
  input: v.strictObject({ id: appId, /** Must equal `id`. */ confirm: appId }),
  output: v.object({}),
  errors: [],
});

export const appOperations = [appCreate, appList, appGet, appUpdate, appRotateSecret, appDelete] as const;
