import type { Core } from '../core/core.ts';
import type { ConversationApi } from '../types.ts';

export function conversationApi(core: Core): ConversationApi {
  return {
    list: () => core.book.list(),
    get: (ref) => core.book.view(core.keyOf(ref)).view,
    async load(ref) {
      await core.sync.loadRows([core.keyOf(ref)]);
      return core.book.view(core.keyOf(ref)).view;
    },
    totalUnread: () => core.book.totalUnread(),
    async read(ref, { upTo, report = true, read } = {}) {
      const said = await core.request('conversation.read', { ref, report, ...(upTo === undefined ? {} : { upTo }), ...(read === undefined ? {} : { read }) }); // prettier-ignore
      const key = core.keyOf(ref);
      core.turn.run(() => {
        core.book.read(key, said.readSeq, said.unread);
        if (report && core.book.get(key)) core.book.own(key, { reportedSeq: said.reportedSeq }, 'reported');
      });
    },
    async pin(ref, on) {
      await core.request('conversation.pin', { ref, on });
    },
    async mute(ref, notify) {
      await core.request('conversation.mute', { ref, notify });
    },
    async delete(ref, { clearHistory = true } = {}) {
      await core.request('conversation.delete', { ref, clearHistory });
    },
  };
}
