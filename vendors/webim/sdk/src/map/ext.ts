import type { Message } from '@magpie/protocol';

export type Ext = Record<string, unknown>;
type Mentions = NonNullable<Message['mentions']>;

const MENTION_ALL = 'ALL';
const MAX_MENTIONS = 50;
const USER_ID = /^[\x21-\x7e]{1,64}$/;

function isObject(value: unknown): value is Ext {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Ext | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `ext` of a message: the JSON object in `extra`; another vendor's plain string shows as `{ extra: … }`. */
export function toExt(extra: string | undefined, mentions?: Mentions): Ext {
  const ext = extra === undefined || extra === '' ? {} : (parseObject(extra) ?? { extra });
  if (!mentions || 'em_at_list' in ext) return ext;
  if (mentions.all) return { ...ext, em_at_list: MENTION_ALL };
  return mentions.users && mentions.users.length > 0 ? { ...ext, em_at_list: [...mentions.users] } : ext;
}

/** The string an `ext` is stored as; undefined for nothing. A `{ extra: … }` made by `toExt` goes back to its string. */
export function fromExt(ext: unknown): string | undefined {
  if (!isObject(ext)) return undefined;
  const keys = Object.keys(ext).filter((key) => ext[key] !== undefined);
  if (keys.length === 0) return undefined;
  const { extra } = ext;
  const foreign = keys.every((key) => key === 'extra' || key === 'em_at_list');
  if (foreign && typeof extra === 'string' && extra !== '' && !parseObject(extra)) return extra;
  return JSON.stringify(ext);
}

/** Who an `ext` mentions: `em_at_list` is a list of user ids, or the word ALL in any case. */
export function mentionsIn(ext: unknown): Mentions | undefined {
  const list = isObject(ext) ? ext['em_at_list'] : undefined;
  if (typeof list === 'string') return list.toUpperCase() === MENTION_ALL ? { all: true } : undefined;
  if (!Array.isArray(list)) return undefined;
  const names = list.filter((name): name is string => typeof name === 'string');
  if (names.some((name) => name.toUpperCase() === MENTION_ALL)) return { all: true };
  const users = [...new Set(names.filter((name) => USER_ID.test(name)))].slice(0, MAX_MENTIONS);
  return users.length > 0 ? { users } : undefined;
}

/** Id of the message an `ext.msgQuote` (the public UI kits' convention) answers. */
export function quotedIn(ext: unknown): string | undefined {
  const quote = isObject(ext) ? ext['msgQuote'] : undefined;
  const id = isObject(quote) ? quote['msgID'] : undefined;
  return typeof id === 'string' && /^\d{1,25}$/.test(id) ? id : undefined;
}

/** What the UI kits draw of a quoted message. */
export interface Quote {
  readonly msgID: string;
  readonly msgPreview: string;
  readonly msgSender: string;
  readonly msgType: string;
}

/** Adds the UI kits' quote to an `ext` that has none. */
export function withQuote(ext: Ext, quote: Quote | undefined): Ext {
  return quote && !('msgQuote' in ext) ? { ...ext, msgQuote: { ...quote } } : ext;
}
