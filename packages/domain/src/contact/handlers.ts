import { MagpieError } from '@magpie/protocol';
import type { HandlersOf } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import { appendLog } from '../delivery/user-log.ts';
import type { Deps } from '../deps.ts';

export function contactHandlers(deps: Deps): HandlersOf<'contact'> {
  const { store, accounts, clock } = deps;
  return {
    'contact.block': async (ctx, input) => {
      const targets = [...new Set(input.users)];
      if (targets.includes(ctx.userId)) throw new MagpieError('BAD_REQUEST', { field: 'users', message: 'One cannot block oneself.' }); // prettier-ignore
      const known = new Set((await store.users.many(ctx.app.id, targets)).map((row) => row.id));
      const unknown = targets.findIndex((id) => !known.has(id));
      if (unknown >= 0) throw new MagpieError('USER_NOT_FOUND', { field: `users.${unknown}` });
      const [result] = await store
        .commit([
          {
            op: 'block.put',
            app: ctx.app.id,
            user: ctx.userId,
            targets,
            at: clock.now(),
            max: ctx.app.settings['limits.contacts.blocked'],
          },
        ]) // prettier-ignore
        .catch(conflictsAs({ full: 'QUOTA_EXCEEDED' }));
      await accounts.blocksChanged(ctx.app.id);
      if (result.added.length > 0) await appendLog(deps, ctx.app.id, ctx.userId, 'contact.blockChanged', { added: [...result.added], removed: [] }); // prettier-ignore
      return {};
    },

    'contact.unblock': async (ctx, input) => {
      const [result] = await store.commit([{ op: 'block.remove', app: ctx.app.id, user: ctx.userId, targets: [...new Set(input.users)] }]); // prettier-ignore
      await accounts.blocksChanged(ctx.app.id);
      if (result.removed.length > 0) await appendLog(deps, ctx.app.id, ctx.userId, 'contact.blockChanged', { added: [], removed: [...result.removed] }); // prettier-ignore
      return {};
    },

    'contact.blocked': async (ctx) => ({ users: [...(await store.users.blocked(ctx.app.id, ctx.userId))] }),
  };
}
