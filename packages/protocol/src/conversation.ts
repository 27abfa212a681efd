import * as v from 'valibot';
import { defineEvent, defineOperation } from './define.ts';
import { groupSummary } from './group.ts';
import { LIMITS } from './limits.ts';
import { message } from './message.ts';
import { conversationKey, conversationRef, count, cursor, done, limit, messageIdText, opt, people, seq, time, userId } from './schema.ts'; // prettier-ignore

export const notifyLevel = v.picklist(['all', 'mentions', 'none']);
export const notify = v.strictObject({
  level: notifyLevel,
  /** No live event and no unread; history has it. */
  discard: opt(v.literal(true)),
});
export type Notify = v.InferOutput<typeof notify>;

/** A conversation as one user sees it: the conversation's facts and their own row. */
export const conversation = v.object({
  conv: conversationKey,
  lastSeq: seq,
  changeSeq: seq,
  /** Time of the newest drawable entry, or of the pin; orders the list after pins. */
  activeAt: time,
  readSeq: seq,
  reportedSeq: seq,
  /** Direct: how far the peer reported reading, and when. */
  peerReadSeq: opt(seq),
  peerReadAt: opt(time),
  /** Entries after `readSeq` that count (core-model §2). */
  unread: count,
  /** Entries in the unread range that name me or all. */
  mentioned: opt(
    v.array(v.object({ id: messageIdText, seq, from: userId, me: v.boolean(), all: v.boolean() })),
  ),
  /** Newest-entry snapshots. `content` absent: same as `entry`; `live` absent: same as `content`. */
  heads: v.object({ entry: opt(message), content: opt(message), live: opt(message) }),
  pinnedAt: opt(time),
  notify: opt(notify),
  /** Entries below are not this user's to see. */
  historyFrom: seq,
  /** Deleted from the list up to here; it reappears with the next drawable entry. */
  hiddenSeq: opt(seq),
  /** Own history cleared up to here. */
  clearedSeq: opt(seq),
  state: opt(v.picklist(['left', 'dismissed'])),
  group: opt(groupSummary),
});
export type Conversation = v.InferOutput<typeof conversation>;

export const conversationList = defineOperation({
  name: 'conversation.list',
  summary: 'The caller’s conversations, pinned first, then newest first; or just those named.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({
    refs: opt(v.pipe(v.array(conversationRef), v.minLength(1), v.maxLength(LIMITS.page.conversations))),
    cursor: opt(cursor),
    limit: limit(LIMITS.page.conversations),
  }),
  output: v.object({ conversations: v.array(conversation), people, next: opt(cursor) }),
  errors: [],
});

export const conversationRead = defineOperation({
  name: 'conversation.read',
  summary: 'Moves the caller’s read position; with `report` the others are told.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({
    ref: conversationRef,
    /** Absent: everything. */
    upTo: opt(seq),
    /** Move the private position (unread). Default true. */
    read: opt(v.boolean()),
    /** Move what others are told. */
    report: v.boolean(),
  }),
  output: v.object({ readSeq: seq, reportedSeq: seq, unread: count }),
  errors: ['CONVERSATION_NOT_FOUND'],
});

export const conversationPin = defineOperation({
  name: 'conversation.pin',
  summary: 'Pins a conversation to the top of the caller’s list, or lets it go.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ ref: conversationRef, on: v.boolean() }),
  output: done,
  errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND', 'QUOTA_EXCEEDED'],
});

export const conversationDelete = defineOperation({
  name: 'conversation.delete',
  summary: 'Removes a conversation from the caller’s list until the next entry; may clear their history.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ ref: conversationRef, clearHistory: v.boolean() }),
  output: done,
  errors: ['CONVERSATION_NOT_FOUND'],
});

export const conversationMute = defineOperation({
  name: 'conversation.mute',
  summary: 'Sets how this conversation notifies the caller.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ ref: conversationRef, notify }),
  output: done,
  errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND'],
});

export const conversationUpdated = defineEvent({
  name: 'conversation.updated',
  summary: 'The user’s own row of a conversation changed (read, pin, mute, delete); holds the new values.',
  stream: 'user',
  audience: 'user',
  payload: v.object({
    conv: conversationKey,
    change: v.picklist(['read', 'reported', 'pinned', 'muted', 'deleted']),
    readSeq: opt(seq),
    reportedSeq: opt(seq),
    unread: opt(count),
    pinnedAt: opt(v.nullable(time)),
    notify: opt(notify),
    hiddenSeq: opt(seq),
    clearedSeq: opt(seq),
    /** Instance that did it. */
    by: opt(v.string()),
  }),
});

export const conversationOperations = [conversationList, conversationRead, conversationPin, conversationDelete, conversationMute] as const; // prettier-ignore
export const conversationEvents = [conversationUpdated] as const;
