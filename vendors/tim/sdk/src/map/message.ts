import type { ClientMessage } from '@magpie/client';
import type { Message as CoreMessage, Priority } from '@magpie/protocol';
import { TYPES_V2 as TYPES } from '../constants.ts';
import type { ConversationType, Message, MessagePayload, MessagePriority } from '../types.ts';
import { elementsOf, type ContentEnv, type Element } from './content.ts';
import { bareId, conversationOfRef, messageIdOf, seconds, stampOf } from './ids.ts';

/** A core message and how this user stands to it; heads of conversations have no status of their own. */
export type Source = CoreMessage &
  Pick<ClientMessage, 'ref' | 'mine'> &
  Partial<Pick<ClientMessage, 'status' | 'progress'>>;

export interface MessageEnv extends Omit<ContentEnv, 'ref' | 'groupName'> {
  readonly me: string;
  readonly groupNameOf: (ref: string) => string;
  /** Direct: how far the peer reported reading. */
  readonly peerReadSeq: (ref: string) => number;
}

const PRIORITY: Readonly<Record<Priority, MessagePriority>> = {
  high: 'High',
  normal: 'Normal',
  low: 'Low',
  lowest: 'Lowest',
};

export function priorityOf(priority: Priority | undefined): MessagePriority {
  return PRIORITY[priority ?? 'normal'];
}

export function corePriorityOf(priority: string): Priority | undefined {
  return (Object.keys(PRIORITY) as Priority[]).find((name) => PRIORITY[name] === priority);
}

export function atUserListOf(mentions: CoreMessage['mentions']): string[] {
  return [...(mentions?.users ?? []), ...(mentions?.all === true ? [TYPES.MSG_AT_ALL] : [])];
}

export function mentionsOf(atUserList: readonly string[]): NonNullable<CoreMessage['mentions']> | undefined {
  const users = atUserList.filter((id) => id !== TYPES.MSG_AT_ALL);
  if (atUserList.length === 0) return undefined;
  return {
    ...(users.length > 0 ? { users } : {}),
    ...(users.length < atUserList.length ? { all: true as const } : {}),
  };
}

export function conversationTypeOf(ref: string): ConversationType {
  return ref.startsWith('u:') ? 'C2C' : ref.startsWith('s:') ? '@TIM#SYSTEM' : 'GROUP';
}

export function elementsOfMessage(message: Source, env: MessageEnv): Element[] {
  const { ref, content } = message;
  return elementsOf(content, {
    urlOf: env.urlOf,
    personOf: env.personOf,
    ref,
    groupName: ref.startsWith('g:') ? env.groupNameOf(ref) : '',
  });
}

export const idOf = (message: CoreMessage): string => messageIdOf(message.from, stampOf(message));

/** What a type's payload is; the union's one view that apps read (see MessagePayload). */
export function payloadOf(elements: readonly Element[]): MessagePayload {
  return (elements[0]?.content ?? {}) as MessagePayload;
}

const STATUS = { sending: 'unSend', sent: 'success', failed: 'fail' } as const;

/** The fields that say whose it is and where it stands; everything but the content. */
export function envelopeOf(message: Source, env: MessageEnv): Omit<Message, 'type' | 'payload' | '_elements' | 'readReceiptInfo' | 'isDeleted' | 'isResend' | 'clientSequence'> {
  const { ref, mine, from, revoked, seq = 0 } = message;
  const person = env.personOf(from, ref);
  const direct = ref.startsWith('u:');
  const stamp = stampOf(message);
  const revoker = revoked ? { userID: revoked.by, nick: env.personOf(revoked.by, ref).name ?? '', avatar: env.personOf(revoked.by, ref).avatar ?? '' } : undefined;
  return {
    ID: messageIdOf(from, stamp),
    conversationID: conversationOfRef(ref) ?? `GROUP${bareId(ref)}`,
    conversationType: conversationTypeOf(ref),
    to: direct && !mine ? env.me : bareId(ref),
    from,
    flow: mine ? 'out' : 'in',
    time: seconds(message.time),
    status: STATUS[message.status ?? 'sent'],
    isRevoked: revoked !== undefined,
    revoker: revoker?.userID ?? '',
    revokerInfo: revoker ?? { userID: '', nick: '', avatar: '' },
    revokeReason: revoked?.reason ?? '',
    priority: priorityOf(message.priority),
    nick: person.name ?? '',
    avatar: person.avatar ?? '',
    nameCard: direct ? '' : (person.card ?? ''),
    isPeerRead: direct && mine && seq > 0 && seq <= env.peerReadSeq(ref),
    isRead: mine,
    atUserList: atUserListOf(message.mentions),
    cloudCustomData: message.extra ?? '',
    isModified: (message.version ?? 0) > 0,
    needReadReceipt: message.receipt === true,
    isBroadcastMessage: false,
    isSupportExtension: false,
    receiverList: [...(message.audience ?? [])],
    hasRiskContent: false,
    sequence: seq,
    random: stamp.random,
    clientTime: stamp.clientTime,
    protocol: 'JSON',
    isPlaceMessage: 0,
    isSystemMessage: ref.startsWith('s:'),
  };
} // prettier-ignore

/** A message as the vendor's object; undefined for what TIM never shows. */
export function messageOf(message: Source, env: MessageEnv): Message | undefined {
  const elements = elementsOfMessage(message, env);
  const [first] = elements;
  if (!first) return undefined;
  return {
    type: first.type,
    payload: payloadOf(elements),
    _elements: elements,
    ...envelopeOf(message, env),
    readReceiptInfo: {},
    isDeleted: false,
    isResend: false,
    clientSequence: message.seq ?? 0,
  };
}
