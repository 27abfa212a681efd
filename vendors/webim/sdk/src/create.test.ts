import { expect, it } from 'vitest';
import { isLegacy, Message } from './create.ts';
import { chatTypeOf } from './send.ts';
import type { LooseBody } from './types/message.ts';

it('create makes a body with a fresh local id and time', () => {
  const options = { type: 'txt', to: 'bob', msg: 'hi', chatType: 'singleChat' } as const;
  const first = Message.create(options);
  const second = Message.create(options);
  expect(first).toMatchObject({ type: 'txt', to: 'bob', msg: 'hi', chatType: 'singleChat' });
  expect(first.id).toMatch(/^\d+$/);
  expect(second.id > first.id).toBe(true);
  expect(Message.create({ ...options, ext: null })).not.toHaveProperty('ext');
  expect(Message.create({ type: 'read', to: 'bob', id: '42' })).toMatchObject({ id: '42' });
});

it('the legacy form fills body, and its group marker wins over the chat type', () => {
  const message = new Message('txt', '77');
  message.set({ to: 'g1', msg: 'hi', chatType: 'chatRoom', roomType: false, ext: { a: 1 } });
  message.setGroup('groupchat');
  const body = message.body as LooseBody;
  expect(body).toMatchObject({ id: '77', type: 'txt', to: 'g1', msg: 'hi', ext: { a: 1 } });
  expect(message.value).toBe('hi');
  expect(isLegacy(body)).toBe(true);
  expect(Object.keys(body)).not.toContain('__legacy');
  expect(chatTypeOf(body)).toBe('groupChat');
  expect(chatTypeOf({ ...body, group: '', roomType: true })).toBe('chatRoom');
  expect(new Message('location').type).toBe('loc');
  expect(Message.createOldMsg({ type: 'cmd', id: '1' })).toMatchObject({ id: '1', type: 'cmd' });
});
