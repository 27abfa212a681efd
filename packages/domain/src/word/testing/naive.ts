import type { FilterWord, Found } from '../matcher.ts';

/** The rules of the word filter, told once more without any cleverness: every word at every place. */
export function findNaively(words: readonly FilterWord[], text: string): Found {
  const chars = readable(text);
  const known = words.map((one) => ({ ...one, symbols: readable(one.word.trim()) }));
  const stars = new Set<number>();
  for (let end = 1; end <= chars.length; end++) {
    const here = known
      .filter(({ symbols }) => symbols.length > 0 && symbols.length <= end)
      .filter(({ word, symbols }) => isThere(word.trim(), symbols, chars, end, [...text]))
      .sort((a, b) => b.symbols.length - a.symbols.length);
    const blocked = here.find(({ action }) => action === 'block');
    if (blocked) return { block: blocked.word, masked: undefined };
    for (const { symbols } of here)
      for (let at = chars[end - symbols.length]!.at; at < chars[end - 1]!.end; at++) stars.add(at);
  }
  if (stars.size === 0) return { block: undefined, masked: undefined };
  return { block: undefined, masked: [...text].map((char, at) => (stars.has(at) ? '*' : char)).join('') };
}

interface Char {
  readonly base: string;
  /** Counted in code points of the text. */
  readonly at: number;
  /** Past the noise that hangs on it. */
  readonly end: number;
}

/** Marks that enclose, and those of no script of their own but the voicing of kana. */
const accent = (char: string): boolean =>
  /^\p{Me}$/u.test(char) || (/^\p{M}$/u.test(char) && /^[^\P{Script=Inherited}\u3099\u309a]$/u.test(char));
const noise = (char: string): boolean => /\p{Default_Ignorable_Code_Point}/u.test(char) || accent(char);
const gap = (char: string): boolean => /[\p{P}\p{Z}\p{Cc}$+<=>^`|~]/u.test(char);
const cjk = (char: string): boolean =>
  !gap(char) && /[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]/u.test(char);
const letter = (char: string): boolean => !gap(char) && !cjk(char) && /[\p{L}\p{N}\p{M}]/u.test(char);
const one = (text: string, otherwise: string): string => ([...text].length === 1 ? text : otherwise);
const narrow = (char: string): string => one(char.normalize('NFKC'), char);
const lower = (char: string): string => one(char.toLowerCase(), char);
const plain = (char: string): string =>
  one([...char.normalize('NFD')].filter((c) => !noise(c)).join(''), char);

/** What counts of a text. */
function readable(text: string): Char[] {
  const all = [...text];
  const heard = all.flatMap((char, at) => {
    if (noise(char)) return [];
    const rest = all.slice(at + 1).findIndex((next) => !noise(next));
    return [{ base: lower(plain(narrow(char))), at, end: rest === -1 ? all.length : at + 1 + rest }];
  });
  return heard.filter(({ base }, i) => {
    const before = heard.slice(0, i).findLast((other) => !gap(other.base));
    const after = heard.slice(i).find((other) => !gap(other.base));
    return !(gap(base) && before && after && cjk(before.base) && cjk(after.base));
  });
}

function isThere(
  word: string,
  symbols: readonly Char[],
  chars: readonly Char[],
  end: number,
  text: readonly string[],
): boolean {
  const start = end - symbols.length;
  const place = chars.slice(start, end);
  if (!symbols.every(({ base }, i) => base === place[i]!.base)) return false;
  const letters = symbols.map(({ base }) => base).filter((base) => /\p{L}/u.test(base));
  const isLatin = letters.length > 0 && letters.every((base) => /\p{Script=Latin}/u.test(base));
  const edge = (inside: Char | undefined, outside: string | undefined): boolean =>
    isLatin && letter(inside!.base) && outside !== undefined && letter(outside);
  // The next one that is heard at all, in a gap or not.
  const after = text[place.at(-1)!.end];
  if (edge(symbols[0], chars[start - 1]?.base) || edge(symbols.at(-1), after && lower(plain(narrow(after)))))
    return false;
  return (
    !hasAccents(word) || accented(word) === accented(text.slice(place[0]!.at, place.at(-1)!.end).join(''))
  );
}

const loud = (text: string): string[] =>
  [...text].filter((char) => !noise(char) && !gap(lower(plain(narrow(char)))));
const accented = (text: string): string =>
  loud(
    [...text]
      .filter((char) => !/\p{Default_Ignorable_Code_Point}/u.test(char))
      .map(narrow)
      .join('')
      .normalize('NFC'),
  )
    .map(lower)
    .join('');
const hasAccents = (word: string): boolean =>
  accented(word) !==
  loud(word)
    .map((char) => lower(plain(narrow(char))))
    .join('');
