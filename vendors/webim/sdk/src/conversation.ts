import type { ConversationView } from '@magpie/client';
import { CONVERSATION_PAGE, statusCode, type ChatType } from './constants.ts';
import { told, type Context } from './context.ts';
import { refuse } from './errors.ts';
import { hasContent, listedPlace, oldChannelId, toItem, toRestPayload } from './map/conversation.ts';
import { normalizeChatType } from './map/ids.ts';
import type { ContentBody } from './types/message.ts';
import type { AsyncResult, Callbacks, ServerConversations } from './types/results.ts';

export interface ConversationPageOptions {
  pageSize?: number;
  cursor?: string;
  includeEmptyConversations?: boolean;
}

export interface DeleteConversationOptions extends Callbacks {
  channel: string;
  chatType: 'singleChat' | 'groupChat';
  deleteRoam: boolean;
}

export interface PinConversationOptions {
  conversationId: string;
  conversationType: 'singleChat' | 'groupChat';
  isPinned: boolean;
}

export interface ChannelInfo {
  channel_id: string;
  lastMessage: ContentBody | null;
  unread_num: number;
}

export interface SessionInfo {
  channel_id: string;
  meta: { from: string; id: string; payload: string; timestamp: number; to: string };
  unread_num: number;
}

const MAX_RELOADS = 20;
const OLD_LIST = { pageSize: 20, sessions: 100 } as const;

export function conversationSlice(context: Context) {
  const lastBody = (view: ConversationView): ContentBody | null =>
    (view.lastLive &&
      context.body({ ...view.lastLive, ref: view.ref, mine: false, status: 'sent', stored: true })) ??
    null;

  async function listed(): Promise<ConversationView[]> {
    const client = await context.ready();
    // Where the newest message was just recalled, only the server knows which one is last now.
    const stale = client.conversations
      .list()
      .filter(({ lastLive, lastContent }) => !lastLive && lastContent?.revoked);
    await Promise.all(stale.slice(0, MAX_RELOADS).map(({ ref }) => client.conversations.load(ref)));
    return client.conversations.list().filter((view) => listedPlace(view.ref) !== undefined);
  }

  const byActivity = (a: ConversationView, b: ConversationView): number => b.activeAt - a.activeAt;
  const byPin = (a: ConversationView, b: ConversationView): number => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0);

  /** The cursor names the conversation a page ended with; one that is gone meanwhile starts over rather than skipping. */
  function page(
    views: readonly ConversationView[],
    { pageSize, cursor }: ConversationPageOptions,
  ): ServerConversations {
    const size = Math.min(
      Math.max(1, Math.floor(pageSize ?? CONVERSATION_PAGE.default)),
      CONVERSATION_PAGE.max,
    );
    const from = cursor ? views.findIndex((view) => view.ref === cursor) + 1 : 0;
    const slice = views.slice(from, from + size);
    const more = from + size < views.length;
    return {
      conversations: slice.map((view) => toItem(view, lastBody(view))),
      cursor: more ? (slice.at(-1)?.ref ?? '') : '',
    };
  }

  const answer = (data: ServerConversations): AsyncResult<ServerConversations> =>
    context.result(data, { cursor: data.cursor });

  function refOf(id: string, chatType: ChatType): string {
    if (!id) throw refuse(statusCode.REQUEST_PARAMETER_ERROR, 'the conversation is not named');
    return context.ref(chatType, id);
  }

  async function remove({
    channel,
    chatType,
    deleteRoam,
  }: DeleteConversationOptions): Promise<AsyncResult<{ result: 'ok' }>> {
    const client = context.requireLogin();
    const ref = refOf(channel, normalizeChatType(chatType));
    context.acts.mark(`deleteConversation ${ref}`);
    await client.conversations.delete(ref, { clearHistory: deleteRoam });
    return context.result({ result: 'ok' });
  }

  return {
    /** Single and group chats, newest activity first. */
    getServerConversations(options: ConversationPageOptions = {}): Promise<AsyncResult<ServerConversations>> {
      return told(context, options, async () => {
        const views = await listed();
        const shown = options.includeEmptyConversations ? views : views.filter(hasContent);
        return answer(page(shown.toSorted(byActivity), options));
      });
    },

    getServerPinnedConversations(
      options: ConversationPageOptions = {},
    ): Promise<AsyncResult<ServerConversations>> {
      return told(context, options, async () => {
        const views = await listed();
        return answer(page(views.filter((view) => view.pinnedAt !== undefined).toSorted(byPin), options));
      });
    },

    /** Older list: by page number, ids in the long channel form. */
    getConversationlist(
      options: Callbacks & { pageNum?: number; pageSize?: number } = {},
    ): Promise<AsyncResult<{ channel_infos: ChannelInfo[] }>> {
      return told(context, options, async () => {
        const views = (await listed()).filter(hasContent).toSorted(byActivity);
        const size = Math.max(1, options.pageSize ?? OLD_LIST.pageSize);
        const from = (Math.max(1, options.pageNum ?? 1) - 1) * size;
        const channel_infos = views.slice(from, from + size).map((view) => ({
          channel_id: oldChannelId(view.ref, context.appKey),
          lastMessage: lastBody(view),
          unread_num: view.unread,
        }));
        return context.result({ channel_infos });
      });
    },

    /** Oldest list: the last message as REST payload text. */
    getSessionList(options: Callbacks = {}): Promise<AsyncResult<{ channel_infos: SessionInfo[] }>> {
      return told(context, options, async () => {
        const views = (await listed()).filter(hasContent).toSorted(byActivity).slice(0, OLD_LIST.sessions);
        const channel_infos = views.map((view) => {
          const body = lastBody(view);
          const { from = '', id = '', to = '', time: timestamp = 0 } = body ?? {};
          return {
            channel_id: oldChannelId(view.ref, context.appKey),
            meta: { from, id, to, timestamp, payload: body ? JSON.stringify(toRestPayload(body)) : '' },
            unread_num: view.unread,
          };
        });
        return context.result({ channel_infos });
      });
    },

    deleteConversation(options: DeleteConversationOptions): Promise<AsyncResult<{ result: 'ok' }>> {
      return told(context, options, () => remove(options));
    },
    deleteSession(options: DeleteConversationOptions): Promise<AsyncResult<{ result: 'ok' }>> {
      return told(context, options, () => remove(options));
    },

    pinConversation(
      options: PinConversationOptions,
    ): Promise<AsyncResult<{ isPinned: boolean; pinnedTime: number }>> {
      return told(context, options, async () => {
        const { conversationId, conversationType, isPinned } = options;
        const client = context.requireLogin();
        const ref = refOf(conversationId, normalizeChatType(conversationType));
        context.acts.mark(`${isPinned ? 'pinnedConversation' : 'unpinnedConversation'} ${ref}`);
        await client.conversations.pin(ref, isPinned);
        const pinnedTime = isPinned ? (client.conversations.get(ref)?.pinnedAt ?? client.session.now()) : 0;
        return context.result({ isPinned, pinnedTime });
      });
    },

    deleteAllMessagesAndConversations(): Promise<void> {
      return told(context, undefined, async () => {
        const client = await context.ready();
        for (const { ref } of await listed()) {
          context.acts.mark(`deleteConversation ${ref}`);
          await client.conversations.delete(ref, { clearHistory: true });
        }
      });
    },
  };
}
