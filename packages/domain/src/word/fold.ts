/*
 * How the word filter reads a character. Texts and words are read alike:
 * - width and case do not count: `ＢＡＤ` is `bad` (NFKC and lower case, where they leave one code point);
 * - noise is not there: zero-width and other invisible characters, loose accents (`b̶a̶d̶`);
 * - accents of a letter do not count either (`bád`), but for words that have accents themselves: see `exactForm`.
 */
export const NOISE = 1;
/** Spaces, punctuation, controls and the symbols of ASCII: nothing between two CJK characters. */
export const GAP = 2;
/** Chinese, Japanese and Korean. */
export const CJK = 3;
/** Letters, digits and marks of everything else. */
export const LETTER = 4;
/** Emoji, and what nobody knows. */
const OTHER = 5;

const KIND_SHIFT = 21;
const CODE_POINT = (1 << KIND_SHIFT) - 1;

/** The marks of kana make other syllables: they are no accents. */
const noise =
  /^(?:\p{Default_Ignorable_Code_Point}|\p{Me}|(?![\u3099\u309a])(?=\p{M})\p{Script=Inherited})$/u;
const gap = /^[\p{P}\p{Z}\p{Cc}$+<=>^`|~]$/u;
const cjk = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]$/u;
const letter = /^[\p{L}\p{N}\p{M}]$/u;
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** A memo of what Unicode says, by 256 code points, and so no state: filled as characters occur, shared by all apps. */
const pages: (Uint32Array | undefined)[] = [];

/** Kind and base of a code point in one number, which `kindOf` and `baseOf` take apart. */
export function read(codePoint: number): number {
  const page = (pages[codePoint >> 8] ??= new Uint32Array(256));
  const known = page[codePoint & 255] ?? 0;
  return known !== 0 ? known : (page[codePoint & 255] = inspect(String.fromCodePoint(codePoint)));
}

export const kindOf = (entry: number): number => entry >> KIND_SHIFT;
/** The code point that stands for it: narrow, in lower case, without accents. */
export const baseOf = (entry: number): number => entry & CODE_POINT;

function inspect(char: string): number {
  const base = lower(plain(narrow(char)));
  const kind = noise.test(char) ? NOISE : gap.test(base) ? GAP : cjk.test(base) ? CJK : letter.test(base) ? LETTER : OTHER; // prettier-ignore
  return (kind << KIND_SHIFT) | codePointOf(base);
}

const codePointOf = (char: string): number => char.codePointAt(0) ?? 0;
const isSingle = (text: string): boolean => text.length === (codePointOf(text) > 0xffff ? 2 : 1);
const narrow = (char: string): string => ifSingle(char.normalize('NFKC'), char);
const lower = (char: string): string => ifSingle(char.toLowerCase(), char);
const plain = (char: string): string => ifSingle([...char.normalize('NFD')].filter((c) => !noise.test(c)).join(''), char); // prettier-ignore

function ifSingle(changed: string, char: string): string {
  return isSingle(changed) ? changed : char;
}

/** Letters with their accents, nothing else: what a word with accents must share with the place where its base was found. */
export function exactForm(text: string): string {
  let form = '';
  for (const char of [...text.replace(invisible, '')].map(narrow).join('').normalize('NFC')) {
    const kind = kindOf(read(codePointOf(char)));
    if (kind !== NOISE && kind !== GAP) form += lower(char);
  }
  return form;
}

/** Like `exactForm`, but without the accents. */
export function plainForm(text: string): string {
  let form = '';
  for (const char of text) {
    const entry = read(codePointOf(char));
    if (kindOf(entry) !== NOISE && kindOf(entry) !== GAP) form += String.fromCodePoint(baseOf(entry));
  }
  return form;
}
