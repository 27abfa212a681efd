import type { ClientMessage, Draft, SendOptions } from '@magpie/client';
import { statusCode, type ChatType } from './constants.ts';
import { told, type Context } from './context.ts';
import { refuse, toErrorEvent, unsupported } from './errors.ts';
import { clientIdFor } from './map/client-id.ts';
import { toOutgoing } from './map/draft.ts';
import { fromExt, mentionsIn, quotedIn } from './map/ext.ts';
import { fold, normalizeChatType } from './map/ids.ts';
import { isLegacy } from './create.ts';
import type { LooseBody, SendMsgResult, UploadFileResult } from './types/message.ts';
import type { Callbacks } from './types/results.ts';

export interface RecallOptions extends Callbacks {
  mid: string;
  to: string;
  chatType?: ChatType;
  /** Old spelling. */
  type?: 'chat' | 'groupchat' | 'chatroom';
  isChatThread?: boolean;
  ext?: string;
}

/** Booleans of the samples are sometimes the word. */
const truthy = (value: unknown): boolean => value === true || value === 'true';

/** Old bodies say `group: 'groupchat'` beside any chat type, and rooms by a flag. */
export function chatTypeOf(body: LooseBody): ChatType {
  if (body['group'] === 'groupchat' && body['roomType'] !== true) return 'groupChat';
  if (body['roomType'] === true) return 'chatRoom';
  return normalizeChatType(body['chatType']);
}

export function sendSlice(context: Context) {
  function target(body: LooseBody): {
    readonly chatType: ChatType;
    readonly to: string;
    readonly ref: string;
  } {
    const to = String(body.to ?? '');
    if (to === '') throw refuse(statusCode.MESSAGE_PARAMETER_ERROR, 'send: the message has no receiver (to)');
    if (truthy(body['isChatThread']))
      throw unsupported('send', 'chat threads are not available on this server');
    const chatType = chatTypeOf(body);
    if (chatType === 'singleChat' && to.startsWith(`${context.me}/`)) {
      throw unsupported('send', 'writing to one device alone is not available on this server');
    }
    return { chatType, to, ref: context.ref(chatType, to) };
  }

  async function sendAck(body: LooseBody): Promise<SendMsgResult> {
    const client = context.requireLogin();
    const { ref, chatType } = target(body);
    const id = String((body.type === 'delivery' ? body['ackId'] : body['id']) ?? '');
    if (body.type === 'channel') {
      context.acts.mark(`read ${ref}`);
      await client.conversations.read(ref, { report: true });
    } else if (id === '') {
      throw refuse(
        statusCode.MESSAGE_PARAMETER_ERROR,
        `send: a ${body.type} receipt needs the id of the message`,
      );
    } else if (body.type === 'read') {
      const content = body['ackContent'];
      await client.receipts.send(ref, [id], {
        ...(typeof content === 'string' && content !== '' ? { content } : {}),
        ...(chatType === 'singleChat' ? { unasked: true } : {}),
      });
    } else {
      const message = client.messages.peek(id) ?? (await client.messages.get([id]))[0];
      if (!message?.seq)
        throw refuse(statusCode.MESSAGE_NOT_FOUND, 'send: the message of this receipt is not known');
      await client.request('receipt.deliver', { ref, upTo: message.seq });
    }
    return { localMsgId: String(body['id'] ?? ''), serverMsgId: id };
  }

  function draftOf(body: LooseBody, ref: string, chatType: ChatType, localId: string): Draft {
    const { client } = context;
    const { content, media, extUsed } = toOutgoing(body, client.server);
    const ext = extUsed ? undefined : body['ext'];
    const extra = fromExt(ext);
    const mentions = mentionsIn(ext);
    const quoted = quotedIn(ext);
    const receivers = Array.isArray(body['receiverList'])
      ? body['receiverList'].map((id) => fold(String(id)))
      : [];
    const config = (body['msgConfig'] ?? {}) as { allowGroupAck?: unknown };
    const priority = body['priority'];
    return {
      ref,
      clientId: clientIdFor(client.session.instance, localId),
      content,
      ...(media ? { media } : {}),
      ...(extra === undefined ? {} : { extra }),
      ...(mentions ? { mentions } : {}),
      // A quote of a message this device does not hold might name nothing: it stays in `ext` alone.
      ...(quoted && client.messages.peek(quoted)?.ref === ref ? { replyTo: { id: quoted } } : {}),
      ...(chatType === 'chatRoom' && (priority === 'high' || priority === 'normal' || priority === 'low')
        ? { priority }
        : {}),
      ...(truthy(config.allowGroupAck) ? { receipt: true } : {}),
      ...(truthy(body['deliverOnlineOnly']) || content.type === 'typing' ? { store: false } : {}),
      ...(receivers.length > 0 ? { audience: receivers } : {}),
      onBlocked: 'refuse',
    };
  }

  async function sendContent(body: LooseBody): Promise<SendMsgResult> {
    const client = context.requireLogin();
    const { ref, chatType, to } = target(body);
    const localId = String(body['id'] ?? '');
    if (localId === '') throw refuse(statusCode.MESSAGE_PARAMETER_ERROR, 'send: the message has no id');
    const draft = draftOf(body, ref, chatType, localId);
    // An app that sends a failed message again means that message, not a second one beside it.
    if (draft.clientId && client.messages.peek(draft.clientId)?.status === 'failed')
      client.messages.discard(draft.clientId);
    const sent = await client.messages.send(draft, uploadCallbacks(context, body, draft.media !== undefined));
    if (chatType === 'singleChat' && sent.seq !== undefined)
      context.sent.add(ref, { seq: sent.seq, id: sent.id });
    const message = context.body(sent);
    if (draft.media)
      tellUploaded(
        body,
        message?.type === 'img' || (message && 'url' in message)
          ? (message as { url?: string }).url
          : undefined,
        sent,
      );
    context.emitter.emit('onReceivedMessage', { id: localId, mid: sent.id, to, time: sent.time });
    return { localMsgId: localId, serverMsgId: sent.id, ...(message ? { message } : {}) };
  }

  return {
    send(body: LooseBody | object): Promise<SendMsgResult> {
      const loose = body as LooseBody;
      const ack = loose.type === 'read' || loose.type === 'channel' || loose.type === 'delivery';
      return told(
        context,
        loose,
        async () => {
          try {
            return await (ack ? sendAck(loose) : sendContent(loose));
          } catch (thrown) {
            throw toErrorEvent(thrown, 'send');
          }
        },
        // Old bodies expect two arguments, the local id first.
        (result) => (isLegacy(loose) ? [result.localMsgId, result.serverMsgId] : [result]),
      );
    },

    recallMessage(options: RecallOptions): Promise<SendMsgResult> {
      return told(context, options, async () => {
        const { mid, to, ext } = options;
        if (!mid || !to)
          throw refuse(statusCode.MESSAGE_PARAMETER_ERROR, 'recallMessage: mid and to are needed');
        const client = context.requireLogin();
        context.acts.mark(`revoke ${mid}`);
        try {
          await client.messages.revoke(String(mid), ext ? { extra: String(ext) } : {});
        } catch (error) {
          context.acts.take(`revoke ${mid}`);
          throw error;
        }
        return { localMsgId: String(mid), serverMsgId: String(mid) };
      });
    },
  };
}

function uploadCallbacks(context: Context, body: LooseBody, uploads: boolean): SendOptions {
  const progress = body['onFileUploadProgress'];
  if (!uploads || typeof progress !== 'function') return {};
  return {
    onProgress: (_, loaded, total) => {
      try {
        Reflect.apply(progress, body, [{ lengthComputable: true, loaded, total, type: 'progress' }]);
      } catch (thrown) {
        context.emitter.emit('onError', toErrorEvent(thrown));
      }
    },
  };
}

/** `onFileUploadComplete`, in the shape of the vendor's upload answer. */
function tellUploaded(body: LooseBody, url: string | undefined, sent: ClientMessage): void {
  const complete = body['onFileUploadComplete'];
  if (typeof complete !== 'function' || url === undefined) return;
  const { content } = sent;
  const uuid = 'file' in content ? (content.file.fileId ?? '') : '';
  const answer: UploadFileResult = {
    url,
    uri: url,
    entities: [{ uuid, type: 'chatfile', 'share-secret': '' }],
  };
  Reflect.apply(complete, body, [answer]);
}
