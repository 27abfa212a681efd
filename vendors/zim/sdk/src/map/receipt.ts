import type { ReceiptCount } from '@magpie/protocol';
import { ZIMConversationType } from '../enums/conversation.ts';
import { ZIMMessageReceiptStatus } from '../enums/message.ts';
import type { ZIMMessageReceiptInfo } from '../types/message-config.ts';

export function receiptStatus(counts: Pick<ReceiptCount, 'unread'>): ZIMMessageReceiptStatus {
  return counts.unread === 0 ? ZIMMessageReceiptStatus.Done : ZIMMessageReceiptStatus.Processing;
}

interface Where {
  readonly conversationID: string;
  readonly conversationType: ZIMConversationType;
}

/** Counts of one message. `at`: when the receipt was made; shown once everybody has read. */
export function receiptInfo(
  counts: ReceiptCount,
  where: Where,
  isSelfOperated: boolean,
  at = 0,
): ZIMMessageReceiptInfo {
  const status = receiptStatus(counts);
  const readTime = isSelfOperated || status === ZIMMessageReceiptStatus.Done ? at : 0;
  return {
    ...where,
    status,
    messageID: counts.id,
    readMemberCount: counts.read,
    unreadMemberCount: counts.unread,
    isSelfOperated,
    readTime,
  };
}

/** The whole conversation was marked as read; it names no message and no time. */
export function conversationReceiptInfo(peer: string, isSelfOperated: boolean): ZIMMessageReceiptInfo {
  return {
    status: ZIMMessageReceiptStatus.Done,
    messageID: '',
    conversationID: peer,
    conversationType: ZIMConversationType.Peer,
    readMemberCount: 1,
    unreadMemberCount: 0,
    isSelfOperated,
    readTime: 0,
  };
}
