import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChatType } from '../constants.ts';
import { cursorToSeq, fromRef, normalizeChatType, splitAppKey, toRef } from './ids.ts';

const chatTypes: readonly ChatType[] = ['singleChat', 'groupChat', 'chatRoom'];

it('a conversation’s name goes there and back, folded for users alone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...chatTypes), fc.stringMatching(/^[!-~]{1,64}$/), (chatType, id) => {
      const back = fromRef(toRef(chatType, id));
      expect(back).toEqual({ chatType, id: chatType === 'singleChat' ? id.toLowerCase() : id });
    }),
  );
});

it('topics and notices have no name here', () => {
  expect(fromRef('t:1')).toBeUndefined();
  expect(fromRef('s:notices')).toBeUndefined();
});

it('understands every vocabulary of chat types', () => {
  expect(['singleChat', 'chat', 'user', undefined, 'nonsense'].map(normalizeChatType)).toEqual(
    Array(5).fill('singleChat'),
  );
  expect(['groupChat', 'groupchat', 'chatgroup'].map(normalizeChatType)).toEqual(Array(3).fill('groupChat'));
  expect(['chatRoom', 'chatroom'].map(normalizeChatType)).toEqual(Array(2).fill('chatRoom'));
});

it('a cursor is a seq, or a message id to go beyond', () => {
  for (const start of [undefined, null, '', -1, '-1']) expect(cursorToSeq(start, 'older')).toBe('newest');
  expect(cursorToSeq('42', 'older')).toBe(42);
  expect(cursorToSeq('70000000042', 'older')).toBe(41);
  expect(cursorToSeq('70000000042', 'newer')).toBe(43);
  expect(cursorToSeq('70000000001', 'older')).toBe('end');
});

it('splits an app key', () => {
  expect(splitAppKey('magpie#demo')).toEqual({ orgName: 'magpie', appName: 'demo' });
  expect(splitAppKey('')).toEqual({ orgName: '', appName: '' });
});
