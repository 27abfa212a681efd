import { refOfConversation } from './map/ids.ts';
import { guarded, type Context } from './context.ts';
import { badParams, scoped, timError } from './errors.ts';
import { locate } from './locate.ts';
import type { Message } from './types.ts';

export interface ReadMemberOptions {
  message: Message;
  cursor: string;
  /** 0 those who read it, 1 those who did not. */
  filter: number;
  count: number;
}

function oneConversation(list: Message[]): { messages: Message[]; ref: string } {
  if (!Array.isArray(list)) throw badParams();
  const messages = list.slice(0, 30);
  const [first] = messages;
  const ref = first && refOfConversation(String(first.conversationID));
  if (!first || ref === undefined) throw timError(2114, 'There is no message to send a receipt for.');
  if (messages.some(({ conversationID }) => conversationID !== first.conversationID)) throw timError(10004, 'The messages are not of one conversation.');
  return { messages, ref };
} // prettier-ignore

export function receiptApi(context: Context) {
  const { table } = context;

  async function send(list: Message[]): Promise<Record<string, never>> {
    const { messages, ref } = oneConversation(list);
    const asked = messages.filter(({ needReadReceipt, flow }) => needReadReceipt && flow === 'in');
    if (asked.length === 0) throw timError(2114, 'None of the messages asks for a receipt.');
    const located = await Promise.all(asked.map((message) => locate(context, message)));
    await context.client().receipts.send(ref, located.map(({ core }) => core.id)); // prettier-ignore
    return {};
  }

  async function list(given: Message[]): Promise<{ messageList: Message[] }> {
    const { messages } = oneConversation(given);
    const located = await Promise.all(messages.map((message) => locate(context, message)));
    const receipts = await context.client().receipts.list(located.map(({ core }) => core.id));
    for (const { held, core } of located) {
      const found = receipts.find(({ id }) => id === core.id);
      if (!found) continue;
      const direct = core.ref.startsWith('u:');
      if (!direct) table.patch(held, { readReceiptInfo: { readCount: found.read, unreadCount: found.unread } });
      else table.patch(held, { readReceiptInfo: { isPeerRead: found.read > 0 }, isPeerRead: held.object.isPeerRead || found.read > 0 });
    }
    return { messageList: messages };
  } // prettier-ignore

  async function members({ message, cursor, filter, count }: ReadMemberOptions) {
    const { core } = await locate(context, message);
    const read = filter !== 1;
    const options = { read, limit: Math.max(1, Math.min(100, Number(count) || 100)), ...(cursor === '' || cursor === undefined ? {} : { cursor }) };
    const { users, next } = await scoped('receipt', context.client().receipts.readers(core.id, options));
    const ids = users.map(({ id }) => id);
    const page = { isCompleted: next === undefined, cursor: next ?? '', messageID: message.ID };
    return { ...page, ...(read ? { readUserIDList: ids } : { unreadUserIDList: ids }) };
  } // prettier-ignore

  return {
    sendMessageReadReceipt: guarded(context, 'sendMessageReadReceipt', send, 'receipt'),
    getMessageReadReceiptList: guarded(context, 'getMessageReadReceiptList', list, 'receipt'),
    getGroupMessageReadMemberList: guarded(context, 'getGroupMessageReadMemberList', members, 'receipt'),
  };
}
