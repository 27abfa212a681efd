import { MagpieError, type Input, type Presence } from '@magpie/protocol';
import type { Ctx, HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { unseen } from './look.ts';

export function presenceHandlers(deps: Deps): HandlersOf<'presence'> {
  const { store, clock, accounts, presences } = deps;

  /** Which of these are accounts, in the order asked. */
  async function accountsAmong(app: string, asked: readonly string[]): Promise<Asked> {
    const ids = [...new Set(asked)];
    const unsure = ids.filter((id) => !accounts.peek(app, id));
    const rows = unsure.length === 0 ? [] : await store.users.many(app, unsure);
    const missing = new Set(unsure);
    for (const row of rows) if (row.deletedAt === null) missing.delete(row.id);
    return {
      known: ids.filter((id) => !missing.has(id)),
      failed: [...missing].map((userId) => ({ userId, code: 'USER_NOT_FOUND' })),
    };
  }

  /** As the caller may see them; an operator who acts for nobody sees all. */
  async function seen(ctx: Ctx, users: readonly string[]): Promise<Presence[]> {
    if (users.length === 0) return [];
    const found = await presences.of(ctx.app.id, users, ctx.userId === '' ? undefined : ctx.userId);
    return users.map((user) => found.get(user) ?? unseen(user));
  }

  return {
    'presence.set': async (ctx, input) => {
      const { id } = await accounts.require(ctx.app.id, ctx.userId, 'user');
      checkSet(ctx, input);
      if (input.custom !== undefined)
        await presences.setWords(ctx.app.id, id, input.custom, input.customSeconds, ctx.session);
      if (input.state !== undefined && ctx.session) presences.say(ctx.session, input.state);
      const own = await presences.of(ctx.app.id, [id]);
      return { presence: own.get(id) ?? unseen(id) };
    },

    'presence.get': async (ctx, input) => {
      const { known, failed } = await accountsAmong(ctx.app.id, input.users);
      return { presences: await seen(ctx, known), failed };
    },

    'presence.subscribe': async (ctx, input) => {
      const { known, failed } = await accountsAmong(ctx.app.id, input.users);
      const targets = known.filter((user) => user !== ctx.userId);
      if (targets.length < known.length) failed.push({ userId: ctx.userId, code: 'BAD_REQUEST' });
      if (targets.length === 0) return { presences: [], failed, evicted: [] };
      const at = clock.now();
      const [{ evicted }] = await store.commit([
        {
          op: 'subscription.put',
          app: ctx.app.id,
          watcher: ctx.userId,
          targets,
          expiresAt: input.seconds === undefined ? null : at + input.seconds * 1000,
          untilLogout: input.untilLogout === true,
          at,
          max: ctx.app.settings['limits.presence.subscriptions'],
        },
      ]);
      // Read after the commit: what changes from here on arrives as an event.
      return { presences: await seen(ctx, targets), failed, evicted: [...evicted] };
    },

    'presence.unsubscribe': async (ctx, input) => {
      const targets = input.users && [...new Set(input.users)];
      await store.commit([{ op: 'subscription.remove', app: ctx.app.id, watcher: ctx.userId, ...(targets ? { targets } : {}) }]); // prettier-ignore
      return {};
    },

    'presence.subscriptions': async (ctx, { cursor, limit }) => {
      const now = clock.now();
      const page = { now, limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) };
      const [rows, total] = await Promise.all([
        store.presences.subscriptions(ctx.app.id, ctx.userId, page),
        store.presences.countSubscriptions(ctx.app.id, ctx.userId, now),
      ]);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const found = await seen(ctx, shown.map(({ target }) => target)); // prettier-ignore
      return {
        subscriptions: shown.map(({ target, expiresAt }, index) => ({
          userId: target,
          ...(expiresAt === null ? {} : { expiresAt }),
          presence: found[index] ?? unseen(target),
        })),
        total,
        ...(last ? { next: last.target } : {}),
      };
    },
  };
}

interface Asked {
  readonly known: readonly string[];
  readonly failed: { userId: string; code: string }[];
}

/** All of it before any of it is done. */
function checkSet(ctx: Ctx, input: Input<'presence.set'>): void {
  if (input.customSeconds !== undefined && !input.custom)
    throw new MagpieError('BAD_REQUEST', { field: 'customSeconds', message: 'customSeconds is for the words in custom.' }); // prettier-ignore
  if (input.state !== undefined && !ctx.session)
    throw new MagpieError('BAD_REQUEST', { field: 'state', message: 'state is of a device: it needs a session.' }); // prettier-ignore
}
