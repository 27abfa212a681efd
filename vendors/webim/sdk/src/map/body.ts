import type { ClientMessage } from '@magpie/client';
import { ONLINE_STATE } from '../constants.ts';
import type { ContentBody } from '../types/message.ts';
import { toPart } from './content.ts';
import { toExt, withQuote, type Quote } from './ext.ts';
import type { FileUrls } from './files.ts';
import { fold, fromRef } from './ids.ts';

/** What a body says beyond the message itself. */
export interface BodyView {
  /** Own user id, folded. */
  readonly me: string;
  readonly urls: FileUrls;
  readonly onlineState?: 0 | 1 | 2 | 3;
  /** The message answered, if it is at hand. */
  readonly quoted?: (id: string) => ClientMessage | undefined;
  /** Single chats: whether the other side (mine) or I (theirs) have read it. */
  readonly isRead?: boolean;
}

/** A message as the vendor's users get it; undefined for what they are not shown. A fresh, plain, extensible object. */
export function toBody(message: ClientMessage, view: BodyView): ContentBody | undefined {
  const place = fromRef(message.ref);
  const part = toPart(message.content, view.urls);
  if (!place || !part) return undefined;
  const from = fold(message.from);
  const partExt = part.ext;
  const ext = withQuote(toExt(message.extra, message.mentions), quoteOf(message, view));
  return {
    ...part,
    id: message.id,
    chatType: place.chatType,
    from,
    to: place.chatType === 'singleChat' && from !== view.me ? view.me : place.id,
    time: message.time,
    ext: partExt ? { ...partExt, ...ext } : ext,
    ...(message.receipt && place.chatType === 'groupChat' ? { msgConfig: { allowGroupAck: true } } : {}),
    ...(message.priority ? { priority: message.priority === 'lowest' ? 'low' : message.priority } : {}),
    ...(message.stored ? {} : { deliverOnlineOnly: true }),
    ...(message.audience ? { receiverList: [...message.audience] } : {}),
    ...(view.isRead === undefined ? {} : { isRead: view.isRead }),
    onlineState: view.onlineState ?? ONLINE_STATE.NONE,
  };
}

function quoteOf(message: ClientMessage, view: BodyView): Quote | undefined {
  if (!message.replyTo) return undefined;
  const quoted = view.quoted?.(message.replyTo.id);
  const part = quoted ? toPart(quoted.content, view.urls) : undefined;
  return {
    msgID: message.replyTo.id,
    msgPreview: part ? (part.type === 'txt' ? part.msg : `[${part.type}]`) : '',
    msgSender: quoted ? fold(quoted.from) : '',
    msgType: part?.type ?? 'txt',
  };
}
