/** Controls that turn text around or hide: `exe.gpj` must not read as `jpg.exe`. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name given by somebody else, as it may be shown on one line. */
export function plainName(name: string, most = 120): string {
  const clean = name.replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** Text on one line, for previews. */
export function oneLine(text: string, most = 160): string {
  const clean = text
    .slice(0, most * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

// oxlint-disable-next-line no-misleading-character-class -- joiners and skin tones alone are what is meant
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?|\p{Regional_Indicator}{2}|[\u200D\uFE0F\u{1F3FB}-\u{1F3FF}])+$/u; // prettier-ignore
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many emoji a text is made of, if of nothing else and not many; else 0. */
export function emojiCount(text: string, most = 3): number {
  const bare = text.trim();
  if (bare === '' || bare.length > most * 16 || !EMOJI.test(bare)) return 0;
  const count = [...graphemes.segment(bare)].length;
  return count <= most ? count : 0;
}

/** First letter of a name: a whole grapheme, emoji and Chinese included. */
export function initial(name: string): string {
  const [first] = graphemes.segment(name.trim());
  return first ? first.segment.toLocaleUpperCase() : '?';
}
