import { describe, expect, it } from 'vitest';
import { baseOf, CJK, exactForm, GAP, kindOf, LETTER, NOISE, plainForm, read } from './fold.ts';

const kind = (char: string): number => kindOf(read(char.codePointAt(0) ?? 0));
const base = (char: string): string => String.fromCodePoint(baseOf(read(char.codePointAt(0) ?? 0)));

describe('folding', () => {
  it('comes to an end: what stands for a character stands for itself', () => {
    const restless: string[] = [];
    for (let codePoint = 0; codePoint <= 0x1ffff; codePoint++) {
      const entry = read(codePoint);
      if (kindOf(entry) === NOISE) continue;
      const again = read(baseOf(entry));
      if (again !== entry) restless.push(codePoint.toString(16));
    }
    expect(restless).toEqual([]);
  });

  it.each([
    ['A', 'a'],
    ['Ａ', 'a'],
    ['Ⓐ', 'a'],
    ['À', 'a'],
    ['İ', 'i'],
    ['𝐀', 'a'],
    ['Й', 'и'],
    ['ｶ', 'カ'],
    ['が', 'が'],
    ['한', '한'],
    ['ﬁ', 'ﬁ'],
    ['！', '!'],
    ['\ud800', '\ud800'],
  ])('%s is %s', (char, expected) => {
    expect(base(char)).toBe(expected);
  });

  it.each([
    [
      NOISE,
      ['\u200b', '\u200d', '\ufeff', '\u00ad', '\u202e', '\ufe0f', '\u0301', '\u0489', '\u20dd', '\u{e0041}'],
    ],
    [GAP, [' ', '\u3000', '\n', '-', '。', '「', '$', '～', '_', '\u0000']],
    [CJK, ['一', 'あ', 'ー', '가', 'ㄅ', '々', '\u3099', '𠀀', '豈']],
    [LETTER, ['a', '1', '１', 'ж', 'ि', 'Ⅷ', 'ß']],
  ])('knows kind %i', (expected, chars) => {
    expect(chars.filter((char) => kind(char) !== expected)).toEqual([]);
  });

  it('tells accents from none only where it is asked to', () => {
    expect(exactForm('Ca-fe\u0301\u0336 ｅ\u200b\u0301')).toBe('caf\u00e9\u00e9');
    expect(plainForm('Ca-fe\u0301\u0336 É')).toBe('cafee');
  });
});
