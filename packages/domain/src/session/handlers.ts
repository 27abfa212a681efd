import {
  LIMITS,
  MagpieError,
  PROTOCOL_VERSION,
  type ClientSettings,
  type Input,
  type Output,
} from '@magpie/protocol';
import type { AppContext, HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { TokenClaims } from '../ports/platform.ts';
import type { UserRow } from '../ports/rows.ts';
import { foldId, profileOf } from '../user/accounts.ts';
import type { Session, SessionPeer } from './registry.ts';

/** A proven caller: the app and the account a token stands for. */
export interface Identity {
  readonly app: AppContext;
  readonly user: UserRow;
  readonly claims: TokenClaims;
}

/** Proves a token and finds its account; creates it on the first valid login if the app allows. */
export async function authenticate(deps: Deps, token: string, appName?: string): Promise<Identity> {
  const named = appName === undefined ? undefined : deps.apps.find(appName);
  if (appName !== undefined && !named) throw new MagpieError('APP_NOT_FOUND', { field: 'app' });
  const claims = await deps.tokens.verify(token, named?.id);
  const app = deps.apps.get(claims.app);
  if (!app) throw new MagpieError('APP_NOT_FOUND', { field: 'app' });
  const user = await accountOf(deps, app, claims);
  if (user.bannedUntil !== null && user.bannedUntil > deps.clock.now()) throw new MagpieError('USER_BANNED');
  // Vendors' tokens carry seconds: one made in the very second still counts.
  if (claims.issuedAt + 999 < user.validFrom) throw new MagpieError('TOKEN_REVOKED', { field: 'token' });
  return { app, user, claims };
}

async function accountOf(deps: Deps, app: AppContext, claims: TokenClaims): Promise<UserRow> {
  const found = await deps.accounts.resolve(app.id, claims.userId, claims.foldUserId);
  if (found) return found;
  if (!app.settings['login.autoCreate']) throw new MagpieError('USER_NOT_FOUND', { field: 'user' });
  if (!/^[\x21-\x7e]{1,64}$/.test(claims.userId)) throw new MagpieError('BAD_REQUEST', { field: 'user', message: 'User ids are 1–64 printable ASCII characters without spaces.' }); // prettier-ignore
  return deps.accounts.ensure(app, claims.foldUserId ? foldId(claims.userId) : claims.userId);
}

/** `session.open` needs the connection; the gateway hands it in. */
export async function openSession(
  deps: Deps,
  peer: SessionPeer,
  input: Input<'session.open'>,
  epoch: string,
): Promise<{ session: Session; output: Output<'session.open'>; app: AppContext }> {
  if (input.protocol !== PROTOCOL_VERSION) throw new MagpieError('BAD_REQUEST', { field: 'protocol', message: `This server speaks protocol ${PROTOCOL_VERSION}.` }); // prettier-ignore
  const { app, user, claims } = await authenticate(deps, input.token, input.app);
  checkUser(input.user, user, claims);
  const resumed =
    input.resume !== undefined &&
    deps.sessions.mayResume(input.resume.session, app.id, user.id, input.instance);
  const session: Session = {
    id: resumed && input.resume ? input.resume.session : deps.random.text(24),
    app: app.id,
    userId: user.id,
    instance: input.instance,
    platform: input.platform,
    device: input.device,
    customInfo: input.customInfo,
    openedAt: deps.sessions.openingTime(app.id, user.id),
    wantsDelivered: input.wantsDelivered === true,
    peer,
    expiresAt: claims.expiresAt,
  };
  deps.sessions.open(app, session, resumed);
  // Other nodes know of it before its place is read: what any of them commits from here on reaches it as an event.
  await deps.mesh.settled();
  const standing = await deps.store.users.standing(app.id, user.id, input.instance);
  return {
    session,
    app,
    output: {
      session: session.id,
      resumed,
      app: app.id,
      userId: user.id,
      profile: profileOf(user),
      ...(standing?.position ? { position: standing.position } : {}),
      userSeq: standing?.userSeq ?? 0,
      epoch,
      serverTime: deps.clock.now(),
      ...(claims.expiresAt === undefined ? {} : { expiresAt: claims.expiresAt }),
      heartbeat: LIMITS.connection.heartbeat,
      settings: clientSettings(app),
    },
  };
}

function checkUser(expected: string | undefined, user: UserRow, claims: TokenClaims): void {
  if (expected === undefined || expected === user.id) return;
  if (claims.foldUserId && foldId(expected) === user.fold) return;
  throw new MagpieError('TOKEN_WRONG_USER', { field: 'user' });
}

function clientSettings(app: AppContext): ClientSettings {
  const { settings } = app;
  return {
    recallWindow: settings['recall.window'],
    messageMaxBytes: settings['limits.message.maxBytes'],
    fileMaxBytes: {
      image: settings['limits.file.imageBytes'],
      audio: settings['limits.file.audioBytes'],
      video: settings['limits.file.videoBytes'],
      file: settings['limits.file.fileBytes'],
      avatar: settings['limits.file.avatarBytes'],
    },
    filesSigned: settings['files.signed'],
    receiptsGroupMax: settings['limits.receipts.groupMax'],
  };
}

export function sessionHandlers(deps: Deps): HandlersOf<'session'> {
  const { sessions } = deps;
  return {
    'session.open': async () => {
      throw new MagpieError('BAD_REQUEST', { message: 'A session is opened on a WebSocket.' });
    },

    'session.renew': async (ctx, input) => {
      const { user, app, claims } = await authenticate(deps, input.token, ctx.app.id);
      if (user.id !== ctx.userId || app.id !== ctx.app.id)
        throw new MagpieError('TOKEN_WRONG_USER', { field: 'token' });
      if (ctx.session) ctx.session.expiresAt = claims.expiresAt;
      return claims.expiresAt === undefined ? {} : { expiresAt: claims.expiresAt };
    },

    'session.close': async (ctx) => {
      if (ctx.session) sessions.close(ctx.session);
      return {};
    },

    'session.list': async (ctx) => ({
      sessions: sessions.everywhere(ctx.app.id, ctx.userId).map((session) => ({
        session: session.id,
        instance: session.instance,
        platform: session.platform,
        ...(session.device === undefined ? {} : { device: session.device }),
        openedAt: session.openedAt,
        current: session.id === ctx.session?.id,
      })),
    }),

    'session.kick': async (ctx, input) => {
      await deps.accounts.require(ctx.app.id, input.userId, 'userId');
      if (input.revokeTokens)
        await deps.accounts.set(ctx.app.id, input.userId, { validFrom: deps.clock.now() + 1000 });
      const ended = sessions.kickUser(ctx.app.id, input.userId, 'byAdmin', input.instance);
      await deps.mesh.settled();
      return { ended };
    },
  };
}
