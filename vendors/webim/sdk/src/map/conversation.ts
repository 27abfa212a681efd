import type { ConversationView } from '@magpie/client';
import type { ContentBody } from '../types/message.ts';
import type { ConversationItem } from '../types/results.ts';
import { fromRef, normalizeChatType } from './ids.ts';

/** Conversations the vendor lists: single and group chats. */
export function listedPlace(
  ref: string,
): { readonly chatType: 'singleChat' | 'groupChat'; readonly id: string } | undefined {
  const place = fromRef(ref);
  if (!place || place.chatType === 'chatRoom') return undefined;
  return { chatType: place.chatType, id: place.id };
}

/** Empty ones are listed only on request. */
export function hasContent(view: ConversationView): boolean {
  return view.lastLive !== undefined || view.lastContent !== undefined || view.unread > 0;
}

export function toItem(view: ConversationView, lastMessage: ContentBody | null): ConversationItem {
  const place = listedPlace(view.ref);
  return {
    conversationId: place?.id ?? '',
    conversationType: place?.chatType ?? 'singleChat',
    isPinned: view.pinnedAt !== undefined,
    pinnedTime: view.pinnedAt ?? 0,
    lastMessage,
    unReadCount: view.unread,
    marks: [],
  };
}

/** `org#app_id@…`: the long form the older lists name a conversation by. */
export function oldChannelId(ref: string, appKey: string): string {
  const place = listedPlace(ref);
  return `${appKey}_${place?.id ?? ''}@${place?.chatType === 'groupChat' ? 'conference.' : ''}easemob.com`;
}

const REST_FIELDS: Readonly<Record<ContentBody['type'], readonly string[]>> = {
  txt: ['msg'],
  img: ['filename', 'url', 'secret', 'file_length'],
  audio: ['filename', 'url', 'secret', 'length', 'file_length'],
  video: ['filename', 'url', 'secret', 'thumb', 'thumb_secret', 'length', 'file_length'],
  file: ['filename', 'url', 'secret', 'file_length'],
  loc: ['addr', 'lat', 'lng'],
  cmd: ['action'],
  custom: ['customEvent', 'customExts'],
};

/** A body in the form of REST and webhooks. */
export function toRestPayload(body: ContentBody): Record<string, unknown> {
  const loose = body as unknown as Record<string, unknown>;
  const fields = REST_FIELDS[body.type]
    .filter((key) => loose[key] !== undefined)
    .map((key) => [key, loose[key]] as const);
  const size =
    body.type === 'img' && body.width !== undefined
      ? { size: { width: body.width, height: body.height } }
      : {};
  return {
    bodies: [{ ...Object.fromEntries(fields), ...size, type: body.type }],
    ext: body.ext ?? {},
    from: body.from ?? '',
    to: body.to,
    type: { singleChat: 'chat', groupChat: 'groupchat', chatRoom: 'chatroom' }[
      normalizeChatType(body.chatType)
    ],
  };
}
