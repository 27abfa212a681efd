import { describe, expect, it } from 'vitest';
import { emojiCount, initial, oneLine, plainName } from './text.ts';
import { dayHeading, duration, listTime } from './time.ts';

describe('texts of others', () => {
  it('hide and turn nothing around', () => {
    expect(plainName('photo\u202Egpj.exe\u0000\n  x')).toBe('photogpj.exe x');
    expect(oneLine('a'.repeat(300)).length).toBe(160);
  });

  it.each([
    ['👍', 1],
    ['👨‍👩‍👧 🎉', 0],
    ['👨‍👩‍👧🎉', 2],
    ['🇨🇳', 1],
    ['👍🏽👍🏽👍🏽👍🏽', 0],
    ['1', 0],
    ['ok 👍', 0],
    ['', 0],
  ])('%j is %i emoji alone', (text, count) => {
    expect(emojiCount(text)).toBe(count);
  });

  it.each([
    [' bob', 'B'],
    ['鹊桥', '鹊'],
    ['👨‍👩‍👧 family', '👨‍👩‍👧'],
    ['', '?'],
  ])('%j begins with %s', (name, letter) => {
    expect(initial(name)).toBe(letter);
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 20, 12).getTime();
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime();

  it.each([
    [at(2026, 10, 20, 9, 5), '09:05', '09:05'],
    [at(2026, 10, 19, 23, 59), 'Yesterday', '昨天'],
    [at(2026, 10, 16, 9, 5), 'Mon', '周一'],
    [at(2026, 5, 1, 9, 5), '6/1', '6/1'],
    [at(2025, 5, 1, 9, 5), '6/1/2025', '2025/6/1'],
  ])('%i in lists', (time, en, zh) => {
    expect(listTime(time, now, 'en')).toBe(en);
    expect(listTime(time, now, 'zh-CN')).toBe(zh);
  });

  it('headings and durations', () => {
    expect(dayHeading(now, now, 'zh-CN')).toBe('今天');
    expect(dayHeading(at(2025, 0, 2, 3, 0), now, 'en')).toMatch(/Thursday, January 2, 2025/);
    expect([duration(0), duration(65.4), duration(-1)]).toEqual(['0:00', '1:05', '0:00']);
  });
});
