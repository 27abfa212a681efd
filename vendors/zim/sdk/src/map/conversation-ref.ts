import { ZIMConversationType } from '../enums/conversation.ts';
import { invalid, unsupported } from '../errors.ts';

/** A conversation of ours by the vendor's id and type. Throws for what the vendor or we have no conversation of. */
export function refOf(conversationID: unknown, type: unknown): string {
  if (typeof conversationID !== 'string' || conversationID === '')
    throw invalid('conversationID must be a non-empty string');
  switch (type) {
    case ZIMConversationType.Peer:
      return `u:${conversationID}`;
    case ZIMConversationType.Group:
      return `g:${conversationID}`;
    case ZIMConversationType.Room:
      throw unsupported('conversationType Room', 'rooms are not available yet');
    case ZIMConversationType.CommunityChannel:
      throw unsupported('conversationType CommunityChannel', 'ZIM 2.29 has no communities');
    default:
      throw invalid('conversationType must be 0 (peer) or 2 (group)');
  }
}

/** The vendor's id and type, or undefined for what it does not show (topics, the system conversation). */
export function conversationOf(
  ref: string,
): { conversationID: string; conversationType: ZIMConversationType } | undefined {
  const conversationID = ref.slice(2);
  if (ref.startsWith('u:')) return { conversationID, conversationType: ZIMConversationType.Peer };
  if (ref.startsWith('g:')) return { conversationID, conversationType: ZIMConversationType.Group };
  if (ref.startsWith('r:')) return { conversationID, conversationType: ZIMConversationType.Room };
  return undefined;
}
