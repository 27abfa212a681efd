import type { ChatType } from '../constants.ts';

/** The vendor's ids are case-insensitive; it sends and shows the lower-case form (core-model §1). Ids are ASCII. */
export function fold(id: string): string {
  return id.toLowerCase();
}

const REF_PREFIX: Readonly<Record<ChatType, string>> = { singleChat: 'u:', groupChat: 'g:', chatRoom: 'r:' };

/** SDK, REST and legacy spellings of a chat type. */
const CHAT_TYPES: Readonly<Record<string, ChatType>> = {
  singlechat: 'singleChat',
  chat: 'singleChat',
  user: 'singleChat',
  groupchat: 'groupChat',
  chatgroup: 'groupChat',
  chatroom: 'chatRoom',
};

/** Chat type named by an application in any of the vendor's vocabularies; unknown or absent: single chat. */
export function normalizeChatType(name: unknown): ChatType {
  return (typeof name === 'string' ? CHAT_TYPES[name.toLowerCase()] : undefined) ?? 'singleChat';
}

export function toRef(chatType: ChatType, id: string): string {
  return REF_PREFIX[chatType] + (chatType === 'singleChat' ? fold(id) : id);
}

/** What the vendor calls a conversation, or undefined for kinds it has no name for (topics, notices). */
export function fromRef(ref: string): { readonly chatType: ChatType; readonly id: string } | undefined {
  const id = ref.slice(2);
  if (ref.startsWith('u:')) return { chatType: 'singleChat', id: fold(id) };
  if (ref.startsWith('g:')) return { chatType: 'groupChat', id };
  if (ref.startsWith('r:')) return { chatType: 'chatRoom', id };
  return undefined;
}

const SEQ_DIGITS = 10;

/**
 * A history cursor is the seq to go on from. Applications also pass the id of the oldest message they hold, as the vendor
 * allows: its last ten digits are its seq, and the page starts beyond it.
 */
export function cursorToSeq(cursor: unknown, direction: 'older' | 'newer'): number | 'newest' | 'end' {
  const text = typeof cursor === 'string' || typeof cursor === 'number' ? String(cursor) : '';
  if (!/^\d+$/.test(text)) return 'newest';
  if (text.length <= SEQ_DIGITS) return Number(text);
  const seq = Number(text.slice(-SEQ_DIGITS)) + (direction === 'older' ? -1 : 1);
  return seq < 1 ? 'end' : seq;
}

/** Splits `org#app`; parts that are missing are empty. */
export function splitAppKey(appKey: string): { readonly orgName: string; readonly appName: string } {
  const at = appKey.indexOf('#');
  return at < 0
    ? { orgName: '', appName: '' }
    : { orgName: appKey.slice(0, at), appName: appKey.slice(at + 1) };
}
