import type { ClientEvents, ClientMessage } from '@magpie/client';
import type { Profile } from '@magpie/protocol';
import { ZIMConversationSyncState, ZIMConversationType } from './enums/conversation.ts';
import { ZIMBlacklistChangeAction } from './enums/friend.ts';
import { ZIMMessageDeleteType, ZIMMessageType } from './enums/message.ts';
import type { Context } from './context.ts';
import type { ConversationEvents } from './conversation-events.ts';
import { toZimError } from './errors.ts';
import { tellGroup } from './group-events.ts';
import { conversationOf } from './map/conversation-ref.ts';
import { messagesTo, messageTo } from './map/message.ts';
import { conversationReceiptInfo, receiptInfo } from './map/receipt.ts';
import { userFullInfo, userInfo } from './map/user.ts';
import type { ZIMMessage, ZIMRevokeMessage } from './types/message.ts';

interface Scope extends Context {
  readonly conversationEvents: ConversationEvents;
}
type Table = { readonly [E in keyof ClientEvents]: (ctx: Scope, data: ClientEvents[E]) => void };

const LEGACY = {
  [ZIMConversationType.Peer]: 'receivePeerMessage',
  [ZIMConversationType.Group]: 'receiveGroupMessage',
  [ZIMConversationType.Room]: 'receiveRoomMessage',
} as const;
const CURRENT = {
  [ZIMConversationType.Peer]: 'peerMessageReceived',
  [ZIMConversationType.Group]: 'groupMessageReceived',
  [ZIMConversationType.Room]: 'roomMessageReceived',
} as const;

/** Both families hear of live messages; of those missed while away only the newer one, which can say so. */
function tellMessages(ctx: Scope, { ref, messages, backlog }: ClientEvents['messages']): void {
  const where = conversationOf(ref);
  const messageList = messagesTo(messages, ctx.reader);
  if (where === undefined || messageList.length === 0) return;
  const { conversationID: fromConversationID, conversationType } = where;
  if (!(conversationType in CURRENT)) return;
  const type = conversationType as keyof typeof CURRENT;
  if (!backlog) ctx.events.emit(LEGACY[type], { messageList, fromConversationID });
  const info = { isOfflineMessage: backlog };
  // A list of its own: one family's handler may keep or change what it was given.
  const again = backlog ? messageList : messagesTo(messages, ctx.reader);
  ctx.events.emit(CURRENT[type], { messageList: again, fromConversationID, info });
}

function tellRevoked(ctx: Scope, { message, by, extra = '' }: ClientEvents['revoked']): void {
  if (ctx.revokedHere.delete(message.id) && by === ctx.reader.me) return;
  const revoked = messageTo(message, ctx.reader, extra);
  if (revoked) ctx.events.emit('messageRevokeReceived', { messageList: [revoked as ZIMRevokeMessage] });
}

/** A deleted message as it was, or, if this client has not held it, its place alone. */
function deletedMessage(ctx: Scope, ref: string, id: string): ZIMMessage {
  const held: ClientMessage | undefined = ctx.client.messages.peek(id);
  const message = held && messageTo(held, ctx.reader);
  return message ?? { type: ZIMMessageType.Unknown, messageID: id, ...conversationOf(ref) };
}

function tellDeleted(ctx: Scope, { ref, ids, upTo, here }: ClientEvents['deleted']): void {
  const where = conversationOf(ref);
  if (here || where === undefined) return;
  const all = upTo !== undefined;
  ctx.events.emit('messageDeleted', {
    ...where,
    isDeleteConversationAllMessage: all,
    messageDeleteType: all
      ? ZIMMessageDeleteType.ConversationAllMessagesDeleted
      : ZIMMessageDeleteType.MessageListDeleted,
    messageList: ids.map((id) => deletedMessage(ctx, ref, id)),
  });
}

function tellReceipt(ctx: Scope, { ref, at, upTo, receipts, mine }: ClientEvents['receipt']): void {
  const where = conversationOf(ref);
  if (where === undefined) return;
  if (
    mine &&
    ctx.ownReceipts.isHere(
      ref,
      upTo,
      receipts.map(({ id }) => id),
    )
  )
    return;
  if (upTo !== undefined && where.conversationType === ZIMConversationType.Peer) {
    ctx.events.emit('conversationMessageReceiptChanged', {
      infos: [conversationReceiptInfo(where.conversationID, mine)],
    });
  }
  const infos = receipts.map((counts) => receiptInfo(counts, where, mine, at));
  if (infos.length > 0) ctx.events.emit('messageReceiptChanged', { infos });
}

function tellBlocked(ctx: Scope, { added, removed }: ClientEvents['blocked']): void {
  const tell = (ids: readonly string[], action: ZIMBlacklistChangeAction) => {
    const userList = ids.map((id) => userInfo(id, ctx.client.users.person(id)));
    if (userList.length > 0) ctx.events.emit('blacklistChanged', { userList, action });
  };
  tell(added, ZIMBlacklistChangeAction.Added);
  tell(removed, ZIMBlacklistChangeAction.Removed);
}

function tellProfile(ctx: Scope, { profile }: ClientEvents['profile']): void {
  const here = ctx.ownProfile.findIndex((fields) =>
    Object.entries(fields).every(([key, value]) => profile[key as keyof Profile] === value),
  );
  if (here >= 0) ctx.ownProfile.splice(here, 1);
  else ctx.events.emit('userInfoUpdated', { info: userFullInfo(profile) });
}

function tellReady(ctx: Scope, { first }: ClientEvents['ready']): void {
  ctx.link.ready();
  // The vendor tells the stored total at each login, also when it is none.
  if (first)
    ctx.events.emit('conversationTotalUnreadMessageCountUpdated', {
      totalUnreadMessageCount: ctx.client.conversations.totalUnread(),
    });
  ctx.events.emit('conversationSyncStateChanged', { state: ZIMConversationSyncState.Finished });
}

function tellState(ctx: Scope, { state }: ClientEvents['state']): void {
  if (state === 'online') ctx.link.move('accepted');
  else if (state !== 'idle') ctx.link.move('lost');
  // The end of a login is told by whoever ended it: logout, a refusal, or `kicked`.
}

/** Every event of the client, and what the vendor's app hears of it. */
export const TABLE: Table = {
  state: tellState,
  syncing: (ctx) =>
    ctx.events.emit('conversationSyncStateChanged', { state: ZIMConversationSyncState.Started }),
  ready: tellReady,
  kicked: (ctx, { reason }) => {
    ctx.conversationEvents.forget();
    ctx.link.move({ kicked: reason });
  },
  tokenExpiring: (ctx, { left }) =>
    ctx.events.emit('tokenWillExpire', { second: Math.max(0, Math.round(left / 1000)) }),
  // The server ends the session a moment later; that is what the vendor's event stands for.
  tokenExpired: () => undefined,
  messages: tellMessages,
  revoked: tellRevoked,
  deleted: tellDeleted,
  receipt: tellReceipt,
  // The vendor has no such event in 2.29.
  delivered: () => undefined,
  // `sendMessage` tells its own.
  outgoing: () => undefined,
  conversations: (ctx, change) => ctx.conversationEvents.tell(change),
  unread: (ctx, { total }) =>
    ctx.events.emit('conversationTotalUnreadMessageCountUpdated', { totalUnreadMessageCount: total }),
  group: tellGroup,
  profile: tellProfile,
  blocked: tellBlocked,
  // Nothing of this SDK enters a room or follows a user yet.
  room: () => undefined,
  roomMembers: () => undefined,
  roomOut: () => undefined,
  presence: () => undefined,
  error: (ctx, { error }) => ctx.events.emit('error', toZimError(error)),
};

/** Lets the client's events reach the app. */
export function bindEvents(ctx: Scope): void {
  const bind = <E extends keyof ClientEvents>(name: E) =>
    ctx.client.on(name, (data) => TABLE[name](ctx, data));
  for (const name of Object.keys(TABLE) as (keyof ClientEvents)[]) bind(name);
}
