/**
 * Two names for a conversation. A *ref* is what one user calls it (`u:bob`); a *key* is the same for everybody
 * (`d:alice bob`, the sorted pair; a space never stands in a user id). Events and messages carry keys, so that they are
 * serialised once; requests carry refs.
 */
export type ConversationKind = 'direct' | 'group' | 'room' | 'topic' | 'system';

const KIND_BY_PREFIX: Readonly<Record<string, ConversationKind>> = {
  u: 'direct',
  d: 'direct',
  g: 'group',
  r: 'room',
  t: 'topic',
  s: 'system',
};

export function kindOf(refOrKey: string): ConversationKind {
  const kind = refOrKey[1] === ':' ? KIND_BY_PREFIX[refOrKey[0] ?? ''] : undefined;
  if (!kind) throw new TypeError(`not a conversation: ${refOrKey}`);
  return kind;
}

export function directKey(a: string, b: string): string {
  return a < b ? `d:${a} ${b}` : `d:${b} ${a}`;
}

/** The two users of a direct key, in stored order (equal for notes to self). */
export function directPair(key: string): readonly [string, string] {
  const space = key.indexOf(' ');
  return [key.slice(2, space), key.slice(space + 1)];
}

export function keyOf(ref: string, me: string): string {
  return ref.startsWith('u:') ? directKey(me, ref.slice(2)) : ref.startsWith('s:') ? `s:${me}` : ref;
}

export function refOf(key: string, me: string): string {
  if (key.startsWith('s:')) return 's:notices';
  if (!key.startsWith('d:')) return key;
  const [a, b] = directPair(key);
  return `u:${a === me ? b : a}`;
}

/** The bare id inside a ref or a group, room or topic key. */
export function bareId(ref: string): string {
  return ref.slice(2);
}

const SEQ_DIGITS = 10;

/** A message id: the conversation's number, then the seq in ten digits. Found by id alone, without an index of its own. */
export function messageId(conversationNumber: number, seq: number): string {
  return `${conversationNumber}${String(seq).padStart(SEQ_DIGITS, '0')}`;
}

/** Conversation number and seq of a stored message's id, or undefined if the text is not such an id. */
export function parseMessageId(id: string): { conversation: number; seq: number } | undefined {
  if (id.length <= SEQ_DIGITS || id.length > 25 || id.startsWith('0') || !/^\d+$/.test(id)) return undefined;
  const conversation = Number(id.slice(0, -SEQ_DIGITS));
  const seq = Number(id.slice(-SEQ_DIGITS));
  return Number.isSafeInteger(conversation) && seq > 0 ? { conversation, seq } : undefined;
}

/** Ids of unstored messages start with 0: time-leading, from a range no stored message can have. */
export function unstoredMessageId(timeMs: number, counter: number): string {
  return `0${timeMs}${String(counter % 1_000_000).padStart(6, '0')}`;
}

/** Half a surrogate pair, which no address can hold. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Path of a file below the server's address. `name` is for people; only app and file id count. */
export function filePath(appId: string, fileId: string, name: string): string {
  return `/files/${encodeURIComponent(appId)}/${fileId}/${encodeURIComponent(name.replace(LONE, '_'))}`;
}
