import type { ClientMessage } from '@magpie/client';
import type { Content } from '@magpie/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkParts } from './linkify.ts';
import { contentPreview, messagePreview } from './preview.ts';
import { toRows } from './rows.ts';
import { safeLink, safeMediaUrl } from './safe-url.ts';
import { compareRows, staysAtEnd } from './stickiness.ts';

const NOON = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;

function message(seq: number, from: string, more: Partial<ClientMessage> = {}): ClientMessage {
  return {
    id: `1000000000${seq}`,
    conv: 'd:alice bob',
    ref: 'u:bob',
    seq,
    from,
    time: NOON + seq * MINUTE,
    clientId: `c${seq}`,
    content: { type: 'text', text: `m${seq}` },
    mine: from === 'alice',
    status: 'sent',
    stored: true,
    ...more,
  };
}

describe('links', () => {
  it('are found, and the pieces joined are the text again', () => {
    expect(linkParts('see https://example.com/a?b=1, or example.org.')).toEqual([
      { text: 'see ' },
      { text: 'https://example.com/a?b=1', href: 'https://example.com/a?b=1' },
      { text: ', or ' },
      { text: 'example.org', href: 'http://example.org/' },
      { text: '.' },
    ]);
    fc.assert(fc.property(fc.string(), (text) => linkParts(text).map((part) => part.text).join('') === text)); // prettier-ignore
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', ' javascript:alert(1)', ''])('%j is no link', (url) => {
    expect(safeLink(url)).toBeUndefined();
    expect(linkParts(url).every((part) => part.href === undefined)).toBe(true);
  }); // prettier-ignore

  it('pictures come from our server, https or this page', () => {
    const server = 'http://127.0.0.1:8800';
    expect(safeMediaUrl('/files/a/b/c', server)).toBe('http://127.0.0.1:8800/files/a/b/c');
    expect(safeMediaUrl('https://cdn.example/x.png', server)).toBe('https://cdn.example/x.png');
    expect(safeMediaUrl('http://elsewhere.example/x.png', server)).toBeUndefined();
    expect(safeMediaUrl('data:image/svg+xml,<svg/>', server)).toBeUndefined();
    expect(safeMediaUrl('javascript:1', server)).toBeUndefined();
  });
});

describe('rows', () => {
  const kinds = (messages: ClientMessage[], options = {}) =>
    toRows(messages, options).map((row) => (row.kind === 'message' ? `${row.first ? '[' : ' '}${row.message.seq}${row.last ? ']' : ' '}` : row.kind)); // prettier-ignore

  it('begin with the day and join runs of one sender', () => {
    expect(kinds([message(1, 'bob'), message(2, 'bob'), message(3, 'alice')])).toEqual([
      'top',
      'day',
      '[1 ',
      ' 2]',
      '[3]',
    ]);
  });

  it('a pause, a note or a new day ends a run', () => {
    const tip = message(3, 'bob', { content: { type: 'tip', change: 'joined', actor: 'bob' } });
    expect(kinds([message(1, 'bob'), message(2, 'bob', { time: NOON + 30 * MINUTE }), tip, message(4, 'bob', { time: NOON + 26 * 60 * MINUTE })])).toEqual(['top', 'day', '[1]', '[2]', 'note', 'day', '[4]']);
  }); // prettier-ignore

  it('what is new begins at a line, unless it begins out of sight', () => {
    const messages = [message(1, 'bob'), message(2, 'alice'), message(3, 'bob')];
    expect(kinds(messages, { unreadAfter: 1 })).toEqual(['top', 'day', '[1]', '[2]', 'unread', '[3]']);
    expect(kinds(messages, { unreadAfter: 0, hasOlder: true })).not.toContain('unread');
  });

  it('hidden entries have none, and keys never repeat', () => {
    const command = message(2, 'bob', { content: { type: 'command' } });
    const rows = toRows([message(1, 'bob'), command, message(3, 'bob')]);
    expect(rows.map(({ key }) => key)).not.toContain('bob c2');
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });
});

describe('keeping the place', () => {
  const rows = (...seqs: number[]) => toRows(seqs.map((seq) => message(seq, 'bob')));

  it.each([
    ['older ones above', rows(3, 4), rows(1, 2, 3, 4), { shift: true, arrived: 0, replaced: false }],
    ['new ones below', rows(1, 2), rows(1, 2, 3, 4), { shift: false, arrived: 2, replaced: false }],
    ['another stretch', rows(1, 2), rows(8, 9), { shift: false, arrived: 0, replaced: true }],
    ['nothing', rows(1, 2), rows(1, 2), { shift: false, arrived: 0, replaced: false }],
  ])('%s', (_name, before, after, change) => {
    expect(compareRows(before, after)).toMatchObject(change);
  });

  it('growing rows take nobody from the end, going up does', () => {
    const end = { offset: 500, viewport: 500, size: 1000 };
    expect(staysAtEnd(true, end, { ...end, size: 1300 })).toBe(true);
    expect(staysAtEnd(true, end, { ...end, offset: 300 })).toBe(false);
    expect(staysAtEnd(false, { ...end, offset: 300 }, end)).toBe(true);
  });
});

describe('previews', () => {
  const context = {
    me: 'alice',
    nameOf: (id: string) => id.toUpperCase(),
    t: (key: string, values?: Record<string, unknown>) => [key, ...Object.values(values ?? {})].join(' '),
  } as Parameters<typeof contentPreview>[1];

  it.each<[string, Content, string]>([
    ['text on one line', { type: 'text', text: ' a\n\n b ' }, 'a b'],
    ['a picture', { type: 'image', file: {} }, 'preview.image'],
    ['a file by a harmless name', { type: 'file', file: { name: 'gpj.\u202Eexe' } }, 'preview.file gpj.exe'],
    ['a place', { type: 'location', latitude: 0, longitude: 0, address: 'Street', place: 'Café' }, 'preview.location Café'],
    ['several', { type: 'multi', items: [{ type: 'text', text: 'x' }, { type: 'image', file: {} }] }, 'x preview.image'],
    ['a type of a newer server', { type: 'hologram' } as never, 'preview.unsupported'],
  ])('%s', (_name, content, text) => {
    expect(contentPreview(content, context)).toBe(text);
  }); // prettier-ignore

  it('say who spoke in a group, and who took back', () => {
    expect(messagePreview(message(1, 'bob'), context, true)).toBe('preview.from BOB m1');
    expect(messagePreview(message(1, 'alice'), context, true)).toBe('m1');
    const revoked = message(1, 'bob', { revoked: { by: 'bob', at: 1, role: 'sender' } });
    expect(messagePreview(revoked, context, true)).toBe('message.revokedBy BOB');
  });
});
