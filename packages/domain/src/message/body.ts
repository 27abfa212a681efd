import type { Content, SendInput } from '@magpie/protocol';

/** What a sender decides of a message, in the order it is written to the body. */
export interface BodyParts extends Pick<SendInput, 'extra' | 'mentions' | 'priority' | 'replyTo'> {
  readonly content: Content;
  readonly receipt: boolean;
  readonly counts: boolean;
  readonly notLast: boolean;
  readonly audience: readonly string[] | null;
}

/** JSON text of a message's own part. Flags that are off are left out. */
export function bodyText(parts: BodyParts): string {
  const { content, extra, mentions, priority, replyTo } = parts;
  return JSON.stringify({
    content,
    extra: extra === '' ? undefined : extra,
    mentions: mentions && (mentions.all || mentions.users?.length) ? mentions : undefined,
    priority,
    receipt: parts.receipt || undefined,
    counts: parts.counts ? undefined : false,
    notLast: parts.notLast || undefined,
    audience: parts.audience ?? undefined,
    replyTo,
  });
}

/**
 * What tells two sends of one clientId apart: 53 bits over the text. Not a secret and not against an adversary (a sender could
 * only fool themselves), so a fast mixing hash does (cyrb53).
 */
export function fingerprint(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
