import type { Content } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { fakeMessage } from '../testing/fake-client.ts';
import { testLanguages } from '../testing/mount.ts';
import { contentPreview, messagePreview } from './preview.ts';

function contextIn(locale: 'en' | 'zh') {
  const { t } = testLanguages(locale).global as unknown as {
    t: (key: string, named?: object, plural?: number) => string;
  };
  return { t, me: 'alice', nameOf: (id: string) => id.toUpperCase() };
}
const en = contextIn('en');
const zh = contextIn('zh');

const contents: readonly (readonly [Content | { type: string }, string, string])[] = [
  [{ type: 'text', text: ' two\n lines ' }, 'two lines', 'two lines'],
  [{ type: 'image', file: {} }, '[Photo]', '[图片]'],
  [{ type: 'audio', file: {} }, '[Voice]', '[语音]'],
  [{ type: 'video', file: {} }, '[Video]', '[视频]'],
  [{ type: 'file', file: { name: 'a\u202Egnp.exe' } }, '[File] agnp.exe', '[文件] agnp.exe'],
  [{ type: 'file', file: {} }, '[File]', '[文件]'],
  [
    { type: 'location', latitude: 0, longitude: 0, address: 'A 1', place: 'Park' },
    '[Location] Park',
    '[位置] Park',
  ],
  [{ type: 'face', index: 1, data: 'x' }, '[Sticker]', '[表情]'],
  [{ type: 'custom', flavour: 'plain', data: '{}' }, '[Custom]', '[自定义消息]'],
  [
    {
      type: 'multi',
      items: [
        { type: 'text', text: 'see' },
        { type: 'image', file: {} },
      ],
    },
    'see [Photo]',
    'see [图片]',
  ],
  [{ type: 'of-tomorrow' }, '[Unsupported message]', '[暂不支持的消息]'],
  [
    { type: 'tip', change: 'invited', actor: 'alice', targets: ['bob', 'carol'] },
    'You added BOB, CAROL',
    '你邀请“BOB”、“CAROL”加入了群',
  ],
  [
    { type: 'tip', change: 'profileChanged', actor: 'bob', after: { name: 'New' } },
    'BOB named the group “New”',
    '“BOB”将群名改为「New」',
  ],
  [
    { type: 'tip', change: 'roleChanged', actor: 'bob', targets: ['alice'], after: { alice: 'admin' } },
    'BOB made You admin',
    '“BOB”将你设为管理员',
  ],
  [{ type: 'tip', change: 'of-tomorrow', actor: 'bob' }, 'BOB changed the group', '“BOB”修改了群'],
];

test.each(contents)('%o reads as %s', (content, english, chinese) => {
  expect(contentPreview(content as Content, en)).toBe(english);
  expect(contentPreview(content as Content, zh)).toBe(chinese);
});

test('groups say who said it, but for oneself', () => {
  expect(messagePreview(fakeMessage({ text: 'hi' }), en, true)).toBe('BOB: hi');
  expect(messagePreview(fakeMessage({ text: 'hi' }), en, false)).toBe('hi');
  expect(messagePreview(fakeMessage({ text: 'hi', from: 'alice' }), en, true)).toBe('hi');
});

test('what was taken back says so, and by whom', () => {
  const content: Content = { type: 'revoked', original: { type: 'text', text: 'secret' } };
  const byBob = fakeMessage({ content, revoked: { by: 'bob', at: 1, role: 'sender' } });
  expect(messagePreview(byBob, en, true)).toBe('BOB recalled a message');
  expect(messagePreview({ ...byBob, revoked: { by: 'alice', at: 1, role: 'owner' } }, zh, true)).toBe(
    '你撤回了一条消息',
  );
});
