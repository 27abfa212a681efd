/**
 * Fields of inputs that the audit log keeps as they are: ids, kinds, numbers, flags, and what an operator sets. Of every other field only
 * the size is kept; a test holds the two lists against the contract, so that a new field is put into one of them.
 */
export const KEPT: ReadonlySet<string> = new Set([
  'id', 'userId', 'user', 'users', 'members', 'ref', 'fileId', 'instance', 'owner', 'clientId', 'confirm', 'cursor', 'limit', 'entries',
  'kind', 'type', 'role', 'join', 'use', 'mime', 'size', 'state', 'messages', 'active', 'mutedAll', 'maxMembers', 'endDelay', 'seconds',
  'customSeconds', 'revokeTokens', 'grace', 'reason', 'priority', 'store', 'counts', 'notLast', 'receipt', 'audience', 'onBlocked', 'replyTo',
  'door', 'doors', 'addDoors', 'removeDoors', 'settings', 'events', 'before', 'action', 'all', 'content', 'mentions',
]); // prettier-ignore

/** Fields known to hold secrets, what people say, and who they are. */
export const WITHHELD: ReadonlySet<string> = new Set([
  'password', 'secret', 'clientSecret', 'url', 'sig', 'text', 'title', 'body', 'payload', 'extra', 'data', 'description', 'extension', 'fields',
  'items', 'file', 'poster', 'thumb', 'push', 'name', 'avatar', 'intro', 'announcement', 'ext', 'custom', 'email', 'phone', 'birthday', 'gender',
  'location', 'signature', 'language', 'level', 'address', 'place', 'latitude', 'longitude', 'word', 'words', 'search', 'subType', 'index',
  'width', 'height', 'format', 'animated', 'large', 'placeholder', 'flavour', 'off', 'adminForbid', 'allowType', 'messageSettings',
]); // prettier-ignore

/** Elements of a list, and bytes of all, that are kept at most. */
const LONGEST_LIST = 20;
const MOST = 4_096;

/** What is written down of an input, as JSON text. */
export function redacted(input: unknown): string {
  const text = JSON.stringify(shown(input));
  return text.length <= MOST ? text : JSON.stringify({ '…': text.length });
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) {
    const first = value.slice(0, LONGEST_LIST).map(shown);
    return value.length > LONGEST_LIST ? [...first, `… ${value.length - LONGEST_LIST} more`] : first;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shownAs(name, inner)]));
}

function shownAs(name: string, value: unknown): unknown {
  // An operator's own words, none of them secret.
  if (name === 'settings') return value;
  return KEPT.has(name) ? shown(value) : { '…': JSON.stringify(value)?.length ?? 0 };
}
