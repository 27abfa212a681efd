import type { ConversationView } from '@magpie/client';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useChat } from '../app/context.ts';
import { useErrorText } from '../app/errors.ts';
import type { MenuAction } from '../base/menu-action.ts';

/** What may be done to a conversation as a whole, from wherever it is shown. */
export function useConversationActions(
  view: () => ConversationView | undefined,
): ComputedRef<readonly MenuAction[]> {
  const { t } = useI18n();
  const { client, toasts } = useChat();
  const errorText = useErrorText();

  function attempt(work: () => Promise<unknown>): void {
    work().catch((thrown: unknown) => toasts.show(errorText(thrown), 'error'));
  }

  return computed(() => {
    const current = view();
    if (!current) return [];
    const { ref, pinnedAt, notify, unread } = current;
    const pinned = pinnedAt !== undefined;
    const loud = notify === undefined || notify.level === 'all';
    const actions: MenuAction[] = [
      {
        key: 'pin',
        icon: pinned ? 'unpin' : 'pin',
        label: t(pinned ? 'conversation.unpin' : 'conversation.pin'),
        run: () => attempt(() => client.conversations.pin(ref, !pinned)),
      },
      {
        key: 'mute',
        icon: loud ? 'mute' : 'bell',
        label: t(loud ? 'conversation.mute' : 'conversation.unmute'),
        run: () => attempt(() => client.conversations.mute(ref, { level: loud ? 'none' : 'all' })),
      },
    ];
    if (unread > 0) {
      actions.unshift({
        key: 'read',
        icon: 'checks',
        label: t('conversation.markRead'),
        run: () => attempt(() => client.conversations.read(ref)),
      });
    }
    actions.push({
      key: 'delete',
      icon: 'trash',
      label: t('conversation.remove'),
      danger: true,
      separated: true,
      run: () => attempt(() => client.conversations.delete(ref, { clearHistory: false })),
    });
    return actions;
  });
}
