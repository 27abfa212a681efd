import { MagpieError } from '@magpie/protocol';
import { callerOf, requireAdmin } from './auth.ts';
import { newUserName, objectOf, optionalText } from './body.ts';
import { envelope, userEntity, type UserEntity } from './envelope.ts';
import { RestError } from './errors.ts';
import type { Caller, EasemobApp, WebimPorts, WebimReply, WebimRequest } from './ports.ts';
import { findUser } from './token.ts';

const MAX_BATCH = 60;

/** `POST /{org}/{app}/users`: one user, or up to 60. Without an app token only where registration is open. */
export async function postUsers(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<WebimReply> {
  const startedAt = ports.now();
  const caller = await callerOf(ports, app, request);
  if (caller.kind === 'user') throw new MagpieError('REGISTRATION_CLOSED');
  const answer = (more: Record<string, unknown>): WebimReply => ({
    status: 200,
    body: { ...envelope(app, request, 'post', '/users', { startedAt, now: ports.now() }), ...more },
  });
  if (!Array.isArray(request.body))
    return answer({ entities: [await register(ports, app, caller, request.body)] });
  if (caller.kind !== 'admin') throw new MagpieError('REGISTRATION_CLOSED');
  if (request.body.length > MAX_BATCH)
    throw new RestError(400, 'illegal_argument', `at most ${MAX_BATCH} users in one call`);
  const entities: UserEntity[] = [];
  const data: { username: unknown; registerUserFailReason: string }[] = [];
  for (const one of request.body as unknown[]) {
    try {
      entities.push(await register(ports, app, caller, one));
    } catch (error) {
      if (!(error instanceof RestError || error instanceof MagpieError)) throw error;
      if (error instanceof MagpieError && error.status >= 500) throw error;
      const username =
        typeof one === 'object' && one !== null && 'username' in one ? one.username : undefined;
      data.push({ username, registerUserFailReason: error.message });
    }
  }
  return answer({ entities, data });
}

async function register(
  ports: WebimPorts,
  app: EasemobApp,
  caller: Caller,
  given: unknown,
): Promise<UserEntity> {
  const body = objectOf(given);
  const userId = newUserName(body);
  const password = optionalText(body, 'password', 128);
  const name = optionalText(body, 'nickname', 100);
  // Only the app's own back end may make users that log in by token alone.
  if (password === undefined && caller.kind !== 'admin') {
    throw new RestError(400, 'illegal_argument', 'password or pin must provided');
  }
  const made = await ports.call(app, caller, 'user.register', {
    userId,
    ...(password === undefined ? {} : { password }),
    ...(name === undefined ? {} : { name }),
  });
  return userEntity(app, made.userId, made.createdAt, name);
}

/** `GET /{org}/{app}/users/{username}`. */
export async function getUser(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<WebimReply> {
  const startedAt = ports.now();
  await requireAdmin(ports, app, request);
  const username = request.params['username'] ?? '';
  const user = await findUser(ports, app, username);
  if (!user) throw new MagpieError('USER_NOT_FOUND');
  const entity = userEntity(app, user.id, user.updatedAt ?? ports.now(), user.name);
  const path = `/users/${username}`;
  return {
    status: 200,
    body: {
      ...envelope(app, request, 'get', path, { startedAt, now: ports.now() }),
      entities: [entity],
      count: 1,
    },
  };
}
