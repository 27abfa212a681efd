import type { ConversationView } from '@magpie/client';
import { guarded, guardedSync, type Context } from './context.ts';
import { badParams, scoped, timError, toTimError } from './errors.ts';
import { conversationRef } from './history.ts';
import { groupOf } from './map/group.ts';
import { conversationOf, isShown, lastMessageOf, notifyOf, remindTypeOf } from './map/conversation.ts';
import { bareId } from './map/ids.ts';
import { profileOf } from './map/profile.ts';
import type { Conversation, Group } from './types.ts';

export interface ConversationFilter {
  type?: string | number | undefined;
  markType?: number | undefined;
  groupName?: string | undefined;
  hasUnreadCount?: boolean | undefined;
  hasGroupAtInfo?: boolean | undefined;
}

export interface Failure {
  conversationID: string;
  code: number;
  message: string;
}

/** All that TIM shows, in order. */
export function allConversations(context: Context): Conversation[] {
  const env = context.env();
  const views = context.existing()?.conversations.list() ?? [];
  return views.filter(isShown).map((view) => conversationOf(view, env));
}

function fits(conversation: Conversation, filter: ConversationFilter): boolean {
  const { type, markType, groupName, hasUnreadCount, hasGroupAtInfo } = filter;
  return (
    (type === undefined || conversation.type === type) &&
    (markType === undefined || conversation.markList.includes(markType)) &&
    (groupName === undefined || conversation.conversationGroupList.includes(groupName)) &&
    (hasUnreadCount !== true || conversation.unreadCount > 0) &&
    (hasGroupAtInfo !== true || conversation.groupAtInfoList.length > 0)
  );
}

/** A conversation that is in nobody's list yet. */
function blank(ref: string, me: string): ConversationView {
  const conv = ref.startsWith('u:') ? `d:${[me, bareId(ref)].sort().join(' ')}` : ref;
  return { conv, ref, kind: ref.startsWith('u:') ? 'direct' : 'group', lastSeq: 0, changeSeq: 0, activeAt: 0, readSeq: 0, reportedSeq: 0, unread: 0, heads: {}, historyFrom: 0, ...(ref.startsWith('u:') ? { peer: bareId(ref) } : {}) }; // prettier-ignore
}

/** A group with what the user's own row says of it. */
export function groupFor(context: Context, group: Parameters<typeof groupOf>[0]): Group {
  const env = context.env();
  const view = context.client().conversations.get(`g:${group.id}`);
  const last = lastMessageOf(view ?? blank(`g:${group.id}`, env.me), env);
  return groupOf(group, { userID: env.me, remind: remindTypeOf(view?.notify), view, last });
}

/** Resolves when the first sync of the login is over; rejects when the login ends before. */
function synced(context: Context): Promise<void> {
  const { session } = context.client();
  if (session.ready) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const offs = [
      context.client().on('ready', () => settle(resolve)),
      context
        .client()
        .on(
          'state',
          ({ state }) =>
            state === 'idle' && settle(() => reject(timError(2024, ' | getConversationList | '))),
        ),
    ];
    const settle = (tell: () => void): void => {
      for (const off of offs) off();
      tell();
    };
  });
}

export interface DeleteOptions {
  conversationIDList: string[];
  clearHistoryMessage?: boolean | undefined;
}

export function conversationApi(context: Context) {
  async function list(options?: string[] | ConversationFilter): Promise<{ conversationList: Conversation[]; isSyncCompleted: boolean }> {
    await synced(context);
    const all = allConversations(context);
    const conversationList = Array.isArray(options)
      ? options.flatMap((id) => all.find(({ conversationID }) => conversationID === id) ?? [])
      : all.filter((conversation) => options === undefined || options === null || fits(conversation, options));
    return { conversationList, isSyncCompleted: context.client().session.ready };
  } // prettier-ignore

  async function profile(conversationID: string): Promise<{ conversation: Conversation }> {
    const ref = conversationRef(conversationID);
    const client = context.client();
    if (ref.startsWith('s:')) throw timError(2500, 'There are no system notices.');
    const view = (await client.conversations.load(ref)) ?? blank(ref, context.env().me);
    if (ref.startsWith('g:')) {
      const [group] = await client.groups.get([bareId(ref)]);
      if (!group && view.lastSeq === 0) throw timError(2501, `There is no group ${bareId(ref)}.`);
      return { conversation: conversationOf(view, context.env(), group) };
    }
    const [user] = await client.users.get([bareId(ref)]);
    if (!user) throw timError(2501, `There is no user ${bareId(ref)}.`);
    return { conversation: { ...conversationOf(view, context.env()), userProfile: profileOf(user) } };
  }

  async function read({ conversationID }: { conversationID: string }): Promise<Record<string, never>> {
    const ref = conversationRef(conversationID);
    try {
      await context.client().conversations.read(ref, { report: true });
    } catch (thrown) {
      const error = toTimError(thrown);
      // Opening a chat nobody has written in yet reads nothing.
      if (error.code !== 2500) throw error;
    }
    return {};
  }

  async function remove(options: string | DeleteOptions) {
    if (typeof options === 'string') {
      await context.client().conversations.delete(conversationRef(options), { clearHistory: true });
      return { conversationID: options };
    }
    if (!Array.isArray(options?.conversationIDList)) throw badParams();
    const successConversationIDList: string[] = [];
    const failureConversationIDList: Failure[] = [];
    for (const conversationID of options.conversationIDList) {
      try {
        await context.client().conversations.delete(conversationRef(conversationID), { clearHistory: options.clearHistoryMessage !== false });
        successConversationIDList.push(conversationID);
      } catch (thrown) {
        const { code, message } = toTimError(thrown);
        failureConversationIDList.push({ conversationID, code, message });
      }
    }
    return { successConversationIDList, failureConversationIDList };
  } // prettier-ignore

  async function remind({ groupID, userIDList, messageRemindType }: { groupID?: string | undefined; userIDList?: string[] | undefined; messageRemindType: string | number }) {
    const notify = notifyOf(String(messageRemindType));
    if (!notify) throw timError(10004, `Unknown messageRemindType ${String(messageRemindType)}.`);
    const client = context.client();
    if (groupID !== undefined && groupID !== '') {
      await scoped('group', client.conversations.mute(`g:${groupID}`, notify));
      const [group] = await client.groups.get([groupID]);
      return { group: group ? groupFor(context, group) : undefined };
    }
    const successUserIDList: { userID: string }[] = [];
    const failureUserIDList: { userID: string; code: number; message: string }[] = [];
    for (const userID of (userIDList ?? []).slice(0, 30)) {
      try {
        await client.conversations.mute(`u:${userID}`, notify);
        successUserIDList.push({ userID });
      } catch (thrown) {
        const { code, message } = toTimError(thrown, 'c2c');
        failureUserIDList.push({ userID, code, message });
      }
    }
    return { successUserIDList, failureUserIDList };
  } // prettier-ignore

  return {
    getConversationList: guarded(context, 'getConversationList', list),
    getConversationProfile: guarded(context, 'getConversationProfile', profile),
    setMessageRead: guarded(context, 'setMessageRead', read),
    deleteConversation: guarded(context, 'deleteConversation', remove),
    pinConversation: guarded(context, 'pinConversation', async ({ conversationID, isPinned }: { conversationID: string; isPinned: boolean }) => {
      await scoped('pin', context.client().conversations.pin(conversationRef(conversationID), isPinned));
      return { conversationID };
    }),
    setMessageRemindType: guarded(context, 'setMessageRemindType', remind),
    getTotalUnreadMessageCount: guardedSync(context, 'getTotalUnreadMessageCount', () => context.client().conversations.totalUnread()),
  }; // prettier-ignore
}
