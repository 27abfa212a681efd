import { ZIMConversationType } from './enums/conversation.ts';
import { ZIMErrorCode } from './enums/error-code.ts';
import { ZIMMessageDirection, ZIMMessageReceiptStatus } from './enums/message.ts';
import type { Context } from './context.ts';
import { pageSize } from './cursors.ts';
import { invalid, zimError } from './errors.ts';
import { idsOfMessages } from './history.ts';
import { refOf } from './map/conversation-ref.ts';
import { memberInfo } from './map/group.ts';
import { receiptInfo } from './map/receipt.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMMessage } from './types/message.ts';

type Readers = ZIMApi['queryGroupMessageReceiptReadMemberList'];
type Slice = Pick<
  ZIMApi,
  | 'sendConversationMessageReceiptRead'
  | 'sendMessageReceiptsRead'
  | 'queryMessageReceiptsInfo'
  | 'queryGroupMessageReceiptReadMemberList'
  | 'queryGroupMessageReceiptUnreadMemberList'
>;

const MAX_MESSAGES = 10;

const isOpen = (message: ZIMMessage) =>
  message.direction === ZIMMessageDirection.Receive &&
  message.receiptStatus === ZIMMessageReceiptStatus.Processing;
const wasAsked = (message: ZIMMessage) =>
  message.receiptStatus !== ZIMMessageReceiptStatus.None &&
  message.receiptStatus !== ZIMMessageReceiptStatus.Unknown;

function createReaders(ctx: Context, read: boolean): Readers {
  return (message, groupID, config) =>
    ctx.call('receipt', async () => {
      const [id = ''] = idsOfMessages([message]);
      const cursor = ctx.cursors.take(config?.nextFlag);
      const { users, next } = await ctx.client.receipts.readers(id, {
        read,
        limit: pageSize(config?.count),
        ...(cursor === undefined ? {} : { cursor }),
      });
      const ids = users.map((user) => user.id);
      const members =
        ids.length === 0
          ? []
          : (await ctx.client.groups.members(groupID, { users: ids, limit: ids.length })).members;
      const byId = new Map(members.map((member) => [member.userId, member]));
      const userList = ids.map((userId) =>
        memberInfo(byId.get(userId) ?? { userId, role: 'member' }, ctx.reader.person(userId, `g:${groupID}`)),
      );
      return { groupID, userList, nextFlag: ctx.cursors.give(next) };
    });
}

export function createReceipts(ctx: Context): Slice {
  const { conversations, receipts } = ctx.client;
  return {
    sendConversationMessageReceiptRead: (conversationID, conversationType) =>
      ctx.call('receipt', async () => {
        const ref = refOf(conversationID, conversationType);
        if (conversationType !== ZIMConversationType.Peer)
          throw invalid('only peer conversations have receipts as a whole');
        const view = conversations.get(ref);
        // Nothing new to report: no event will come that could be this client's own.
        if (view === undefined || view.reportedSeq < view.lastSeq) ctx.ownReceipts.readAll(ref);
        await conversations.read(ref, { read: false, report: true });
        return { conversationID, conversationType };
      }),
    sendMessageReceiptsRead: (messageList, conversationID, conversationType) =>
      ctx.call('receipt', async () => {
        const ref = refOf(conversationID, conversationType);
        const ids = idsOfMessages(messageList);
        if (ids.length > MAX_MESSAGES) {
          throw zimError(
            ZIMErrorCode.MessageModuleMessageReceiptLimit,
            `${MAX_MESSAGES} messages may be marked at once`,
          );
        }
        const open = ids.filter((_, index) => isOpen(messageList[index] ?? ({} as ZIMMessage)));
        if (open.length === 0)
          throw zimError(
            ZIMErrorCode.MessageModuleReceiptReadError,
            'none of the messages waits for a receipt',
          );
        ctx.ownReceipts.readSome(open);
        await receipts.send(ref, open);
        return { conversationID, conversationType, errorMessageIDs: ids.filter((id) => !open.includes(id)) };
      }),
    queryMessageReceiptsInfo: (messageList, conversationID, conversationType) =>
      ctx.call('receipt', async () => {
        refOf(conversationID, conversationType);
        const ids = idsOfMessages(messageList);
        const asked = messageList.filter(wasAsked);
        const mine = asked
          .filter((message) => message.direction === ZIMMessageDirection.Send)
          .map((message) => message.messageID ?? '');
        const counts = mine.length === 0 ? [] : await receipts.list(mine);
        const byId = new Map(counts.map((count) => [count.id, count]));
        const where = { conversationID, conversationType };
        const infos = asked.flatMap((message) => {
          const id = message.messageID ?? '';
          const count = byId.get(id);
          if (count) return receiptInfo(count, where, false);
          // Of another's message one learns its state, not who has read it.
          if (mine.includes(id)) return [];
          return {
            ...receiptInfo({ id, read: 0, unread: 0 }, where, false),
            status: message.receiptStatus ?? ZIMMessageReceiptStatus.Unknown,
          };
        });
        return { infos, errorMessageIDs: ids.filter((id) => !infos.some((info) => info.messageID === id)) };
      }),
    queryGroupMessageReceiptReadMemberList: createReaders(ctx, true),
    queryGroupMessageReceiptUnreadMemberList: createReaders(ctx, false),
  };
}
