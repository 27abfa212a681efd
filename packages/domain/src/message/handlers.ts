import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { changesHandler, getHandler, listHandler } from './list.ts';
import { deleteHandler, revokeHandler } from './revoke.ts';
import { sendHandler } from './send.ts';

export function messageHandlers(deps: Deps): HandlersOf<'message'> {
  return {
    'message.send': sendHandler(deps),
    'message.list': listHandler(deps),
    'message.get': getHandler(deps),
    'message.changes': changesHandler(deps),
    'message.revoke': revokeHandler(deps),
    'message.delete': deleteHandler(deps),
  };
}
