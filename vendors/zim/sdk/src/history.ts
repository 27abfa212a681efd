import type { ClientMessage } from '@magpie/client';
import { ZIMConversationType } from './enums/conversation.ts';
import { ZIMErrorCode } from './enums/error-code.ts';
import { ZIMMessageDirection, ZIMMessageReceiptStatus, ZIMMessageType } from './enums/message.ts';
import type { Context } from './context.ts';
import { pageSize } from './cursors.ts';
import { invalid, toZimError } from './errors.ts';
import { refOf } from './map/conversation-ref.ts';
import { messageTo, messagesTo } from './map/message.ts';
import { receiptStatus } from './map/receipt.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMMessage, ZIMRevokeMessage } from './types/message.ts';

type Slice = Pick<ZIMApi, 'queryHistoryMessage' | 'queryMessages' | 'revokeMessage' | 'deleteMessages' | 'deleteAllMessage' | 'deleteAllConversationMessages'>; // prettier-ignore

/** Never in history, though other vendors' commands may be stored. */
const HIDDEN: ReadonlySet<number> = new Set([ZIMMessageType.Command, ZIMMessageType.Barrage]);
const MAX_SEQS = 10;
/** Own revokes remembered until their event comes. */
const MAX_REVOKED = 256;

/** Place of an anchor; a message without one stands after the entry its order names. */
function seqOf(anchor: ZIMMessage, older: boolean): number {
  if (typeof anchor.messageSeq === 'number' && anchor.messageSeq > 0)
    return older ? anchor.messageSeq - 1 : anchor.messageSeq + 1;
  const below = Math.floor(anchor.orderKey ?? 0);
  return older ? below : below + 1;
}

/** Collects until enough are drawn; a page of the server may be full of entries ZIM does not show. */
async function collect(
  ctx: Context,
  ref: string,
  start: number | undefined,
  older: boolean,
  count: number,
): Promise<ZIMMessage[]> {
  const found: ZIMMessage[] = [];
  let seq = start;
  while (found.length < count) {
    if (seq !== undefined && seq < 1) break;
    const page = await ctx.client.messages.list({
      ref,
      direction: older ? 'older' : 'newer',
      limit: count,
      ...(seq === undefined ? {} : { seq }),
    });
    const drawn = messagesTo(page.messages, ctx.reader).filter((message) => !HIDDEN.has(message.type));
    if (older) found.unshift(...drawn);
    else found.push(...drawn);
    if (!page.more || page.edge === undefined) break;
    seq = page.edge;
  }
  return older ? found.slice(-count) : found.slice(0, count);
}

/** Own messages that asked for receipts show how these stand. */
async function withReceipts(ctx: Context, messages: ZIMMessage[]): Promise<ZIMMessage[]> {
  const open = messages.filter(
    (one) =>
      one.direction === ZIMMessageDirection.Send && one.receiptStatus === ZIMMessageReceiptStatus.Processing,
  );
  const ids = open.flatMap((one) => one.messageID ?? []);
  if (ids.length === 0) return messages;
  try {
    const counts = new Map((await ctx.client.receipts.list(ids)).map((one) => [one.id, one]));
    for (const one of open) {
      const count = counts.get(one.messageID ?? '');
      if (count) one.receiptStatus = receiptStatus(count);
    }
  } catch (thrown) {
    ctx.log.write('warn', 'receipts of a page could not be read', thrown);
  }
  return messages;
}

/** A peer nobody wrote to yet has an empty history, not an error. */
function emptyIfNew(thrown: unknown, type: ZIMConversationType): ZIMMessage[] {
  const error = toZimError(thrown, 'conversation');
  if (
    type === ZIMConversationType.Peer &&
    error.code === ZIMErrorCode.ConversationModuleConversationDoesNotExist
  )
    return [];
  throw error;
}

function createQueries(ctx: Context): Pick<Slice, 'queryHistoryMessage' | 'queryMessages'> {
  return {
    queryHistoryMessage: (conversationID, conversationType, config) =>
      ctx.call('conversation', async () => {
        const ref = refOf(conversationID, conversationType);
        const older = config?.reverse === true;
        const anchor = config?.nextMessage;
        const start = anchor === undefined || anchor === null ? undefined : seqOf(anchor, older);
        const count = pageSize(config?.count);
        const messageList = await collect(ctx, ref, start, older, count).catch((thrown: unknown) =>
          emptyIfNew(thrown, conversationType),
        );
        return { conversationID, conversationType, messageList: await withReceipts(ctx, messageList) };
      }),
    queryMessages: (messageSeqs, conversationID, conversationType) =>
      ctx.call('conversation', async () => {
        const ref = refOf(conversationID, conversationType);
        if (!Array.isArray(messageSeqs) || messageSeqs.length === 0 || messageSeqs.length > MAX_SEQS) {
          throw invalid(`messageSeqs must hold 1 to ${MAX_SEQS}`);
        }
        const seqs = [...new Set(messageSeqs)].sort((a, b) => a - b);
        const pages = await Promise.all(
          seqs.map((seq) => ctx.client.messages.list({ ref, seq, direction: 'older', limit: 1 })),
        );
        const found = pages.flatMap((page, index) =>
          page.messages.filter((message) => message.seq === seqs[index]),
        );
        return { conversationID, conversationType, messageList: messagesTo(found, ctx.reader) };
      }),
  };
}

/** The ids of messages of one conversation, in batches the server takes. */
export function idsOfMessages(messageList: unknown): string[] {
  if (!Array.isArray(messageList) || messageList.length === 0)
    throw invalid('messageList must be a list that is not empty');
  return messageList.map((message: Partial<ZIMMessage> | null) => {
    if (typeof message?.messageID !== 'string' || message.messageID === '')
      throw invalid('each message must have a messageID');
    return message.messageID;
  });
}

function createDeletion(
  ctx: Context,
): Pick<Slice, 'deleteMessages' | 'deleteAllMessage' | 'deleteAllConversationMessages'> {
  const { conversations, messages } = ctx.client;
  const empty = async (ref: string) => {
    const view = conversations.get(ref) ?? (await conversations.load(ref));
    if (view && view.lastSeq > 0) await messages.delete(ref, { upTo: view.lastSeq });
  };
  // There is no history that is local alone, so a deletion reaches the user's other devices whatever `config` says.
  return {
    deleteMessages: (messageList, conversationID, conversationType) =>
      ctx.call('conversation', async () => {
        const ref = refOf(conversationID, conversationType);
        const ids = idsOfMessages(messageList);
        for (let start = 0; start < ids.length; start += 100)
          await messages.delete(ref, { ids: ids.slice(start, start + 100) });
        return { conversationID, conversationType };
      }),
    deleteAllMessage: (conversationID, conversationType) =>
      ctx.call('conversation', async () => {
        await empty(refOf(conversationID, conversationType));
        return { conversationID, conversationType };
      }),
    deleteAllConversationMessages: () =>
      ctx.call('conversation', async () => {
        await ctx.link.whenReady();
        for (const view of conversations.list())
          if (view.kind === 'direct' || view.kind === 'group') await empty(view.ref);
      }),
  };
}

function remainsOf(ctx: Context, revoked: ClientMessage, extra: string): ZIMMessage {
  const message = messageTo(revoked, ctx.reader, extra);
  if (message === undefined) throw invalid('messages of this type cannot be revoked');
  return message as ZIMRevokeMessage;
}

export function createHistory(ctx: Context): Slice {
  return {
    ...createQueries(ctx),
    ...createDeletion(ctx),
    revokeMessage: (message, config) =>
      ctx.call('revoke', async () => {
        const [id = ''] = idsOfMessages([message]);
        const extra = config?.revokeExtendedData ?? '';
        ctx.revokedHere.add(id);
        const [oldest] = ctx.revokedHere;
        if (ctx.revokedHere.size > MAX_REVOKED && oldest !== undefined) ctx.revokedHere.delete(oldest);
        try {
          const revoked = await ctx.client.messages.revoke(id, extra === '' ? {} : { extra });
          return { message: remainsOf(ctx, revoked, extra) };
        } catch (thrown) {
          ctx.revokedHere.delete(id);
          throw thrown;
        }
      }),
  };
}
