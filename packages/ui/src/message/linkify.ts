import { LinkifyIt } from 'linkify-it';
import { safeLink } from './safe-url.ts';

export interface TextPart {
  readonly text: string;
  /** Present on links. */
  readonly href?: string;
}

/** Longer texts are shown as they are: looking for links must not hold up the page. */
const LONGEST = 20_000;

/** Chinese and Japanese put no space before an address; the finder wants one. */
const BEFORE_LINK = /(?<=[\u2e80-\u9fff\uf900-\ufaff])(?=https?:\/\/|www\.)/i;

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false });
finder.add('ftp:', null).add('//', null).add('mailto:', null);

/** Cuts a text into plain pieces and http(s) links; joined they are the text again. */
export function linkParts(text: string): readonly TextPart[] {
  if (text.length > LONGEST) return [{ text }];
  return text.split(BEFORE_LINK).flatMap(pieceParts);
}

function pieceParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { index, lastIndex, url } of finder.match(text) ?? []) {
    const href = safeLink(url);
    if (href === undefined) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: text.slice(index, lastIndex), href });
    from = lastIndex;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
