import type { ClientMessage, Draft, SendOptions } from '@magpie/client';
import { ZIMErrorCode } from './enums/error-code.ts';
import {
  ZIMMessageDirection,
  ZIMMessageReceiptStatus,
  ZIMMessageSentStatus,
  ZIMMessageType,
} from './enums/message.ts';
import { createAbort, type Abort } from './abort.ts';
import type { Context } from './context.ts';
import { invalid, toZimError, zimError } from './errors.ts';
import { contentFrom, itemFrom, itemsOf, type AppObject } from './map/content.ts';
import { conversationOf, refOf } from './map/conversation-ref.ts';
import { checkOptions, optionsFrom } from './map/draft.ts';
import { clientIdOf, messageTo } from './map/message.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMMessageSendConfig, ZIMMessageSendNotification } from './types/message-config.ts';
import type { ZIMMediaMessage, ZIMMessage, ZIMMultipleMessage } from './types/message.ts';
import { mediaOf, uploadItems } from './uploads.ts';

interface Send {
  /** The object the app holds; it is filled in place. */
  readonly message: ZIMMessage;
  readonly ref: string;
  readonly clientId: string;
  readonly config: Partial<ZIMMessageSendConfig>;
  readonly notification: Partial<ZIMMessageSendNotification>;
  readonly retry: boolean;
  readonly abort: Abort;
}

const MEDIA: ReadonlySet<number> = new Set([ZIMMessageType.Multiple, ZIMMessageType.Image, ZIMMessageType.File, ZIMMessageType.Audio, ZIMMessageType.Video]); // prettier-ignore

const asObject = (message: ZIMMessage) => message as unknown as AppObject;

/** Gives the app's object what a message has before the server answered. */
function fill(ctx: Context, send: Send, localMessageID: string): void {
  const { message, ref, config } = send;
  const lastSeq = ctx.client.conversations.get(ref)?.lastSeq ?? 0;
  delete message.messageID;
  Object.assign(message, {
    localMessageID,
    messageSeq: 0,
    senderUserID: ctx.reader.me,
    ...conversationOf(ref),
    direction: ZIMMessageDirection.Send,
    sentStatus: ZIMMessageSentStatus.Sending,
    timestamp: ctx.client.session.now(),
    orderKey: ctx.ids.orderAfter(lastSeq),
    isUserInserted: false,
    receiptStatus:
      config.hasReceipt === true ? ZIMMessageReceiptStatus.Processing : ZIMMessageReceiptStatus.None,
    extendedData: message.extendedData ?? '',
    localExtendedData: message.localExtendedData ?? '',
    reactions: [],
    isBroadcastMessage: false,
    mentionedUserIDs: [...(message.mentionedUserIDs ?? [])],
    isMentionAll: message.isMentionAll === true,
    rootRepliedCount: 0,
    isServerMessage: false,
    editorUserID: '',
    editedTime: 0,
    isGroupTargetedMessage: false,
  });
}

/** Gives it what the server answered. What only this device knows stays. */
function complete(ctx: Context, message: ZIMMessage, sent: ClientMessage): void {
  const { localExtendedData, localMessageID } = message;
  Object.assign(message, messageTo(sent, ctx.reader), { localExtendedData, localMessageID });
}

function attached(ctx: Context, send: Send): void {
  guarded(ctx, () => send.notification.onMessageAttached?.(send.message));
}

function guarded(ctx: Context, run: () => void): void {
  try {
    run();
  } catch (thrown) {
    ctx.log.write('error', 'a callback of sendMessage failed', thrown);
  }
}

/** A Multiple message: its files go up first, each on its own. */
async function multiDraft(ctx: Context, send: Send): Promise<Draft> {
  const { message, notification, abort, config } = send;
  const partial = config.isAllowMultipleMessagePartialFailed === true;
  // Refuses what cannot be sent before the first byte goes up.
  for (const item of itemsOf(asObject(message))) if (mediaOf(item) === undefined) itemFrom(item, ctx.isOurs);
  attached(ctx, send);
  const { blobs, failed } = await uploadItems(
    ctx,
    asObject(message),
    abort,
    partial,
    (done, total, index, itemDone, itemTotal) =>
      guarded(ctx, () =>
        notification.onMultipleMediaUploadingProgress?.(
          message as ZIMMultipleMessage,
          done,
          total,
          index,
          itemDone,
          itemTotal,
        ),
      ),
  );
  const kept = itemsOf(asObject(message)).filter((_, index) => !failed.includes(index));
  if (kept.length === 0)
    throw zimError(ZIMErrorCode.MessageModuleFileServerError, 'none of the files could be uploaded');
  if (failed.length > 0) Object.assign(message, { failedIndexList: [...failed] });
  const content = contentFrom(
    { type: message.type, messageInfoList: kept },
    ctx.isOurs,
    blobs.filter((_, index) => !failed.includes(index)),
  );
  return { ...optionsFrom(message, config), ref: send.ref, clientId: send.clientId, content };
}

function singleDraft(ctx: Context, send: Send): Draft {
  const { message, config } = send;
  const media = mediaOf(asObject(message));
  const placeholder = media && {
    name: media.name,
    size: media.size,
    ...(media.mime === undefined ? {} : { mime: media.mime }),
  };
  const content = contentFrom(asObject(message), ctx.isOurs, [placeholder]);
  return {
    ...optionsFrom(message, config),
    ref: send.ref,
    clientId: send.clientId,
    content,
    ...(media ? { media } : {}),
  };
}

async function transmit(ctx: Context, send: Send): Promise<ClientMessage> {
  const { message, notification, abort, clientId } = send;
  const options: SendOptions = {
    signal: abort.signal,
    onProgress: (_, sent, total) =>
      guarded(ctx, () => notification.onMediaUploadingProgress?.(message as ZIMMediaMessage, sent, total)),
  };
  const held =
    send.retry &&
    ctx.client.messages
      .outgoing(send.ref)
      .some((one) => one.clientId === clientId && one.status === 'failed');
  if (held) {
    attached(ctx, send);
    return ctx.client.messages.resend(clientId, options);
  }
  if (message.type === ZIMMessageType.Multiple)
    return ctx.client.messages.send(await multiDraft(ctx, send), options);
  return ctx.client.messages.send(singleDraft(ctx, send), {
    ...options,
    onQueued: () => attached(ctx, send),
  });
}

function checkTarget(ctx: Context, ref: string): void {
  if (ref === `u:${ctx.reader.me}`) throw invalid('a message cannot be sent to oneself');
}

/** One that was sent before is sent as another: what the app shows of the first must not change under it. */
function objectToFill(message: ZIMMessage): ZIMMessage {
  const sentBefore =
    message.messageID !== undefined &&
    message.messageID !== '' &&
    message.sentStatus === ZIMMessageSentStatus.Success;
  return sentBefore ? { ...message } : message;
}

export function createSending(ctx: Context): Pick<ZIMApi, 'sendMessage' | 'cancelSendingMessage'> {
  /** What is on its way, by local id: to cancel it, and to refuse a second send of it. */
  const underWay = new Map<string, Abort>();

  const prepare = (
    given: ZIMMessage,
    ref: string,
    config: Partial<ZIMMessageSendConfig>,
    notification: Partial<ZIMMessageSendNotification>,
  ): { send: Send; local: string } => {
    if (typeof given !== 'object' || given === null) throw invalid('message must be an object');
    checkTarget(ctx, ref);
    checkOptions(given, config);
    const message = objectToFill(given);
    const retry =
      config.isRetrySend === true && message.localMessageID !== undefined && message.localMessageID !== '';
    const local = retry ? String(message.localMessageID) : ctx.ids.next();
    if (underWay.has(local)) throw invalid('this message is being sent already');
    const clientId = clientIdOf(ctx.reader.instance, local);
    return { send: { message, ref, clientId, config, notification, retry, abort: createAbort() }, local };
  };

  const run = async (send: Send, local: string): Promise<{ message: ZIMMessage }> => {
    const { message } = send;
    // Before anything is filled in: an object that cannot be sent stays as it was.
    if (message.type !== ZIMMessageType.Multiple) singleDraft(ctx, send);
    fill(ctx, send, local);
    underWay.set(local, send.abort);
    const tell = (status: ZIMMessageSentStatus, reason: string) =>
      ctx.events.emit('messageSentStatusChanged', { infos: [{ status, message, reason }] });
    try {
      complete(ctx, message, await transmit(ctx, send));
      tell(ZIMMessageSentStatus.Success, '');
      return { message };
    } catch (thrown) {
      message.sentStatus = ZIMMessageSentStatus.Failed;
      const cancelled = zimError(
        ZIMErrorCode.MessageModuleSendMessageFailedForCancelled,
        'the send was cancelled',
      );
      const error = send.abort.aborted
        ? cancelled
        : toZimError(thrown, MEDIA.has(message.type) ? 'media' : 'send');
      tell(ZIMMessageSentStatus.Failed, '');
      throw error;
    } finally {
      underWay.delete(local);
    }
  };

  return {
    sendMessage: (message, toConversationID, conversationType, config, notification) =>
      ctx.call('send', async () => {
        const { send, local } = prepare(
          message,
          refOf(toConversationID, conversationType),
          config ?? {},
          notification ?? {},
        );
        return run(send, local);
      }),
    cancelSendingMessage: (message) =>
      ctx.call('send', async () => {
        const abort = underWay.get(String(message?.localMessageID));
        if (abort === undefined) {
          throw zimError(
            ZIMErrorCode.MessageModuleCancelSendingMessageFailed,
            'this message is not being sent',
          );
        }
        abort.abort();
      }),
  };
}
