import type { ClientMessage, Draft } from '@magpie/client';
import type { SendableContent, SendInput } from '@magpie/protocol';
import { guarded, type Context } from './context.ts';
import { coreError, scoped, timError, toTimError, type Scope } from './errors.ts';
import { locate } from './locate.ts';
import { contentOf } from './map/content.ts';
import { clientIdOf, refOfConversation, refOfTarget } from './map/ids.ts';
import { corePriorityOf, mentionsOf } from './map/message.ts';
import { typingContent } from './map/typing.ts';
import type { Held } from './table.ts';
import type { Message, SendMessageOptions } from './types.ts';

const MEDIA: Readonly<Record<string, Scope>> = {
  TIMImageElem: 'image',
  TIMSoundElem: 'audio',
  TIMVideoFileElem: 'video',
  TIMFileElem: 'file',
};

function contentToSend(message: Message, held: Held, options: SendMessageOptions): SendableContent {
  const { type, payload } = message;
  if (held.pending) return held.pending.content;
  if (type === 'TIMCustomElem' && options.onlineUserOnly === true && message.conversationType === 'C2C') return typingContent(payload) ?? contentOf(type, payload); // prettier-ignore
  if (
    type === 'TIMTextElem' ||
    type === 'TIMCustomElem' ||
    type === 'TIMFaceElem' ||
    type === 'TIMLocationElem'
  )
    return contentOf(type, payload);
  const { content } = held.core ?? {};
  if (
    content &&
    (content.type === 'image' ||
      content.type === 'audio' ||
      content.type === 'video' ||
      content.type === 'file')
  )
    return content;
  throw timError(2105, 'Messages of this type cannot be sent.');
}

function pushOf({ offlinePushInfo }: SendMessageOptions): Pick<SendInput, 'push'> {
  if (!offlinePushInfo) return {};
  const { disablePush, title, description, extension } = offlinePushInfo;
  return {
    push: {
      ...(disablePush === undefined ? {} : { off: disablePush }),
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { body: description }),
      ...(extension === undefined ? {} : { payload: extension }),
    },
  };
}

/** The message as it stands when it is sent: apps may have changed it since it was created. */
export function draftOf(message: Message, held: Held, options: SendMessageOptions): Draft {
  const group = message.conversationType === 'GROUP';
  const mentions = mentionsOf([...message.atUserList]);
  const priority = corePriorityOf(message.priority);
  const control = options.messageControlInfo;
  return {
    ref: refOfTarget(group ? 'GROUP' : 'C2C', message.to),
    clientId: clientIdOf({ clientTime: message.clientTime, random: message.random }),
    content: contentToSend(message, held, options),
    // The vendor's sender is not told that he is blocked (core-model §3.3).
    onBlocked: 'hide',
    ...(held.pending ? { media: held.pending.media } : {}),
    ...(message.cloudCustomData === '' ? {} : { extra: message.cloudCustomData }),
    ...(mentions ? { mentions } : {}),
    ...(group && priority !== undefined && priority !== 'normal' ? { priority } : {}),
    ...(message.needReadReceipt ? { receipt: true } : {}),
    ...(group && message.receiverList.length > 0 ? { audience: [...message.receiverList] } : {}),
    ...(options.onlineUserOnly === true ? { store: false } : {}),
    ...(control?.excludedFromUnreadCount === true ? { counts: false } : {}),
    ...(control?.excludedFromLastMessage === true ? { notLast: true } : {}),
    ...pushOf(options),
  };
}

export function sendApi(context: Context) {
  const { table, state } = context;

  function known(message: Message): Held {
    const held = table.given(message);
    if (!held) throw timError(2105, 'The argument is not a message of this SDK.');
    return held;
  }

  const stampedId = ({ clientTime, random }: Message): string => clientIdOf({ clientTime, random });

  /** The server refused it, so it is nowhere: the app may change it, and sending it again sends it as it then is. */
  function forget(message: Message, held: Held): void {
    held.queued = false;
    context.client().messages.discard(stampedId(message));
  }

  async function deliver(message: Message, held: Held, send: (onProgress: (fraction: number) => void) => Promise<ClientMessage>): Promise<{ message: Message }> {
    const onProgress = (fraction: number): void => {
      table.patch(held, { progress: fraction });
      held.pending?.onProgress?.(fraction);
    };
    table.patch(held, { status: 'unSend' });
    try {
      table.adopt(await send(onProgress));
      held.pending = undefined;
      return { message };
    } catch (thrown) {
      table.patch(held, { status: 'fail' });
      const error = toTimError(thrown, MEDIA[message.type], message.conversationType === 'GROUP' ? 'group' : 'c2c');
      if (coreError(thrown)?.retryable === false) forget(message, held);
      error.data['message'] = message;
      throw error;
    }
  } // prettier-ignore

  async function send(message: Message, options: SendMessageOptions = {}): Promise<{ message: Message }> {
    const held = known(message);
    return deliver(message, held, (onProgress) => {
      const draft = draftOf(message, held, options ?? {});
      return context.client().messages.send(draft, { onProgress, onQueued: () => void (held.queued = true) });
    });
  }

  async function revoke(message: Message): Promise<{ message: Message }> {
    const { held, core } = await locate(context, message);
    state.revoking.add(core.id);
    try {
      const revoked = await scoped(message.conversationType === 'GROUP' ? 'groupRevoke' : 'c2cRevoke', context.client().messages.revoke(core.id));
      table.adopt(revoked);
      table.patch(held, { isRevoked: true });
      return { message };
    } catch (thrown) {
      state.revoking.delete(core.id);
      throw thrown;
    }
  } // prettier-ignore

  async function remove(list: Message[] | Message): Promise<{ messageList: Message[] }> {
    const messages = (Array.isArray(list) ? list : [list]).slice(0, 30);
    const [first] = messages;
    const ref = first && refOfConversation(first.conversationID);
    if (!first || ref === undefined) throw timError(2105, 'The argument is not a list of messages of this SDK.');
    if (ref.startsWith('s:')) throw timError(2116, 'System notices cannot be deleted.');
    if (messages.some(({ conversationID }) => conversationID !== first.conversationID)) throw timError(2111, 'The messages are not of one conversation.');
    const located = await Promise.all(messages.map((message) => locate(context, message)));
    await context.client().messages.delete(ref, { ids: located.map(({ core }) => core.id) });
    for (const { held } of located) table.patch(held, { isDeleted: true });
    return { messageList: messages };
  } // prettier-ignore

  return {
    sendMessage: guarded(context, 'sendMessage', send),
    resendMessage: guarded(
      context,
      'resendMessage',
      async (message: Message, options?: SendMessageOptions) => {
        const held = known(message);
        table.patch(held, { isResend: true });
        if (!held.queued) return send(message, options);
        const clientId = clientIdOf({ clientTime: message.clientTime, random: message.random });
        return deliver(message, held, (onProgress) =>
          context.client().messages.resend(clientId, { onProgress }),
        );
      },
    ),
    revokeMessage: guarded(context, 'revokeMessage', revoke),
    deleteMessage: guarded(context, 'deleteMessage', remove),
    findMessage: (messageID: string): Message | null => {
      if (state.user === undefined) return Promise.reject(timError(2024, ' | findMessage | ')) as never;
      return table.get(messageID)?.object ?? null;
    },
  };
}
