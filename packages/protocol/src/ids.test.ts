import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  directKey,
  directPair,
  filePath,
  keyOf,
  kindOf,
  messageId,
  parseMessageId,
  refOf,
  unstoredMessageId,
} from './ids.ts';

const userId = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)), minLength: 1, maxLength: 64 }); // prettier-ignore

describe('conversation names', () => {
  it('a pair has one key, and each side its own ref', () => {
    fc.assert(
      fc.property(userId, userId, (a, b) => {
        const key = directKey(a, b);
        expect(directKey(b, a)).toBe(key);
        expect([...directPair(key)].sort()).toEqual([a, b].sort());
        expect(refOf(key, a)).toBe(`u:${b}`);
        expect(keyOf(refOf(key, a), a)).toBe(key);
        expect(kindOf(key)).toBe('direct');
      }),
    );
  });

  it('groups are called the same by everybody', () => {
    expect(keyOf('g:1', 'alice')).toBe('g:1');
    expect(refOf('g:1', 'alice')).toBe('g:1');
  });

  it('refuses what is no conversation', () => {
    expect(() => kindOf('x:1')).toThrow(TypeError);
    expect(() => kindOf('')).toThrow(TypeError);
  });
});

describe('message ids', () => {
  it('say conversation and seq back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 47 }),
        fc.integer({ min: 1, max: 9_999_999_999 }),
        (conversation, seq) => {
          expect(parseMessageId(messageId(conversation, seq))).toEqual({ conversation, seq });
        },
      ),
    );
  });

  it('of unstored messages are of no conversation', () => {
    expect(parseMessageId(unstoredMessageId(1_700_000_000_000, 12))).toBeUndefined();
  });

  it('of other forms are of none', () => {
    for (const id of ['', '1', '0000000001', '10000000000', 'x10000000001', '1'.repeat(40)])
      expect(parseMessageId(id)).toBeUndefined();
  });
});

describe('file addresses', () => {
  it('can be made of any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (name, half) => {
        const path = filePath('demo', 'x'.repeat(32), `${name}${String.fromCharCode(half)}`);
        expect(path).toMatch(/^\/files\/demo\/x{32}\/[^/]+$/);
        expect(() => decodeURIComponent(path)).not.toThrow();
      }),
    );
  });
});
