import { statusCode } from './constants.ts';
import { ErrorEvent } from './errors.ts';
import type { AudioMsgBody, ChannelMsgBody, CmdMsgBody, ContentBody, CustomMsgBody, DeliveryMsgBody, FileMsgBody, ImgMsgBody, LocationMsgBody, ReadMsgBody, RecallMsgBody, ReceivedMsgBody, TextMsgBody, VideoMsgBody } from './types/message.ts'; // prettier-ignore
import type { GroupEventBody, MultiDeviceEvent, PresenceMsg } from './types/results.ts';

/** Everything that can be listened to, with what it is given. */
export interface HandlerPayloads {
  onOpened: [];
  onClosed: [];
  onConnected: [];
  onDisconnected: [reason?: ErrorEvent];
  onReconnecting: [];
  onOnline: [];
  onOffline: [];
  onOfflineMessageSyncStart: [];
  onOfflineMessageSyncFinish: [];
  onTokenWillExpire: [];
  onTokenExpired: [];
  onError: [error: ErrorEvent];
  onMessage: [messages: ContentBody[]];
  onTextMessage: [message: TextMsgBody];
  onImageMessage: [message: ImgMsgBody];
  onPictureMessage: [message: ImgMsgBody];
  onAudioMessage: [message: AudioMsgBody];
  onVideoMessage: [message: VideoMsgBody];
  onFileMessage: [message: FileMsgBody];
  onLocationMessage: [message: LocationMsgBody];
  onCmdMessage: [message: CmdMsgBody];
  onCustomMessage: [message: CustomMsgBody];
  onReceivedMessage: [message: ReceivedMsgBody];
  onDeliveredMessage: [message: DeliveryMsgBody];
  onReadMessage: [message: ReadMsgBody];
  onChannelMessage: [message: ChannelMsgBody];
  onRecallMessage: [message: RecallMsgBody];
  onStatisticMessage: [message: { location: string }];
  onMultiDeviceEvent: [event: MultiDeviceEvent];
  onGroupEvent: [event: GroupEventBody];
  onGroupChange: [event: PresenceMsg];
  onPresence: [event: PresenceMsg];
  /** Never fired yet: there is nothing behind them (see surface.json). */
  onStreamMessage: [never];
  onCombineMessage: [never];
  onModifiedMessage: [never];
  onReactionChange: [never];
  onMessagePinEvent: [never];
  onChatThreadChange: [never];
  onContactInvited: [never];
  onContactAgreed: [never];
  onContactRefuse: [never];
  onContactAdded: [never];
  onContactDeleted: [never];
  onContactChange: [never];
  onPresenceStatusChange: [never];
  onChatroomEvent: [never];
  onChatroomChange: [never];
}

export type HandlerName = keyof HandlerPayloads;
export type EventHandlers = { [N in HandlerName]?: (...args: HandlerPayloads[N]) => void };

/** Names `listen` fills on the connection itself. Others are accepted and set too, as the vendor tolerates. */
export type ListenParameters = EventHandlers;

export interface Emitter {
  /** By id; the same id replaces. Shared with `conn.eventHandler.handlerData`. */
  readonly handlers: Record<string, EventHandlers>;
  emit<N extends HandlerName>(name: N, ...args: HandlerPayloads[N]): void;
}

type Loose = Readonly<Record<string, unknown>>;

/** `assigned` holds the callbacks set as properties (`listen`, or by hand): the connection itself. */
export function createEmitter(assigned: Loose): Emitter {
  const handlers: Record<string, EventHandlers> = {};

  function call(owner: object, name: HandlerName, args: readonly unknown[]): void {
    const handler = (owner as Loose)[name];
    if (typeof handler !== 'function') return;
    try {
      Reflect.apply(handler, owner, args);
    } catch (error) {
      // An application's mistake must not stop the others, nor the client below.
      if (name === 'onError') return;
      const message = error instanceof Error ? error.message : String(error);
      emit(
        'onError',
        new ErrorEvent({ type: statusCode.WEBIM_CONNCTION_CALLBACK_INNER_ERROR, message, data: error }),
      );
    }
  }

  function emit<N extends HandlerName>(name: N, ...args: HandlerPayloads[N]): void {
    for (const owner of [...Object.values(handlers), assigned]) call(owner, name, args);
  }

  return { handlers, emit };
}

/** Handler of each body type. Images have an older name too. */
const BODY_HANDLER: Readonly<Record<ContentBody['type'], HandlerName>> = {
  txt: 'onTextMessage',
  img: 'onImageMessage',
  audio: 'onAudioMessage',
  video: 'onVideoMessage',
  file: 'onFileMessage',
  loc: 'onLocationMessage',
  cmd: 'onCmdMessage',
  custom: 'onCustomMessage',
};

/** One handler call per message, then all of them at once without the commands. */
export function emitBodies(emitter: Emitter, bodies: readonly ContentBody[]): void {
  for (const body of bodies) {
    emitter.emit(BODY_HANDLER[body.type], body as never);
    if (body.type === 'img') emitter.emit('onPictureMessage', body);
  }
  const shown = bodies.filter((body) => body.type !== 'cmd');
  if (shown.length > 0) emitter.emit('onMessage', shown);
}
