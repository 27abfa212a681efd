import type { ConversationView } from '@magpie/client';
import {
  ZIMConversationNotificationStatus,
  ZIMConversationPinnedFilter,
  type ZIMConversationType,
} from './enums/conversation.ts';
import { ZIMErrorCode } from './enums/error-code.ts';
import type { Context } from './context.ts';
import { invalid, toZimError, zimError } from './errors.ts';
import { conversationTo } from './map/conversation.ts';
import { refOf } from './map/conversation-ref.ts';
import { pageSize } from './cursors.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMConversation, ZIMConversationFilterOption } from './types/conversation.ts';

type Slice = Pick<
  ZIMApi,
  | 'queryConversationList'
  | 'queryConversation'
  | 'queryConversationPinnedList'
  | 'updateConversationPinnedState'
  | 'setConversationNotificationStatus'
  | 'deleteConversation'
  | 'deleteAllConversations'
  | 'clearConversationUnreadMessageCount'
  | 'clearConversationTotalUnreadMessageCount'
  | 'queryConversationTotalUnreadMessageCount'
>;

/** Everything ZIM lists, pinned first, then newest. */
export function listed(ctx: Context): ZIMConversation[] {
  return ctx.client.conversations.list().flatMap((view) => conversationTo(view, ctx.reader) ?? []);
}

const isSame = (a: ZIMConversation, b: ZIMConversation) =>
  a.conversationID === b.conversationID && a.type === b.type;
const follows = (one: ZIMConversation, anchor: ZIMConversation) =>
  one.isPinned === anchor.isPinned ? one.orderKey < anchor.orderKey : anchor.isPinned;

/** The page after an anchor; one that has left the list meanwhile still marks its place. */
function pageAfter(
  all: readonly ZIMConversation[],
  anchor: ZIMConversation | null | undefined,
  count: unknown,
): ZIMConversation[] {
  const size = pageSize(count);
  if (anchor === undefined || anchor === null) return all.slice(0, size);
  const at = all.findIndex((one) => isSame(one, anchor));
  const start = at >= 0 ? at + 1 : all.findIndex((one) => follows(one, anchor));
  return start < 0 ? [] : all.slice(start, start + size);
}

/** Marks are not kept yet, so only 'no mark' (0) and 'no filter' can match. */
function passes(one: ZIMConversation, option: Partial<ZIMConversationFilterOption> | undefined): boolean {
  const types = option?.conversationTypes ?? [];
  const marks = option?.marks ?? [];
  if (types.length > 0 && !types.includes(one.type)) return false;
  if (marks.length > 0 && !marks.includes(0)) return false;
  if (option?.isOnlyUnreadConversation === true && one.unreadMessageCount === 0) return false;
  if (option?.pinnedFilter === ZIMConversationPinnedFilter.OnlyPinned) return one.isPinned;
  return option?.pinnedFilter === ZIMConversationPinnedFilter.OnlyUnpinned ? !one.isPinned : true;
}

function createQueries(
  ctx: Context,
): Pick<
  Slice,
  | 'queryConversationList'
  | 'queryConversation'
  | 'queryConversationPinnedList'
  | 'queryConversationTotalUnreadMessageCount'
> {
  const loaded = async (ref: string): Promise<ConversationView | undefined> => {
    await ctx.link.whenReady();
    return ctx.client.conversations.get(ref) ?? (await ctx.client.conversations.load(ref));
  };
  return {
    queryConversationList: (config, option) =>
      ctx.call('conversation', async () => {
        await ctx.link.whenReady();
        const all = listed(ctx).filter((one) => passes(one, option));
        return { conversationList: pageAfter(all, config?.nextConversation, config?.count) };
      }),
    queryConversationPinnedList: (config) =>
      ctx.call('conversation', async () => {
        await ctx.link.whenReady();
        const pinned = listed(ctx).filter((one) => one.isPinned);
        return { conversationList: pageAfter(pinned, config?.nextConversation, config?.count) };
      }),
    queryConversation: (conversationID, conversationType) =>
      ctx.call('conversation', async () => {
        const view = await loaded(refOf(conversationID, conversationType));
        const conversation = view && conversationTo(view, ctx.reader);
        if (conversation === undefined) {
          throw zimError(
            ZIMErrorCode.ConversationModuleConversationDoesNotExist,
            `there is no conversation ${conversationID}`,
          );
        }
        return { conversation };
      }),
    queryConversationTotalUnreadMessageCount: (config) =>
      ctx.call('conversation', async () => {
        await ctx.link.whenReady();
        const counted = listed(ctx).filter(
          (one) => one.notificationStatus === ZIMConversationNotificationStatus.Notify && passes(one, config),
        );
        return { unreadMessageCount: counted.reduce((sum, one) => sum + one.unreadMessageCount, 0) };
      }),
  };
}

/** Runs a change of one conversation and answers which it was, as all of these do. */
function createChange(ctx: Context) {
  return (
    conversationID: string,
    conversationType: ZIMConversationType,
    change: (ref: string) => Promise<void>,
  ) =>
    ctx.call('conversation', async () => {
      await change(refOf(conversationID, conversationType));
      return { conversationID, conversationType };
    });
}

export function createConversations(ctx: Context): Slice {
  const { conversations } = ctx.client;
  const change = createChange(ctx);
  const removeAll = async () => {
    await ctx.link.whenReady();
    const all = listed(ctx);
    for (const one of all)
      await conversations.delete(refOf(one.conversationID, one.type), { clearHistory: false });
    ctx.events.emit('conversationsAllDeleted', { count: all.length });
  };
  return {
    ...createQueries(ctx),
    updateConversationPinnedState: (isPinned, conversationID, conversationType) =>
      change(conversationID, conversationType, (ref) => conversations.pin(ref, isPinned === true)),
    setConversationNotificationStatus: (status, conversationID, conversationType) =>
      change(conversationID, conversationType, (ref) => {
        if (
          status !== ZIMConversationNotificationStatus.Notify &&
          status !== ZIMConversationNotificationStatus.DoNotDisturb
        ) {
          throw invalid('status must be 1 (notify) or 2 (do not disturb)');
        }
        return conversations.mute(ref, {
          level: status === ZIMConversationNotificationStatus.Notify ? 'all' : 'none',
        });
      }),
    // There is no list that is local alone, so a deletion reaches the user's other devices whatever `config` says.
    deleteConversation: (conversationID, conversationType) =>
      change(conversationID, conversationType, (ref) => conversations.delete(ref, { clearHistory: false })),
    deleteAllConversations: () => ctx.call('conversation', removeAll),
    clearConversationUnreadMessageCount: (conversationID, conversationType) =>
      change(conversationID, conversationType, (ref) =>
        conversations.read(ref, { read: true, report: false }),
      ),
    clearConversationTotalUnreadMessageCount: () =>
      ctx.call('conversation', async () => {
        await ctx.link.whenReady();
        const unread = conversations.list().filter((view) => view.unread > 0);
        for (const view of unread) {
          await conversations.read(view.ref, { read: true, report: false }).catch((thrown: unknown) => {
            throw toZimError(thrown, 'conversation');
          });
        }
      }),
  };
}
