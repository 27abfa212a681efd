import { timingSafeEqual, createHash } from 'node:crypto';
import type { AppContext, Ctx, Domain } from '@magpie/domain';
import { MagpieError, OPERATIONS } from '@magpie/protocol';
import type { FastifyRequest } from 'fastify';

export interface CallerDeps {
  readonly domain: Domain;
  readonly adminToken: string | undefined;
}

/** Operations of scope `server` belong to no app. */
const NO_APP: AppContext = {
  id: '',
  name: '',
  doors: [],
  settings: {} as AppContext['settings'],
  createdAt: 0,
};

/**
 * Who a REST request speaks for: the operator (admin token; `magpie-app` names the app, `magpie-user` a user to act as), a user
 * (any valid user token), or nobody (`magpie-app` alone).
 */
export async function callerOf(deps: CallerDeps, request: FastifyRequest, operation: string): Promise<Ctx> {
  const address = request.ip;
  const token = bearer(request);
  const named = header(request, 'magpie-app');
  if (token !== undefined && deps.adminToken !== undefined && equal(token, deps.adminToken)) {
    refuseForeignPages(request);
    return adminCaller(deps.domain, request, operation, named, address);
  }
  if (token !== undefined) {
    const { app, user } = await deps.domain.authenticate(token, named);
    return { app, caller: 'user', userId: user.id, address };
  }
  if (named === undefined) throw new MagpieError('UNAUTHENTICATED', { message: 'Send a token as `authorization: Bearer …`, or name the app in `magpie-app`.' }); // prettier-ignore
  return { app: requireApp(deps.domain, named), caller: 'anonymous', userId: '', address };
}

function adminCaller(
  domain: Domain,
  request: FastifyRequest,
  operation: string,
  named: string | undefined,
  address: string,
): Ctx {
  const userId = header(request, 'magpie-user') ?? '';
  if (OPERATIONS.get(operation)?.scope === 'server')
    return { app: NO_APP, caller: 'admin', userId: '', address, by: 'operator' };
  if (named === undefined) throw new MagpieError('BAD_REQUEST', { field: 'magpie-app', message: 'Name the app in the header magpie-app.' }); // prettier-ignore
  return { app: requireApp(domain, named), caller: 'admin', userId, address, by: 'operator' };
}

function requireApp(domain: Domain, name: string): AppContext {
  const app = domain.apps.find(name);
  if (!app) throw new MagpieError('APP_NOT_FOUND', { field: 'magpie-app' });
  return app;
}

/** Admin calls come from programs, never from a page of another origin. */
export function refuseForeignPages(request: FastifyRequest): void {
  const origin = request.headers.origin;
  if (origin === undefined || origin === `${request.protocol}://${request.headers.host}`) return;
  throw new MagpieError('FORBIDDEN', { message: 'This endpoint answers no cross-origin call.' });
}

export function bearer(request: FastifyRequest): string | undefined {
  const match = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
