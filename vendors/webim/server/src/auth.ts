import { createHash, timingSafeEqual } from 'node:crypto';
import {
  CredentialError,
  identifyToken,
  issueEasemobAppToken,
  verifyEasemobToken,
} from '@magpie/credentials';
import { MagpieError } from '@magpie/protocol';
import { RestError } from './errors.ts';
import type { Caller, EasemobApp, WebimPorts, WebimRequest } from './ports.ts';

export function requireApp(ports: WebimPorts, { params }: WebimRequest): EasemobApp {
  const app = ports.findApp(`${params['org'] ?? ''}#${params['app'] ?? ''}`);
  if (!app) throw new MagpieError('APP_NOT_FOUND');
  return app;
}

export function bearer({ headers }: WebimRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The door's id and secret, as the app's own back end sends them. Both are always compared. */
export function checkClient(app: EasemobApp, clientId: string, clientSecret: string): void {
  const known = equal(clientId, app.clientId);
  const right = app.clientSecrets.map((secret) => equal(clientSecret, secret)).includes(true);
  if (!known) throw new RestError(400, 'invalid_grant', 'client_id does not match');
  if (!right) throw new RestError(400, 'invalid_grant', 'client_secret does not match');
}

/** App tokens are signed with the door's client secret: rotating it ends them when its grace does. */
export function issueAppToken(app: EasemobApp, now: number, ttlSeconds: number): string {
  const [secret] = app.clientSecrets;
  if (secret === undefined) throw new MagpieError('INTERNAL', { message: 'the door has no secret' });
  return issueEasemobAppToken({ appKey: app.appKey, secret, now, ttlSeconds, clientId: app.clientId });
}

function isAppToken(app: EasemobApp, token: string, now: number): boolean {
  const seen = identifyToken(token);
  if (seen.format !== 'easemobIssued' || seen.kind !== 'app') return false;
  try {
    verifyEasemobToken(token, { appKey: app.appKey, kind: 'app', secrets: app.clientSecrets, now });
    return true;
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new MagpieError(error.reason === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID', { cause: error });
  }
}

/** Who a request speaks for: the app's own back end, a user, or nobody. */
export async function callerOf(ports: WebimPorts, app: EasemobApp, request: WebimRequest): Promise<Caller> {
  const token = bearer(request);
  if (token === undefined) return { kind: 'anonymous', address: request.address };
  if (isAppToken(app, token, ports.now())) return { kind: 'admin' };
  return { kind: 'user', userId: await ports.authenticate(app, token) };
}

export async function requireAdmin(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<Caller> {
  const caller = await callerOf(ports, app, request);
  if (caller.kind === 'anonymous') throw new MagpieError('UNAUTHENTICATED');
  if (caller.kind !== 'admin') throw new MagpieError('TOKEN_INVALID');
  return caller;
}
