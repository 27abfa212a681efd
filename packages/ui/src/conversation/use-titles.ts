import type { ConversationView } from '@magpie/client';
import { useI18n } from 'vue-i18n';
import { useChat } from '../app/context.ts';
import { plainName } from '../format/text.ts';

type Titled = Pick<ConversationView, 'ref'> & Partial<Pick<ConversationView, 'group'>>;

export interface Titles {
  /** What a conversation is called. */
  title(view: Titled): string;
  /** The id that gives its avatar the colour, and the picture if there is one. */
  avatar(view: Titled): { readonly id: string; readonly name: string; readonly url: string | undefined };
}

export function useTitles(): Titles {
  const { t } = useI18n();
  const { people, me } = useChat();

  function title(view: Titled): string {
    const id = view.ref.slice(2);
    if (view.ref.startsWith('u:')) return id === me ? t('conversation.self') : people.name(id);
    if (view.ref.startsWith('s:')) return t('conversation.notices');
    return plainName(view.group?.name ?? '') || t('conversation.groupNamed', { id: plainName(id) });
  }

  function avatar(view: Titled): ReturnType<Titles['avatar']> {
    const id = view.ref.slice(2);
    const url = view.ref.startsWith('u:') ? people.avatar(id) : view.group?.avatar;
    return { id, name: title(view), url };
  }
  return { title, avatar };
}
