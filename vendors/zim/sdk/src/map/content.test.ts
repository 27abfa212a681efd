import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content, SendableContent } from '@magpie/protocol';
import { ZIMMessageType } from '../enums/message.ts';
import { fromBase64, toBase64, utf8 } from './base64.ts';
import { contentFrom, contentTo, type AppObject } from './content.ts';
import type { FileUrl } from './media.ts';

const fileUrl: FileUrl = ({ fileId, url }, rendition) =>
  fileId === undefined
    ? (url ?? '')
    : `http://here/files/demo/${fileId}/n${rendition ? `?size=${rendition}` : ''}`;
const ours = (url: string) => url.startsWith('http://here/files/');
const to = (content: Content) => contentTo(content, fileUrl);
const from = (input: unknown) => contentFrom(input as AppObject, ours);

const word = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .filter((text) => text.trim() !== '');
const pixels = fc.integer({ min: 1, max: 9000 });
const seconds = fc.integer({ min: 1, max: 300 });
const ownBlob = fc.record({ url: fc.webUrl(), name: word, size: fc.integer({ min: 1 }) });
const storedBlob = fc.record({
  fileId: fc.stringMatching(/^[0-9A-Za-z]{32}$/),
  name: word,
  size: fc.integer({ min: 1 }),
});
const blob = fc.oneof(ownBlob, storedBlob);
const rendition = fc.record({ url: fc.webUrl(), width: pixels, height: pixels });

const text = word.map((one) => ({ type: 'text' as const, text: one }));
const typed = fc
  .record({
    data: word,
    subType: fc.integer({ min: 0, max: 200 }),
    search: fc.option(word, { nil: undefined }),
  })
  .map(({ search, ...rest }) => ({
    type: 'custom' as const,
    flavour: 'typed' as const,
    ...rest,
    ...(search === undefined ? {} : { search }),
  }));
const image = fc.record({ type: fc.constant('image' as const), file: ownBlob, width: pixels, height: pixels, large: rendition, thumb: rendition }); // prettier-ignore
const storedImage = fc.record({
  type: fc.constant('image' as const),
  file: storedBlob,
  width: pixels,
  height: pixels,
});
const file = fc.record({ type: fc.constant('file' as const), file: blob });
const audio = fc.record({ type: fc.constant('audio' as const), file: blob, seconds });
const video = fc.record({
  type: fc.constant('video' as const),
  file: ownBlob,
  seconds,
  poster: fc.record({ file: fc.record({ url: fc.webUrl() }), width: pixels, height: pixels }),
});
const item = fc.oneof(text, typed, image, storedImage, file, audio, video);
const multi = fc.record({
  type: fc.constant('multi' as const),
  items: fc.array(item, { minLength: 1, maxLength: 20 }),
});
const command = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => ({ type: 'command' as const, data: toBase64(bytes) }));
const native: fc.Arbitrary<SendableContent> = fc.oneof(item, multi, command);

describe('content', () => {
  it('comes back the same after a round through ZIM, for every type ZIM has', () => {
    fc.assert(
      fc.property(native, (content) => {
        expect(from(to(content))).toEqual(content);
      }),
    );
  });

  it('shows the same again after a round through the core', () => {
    fc.assert(
      fc.property(native, (content) => {
        const shown = to(content);
        expect(to(from(shown))).toEqual(shown);
      }),
    );
  });

  it('falls back to text for what ZIM lacks, and never reads it back', () => {
    const place = { type: 'location', latitude: 1.5, longitude: -2, address: 'Bund' } as const;
    expect(to(place)).toEqual({ type: 1, message: '[Location] Bund (1.5, -2)' });
    expect(from(to(place))).toEqual({ type: 'text', text: '[Location] Bund (1.5, -2)' });
    expect(to({ type: 'face', index: 3, data: '[smile]' })).toEqual({ type: 1, message: '[smile]' });
    expect(to({ type: 'face', index: 3, data: '\u0001' })).toEqual({ type: 1, message: '[Sticker]' });
  });

  it('shows the other vendors’ custom messages as Custom', () => {
    expect(to({ type: 'custom', flavour: 'plain', data: 'd', description: 'what', extension: 'e' })).toEqual({
      type: 200,
      message: 'd',
      subType: 0,
      searchedContent: 'what',
    });
    expect(to({ type: 'custom', flavour: 'named', data: '', name: 'order', fields: { id: '7' } })).toEqual({
      type: 200,
      message: '{"customEvent":"order","customExts":{"id":"7"}}',
      subType: 0,
      searchedContent: '',
    });
  });

  it('gives an Easemob command as JSON bytes, and hides typing and tips', () => {
    const shown = to({ type: 'command', action: 'ring', fields: { n: 1 } });
    expect(shown).toEqual({ type: ZIMMessageType.Command, message: utf8('{"action":"ring","ext":{"n":1}}') });
    expect(to({ type: 'typing', state: 'begin' })).toBeUndefined();
    expect(to({ type: 'tip', change: 'joined', actor: 'a' })).toBeUndefined();
  });

  it('gives a type it does not know as Unknown', () => {
    expect(to({ type: 'hologram' } as unknown as Content)).toEqual({ type: 0 });
  });

  it('keeps the thumbnail of an own picture that has none at the original', () => {
    const shown = to({ type: 'image', file: { fileId: 'a'.repeat(32) }, width: 100, height: 50 });
    expect(shown).toMatchObject({
      thumbnailDownloadUrl: `http://here/files/demo/${'a'.repeat(32)}/n`,
      thumbnailWidth: 100,
    });
  });

  it.each([
    [{ type: 1, message: '  ' }, 'blank'],
    [{ type: 2, message: 'text' }, 'Uint8Array'],
    [{ type: 2, message: new Uint8Array(5121) }, '5 KB'],
    [{ type: 200, message: 'x', subType: 201 }, 'subType'],
    [{ type: 11 }, 'fileLocalPath'],
    [{ type: 10, messageInfoList: [] }, 'messageInfoList'],
    [{ type: 31 }, 'type 31'],
  ])('refuses %j as a bad argument', (input, part) => {
    expect(() => from(input)).toThrow(
      expect.objectContaining({ code: 6000001, message: expect.stringContaining(part) as string }),
    );
  });

  it.each([
    [100, 'Combine'],
    [20, 'Barrage'],
  ])('says that type %i is not there yet', (type, name) => {
    expect(() => from({ type, message: 'x' })).toThrow(
      expect.objectContaining({ code: 6000013, message: expect.stringContaining(name) as string }),
    );
  });
});

describe('base64 and UTF-8', () => {
  it('agree with the platform’s', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), (bytes, words) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(toBase64(bytes))).toEqual(Uint8Array.from(bytes));
        expect(utf8(words)).toEqual(new TextEncoder().encode(words));
      }),
    );
  });
});
