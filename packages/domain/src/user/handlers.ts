import { MagpieError } from '@magpie/protocol';
import { actOps } from '../audit/audit.ts';
import type { Ctx, HandlersOf } from '../core/context.ts';
import { FailureLimiter } from '../core/rate.ts';
import { appendLog } from '../delivery/user-log.ts';
import type { Deps } from '../deps.ts';
import { eraseHandler } from '../erase/erase.ts';
import { exportHandler } from '../erase/export.ts';
import type { UserRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { profileOf } from './accounts.ts';

const FAILURE_WINDOW = 15 * 60_000;

export function userHandlers(deps: Deps): HandlersOf<'user'> {
  const { accounts, store, clock, passwords, sessions, tokens, mesh } = deps;
  const failures = new FailureLimiter(clock, FAILURE_WINDOW);

  return {
    'user.get': async (ctx, input) => {
      const rows = await store.users.many(ctx.app.id, [...new Set(input.ids)]);
      return { users: rows.filter((row) => row.deletedAt === null).map(profileOf) };
    },

    'user.update': async (ctx, input) => {
      const before = await accounts.require(ctx.app.id, ctx.userId, 'user');
      const profile = mergeProfile(before.profile, input);
      if (JSON.stringify(profile).length > ctx.app.settings['limits.profile.maxBytes']) {
        throw new MagpieError('QUOTA_EXCEEDED', { message: 'The profile is larger than allowed.' });
      }
      const at = clock.now();
      const row = await accounts.set(ctx.app.id, ctx.userId, { profile, updatedAt: at }, keepPicture(ctx, input.avatar, at)); // prettier-ignore
      const user = profileOf(row);
      await appendLog(deps, ctx.app.id, ctx.userId, 'user.updated', { user });
      return { user };
    },

    'user.register': async (ctx, input) => {
      const allowed = ctx.caller === 'admin' || ctx.app.settings.registration === 'open';
      if (!allowed) throw new MagpieError('REGISTRATION_CLOSED');
      if (ctx.caller !== 'admin' && ctx.address !== undefined)
        deps.rate.take(`register ${ctx.address}`, 1 / 60, 10);
      const passwordHash = input.password === undefined ? undefined : await passwords.hash(input.password);
      const row = await accounts.create(ctx.app, input.userId, {
        ...(passwordHash === undefined ? {} : { passwordHash }),
        ...(input.name === undefined ? {} : { name: input.name }),
      });
      return { userId: row.id, createdAt: row.createdAt };
    },

    'user.signIn': async (ctx, input) => {
      const row = await accounts.resolve(ctx.app.id, input.userId, true);
      const keys = failureKeys(ctx, row?.id ?? input.userId);
      failures.check(keys.user, ctx.app.settings['limits.login.failuresPerUser']);
      failures.check(keys.address, ctx.app.settings['limits.login.failuresPerAddress']);
      // Also for unknown users, so that the time it takes does not tell.
      const right = await passwords.verify(row?.passwordHash ?? null, input.password);
      if (!right || !row) {
        failures.fail(keys.user);
        failures.fail(keys.address);
        throw new MagpieError('PASSWORD_WRONG');
      }
      if (row.bannedUntil !== null && row.bannedUntil > clock.now()) throw new MagpieError('USER_BANNED');
      return { userId: row.id, ...tokens.issue(ctx.app.id, row.id, ctx.app.settings['token.life']) };
    },

    'user.setPassword': async (ctx, input) => {
      const row = await accounts.require(ctx.app.id, input.userId, 'userId');
      const passwordHash = await passwords.hash(input.password);
      await accounts.set(ctx.app.id, row.id, { passwordHash, validFrom: clock.now() }, actOps(ctx));
      sessions.kickUser(ctx.app.id, row.id, 'passwordChanged');
      await mesh.settled();
      return {};
    },

    'user.delete': async (ctx, input) => {
      await accounts.require(ctx.app.id, input.userId, 'userId');
      await accounts.set(ctx.app.id, input.userId, { deletedAt: clock.now(), passwordHash: null }, actOps(ctx)); // prettier-ignore
      sessions.kickUser(ctx.app.id, input.userId, 'accountDeleted');
      await mesh.settled();
      return {};
    },

    'user.export': exportHandler(deps),
    'user.erase': eraseHandler(deps),
  };
}

/** A picture uploaded here is used from now on: nobody collects it. */
function keepPicture(ctx: Ctx, avatar: string | undefined, at: number): readonly WriteOp[] {
  const [, id] = /\/files\/[^/]+\/([0-9A-Za-z]{32})(?:\/|$)/.exec(avatar ?? '') ?? [];
  return id === undefined ? [] : [{ op: 'file.use', app: ctx.app.id, ids: [id], at }];
}

/** Absent fields stay, empty text clears, custom merges by key. */
function mergeProfile(before: UserRow['profile'], input: Partial<UserRow['profile']>): UserRow['profile'] {
  const merged: Record<string, unknown> = { ...before, ...input };
  if (input.custom) {
    merged['custom'] = Object.fromEntries(Object.entries({ ...before.custom, ...input.custom }).filter(([, value]) => value !== '')); // prettier-ignore
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

function failureKeys(ctx: Ctx, userId: string): { user: string; address: string } {
  return { user: `${ctx.app.id} ${userId}`, address: `@${ctx.address ?? ''}` };
}
