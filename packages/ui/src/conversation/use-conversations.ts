import type { Client, ConversationView } from '@magpie/client';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

export interface Conversations {
  readonly list: Readonly<ShallowRef<readonly ConversationView[]>>;
  readonly unread: Readonly<ShallowRef<number>>;
}

/** The list as the client has it, pinned first, then newest. */
export function useConversations(client: Client): Conversations {
  const list = shallowRef(client.conversations.list());
  const unread = shallowRef(client.conversations.totalUnread());
  const read = (): void => {
    list.value = client.conversations.list();
    unread.value = client.conversations.totalUnread();
  };
  const stops = [
    client.on('conversations', read),
    client.on('ready', read),
    client.on('unread', ({ total }) => (unread.value = total)),
  ];
  onScopeDispose(() => stops.forEach((stop) => stop()));
  return { list, unread };
}

/** One conversation, in the list or not. */
export function useConversation(
  client: Client,
  ref: string,
): Readonly<ShallowRef<ConversationView | undefined>> {
  const view = shallowRef(client.conversations.get(ref));
  const read = (): void => void (view.value = client.conversations.get(ref));
  const stops = [client.on('conversations', read), client.on('ready', read), client.on('receipt', read)];
  onScopeDispose(() => stops.forEach((stop) => stop()));
  return view;
}
