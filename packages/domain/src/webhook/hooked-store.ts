import type { Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { HookDirectory } from './hooks.ts';

/**
 * The store with webhooks: what is appended, changed or logged goes into the outboxes of those who want it, in the same unit. So
 * no slice has to think of it, and no event is told that did not happen, nor happens untold.
 */
export function hookedStore(store: Store, hooks: HookDirectory): Store {
  return {
    apps: store.apps,
    users: store.users,
    conversations: store.conversations,
    messages: store.messages,
    groups: store.groups,
    receipts: store.receipts,
    files: store.files,
    rooms: store.rooms,
    presences: store.presences,
    timers: store.timers,
    webhooks: store.webhooks,
    words: store.words,
    upkeep: store.upkeep,
    waiting: () => store.waiting(),
    commit: (ops) => {
      if (!hooks.any) return store.commit(ops);
      const told = withHooks(ops, hooks);
      if (told === ops) return store.commit(ops);
      return store.commit(told as typeof ops).then((results) => {
        hooks.queued();
        return results;
      });
    },
    conversationNumber: () => store.conversationNumber(),
    epoch: () => store.epoch(),
    health: () => store.health(),
    close: () => store.close(),
  };
}

function withHooks(ops: readonly WriteOp[], hooks: HookDirectory): readonly WriteOp[] {
  let told: WriteOp[] | undefined;
  for (const [index, op] of ops.entries()) {
    if (op.op !== 'append' && op.op !== 'change' && op.op !== 'log') continue;
    const wanting = hooks.events(op.app, op.op === 'append' ? 'message.created' : op.event);
    if (!wanting) continue;
    told ??= [...ops];
    told[index] = { ...op, hooks: wanting };
  }
  return told ?? ops;
}
