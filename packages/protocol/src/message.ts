import * as v from 'valibot';
import { content, sendableContent } from './content.ts';
import { defineEvent, defineOperation } from './define.ts';
import { LIMITS } from './limits.ts';
import { clientId, conversationKey, conversationRef, count, done, limit, mentionUsers, messageIds, messageIdText, opt, people, seq, text, time, userId } from './schema.ts'; // prettier-ignore

export const priority = v.picklist(['high', 'normal', 'low', 'lowest']);
export type Priority = v.InferOutput<typeof priority>;

export const mentions = v.strictObject({ users: opt(mentionUsers), all: opt(v.literal(true)) });

/** One entry of a conversation as every reader gets it. Optional flags are absent, not false. */
export const message = v.object({
  id: messageIdText,
  /** Conversation key; the reader derives the ref. */
  conv: conversationKey,
  /** Place in the log, from 1; absent for messages that are not stored. */
  seq: opt(seq),
  from: userId,
  time,
  clientId,
  content,
  /** One opaque string of the app's (`cloudCustomData`, `extendedData`, JSON of `ext`). */
  extra: opt(v.string()),
  mentions: opt(mentions),
  priority: opt(priority),
  /** The sender asked for per-message receipts. */
  receipt: opt(v.literal(true)),
  /** Present and false: never raises unread. */
  counts: opt(v.literal(false)),
  /** Never becomes a conversation's last message. */
  notLast: opt(v.literal(true)),
  /** Only these users (and the sender) are shown it; others get a hole. */
  audience: opt(v.array(userId)),
  replyTo: opt(v.object({ id: messageIdText })),
  /** Number of edits, present after the first. */
  version: opt(count),
  revoked: opt(
    v.object({
      by: userId,
      at: time,
      reason: opt(v.string()),
      role: v.picklist(['sender', 'owner', 'admin', 'app']),
    }),
  ),
});
export type Message = v.InferOutput<typeof message>;

/** A place in the log that this reader is not shown. Never drawn, never fetched again. */
export const hole = v.object({ seq, hole: v.literal(true) });
export type Hole = v.InferOutput<typeof hole>;
export type Entry = Message | Hole;

export function isHole(entry: Entry): entry is Hole {
  return 'hole' in entry;
}

const push = v.strictObject({
  title: opt(text(256)),
  body: opt(text(1024)),
  payload: opt(text(4096)),
  off: opt(v.boolean()),
});

const sendInput = v.strictObject({
  ref: conversationRef,
  clientId,
  content: sendableContent,
  extra: opt(text(65_536)),
  mentions: opt(mentions),
  priority: opt(priority),
  receipt: opt(v.boolean()),
  replyTo: opt(v.strictObject({ id: messageIdText })),
  /** false: delivered at most once to those present, never stored. Default true. */
  store: opt(v.boolean()),
  counts: opt(v.boolean()),
  notLast: opt(v.boolean()),
  audience: opt(v.pipe(v.array(userId), v.minLength(1), v.maxLength(LIMITS.app['message.audience']))),
  /** When the peer blocked the sender: `hide` succeeds and shows it to the sender alone. Default: app setting. */
  onBlocked: opt(v.picklist(['hide', 'refuse'])),
  push: opt(push),
});

export const messageSend = defineOperation({
  name: 'message.send',
  summary: 'Appends a message to a conversation, or delivers it unstored.',
  callers: ['user', 'admin'],
  hookable: true,
  idempotency: 'key',
  input: sendInput,
  output: v.object({
    id: messageIdText,
    seq: opt(seq),
    time,
    /** Conversation key. */
    conv: conversationKey,
    /** Whether promises 1–4 hold for it. */
    stored: v.boolean(),
    /** A room shed it under pressure: a success that went nowhere. */
    dropped: opt(v.string()),
    /** The content as stored, when the server completed or changed it (image dimensions, masked words). */
    content: opt(content),
  }),
  errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND', 'GROUP_NOT_FOUND', 'NOT_MEMBER', 'BLOCKED', 'MUTED', 'IDEMPOTENCY_CONFLICT', 'FILE_NOT_FOUND', 'FILE_UNFINISHED', 'MESSAGE_NOT_FOUND', 'ROOM_NOT_FOUND', 'WORDS_REFUSED'], // prettier-ignore
});
export type SendInput = v.InferOutput<typeof sendInput>;
export type SendOutput = v.InferOutput<typeof messageSend.output>;

export const messageList = defineOperation({
  name: 'message.list',
  summary: 'A page of history, by seq or time, in either direction.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({
    ref: conversationRef,
    /** Inclusive start. Absent: the newest (older) or the first visible (newer). */
    seq: opt(seq),
    /** Start by time instead of seq; inclusive. */
    time: opt(time),
    direction: v.picklist(['older', 'newer']),
    limit: limit(LIMITS.page.messages),
    /** Only these content types count to `limit`; the rest is left out, `covered` still says what was read. */
    types: opt(v.pipe(v.array(text(16)), v.minLength(1), v.maxLength(16))),
  }),
  output: v.object({
    /** Ascending by seq; holes where the reader is not shown an entry. */
    entries: v.array(v.union([message, hole])),
    /** The inclusive seq range this page speaks for; absent when there is nothing. */
    covered: opt(v.tuple([seq, seq])),
    /** Whether there is more in the asked direction. */
    more: v.boolean(),
    lastSeq: seq,
    /** Changes up to here are in the page already. */
    changeSeq: seq,
    people,
  }),
  errors: ['CONVERSATION_NOT_FOUND', 'NOT_MEMBER'],
});
export type MessagePage = v.InferOutput<typeof messageList.output>;

export const messageGet = defineOperation({
  name: 'message.get',
  summary: 'Messages by id alone; those the caller may not see are left out.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ ids: messageIds(100) }),
  output: v.object({ messages: v.array(message), people }),
  errors: [],
});

export const messageChanges = defineOperation({
  name: 'message.changes',
  summary: 'What happened to a conversation after a changeSeq: the events of its changes stream, in order.',
  callers: ['user'],
  idempotency: 'safe',
  input: v.strictObject({ ref: conversationRef, after: seq, limit: limit(LIMITS.page.changes) }),
  output: v.object({
    /** Event envelopes of the changes stream. */
    events: v.array(v.object({ e: v.string(), c: conversationKey, n: seq, d: v.unknown() })),
    changeSeq: seq,
    more: v.boolean(),
    /** Older changes were pruned: drop the windows held of this conversation and read them anew. */
    refetch: opt(v.literal(true)),
  }),
  errors: ['CONVERSATION_NOT_FOUND', 'NOT_MEMBER'],
});

export const messageRevoke = defineOperation({
  name: 'message.revoke',
  summary: 'Takes a message back for everybody.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ id: messageIdText, reason: opt(text(256)), extra: opt(text(1024)) }),
  /** `seq` is absent for what was never stored. */
  output: v.object({ id: messageIdText, conv: conversationKey, seq: opt(seq), time }),
  errors: ['MESSAGE_NOT_FOUND', 'REVOKE_TOO_LATE', 'ALREADY_REVOKED', 'NOT_MEMBER'],
});

export const messageDelete = defineOperation({
  name: 'message.delete',
  summary: 'Deletes messages for the caller alone, on all their devices: by id, or all up to a seq.',
  callers: ['user'],
  idempotency: 'yes',
  input: v.strictObject({ ref: conversationRef, ids: opt(messageIds(100)), upTo: opt(seq) }),
  output: done,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'NOT_MEMBER'],
});

export const messageCreated = defineEvent({
  name: 'message.created',
  summary: 'A message was appended, or (without a number) delivered unstored.',
  stream: 'messages',
  audience: 'conversation',
  payload: v.object({ message, people: opt(people) }),
});

export const messageHidden = defineEvent({
  name: 'message.hidden',
  summary: 'An entry was appended that this reader is not shown: a hole.',
  stream: 'messages',
  audience: 'conversation',
  payload: v.object({}),
});

export const messageTransient = defineEvent({
  name: 'message.transient',
  summary: 'A message that is not stored: typing, commands, online-only.',
  stream: 'transient',
  audience: 'conversation',
  payload: v.object({ message, people: opt(people) }),
});

export const messageRevoked = defineEvent({
  name: 'message.revoked',
  summary: 'A message was taken back; `message` is what remains of it.',
  stream: 'changes',
  audience: 'conversation',
  payload: v.object({
    message,
    by: userId,
    reason: opt(v.string()),
    extra: opt(v.string()),
    people: opt(people),
    /** Whether it raised unread before. */
    counted: v.boolean(),
  }),
});

export const messageDeleted = defineEvent({
  name: 'message.deleted',
  summary: 'The user deleted messages for themselves.',
  stream: 'user',
  audience: 'user',
  payload: v.object({
    conv: conversationKey,
    ids: opt(v.array(messageIdText)),
    seqs: opt(v.array(seq)),
    upTo: opt(seq),
  }),
});

export const messageOperations = [messageSend, messageList, messageGet, messageChanges, messageRevoke, messageDelete] as const; // prettier-ignore
export const messageEvents = [
  messageCreated,
  messageHidden,
  messageTransient,
  messageRevoked,
  messageDeleted,
] as const;
