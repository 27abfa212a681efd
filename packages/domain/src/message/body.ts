import type { Content, SendInput } from '@magpie/protocol';

/** What is written of a send: what the sender asked for, and what may have become of it. */
export interface BodyParts {
  readonly input: Pick<SendInput, 'mentions' | 'priority' | 'replyTo' | 'receipt' | 'notLast'>;
  readonly content: Content;
  readonly extra: string | undefined;
  /** In place of the sender's. */
  readonly mentions?: SendInput['mentions'] | undefined;
  readonly counts: boolean;
  readonly audience: readonly string[] | null;
}

/** JSON text of a message's own part. Flags that are off are left out. */
export function bodyText(parts: BodyParts): string {
  const { input, content, extra, counts, audience, mentions = input.mentions } = parts;
  const { priority, replyTo } = input;
  return JSON.stringify({
    content,
    extra: extra === '' ? undefined : extra,
    mentions: mentions && (mentions.all || mentions.users?.length) ? mentions : undefined,
    priority,
    receipt: input.receipt || undefined,
    counts: counts ? undefined : false,
    notLast: input.notLast || undefined,
    audience: audience ?? undefined,
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
