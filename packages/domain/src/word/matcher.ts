import { createAutomaton, type Automaton } from './automaton.ts';
import { baseOf, CJK, exactForm, GAP, kindOf, LETTER, NOISE, plainForm, read } from './fold.ts';

export interface FilterWord {
  readonly word: string;
  readonly action: 'block' | 'mask';
}

/** What is to be done about a text: at most one of both. */
export interface Found {
  /** The first blocked word, as it was given. */
  readonly block: string | undefined;
  /** The text with `*` for every code point of its masked words. */
  readonly masked: string | undefined;
}

export interface Matcher {
  find(text: string): Found;
}

interface Pattern extends FilterWord {
  /** There must be no letter or digit before it, and after it. */
  readonly bounded: { readonly start: boolean; readonly end: boolean };
  /** For a word with accents: what must stand there. */
  readonly exact: string | undefined;
}

/** Words with the same symbols: they differ in their accents alone. */
interface Entry {
  readonly symbols: readonly number[];
  readonly patterns: Pattern[];
}

const NOTHING: Found = Object.freeze({ block: undefined, masked: undefined });

/**
 * The word filter of an app: one pass over a text, whatever the number of words. How characters compare stands in `fold.ts`; besides,
 * - between two CJK characters spaces and punctuation are not there: 敏 感-词 is 敏感词;
 * - a word whose letters are all Latin is found as a whole word only: `class` has no `ass`, but `ass!` and 你ass吗 have;
 * - a word with accents is found with these only, a word without them with any: `lồn` is not `lon`, but `lọn` is;
 * - the first blocked word is the one that ends first and, of those, the longest. A word of which nothing is left is never found.
 *
 * Not to be called again from within a call.
 */
export function createMatcher(words: readonly FilterWord[]): Matcher {
  const entries = entriesOf(words);
  if (entries.length === 0) return { find: () => NOTHING };
  const automaton = createAutomaton(entries.map(({ symbols }) => symbols));
  const blocksBelow = findBlocksBelow(entries, automaton);
  const recent = createRing(entries.reduce((most, { symbols }) => Math.max(most, symbols.length), 0));

  /** What the words that end at `end` ask for. */
  const judge = (text: string, state: number, end: number): Hit | undefined => {
    const to = skipNoise(text, end);
    const after = to < text.length ? kindAt(text, to) : GAP;
    let mask: Hit | undefined;
    for (let word = automaton.longest(state); word !== 0; word = automaton.shorter(word)) {
      const index = automaton.word(word);
      const { symbols, patterns } = entries[index] ?? { symbols: [], patterns: [] };
      const from = recent.start(symbols.length);
      for (const { bounded, exact, action, word } of patterns) {
        if (bounded.end && after === LETTER) continue;
        if (bounded.start && recent.before(symbols.length) === LETTER) continue;
        if (exact !== undefined && exact !== exactForm(text.slice(from, to))) continue;
        if (action === 'block') return { block: word, from, to };
        mask ??= { block: undefined, from, to };
      }
      // What is shorter is masked with it.
      if (mask && blocksBelow[index] === 0) break;
    }
    return mask;
  };

  const find = (text: string): Found => {
    let spans: Span[] | undefined;
    let state = 0;
    recent.clear();
    for (let at = 0, end = 0; at < text.length; at = end) {
      const symbol = text.codePointAt(at) ?? 0;
      const entry = read(symbol);
      const kind = kindOf(entry);
      end = at + width(symbol);
      if (kind === NOISE) continue;
      if (kind === GAP && recent.last() === CJK) {
        const next = skipGap(text, end);
        if (next < text.length && kindAt(text, next) === CJK) {
          end = next;
          continue;
        }
      }
      recent.push(at, kind);
      state = automaton.step(state, baseOf(entry));
      if (automaton.longest(state) === 0) continue;
      const hit = judge(text, state, end);
      if (hit?.block !== undefined) return { block: hit.block, masked: undefined };
      if (hit) cover((spans ??= []), hit);
    }
    return spans ? { block: undefined, masked: mask(text, spans) } : NOTHING;
  };
  return { find };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Hit extends Span {
  readonly block: string | undefined;
}

/** Adds a span to spans that do not overlap; each ends where the one before does, or later. */
function cover(spans: Span[], { from, to }: Span): void {
  let first = from;
  for (let last = spans.at(-1); last && last.to > first; last = spans.at(-1)) {
    first = Math.min(first, last.from);
    spans.pop();
  }
  spans.push({ from: first, to });
}

function mask(text: string, spans: readonly Span[]): string {
  let masked = '';
  let done = 0;
  for (const { from, to } of spans) {
    masked += text.slice(done, from);
    for (let at = from; at < to; at += width(text.codePointAt(at) ?? 0)) masked += '*';
    done = to;
  }
  return masked + text.slice(done);
}

const width = (codePoint: number): number => (codePoint > 0xffff ? 2 : 1);
const kindAt = (text: string, at: number): number => kindOf(read(text.codePointAt(at) ?? 0));

function skipNoise(text: string, from: number): number {
  let at = from;
  while (at < text.length && kindAt(text, at) === NOISE) at += width(text.codePointAt(at) ?? 0);
  return at;
}

function skipGap(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += width(text.codePointAt(at) ?? 0)) {
    const kind = kindAt(text, at);
    if (kind !== NOISE && kind !== GAP) break;
  }
  return at;
}

/** The last symbols of a text: where they stood and of what kind they were. */
interface Ring {
  clear(): void;
  push(start: number, kind: number): void;
  last(): number;
  /** Where the last `length` symbols begin. */
  start(length: number): number;
  /** The kind of what stands before them. */
  before(length: number): number;
}

/** Made once per matcher, so that a text costs no memory. Holds `length` symbols and the one before. */
function createRing(length: number): Ring {
  const size = 2 ** Math.ceil(Math.log2(length + 1));
  const starts = new Int32Array(size);
  const kinds = new Uint8Array(size);
  let count = 0;
  const kind = (back: number): number => (back > count ? GAP : (kinds[(count - back) & (size - 1)] ?? GAP));
  return {
    clear: () => (count = 0),
    push: (start, kind) => {
      starts[count & (size - 1)] = start;
      kinds[count & (size - 1)] = kind;
      count += 1;
    },
    last: () => kind(1),
    start: (length) => starts[(count - length) & (size - 1)] ?? 0,
    before: (length) => kind(length + 1),
  };
}

/** Of each entry, whether a shorter word that ends where it does is blocked. */
function findBlocksBelow(entries: readonly Entry[], automaton: Automaton): Uint8Array {
  const below = new Uint8Array(entries.length);
  const shortestFirst = [...entries.entries()].sort(([, a], [, b]) => a.symbols.length - b.symbols.length);
  for (const [index, { symbols }] of shortestFirst) {
    const shorter = automaton.word(automaton.shorter(symbols.reduce(automaton.step, 0)));
    const isBlocked = entries[shorter]?.patterns.some(({ action }) => action === 'block') ?? false;
    below[index] = isBlocked ? 1 : (below[shorter] ?? 0);
  }
  return below;
}

function entriesOf(words: readonly FilterWord[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { word, action } of words) {
    const symbols = symbolsOf(word.trim());
    if (symbols.length === 0) continue;
    const key = symbols.join(' ');
    const entry = entries.get(key) ?? { symbols, patterns: [] };
    entries.set(key, entry);
    entry.patterns.push({ word, action, bounded: boundsOf(symbols), exact: accentsOf(word) });
  }
  return [...entries.values()];
}

/** A word as `find` would read it. */
function symbolsOf(word: string): number[] {
  const chars = [...word]
    .map((char) => read(char.codePointAt(0) ?? 0))
    .filter((entry) => kindOf(entry) !== NOISE);
  const kinds = chars.map(kindOf);
  const isBetween = (at: number): boolean =>
    kinds.slice(0, at).findLast((kind) => kind !== GAP) === CJK &&
    kinds.slice(at).find((kind) => kind !== GAP) === CJK;
  return chars.filter((_, at) => kinds[at] !== GAP || !isBetween(at)).map(baseOf);
}

function boundsOf(symbols: readonly number[]): Pattern['bounded'] {
  const text = String.fromCodePoint(...symbols);
  const isLatin = /\p{Script=Latin}/u.test(text) && !/(?!\p{Script=Latin})\p{L}/u.test(text);
  const isBounded = (symbol: number | undefined): boolean =>
    isLatin && symbol !== undefined && kindOf(read(symbol)) === LETTER;
  return { start: isBounded(symbols[0]), end: isBounded(symbols.at(-1)) };
}

function accentsOf(word: string): string | undefined {
  const exact = exactForm(word);
  return exact === plainForm(word) ? undefined : exact;
}
