import { signToken04, signUserSig } from '@magpie/credentials';
import type { Clock, Domain, Sealer, TokenVerifier } from '@magpie/domain';
import { MagpieError } from '@magpie/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from './config.ts';
import { refuseForeignPages } from './rest/caller.ts';
import { sendError } from './rest/routes.ts';

const APP = 'demo';
const APP_ID = 1400000001;
const APP_KEY = 'magpie#demo';
const USERS = { alice: 'Alice', bob: 'Bob', carol: 'Carol', dave: 'Dave' };
const LIFE = 7 * 86_400_000;

/** Makes the demo app with its doors and users; does nothing if it is there. */
export async function ensureDemo(domain: Domain): Promise<void> {
  const operator = {
    app: { id: '', name: '', doors: [], settings: {} as never, createdAt: 0 },
    caller: 'admin',
    userId: '',
  } as const;
  if (!domain.apps.get(APP)) {
    await domain
      .call('app.create', operator, {
      id: APP,
      name: 'Demo',
      doors: [{ kind: 'tim', id: APP_ID }, { kind: 'zim', id: APP_ID }, { kind: 'webim', id: APP_KEY }],
      settings: { registration: 'open' },
    })
      .catch(async (error: unknown) => {
        // Of nodes that start together one is first.
        if (!(error instanceof MagpieError && error.code === 'APP_EXISTS')) throw error;
        await domain.apps.reload();
      }); // prettier-ignore
  }
  const app = domain.apps.get(APP);
  if (!app) return;
  for (const [userId, name] of Object.entries(USERS)) {
    await domain
      .call('user.register', { app, caller: 'admin', userId: '' }, { userId, name })
      .catch((error: unknown) => {
        if (!(error instanceof MagpieError && error.code === 'USER_EXISTS')) throw error;
      });
  }
}

export interface DemoOptions {
  readonly domain: Domain;
  readonly sealer: Sealer;
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  /** Answer any caller, not only this machine. */
  readonly open: boolean;
}

/** `GET /demo/credentials?user=alice`: tokens in every dialect, for this machine only unless opened. */
export function demoRoutes(http: FastifyInstance, options: DemoOptions): void {
  http.get<{ Querystring: { user?: string } }>('/demo/credentials', async (request, reply) => {
    try {
      refuseForeignPages(request);
      if (!options.open) refuseRemote(request);
      const user = request.query.user ?? '';
      if (!/^[\x21-\x7e]{1,32}$/.test(user)) throw new MagpieError('BAD_REQUEST', { field: 'user', message: 'Name a user, e.g. ?user=alice (1–32 characters).' }); // prettier-ignore
      return await reply.header('cache-control', 'no-store').send({ ...credentials(options, user), server: `${request.protocol}://${request.headers.host}` }); // prettier-ignore
    } catch (thrown) {
      return sendError(reply, MagpieError.from(thrown));
    }
  });
}

function refuseRemote(request: FastifyRequest): void {
  if (fromThisMachine(request)) return;
  throw new MagpieError('FORBIDDEN', { message: 'Demo credentials are for this machine only.' });
}

/** The socket's own peer counts; a proxy in between, or a name that was rebound, is no loopback. */
export function fromThisMachine(request: FastifyRequest): boolean {
  const forwarded = Object.keys(request.headers).some(
    (name) => name === 'forwarded' || name.startsWith('x-forwarded-'),
  );
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return !forwarded && isLoopback(host) && isLoopback(request.socket.remoteAddress ?? '');
}

function credentials(options: DemoOptions, userId: string): Record<string, unknown> {
  const { domain, sealer, tokens, clock } = options;
  const secret = (kind: 'tim' | 'zim') => {
    const door = domain.apps.door(kind, String(APP_ID));
    if (!door) throw new MagpieError('APP_NOT_FOUND', { message: 'The demo app is gone.' });
    return sealer.open(door.sealedSecret, `${door.app}/${kind}:${APP_ID}`);
  };
  const now = clock.now();
  const seconds = LIFE / 1000;
  return {
    appId: APP_ID,
    appKey: APP_KEY,
    userId,
    userSig: signUserSig({ sdkAppId: APP_ID, secret: secret('tim'), userId, now, expireSeconds: seconds }),
    zimToken: signToken04({ appId: APP_ID, secret: secret('zim'), userId, now, effectiveSeconds: seconds }),
    webimToken: tokens.issue(APP, userId, LIFE).token,
  };
}
