import type { ClientMessage } from '@magpie/client';
import type { Message, Person, Priority } from '@magpie/protocol';
import { ZIMMessageDirection, ZIMMessagePriority, ZIMMessageReceiptStatus, ZIMMessageRevokeStatus, ZIMMessageSentStatus, ZIMMessageType, ZIMRevokeType } from '../enums/message.ts'; // prettier-ignore
import type { ZIMMessage, ZIMRevokeMessage } from '../types/message.ts';
import { contentTo } from './content.ts';
import { conversationOf } from './conversation-ref.ts';
import type { FileUrl } from './media.ts';
import { tipsTo, type TipsMessage } from './tips.ts';

/** What a message is read with. */
export interface Reader {
  readonly me: string;
  /** This device; its own clientIds hold the local ids it gave out. */
  readonly instance: string;
  readonly fileUrl: FileUrl;
  person(id: string, ref: string): Person;
  /** How far each side of a direct conversation reported reading. */
  reported(ref: string): { readonly mine: number; readonly peer: number };
  /** Whether the group tells its tips to ZIM. */
  drawsTips(ref: string): boolean;
}

const PREFIX = 'zim:';

/** The public name of a send: `zim:<instance>:<local>`, at most 64 characters. */
export function clientIdOf(instance: string, localMessageID: string): string {
  return `${PREFIX}${instance.slice(-40)}:${localMessageID}`;
}

/** The local id in a clientId, if this instance made it. */
export function localIdOf(clientId: string, instance: string): string | undefined {
  const start = `${PREFIX}${instance.slice(-40)}:`;
  const local = clientId.slice(start.length);
  return clientId.startsWith(start) && /^\d+$/.test(local) ? local : undefined;
}

const PRIORITIES: Readonly<Record<ZIMMessagePriority, Priority>> = {
  [ZIMMessagePriority.Low]: 'low',
  [ZIMMessagePriority.Medium]: 'normal',
  [ZIMMessagePriority.High]: 'high',
};

export function priorityFrom(priority: unknown): Priority | undefined {
  return (PRIORITIES as Readonly<Record<string, Priority>>)[String(priority)];
}

const SENT: Readonly<Record<ClientMessage['status'], ZIMMessageSentStatus>> = {
  sending: ZIMMessageSentStatus.Sending,
  sent: ZIMMessageSentStatus.Success,
  failed: ZIMMessageSentStatus.Failed,
};

const REVOKED_BY: Readonly<Record<NonNullable<Message['revoked']>['role'], ZIMMessageRevokeStatus>> = {
  sender: ZIMMessageRevokeStatus.SelfRevoke,
  owner: ZIMMessageRevokeStatus.GroupOwnerRevoke,
  admin: ZIMMessageRevokeStatus.GroupAdminRevoke,
  app: ZIMMessageRevokeStatus.ServerAPIRevoke,
};

const ORIGINAL: Readonly<Record<string, ZIMMessageType>> = {
  text: ZIMMessageType.Text,
  location: ZIMMessageType.Text,
  face: ZIMMessageType.Text,
  image: ZIMMessageType.Image,
  audio: ZIMMessageType.Audio,
  video: ZIMMessageType.Video,
  file: ZIMMessageType.File,
  custom: ZIMMessageType.Custom,
  multi: ZIMMessageType.Multiple,
  command: ZIMMessageType.Command,
};

function receiptStatusOf(message: ClientMessage, reader: Reader): ZIMMessageReceiptStatus {
  if (message.receipt !== true) return ZIMMessageReceiptStatus.None;
  const { mine, peer } = reader.reported(message.ref);
  const upTo = message.mine ? peer : mine;
  return message.seq !== undefined && message.seq <= upTo
    ? ZIMMessageReceiptStatus.Done
    : ZIMMessageReceiptStatus.Processing;
}

/** Every field but the content. */
function frame(message: ClientMessage, reader: Reader): Omit<ZIMMessage, 'type'> {
  const where = conversationOf(message.ref);
  const local = message.mine ? localIdOf(message.clientId, reader.instance) : undefined;
  return {
    ...(message.id === '' ? {} : { messageID: message.id }),
    ...(local === undefined ? {} : { localMessageID: local }),
    messageSeq: message.seq ?? 0,
    senderUserID: message.from,
    ...where,
    direction: message.mine ? ZIMMessageDirection.Send : ZIMMessageDirection.Receive,
    sentStatus: SENT[message.status],
    timestamp: message.time,
    // Unstored messages stand in no order but that of their time.
    orderKey: message.seq ?? message.time,
    isUserInserted: false,
    receiptStatus: receiptStatusOf(message, reader),
    extendedData: message.extra ?? '',
    localExtendedData: '',
    reactions: [],
    isBroadcastMessage: false,
    mentionedUserIDs: [...(message.mentions?.users ?? [])],
    isMentionAll: message.mentions?.all === true,
    rootRepliedCount: 0,
    isServerMessage: false,
    editorUserID: '',
    editedTime: 0,
    isGroupTargetedMessage: message.audience !== undefined,
  };
}

function revokedTo(message: ClientMessage, reader: Reader, extra: string): ZIMRevokeMessage | undefined {
  if (message.content.type !== 'revoked') return undefined;
  const { original } = message.content;
  return {
    ...frame(message, reader),
    type: ZIMMessageType.Revoke,
    revokeType: ZIMRevokeType.TwoWay,
    revokeTimestamp: message.revoked?.at ?? message.time,
    operatedUserID: message.revoked?.by ?? message.from,
    originalMessageType: ORIGINAL[original.type] ?? ZIMMessageType.Unknown,
    originalTextMessageContent: original.text ?? '',
    revokeExtendedData: extra,
    revokeStatus: REVOKED_BY[message.revoked?.role ?? 'sender'],
  };
}

/** A message as ZIM apps see it; undefined: they do not. `revokeExtra`: what the revoker said, where it is known. */
export function messageTo(message: ClientMessage, reader: Reader, revokeExtra = ''): ZIMMessage | undefined {
  if (message.content.type === 'revoked') return revokedTo(message, reader, revokeExtra);
  if (message.content.type === 'tip') {
    if (!reader.drawsTips(message.ref)) return undefined;
    const tips: TipsMessage = tipsTo(message.content, (id) => reader.person(id, message.ref));
    return { ...frame(message, reader), ...tips };
  }
  const content = contentTo(message.content, reader.fileUrl);
  return content && { ...frame(message, reader), ...content };
}

/** Messages in the order they came, those ZIM does not show left out. */
export function messagesTo(messages: readonly ClientMessage[], reader: Reader): ZIMMessage[] {
  return messages.flatMap((message) => messageTo(message, reader) ?? []);
}

/** A stored message, such as a conversation's head, as the client would hand it out. */
export function asReceived(message: Message, ref: string, me: string): ClientMessage {
  return { ...message, ref, mine: message.from === me, status: 'sent', stored: message.seq !== undefined };
}
