import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromExt, mentionsIn, quotedIn, toExt, withQuote } from './ext.ts';

const json = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });

describe('ext and extra', () => {
  it('an ext object comes back as it was', () => {
    fc.assert(
      fc.property(json, (ext) => {
        const plain = JSON.parse(JSON.stringify(ext)) as Record<string, unknown>;
        expect(toExt(fromExt(plain))).toEqual(plain);
      }),
    );
  });

  it('a string of another vendor comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (extra) => {
        const back = fromExt(toExt(extra)) ?? '';
        // JSON objects may lose insignificant spaces; anything else is byte for byte the same.
        if (back !== extra) expect(JSON.parse(back)).toEqual(JSON.parse(extra));
      }),
    );
  });

  it('nothing is nothing', () => {
    expect(toExt(undefined)).toEqual({});
    expect(fromExt({})).toBeUndefined();
    expect(fromExt(null)).toBeUndefined();
    expect(fromExt({ a: undefined })).toBeUndefined();
  });

  it('a foreign string beside mentions is still a string on the way back', () => {
    expect(fromExt(toExt('hello', { users: ['bob'] }))).toBe('hello');
  });

  it('an array or a quoted JSON object inside extra is not mistaken for an ext', () => {
    expect(toExt('[1]')).toEqual({ extra: '[1]' });
    expect(toExt(fromExt({ extra: '{"a":1}' }))).toEqual({ extra: '{"a":1}' });
  });
});

describe('mentions and quotes', () => {
  it('lifts em_at_list in its two forms', () => {
    expect(mentionsIn({ em_at_list: ['bob', 'bob', 'carol', 3, ''] })).toEqual({ users: ['bob', 'carol'] });
    expect(mentionsIn({ em_at_list: 'all' })).toEqual({ all: true });
    expect(mentionsIn({ em_at_list: 'ALL' })).toEqual({ all: true });
    expect(mentionsIn({ em_at_list: ['ALL'] })).toEqual({ all: true });
    expect(mentionsIn({ em_at_list: [] })).toBeUndefined();
    expect(mentionsIn({})).toBeUndefined();
  });

  it('writes em_at_list for mentions born elsewhere and leaves the app’s own alone', () => {
    expect(toExt(undefined, { all: true })).toEqual({ em_at_list: 'ALL' });
    expect(toExt('{"a":1}', { users: ['bob'] })).toEqual({ a: 1, em_at_list: ['bob'] });
    expect(toExt('{"em_at_list":["x"]}', { users: ['bob'] })).toEqual({ em_at_list: ['x'] });
  });

  it('reads a quote only when it names a server id', () => {
    expect(quotedIn({ msgQuote: { msgID: '10000000001' } })).toBe('10000000001');
    expect(quotedIn({ msgQuote: { msgID: 'local' } })).toBeUndefined();
    expect(quotedIn({ msgQuote: 'x' })).toBeUndefined();
    const quote = { msgID: '1', msgPreview: 'hi', msgSender: 'bob', msgType: 'txt' };
    expect(withQuote({}, quote)).toEqual({ msgQuote: quote });
    expect(withQuote({ msgQuote: 1 }, quote)).toEqual({ msgQuote: 1 });
  });
});
