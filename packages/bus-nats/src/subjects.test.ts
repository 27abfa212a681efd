import { describe, expect, it } from 'vitest';
import { checkPattern, checkSubject } from './subjects.ts';

describe('subjects', () => {
  it.each(['a', 'magpie.app-1.room.3', 'magpie-A_z.x', '用户.1'])('may be %s', (subject) => {
    expect(() => checkSubject(subject)).not.toThrow();
    expect(() => checkPattern(subject)).not.toThrow();
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a\r\nPUB b 0', 'a\u0000', 'a*', 'a>b'])(
    'may not be %j',
    (text) => {
      expect(() => checkSubject(text)).toThrow(TypeError);
      expect(() => checkPattern(text)).toThrow(TypeError);
    },
  );

  it.each(['*', '>', 'a.*.b', 'a.>'])('have wildcards in patterns alone: %s', (pattern) => {
    expect(() => checkSubject(pattern)).toThrow(TypeError);
    expect(() => checkPattern(pattern)).not.toThrow();
  });

  it('have > at the end alone', () => {
    expect(() => checkPattern('a.>.b')).toThrow(TypeError);
  });
});
