import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, type FilterWord } from './matcher.ts';
import { findNaively } from './testing/naive.ts';

const mask = (...words: string[]): FilterWord[] => words.map((word) => ({ word, action: 'mask' }));
const block = (...words: string[]): FilterWord[] => words.map((word) => ({ word, action: 'block' }));

/** The text after masking; unchanged when nothing was found. */
function masked(words: readonly string[], text: string): string {
  return createMatcher(mask(...words)).find(text).masked ?? text;
}

describe('the word filter', () => {
  it('finds nothing where nothing is, at no cost', () => {
    const matcher = createMatcher([...mask('bad'), ...block('worse')]);
    const { find } = matcher;
    expect(find('all is well')).toEqual({ block: undefined, masked: undefined });
    expect(find('all is well')).toBe(find(''));
    expect(createMatcher([]).find('bad')).toBe(createMatcher(mask('', ' ', '\u200b')).find('bad'));
  });

  it('masks every code point of a word and leaves the rest', () => {
    expect(masked(['bad', '坏'], 'a bad, BAD day 😀坏😀')).toBe('a ***, *** day 😀*😀');
    expect(masked(['😈'], 'a😈b')).toBe('a*b');
    expect(masked(['𠀀𠀁'], '一𠀀𠀁一')).toBe('一**一');
  });

  it('masks words that overlap and words within words', () => {
    expect(masked(['一二', '二三', '三'], '零一二三四')).toBe('零***四');
    expect(masked(['一', '一二三', '二'], '零一二三四')).toBe('零***四');
    expect(masked(['一二三四五', '三'], '一二三四六')).toBe('一二*四六');
  });

  it('names the blocked word that ends first, as it was given, and the longest of them', () => {
    const words = [...block('二三', '一二三', '四', 'Ｗｏｒｓｅ'), ...mask('一', 'bad')];
    const { find } = createMatcher(words);
    expect(find('四 一二三')).toEqual({ block: '四', masked: undefined });
    expect(find('一二三四')).toEqual({ block: '一二三', masked: undefined });
    expect(find('零二三')).toEqual({ block: '二三', masked: undefined });
    expect(find('bad WORSE')).toEqual({ block: 'Ｗｏｒｓｅ', masked: undefined });
    expect(find('bad 一')).toEqual({ block: undefined, masked: '*** *' });
  });

  it('blocks what is both blocked and masked', () => {
    expect(createMatcher([...mask('bad'), ...block('BAD')]).find('bad').block).toBe('BAD');
    expect(createMatcher([...mask('一二三'), ...block('三')]).find('一二三').block).toBe('三');
  });

  it.each([
    ['case', 'bad', 'BaD'],
    ['width', 'bad123', 'ＢＡＤ１２３'],
    ['fonts', 'bad', '𝐛𝓪𝕕'],
    ['width of kana', 'アイ', 'ｱｲ'],
    ['Cyrillic case', 'дурак', 'ДУРАК'],
    ['zero-width characters', 'bad', 'b\u200ba\u2060d'],
    ['a soft hyphen', 'bad', 'ba\u00add'],
    ['joiners and directions', '敏感词', '敏\u200d感\u202e词'],
    ['strokes', 'bad', 'b\u0336a\u0336d\u0336'],
    ['towers of marks', 'bad', 'b\u0300\u0301\u0302\u0303a\u0489d'],
    ['accents', 'bad', 'bád'],
    ['spaces', '敏感词', '敏 感　词'],
    ['punctuation', '敏感词', '敏-感、词'],
    ['lines and symbols', '敏感词', '敏\n感|词'],
    ['what is ignored in the word', '敏 感-词', '敏感词'],
    ['zero-width characters in the word', 'b\u200bad', 'bad'],
    ['width in the word', 'ＢＡＤ', 'bad'],
    ['Korean', '바보', '바.보'],
    ['a phrase', 'bad word', 'Bad Word'],
  ])('sees through %s', (_what, word, text) => {
    expect(masked([word], text)).toBe('*'.repeat([...text].length));
    expect(createMatcher(block(word)).find(text).block).toBe(word);
  });

  it.each([
    ['letters between', '敏感词', '敏a感词'],
    ['emoji between', '敏感词', '敏😀感词'],
    ['spaces between Latin letters', 'bad', 'b a d'],
    ['punctuation between Latin letters', 'bad', 'b.a.d'],
    ['a space where CJK meets Latin', '微信wx', '微信 wx'],
    ['another syllable', 'はか', 'ばか'],
  ])('is not confused by %s', (_what, word, text) => {
    expect(masked([word], text)).toBe(text);
  });

  it.each([
    ['class', 'class'],
    ['ass1', 'ass1'],
    ['áss', '***'],
    ['lassа', 'lassа'],
    ['assж', 'assж'],
    ['ass\u0301es', 'ass\u0301es'],
    ['ass_ass', '***_***'],
    ['kiss-ass!', 'kiss-***!'],
    ['你ass吗', '你***吗'],
    ['\u200bass\u200b', '\u200b****'],
    ['😀ass😀', '😀***😀'],
  ])('takes Latin words whole: %s', (text, expected) => {
    expect(masked(['ass'], text)).toBe(expected);
  });

  it('takes other words wherever they are, and asks for no end after punctuation', () => {
    expect(masked(['123'], '加微01234')).toBe('加微0***4');
    expect(masked(['дур'], 'дурак')).toBe('***ак');
    expect(masked(['微信wx'], '加微信wxyz')).toBe('加****yz');
    expect(masked(['a$$'], 'a$$x xa$$')).toBe('***x xa$$');
  });

  it('takes accents for what they are where a word has them', () => {
    expect(masked(['lồn'], 'lồn lo\u0302\u0300n LỒN lon lớn lôn')).toBe('*** ***** *** lon lớn lôn');
    expect(masked(['café'], 'cafe\u0301 c\u0336afé cafe')).toBe('***** ***** cafe');
    expect(masked(['cafe\u0301'], 'café cafe')).toBe('**** cafe');
    expect(masked(['cafe'], 'café cafe\u0301')).toBe('**** *****');
  });

  it('keeps words with the same letters apart', () => {
    const { find } = createMatcher([...block('lồn'), ...mask('lon')]);
    expect(find('lồn').block).toBe('lồn');
    expect(find('lớn')).toEqual({ block: undefined, masked: '***' });
  });

  it('keeps punctuation where it is not between CJK', () => {
    expect(masked(['敏感'], '敏 - 感, 敏 ok 感')).toBe('*****, 敏 ok 感');
    expect(masked(['敏 a'], '敏 a 感')).toBe('*** 感');
  });

  it('survives halves of characters', () => {
    expect(masked(['bad'], '\ud83d bad \udc00')).toBe('\ud83d *** \udc00');
    expect(masked(['\ud83d'], 'a\ud83db')).toBe('a*b');
  });
});

describe('the word filter, as a rule', () => {
  // Few characters, so that words meet texts; each is here for one of the rules.
  const char = fc.constantFrom('a', 'b', 'A', 'Ａ', 'á', 'a\u0301', '\u0336', '\u200b', '一', '二', '가', ' ', '-', '$', '😀', '1', 'ж', 'カ', 'ｶ', '\u3099', '\ud800'); // prettier-ignore
  const word = fc.record({
    word: fc.array(char, { minLength: 1, maxLength: 5 }).map((chars) => chars.join('')),
    action: fc.constantFrom('block', 'mask', 'mask', 'mask'),
  }) as fc.Arbitrary<FilterWord>;
  const words = fc.array(word, { maxLength: 8 });
  const text = fc.array(char, { maxLength: 40 }).map((chars) => chars.join(''));
  /** Words, and a text that has some of them. */
  const both = words.chain((words) =>
    fc.tuple(
      fc.constant(words),
      fc
        .array(fc.oneof(char, fc.constantFrom('', ...words.map(({ word }) => word))), { maxLength: 20 })
        .map((parts) => parts.join('')),
    ),
  );

  it('finds what a search without cleverness finds', () => {
    fc.assert(
      fc.property(both, ([words, text]) => {
        expect(createMatcher(words).find(text)).toEqual(findNaively(words, text));
      }),
      { numRuns: 1_500 },
    );
  });

  it('keeps the number of code points', () => {
    fc.assert(
      fc.property(words, fc.string({ unit: 'binary', maxLength: 200 }), (words, text) => {
        const { masked = text } = createMatcher(words).find(text);
        expect([...masked].length).toBe([...text].length);
      }),
    );
  });

  it('answers the same whatever it was asked before', () => {
    fc.assert(
      fc.property(words, text, text, (words, first, second) => {
        const used = createMatcher(words);
        used.find(first);
        expect(used.find(second)).toEqual(createMatcher(words).find(second));
      }),
    );
  });
});

describe('the word filter, at its size', () => {
  it('has 10,000 words and texts of 64 K characters', () => {
    // Worst for whoever starts over after a miss, or lists every overlap: words that are ends of each other.
    const words = Array.from({ length: 10_000 }, (_, i) => (i < 64 ? '一'.repeat(i + 1) : `一二${i}`));
    const began = performance.now();
    const matcher = createMatcher(mask(...words));
    expect(matcher.find('一'.repeat(65_536)).masked).toBe('*'.repeat(65_536));
    expect(matcher.find('一 '.repeat(32_768)).masked).toMatch(/^\*+ $/);
    expect(matcher.find(' -'.repeat(32_768)).masked).toBeUndefined();
    expect(matcher.find('二\u0301-'.repeat(21_845)).masked).toBeUndefined();
    // Milliseconds; to try each place anew, or to look ahead from each, takes minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
