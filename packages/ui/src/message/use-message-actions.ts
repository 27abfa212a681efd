import type { ClientMessage } from '@magpie/client';
import type { Role } from '@magpie/protocol';
import { useI18n } from 'vue-i18n';
import { useChat } from '../app/context.ts';
import { useErrorText } from '../app/errors.ts';
import type { MenuAction } from '../base/menu-action.ts';
import { contentPreview } from './preview.ts';

export interface MessageActionNeeds {
  readonly ref: string;
  /** The reader's role, in a group. */
  readonly role: () => Role | undefined;
  readonly onReaders: (message: ClientMessage) => void;
}

export interface MessageActions {
  of(message: ClientMessage): readonly MenuAction[];
  retry(message: ClientMessage): void;
  cancel(message: ClientMessage): void;
}

export function useMessageActions(needs: MessageActionNeeds): MessageActions {
  const { t } = useI18n();
  const { client, toasts, media, people, me } = useChat();
  const errorText = useErrorText();

  function attempt(work: () => Promise<unknown>): void {
    work().catch((thrown: unknown) => toasts.show(errorText(thrown), 'error'));
  }

  function textOf({ content }: ClientMessage): string {
    if (content.type === 'text') return content.text;
    return contentPreview(content, { t, me, nameOf: (id) => people.name(id) });
  }

  function mayRevoke(message: ClientMessage): boolean {
    if (message.seq === undefined || message.revoked) return false;
    const role = needs.role();
    if (role === 'owner' || (role === 'admin' && !message.mine)) return true;
    const window = client.session.settings?.recallWindow ?? 0;
    return message.mine && client.session.now() - message.time < window;
  }

  function retry({ clientId }: ClientMessage): void {
    const stopper = new AbortController();
    media.uploads.set(clientId, stopper);
    // How it ends stands at the message itself.
    client.messages.resend(clientId, { signal: stopper.signal }).catch(() => undefined);
  }

  function cancel({ clientId }: ClientMessage): void {
    media.uploads.get(clientId)?.abort();
    media.uploads.delete(clientId);
    client.messages.discard(clientId);
  }

  function unsent(message: ClientMessage): MenuAction[] {
    const drop: MenuAction = { key: 'discard', icon: 'trash', label: t('message.discard'), danger: true, run: () => cancel(message) }; // prettier-ignore
    if (message.status !== 'failed') return [drop];
    return [{ key: 'retry', icon: 'retry', label: t('message.retry'), run: () => retry(message) }, drop];
  }

  function of(message: ClientMessage): readonly MenuAction[] {
    const actions: MenuAction[] = [];
    if (message.content.type === 'text' || message.content.type === 'location') {
      actions.push({ key: 'copy', icon: 'copy', label: t('message.copy'), run: () => attempt(() => navigator.clipboard.writeText(textOf(message))) }); // prettier-ignore
    }
    if (message.status !== 'sent') return [...actions, ...unsent(message)];
    if (message.mine && message.receipt === true) {
      actions.push({ key: 'readers', icon: 'checks', label: t('message.readers'), run: () => needs.onReaders(message) }); // prettier-ignore
    }
    if (mayRevoke(message)) {
      actions.push({ key: 'revoke', icon: 'recall', label: t('message.revoke'), separated: actions.length > 0, run: () => attempt(() => client.messages.revoke(message.id)) }); // prettier-ignore
    }
    actions.push({ key: 'delete', icon: 'trash', label: t('message.delete'), danger: true, run: () => attempt(() => client.messages.delete(needs.ref, { ids: [message.id] })) }); // prettier-ignore
    return actions;
  }

  return { of, retry, cancel };
}
