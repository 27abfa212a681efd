import type { ClientEvents } from '@magpie/client';
import { ONLINE_STATE, type ChatType } from '../constants.ts';
import type { ChannelMsgBody, DeliveryMsgBody, ReadMsgBody } from '../types/message.ts';
import { fold } from './ids.ts';

type ReceiptEvent = ClientEvents['receipt'];
interface Place {
  readonly chatType: ChatType;
  readonly id: string;
}

/** Receipts have no ids of their own with us; one is made of what they say. */
const ackIdOf = (by: string, at: number): string => `${at}${by}`;

/** A whole conversation was read: by the peer, or by me elsewhere. */
export function channelBody({ by, at }: ReceiptEvent, place: Place, me: string): ChannelMsgBody {
  const from = fold(by);
  const id = ackIdOf(from, at);
  const to = place.chatType === 'singleChat' && from !== me ? me : place.id;
  return {
    type: 'channel',
    id,
    mid: id,
    from,
    to,
    chatType: place.chatType,
    time: at,
    onlineState: ONLINE_STATE.ONLINE,
  };
}

/** One message was read. Groups say how many have. */
export function readBody(
  event: ReceiptEvent,
  receipt: ReceiptEvent['receipts'][number],
  place: Place,
  me: string,
): ReadMsgBody {
  const from = fold(event.by);
  const group = place.chatType === 'groupChat';
  return {
    type: 'read',
    id: ackIdOf(from, event.at),
    mid: receipt.id,
    ackId: receipt.id,
    from,
    to: group ? place.id : me,
    chatType: group ? 'groupChat' : 'singleChat',
    ...(event.content === undefined ? {} : { ackContent: event.content }),
    ...(group ? { groupReadCount: { [receipt.id]: receipt.read } } : {}),
    onlineState: ONLINE_STATE.ONLINE,
  };
}

/** One of my messages reached a device of the peer. */
export function deliveryBody({ by, at }: ClientEvents['delivered'], id: string, me: string): DeliveryMsgBody {
  const from = fold(by);
  return {
    type: 'delivery',
    id: ackIdOf(from, at),
    mid: id,
    ackId: id,
    from,
    to: me,
    onlineState: ONLINE_STATE.ONLINE,
  };
}
