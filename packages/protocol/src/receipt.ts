import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { LIMITS } from './limits.ts';
import { conversationRef, count, cursor, done, limit, messageIds, messageIdText, opt, seq, text, time, userId } from './schema.ts'; // prettier-ignore

export const receiptCount = v.object({ id: messageIdText, read: count, unread: count });
export type ReceiptCount = v.InferOutput<typeof receiptCount>;

export const receiptSend = defineOperation({
  name: 'receipt.send',
  summary: 'Says that the caller has read these messages, to their senders. Does not change unread.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({
    ref: conversationRef,
    ids: messageIds(100),
    content: opt(text(1024)),
    /** Make the row even where the sender did not ask (direct only). */
    unasked: opt(v.boolean()),
  }),
  output: done,
  errors: [
    'CONVERSATION_NOT_FOUND',
    'NOT_MEMBER',
    'MESSAGE_NOT_FOUND',
    'RECEIPT_NOT_ASKED',
    'QUOTA_EXCEEDED',
  ],
});

export const receiptList = defineOperation({
  name: 'receipt.list',
  summary: 'How many have read each message, of those who were to.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({ ids: messageIds(100) }),
  output: v.object({ receipts: v.array(receiptCount) }),
  errors: ['MESSAGE_NOT_FOUND', 'RECEIPT_NOT_ASKED'],
});

export const receiptReaders = defineOperation({
  name: 'receipt.readers',
  summary: 'Who has, or has not, read a message.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({
    id: messageIdText,
    read: v.boolean(),
    cursor: opt(cursor),
    limit: limit(LIMITS.page.members),
  }),
  output: v.object({
    users: v.array(v.object({ id: userId, at: opt(time), content: opt(v.string()) })),
    next: opt(cursor),
  }),
  errors: ['MESSAGE_NOT_FOUND', 'RECEIPT_NOT_ASKED'],
});

export const receiptDeliver = defineOperation({
  name: 'receipt.deliver',
  summary: 'Says that direct messages up to a seq reached this device. Best effort.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ ref: conversationRef, upTo: seq }),
  output: done,
  errors: ['CONVERSATION_NOT_FOUND'],
});

export const receiptChanged = defineEvent({
  name: 'receipt.changed',
  summary: 'Someone reported reading: everything up to a seq (direct), or single messages.',
  stream: 'changes',
  audience: 'conversation',
  payload: v.object({
    by: userId,
    at: time,
    upTo: opt(seq),
    receipts: opt(v.array(receiptCount)),
    content: opt(v.string()),
  }),
});

export const receiptDelivered = defineEvent({
  name: 'receipt.delivered',
  summary: 'Direct messages up to a seq reached a device of the peer; only to sessions that asked.',
  stream: 'transient',
  audience: 'user',
  payload: v.object({ by: userId, upTo: seq, at: time }),
});

export const receiptOperations = [receiptSend, receiptList, receiptReaders, receiptDeliver] as const;
export const receiptEvents = [receiptChanged, receiptDelivered] as const;
