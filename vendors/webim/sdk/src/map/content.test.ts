import type { ClientMessage } from '@magpie/client';
import type { SendableContent } from '@magpie/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBody } from './body.ts';
import { toPart, typesFor } from './content.ts';
import { toOutgoing } from './draft.ts';
import { ownFileId } from './files.ts';

const server = 'https://im.example';
const fileId = 'a'.repeat(32);
const urls = {
  url: (blob: { fileId?: string; url?: string; name?: string }, rendition?: string) =>
    blob.fileId
      ? `${server}/files/demo/${blob.fileId}/${encodeURIComponent(blob.name ?? 'file')}${rendition ? `?size=${rendition}` : ''}`
      : (blob.url ?? ''),
};
const there = (content: SendableContent) => toPart(content, urls);
const back = (part: object) => toOutgoing(part as never, server).content;

const word = fc.string({ minLength: 1, maxLength: 40 });
const name = fc.stringMatching(/^[a-z]{1,12}\.(pdf|mp3|mp4|bin)$/);
const blob = fc.oneof(
  fc.record({ fileId: fc.constant(fileId), name, size: fc.nat() }),
  fc.record({ url: fc.constant('https://cdn.example/a/b.bin'), name, size: fc.nat() }),
);
const seconds = fc.nat({ max: 1000 });
/** Contents with a form of the vendor's own: nothing may be lost on the way there and back. */
const native: fc.Arbitrary<SendableContent> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({ type: fc.constant('audio' as const), file: blob, seconds }),
  fc.record({
    type: fc.constant('video' as const),
    file: blob,
    seconds,
    width: fc.nat(4000),
    height: fc.nat(4000),
  }),
  fc.record({ type: fc.constant('file' as const), file: blob }),
  fc.record({
    type: fc.constant('location' as const),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    address: fc.string(),
    place: word,
  }),
  fc.record({
    type: fc.constant('custom' as const),
    flavour: fc.constant('named' as const),
    data: fc.constant(''),
    name: word,
    fields: fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
  }),
  fc.record({
    type: fc.constant('custom' as const),
    flavour: fc.constant('plain' as const),
    data: fc.string(),
    description: word,
    extension: word,
  }),
  fc.record({
    type: fc.constant('custom' as const),
    flavour: fc.constant('typed' as const),
    data: fc.string(),
    subType: fc.nat(),
    search: word,
  }),
  fc.record({ type: fc.constant('command' as const), action: fc.constantFrom('hello', 'zim.command', 'x') }),
  fc.record({ type: fc.constant('command' as const), data: fc.base64String() }),
  fc.record({
    type: fc.constant('typing' as const),
    state: fc.constantFrom('begin' as const, 'end' as const),
  }),
);

describe('content', () => {
  it('what has a form of its own survives the way there and back', () => {
    fc.assert(
      fc.property(native, (content) => {
        expect(back(there(content) ?? {})).toEqual(content);
      }),
      { numRuns: 500 },
    );
  });

  it('an image keeps its file, size and kind', () => {
    const content = {
      type: 'image',
      file: { fileId, name: 'a.png', size: 9 },
      width: 4,
      height: 3,
      format: 'png',
    } as const;
    expect(back(there(content) ?? {})).toEqual(content);
    const shown = there({ ...content, thumb: { width: 2, height: 1 }, large: { width: 3, height: 2 } });
    expect(shown).toMatchObject({
      thumb: `${server}/files/demo/${fileId}/a.png?size=thumb`,
      bigImageUrl: `${server}/files/demo/${fileId}/a.png?size=large`,
      originalImageUrl: `${server}/files/demo/${fileId}/a.png`,
      isGif: false,
    });
  });

  it('stickers, several elements and the unknown become text', () => {
    expect(there({ type: 'face', index: 1, data: '😀' })).toEqual({ type: 'txt', msg: '😀' });
    expect(there({ type: 'face', index: 1, data: '\u0001' })).toEqual({ type: 'txt', msg: '[Sticker]' });
    const items: Extract<SendableContent, { type: 'multi' }>['items'] = [
      { type: 'text', text: 'look' },
      { type: 'file', file: { url: 'https://cdn.example/a.pdf', name: 'a.pdf' } },
    ];
    expect(there({ type: 'multi', items })).toEqual({
      type: 'txt',
      msg: 'look\na.pdf https://cdn.example/a.pdf',
    });
    expect(there({ type: 'hologram' } as never)).toEqual({ type: 'txt', msg: '[Unsupported]' });
  });

  it('tips and revoked messages are not shown', () => {
    expect(toPart({ type: 'tip', change: 'joined', actor: 'bob' }, urls)).toBeUndefined();
    expect(toPart({ type: 'revoked', original: { type: 'text' } }, urls)).toBeUndefined();
  });

  it('takes what mini-programs send: url in body, length as text', () => {
    const content = back({
      type: 'audio',
      body: { url: 'https://x.example/v.mp3', type: 'audio', filename: 'v.mp3', length: '3' },
    });
    expect(content).toEqual({
      type: 'audio',
      file: { url: 'https://x.example/v.mp3', name: 'v.mp3' },
      seconds: 3,
    });
  });

  it('a file uploaded to chatfiles by the app itself is one of ours', () => {
    const url = `${server}/magpie/demo/chatfiles/${fileId}`;
    expect(ownFileId(url, server)).toBe(fileId);
    expect(ownFileId(`${url}?em-redirect=true`, server)).toBe(fileId);
    expect(ownFileId(url, 'https://other.example')).toBeUndefined();
    expect(
      ownFileId('https://a1.easemob.com/o/a/chatfiles/1f7b3a90-0000-11ef-8c3b-000000000000', server),
    ).toBeUndefined();
    expect(back({ type: 'img', url, width: 1, height: 2 })).toEqual({
      type: 'image',
      file: { fileId },
      width: 1,
      height: 2,
    });
  });

  it('refuses what cannot be sent, with the vendor’s number', () => {
    for (const [body, type] of [
      [{ type: 'combine' }, 53],
      [{ type: 'file' }, 101],
      [{ type: 'loc', lat: 'x' }, 205],
    ] as const) {
      expect(() => back(body)).toThrow(expect.objectContaining({ type }));
    }
  });

  it('a typing command with an ext of its own stays a command', () => {
    const typing = { type: 'cmd', action: 'TypingBegin', ext: { a: 1 } };
    expect(back(typing)).toEqual({ type: 'command', action: 'TypingBegin', fields: { a: 1 } });
    expect(there(back(typing))).toEqual(typing);
  });

  it('filters name our types', () => {
    expect(typesFor(['txt', 'img', 'txt'])).toEqual(['text', 'face', 'multi', 'image']);
    expect(typesFor(undefined)).not.toContain('command');
  });
});

const message = (over: Partial<ClientMessage>): ClientMessage => ({
  id: '10000000001',
  conv: 'd:Alice bob',
  ref: 'u:Alice',
  seq: 1,
  from: 'Alice',
  time: 5,
  clientId: 'tim:1-2',
  content: { type: 'text', text: 'hi' },
  mine: false,
  status: 'sent',
  stored: true,
  ...over,
});

describe('body', () => {
  const view = { me: 'bob', urls };

  it('names people in lower case and turns to and from round', () => {
    expect(toBody(message({}), view)).toMatchObject({
      from: 'alice',
      to: 'bob',
      chatType: 'singleChat',
      time: 5,
      ext: {},
    });
    expect(toBody(message({ from: 'bob', mine: true }), view)).toMatchObject({ from: 'bob', to: 'alice' });
    expect(toBody(message({ ref: 'g:G1' }), view)).toMatchObject({ chatType: 'groupChat', to: 'G1' });
    expect(toBody(message({ ref: 't:1' }), view)).toBeUndefined();
  });

  it('is plain and open', () => {
    const body = toBody(message({ audience: ['bob'] }), view);
    expect(Object.isExtensible(body)).toBe(true);
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(Object.isFrozen(body?.receiverList)).toBe(false);
  });

  it('carries a quote of what is at hand', () => {
    const quoted = () => message({ content: { type: 'text', text: 'before' } });
    expect(toBody(message({ replyTo: { id: '9' } }), { ...view, quoted })?.ext).toEqual({
      msgQuote: { msgID: '9', msgPreview: 'before', msgSender: 'alice', msgType: 'txt' },
    });
  });

  it('another vendor’s command is a cmd with its bytes', () => {
    expect(
      toBody(message({ content: { type: 'command', data: 'aGk=' }, stored: false }), view),
    ).toMatchObject({
      type: 'cmd',
      action: 'zim.command',
      ext: { data: 'aGk=' },
      deliverOnlineOnly: true,
    });
  });
});
