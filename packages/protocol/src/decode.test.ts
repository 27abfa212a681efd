import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './decode.ts';
import { MagpieError } from './errors.ts';

const BOUNDS = { maxBytes: 1000, maxDepth: 4, maxKeys: 10 };
const codeOf = (text: string) => {
  try {
    decodeJson(text, BOUNDS);
    return 'ok';
  } catch (error) {
    return error instanceof MagpieError ? error.code : 'thrown';
  }
};

describe('decodeJson', () => {
  it('takes what JSON.parse takes, within the bounds', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), (text) => {
        fc.pre(text.length < 100);
        expect(decodeJson(text, { maxBytes: 1000, maxDepth: 8, maxKeys: 1000 })).toEqual(JSON.parse(text));
      }),
    );
  });

  it('throws nothing but errors of the table', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['ok', 'FRAME_UNREADABLE', 'TOO_LARGE']).toContain(codeOf(text));
      }),
    );
  });

  it('bounds size, depth and values', () => {
    expect(codeOf(`"${'x'.repeat(1000)}"`)).toBe('TOO_LARGE');
    expect(codeOf('[[[[[]]]]]')).toBe('TOO_LARGE');
    expect(codeOf('[[[[]]]]')).toBe('ok');
    expect(codeOf(`[${'1,'.repeat(30)}1]`)).toBe('TOO_LARGE');
  });

  it('does not count what stands in strings', () => {
    expect(codeOf(JSON.stringify({ a: '[[[[[[[[,,,,,,,,,,,,,,,,,,,,,,,,,,,,', b: '\\"[[[[[[' }))).toBe('ok');
  });

  it('calls an unfinished text unreadable', () => {
    for (const text of ['', '{', '"abc', '"abc\\', '{"a":}', 'nul', '\u0000'])
      expect(codeOf(text)).toBe('FRAME_UNREADABLE');
  });
});
