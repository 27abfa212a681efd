import { MagpieError, type Profile } from '@magpie/protocol';
import { checkClient, issueAppToken, requireAdmin } from './auth.ts';
import { newUserName, objectOf, textOf, ttlOf } from './body.ts';
import { applicationOf, userEntity } from './envelope.ts';
import { RestError } from './errors.ts';
import type { EasemobApp, WebimPorts, WebimReply, WebimRequest } from './ports.ts';

/** Life of an app token unless asked otherwise. */
const APP_TOKEN_TTL = 60 * 86_400;
/** What "never expires" comes to for a user token. */
const FOR_EVER_MS = 10 * 365 * 86_400_000;

/** `POST /{org}/{app}/token`: client_credentials, password, inherit. */
export async function postToken(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<WebimReply> {
  const body = objectOf(request.body);
  switch (body['grant_type']) {
    case 'client_credentials':
      return appToken(ports, app, body);
    case 'password':
      return passwordToken(ports, app, request, body);
    case 'inherit':
      return inheritToken(ports, app, request, body);
    default:
      throw new RestError(
        400,
        'unsupported_grant_type',
        'grant_type must be client_credentials, inherit or password',
      );
  }
}

function appToken(ports: WebimPorts, app: EasemobApp, body: Readonly<Record<string, unknown>>): WebimReply {
  checkClient(app, textOf(body, 'client_id'), textOf(body, 'client_secret'));
  const ttl = ttlOf(body) ?? APP_TOKEN_TTL;
  const access_token = issueAppToken(app, ports.now(), ttl);
  return { status: 200, body: { access_token, expires_in: ttl, application: applicationOf(app) } };
}

async function passwordToken(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
  body: Readonly<Record<string, unknown>>,
): Promise<WebimReply> {
  const ttl = ttlOf(body);
  const username = textOf(body, 'username', 64).toLowerCase();
  const password = textOf(body, 'password', 128);
  const caller = { kind: 'anonymous', address: request.address } as const;
  const signed = await ports.call(app, caller, 'user.signIn', { userId: username, password });
  if (ttl === undefined) return userToken(ports, app, signed.userId, signed.token, signed.expiresAt);
  const issued = ports.issueUserToken(app, signed.userId, lifeOf(ttl));
  return userToken(ports, app, signed.userId, issued.token, issued.expiresAt);
}

async function inheritToken(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
  body: Readonly<Record<string, unknown>>,
): Promise<WebimReply> {
  const caller = await requireAdmin(ports, app, request);
  const ttl = ttlOf(body);
  const username = newUserName(body);
  let user = await findUser(ports, app, textOf(body, 'username', 64));
  if (!user) {
    if (body['autoCreateUser'] !== true) throw new RestError(404, 'invalid_grant', 'user not found');
    try {
      await ports.call(app, caller, 'user.register', { userId: username });
    } catch (error) {
      // Somebody else made it between the question and now.
      if (!(error instanceof MagpieError && error.code === 'USER_EXISTS')) throw error;
    }
    user = (await findUser(ports, app, username)) ?? { id: username };
  }
  const life = ttl === undefined ? app.tokenLife : lifeOf(ttl);
  const { token, expiresAt } = ports.issueUserToken(app, user.id, life);
  return userToken(ports, app, user.id, token, expiresAt, user);
}

const lifeOf = (ttlSeconds: number): number => (ttlSeconds === 0 ? FOR_EVER_MS : ttlSeconds * 1000);

function userToken(
  ports: WebimPorts,
  app: EasemobApp,
  userId: string,
  token: string,
  expiresAt: number,
  profile?: Profile,
): WebimReply {
  const now = ports.now();
  return {
    status: 200,
    body: {
      access_token: token,
      expires_in: Math.max(0, Math.round((expiresAt - now) / 1000)),
      user: userEntity(app, userId, profile?.updatedAt ?? now),
    },
  };
}

/** A user by the name a request uses: as spelt, else in lower case. */
export async function findUser(
  ports: WebimPorts,
  app: EasemobApp,
  name: string,
): Promise<Profile | undefined> {
  if (!/^[\x21-\x7e]{1,64}$/.test(name)) return undefined;
  const ids = [...new Set([name, name.toLowerCase()])];
  const { users } = await ports.call(app, { kind: 'admin' }, 'user.get', { ids });
  return users.find(({ id }) => id === name) ?? users[0];
}
