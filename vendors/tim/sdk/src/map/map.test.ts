import type { Content, GroupKind, JoinRule, Role, SendableContent } from '@magpie/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf, elementsOf, type ContentEnv } from './content.ts';
import { notifyOf, remindTypeOf } from './conversation.ts';
import { coreRoleOf, groupKindOf, groupTypeOf, joinOptionOf, joinRuleOf, roleOf } from './group.ts';
import {
  clientIdOf,
  conversationOfRef,
  messageIdOf,
  mod32,
  parseMessageId,
  refOfConversation,
  stampOf,
  stampOfClientId,
  tinyId,
} from './ids.ts';
import { atUserListOf, corePriorityOf, mentionsOf, priorityOf } from './message.ts';
import { profileOf, profileUpdate } from './profile.ts';
import { typingContent, typingPayload } from './typing.ts';

const env: ContentEnv = {
  urlOf: ({ fileId, url }, size) => url ?? `/f/${fileId}${size ?? ''}`,
  personOf: () => ({}),
  ref: 'u:bob',
  groupName: '',
};
const userId = fc.stringMatching(/^[\x21-\x7e]{1,64}$/);
const stamp = fc.record({
  clientTime: fc.integer({ min: 0, max: 99_999_999_999 }),
  random: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

describe('ids', () => {
  test('a clientId and a message ID give their parts back', () => {
    fc.assert(
      fc.property(userId, stamp, (user, parts) => {
        expect(stampOfClientId(clientIdOf(parts))).toEqual(parts);
        expect(parseMessageId(messageIdOf(user, parts))).toEqual({ tinyId: tinyId(user), stamp: parts });
        expect(clientIdOf(parts)).toMatch(/^[\x21-\x7e]{1,64}$/);
      }),
    );
  });

  test('tiny ids are 18 digits and those of this list never change', () => {
    fc.assert(
      fc.property(userId, (user) => {
        expect(tinyId(user)).toMatch(/^144115\d{12}$/);
      }),
    );
    expect(['alice', 'bob'].map(tinyId)).toEqual(['144115234078312828', '144115353430310549']);
    const many = new Set(Array.from({ length: 20_000 }, (_, i) => tinyId(`user${i}`)));
    expect(many.size).toBe(20_000);
  });

  test('mod 2^32 of a decimal of any length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n - 1n }), (n) => {
        expect(mod32(String(n))).toBe(Number(n % 2n ** 32n));
      }),
    );
  });

  test('messages born elsewhere get their ID from time and id alone', () => {
    expect(stampOf({ id: '420000000007', time: 1_700_000_000_999, clientId: 'zim:x:1' })).toEqual({
      clientTime: 1_700_000_000,
      random: Number(420000000007n % 2n ** 32n),
    });
  });

  test('conversationIDs and refs', () => {
    fc.assert(
      fc.property(userId, fc.constantFrom('u:', 'g:'), (id, prefix) => {
        expect(refOfConversation(conversationOfRef(`${prefix}${id}`) ?? '')).toBe(`${prefix}${id}`);
      }),
    );
    expect(refOfConversation('@TIM#SYSTEM')).toBe('s:notices');
    for (const bad of ['', 'C2C', 'GROUP', 'TOPICx', 'c2cbob'])
      expect(refOfConversation(bad)).toBeUndefined();
    expect(conversationOfRef('r:1')).toBeUndefined();
  });
});

describe('content', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 200 });
  const contents: fc.Arbitrary<SendableContent> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: words }),
    fc.record({ type: fc.constant('face' as const), index: fc.integer({ min: 0 }), data: words }),
    fc.record({ type: fc.constant('location' as const), latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }), address: words }),
    fc.record({ type: fc.constant('custom' as const), flavour: fc.constant('plain' as const), data: words }, { requiredKeys: ['type', 'flavour', 'data'] }),
    fc.tuple(words, words.filter(Boolean), words.filter(Boolean)).map(([data, description, extension]) => ({ type: 'custom' as const, flavour: 'plain' as const, data, description, extension })),
  ); // prettier-ignore

  test('what TIM makes comes back as it was made', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const [element] = elementsOf(content, env);
        expect(contentOf(element?.type as 'TIMTextElem', element?.content as never)).toEqual(content);
      }),
    );
  });

  test('every type that is drawn has one element; commands have none, several have all', () => {
    const file = { fileId: 'x'.repeat(32), name: 'a.mp4', size: 3, mime: 'video/mp4' };
    const cases: [Content, string[]][] = [
      [{ type: 'video', file, seconds: 7 }, ['TIMVideoFileElem']],
      [{ type: 'audio', file, seconds: 2 }, ['TIMSoundElem']],
      [{ type: 'custom', flavour: 'typed', data: 'm', subType: 3, search: 's' }, ['TIMCustomElem']],
      [
        {
          type: 'multi',
          items: [
            { type: 'text', text: 'a' },
            { type: 'file', file },
          ],
        },
        ['TIMTextElem', 'TIMFileElem'],
      ],
      [{ type: 'command', action: 'x' }, []],
      [{ type: 'revoked', original: { type: 'image' } }, ['TIMImageElem']],
      [{ type: 'from-the-future' } as never, ['TIMCustomElem']],
    ];
    for (const [content, types] of cases)
      expect(elementsOf(content, env).map(({ type }) => type)).toEqual(types);
    expect(elementsOf(cases[0]?.[0] as Content, env)[0]?.content).toMatchObject({
      videoFormat: 'mp4',
      videoSecond: 7,
      videoSize: 3,
    });
    expect(
      elementsOf({ type: 'custom', flavour: 'typed', data: 'm', subType: 3, search: 's' }, env)[0]?.content,
    ).toEqual({ data: 'm', description: 's', extension: '{"subType":3}' });
    expect(
      elementsOf({ type: 'custom', flavour: 'named', data: '', name: 'e', fields: { a: 'b' } }, env)[0]
        ?.content,
    ).toEqual({ data: '{"customEvent":"e","customExts":{"a":"b"}}', description: 'e', extension: '' });
  });

  test('typing is known by its exact form alone', () => {
    for (const state of ['begin', 'end'] as const)
      expect(typingContent(typingPayload({ type: 'typing', state }))).toEqual({ type: 'typing', state });
    const payload = typingPayload({ type: 'typing', state: 'begin' });
    expect(typingContent({ ...payload, description: 'x' })).toBeUndefined();
    expect(typingContent({ ...payload, data: payload.data.replace('14', '15') })).toBeUndefined();
    expect(typingContent({ data: 'user_typing_status' })).toBeUndefined();
  });
});

test('words of groups, notifications, priorities and mentions go both ways', () => {
  for (const kind of ['work', 'public', 'meeting', 'community'] satisfies GroupKind[])
    expect(groupKindOf(groupTypeOf(kind))).toBe(kind);
  for (const kind of ['circle', 'club'] satisfies GroupKind[]) expect(groupTypeOf(kind)).toBe('Public');
  for (const rule of ['open', 'approve', 'closed'] satisfies JoinRule[])
    expect(joinRuleOf(joinOptionOf(rule))).toBe(rule);
  for (const role of ['owner', 'admin', 'member'] satisfies Role[])
    expect(coreRoleOf(roleOf(role))).toBe(role);
  for (const type of ['AcceptAndNotify', 'AcceptNotNotify', 'Discard'])
    expect(remindTypeOf(notifyOf(type))).toBe(type);
  expect(remindTypeOf({ level: 'mentions' })).toBe('AcceptNotNotify');
  for (const priority of ['high', 'normal', 'low', 'lowest'] as const)
    expect(corePriorityOf(priorityOf(priority))).toBe(priority);
  fc.assert(
    fc.property(fc.uniqueArray(userId, { minLength: 1 }), fc.boolean(), (users, all) => {
      const mentions = { users, ...(all ? { all: true as const } : {}) };
      expect(mentionsOf(atUserListOf(mentions))).toEqual(mentions);
    }),
  );
  expect(mentionsOf([])).toBeUndefined();
});

test('a profile changed in the vendor’s words reads back in them', () => {
  const fields = {
    nick: 'N',
    gender: 'Gender_Type_Female',
    birthday: 20000101,
    language: 1,
    level: 7,
    role: 3,
    messageSettings: 1,
    selfSignature: 's',
    allowType: 'AllowType_Type_DenyAny',
    adminForbidType: 'AdminForbid_Type_SendOut',
    avatar: 'a',
    location: 'l',
    profileCustomField: [{ key: 'Tag_Profile_Custom_A', value: '1' }],
  };
  expect(profileOf({ id: 'bob', ...profileUpdate(fields, undefined) })).toEqual({
    userID: 'bob',
    lastUpdatedTime: 0,
    ...fields,
  });
  expect(profileUpdate({}, undefined)).toEqual({});
});
