import type { Draft } from '@magpie/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFakeClient, fakeMessage, type FakeClient } from '../testing/fake-client.ts';
import { mountInChat, useInChat } from '../testing/mount.ts';
import { useOf } from './attachments.ts';
import { createDrafts } from './drafts.ts';
import MessageComposer from './MessageComposer.vue';
import { useAttachments } from './use-attachments.ts';
import { useTyping } from './use-typing.ts';

let fake: FakeClient;
const quiet = { typists: { value: [] }, wrote: () => undefined, stopped: () => undefined };
const sent = (): Draft[] =>
  fake.calls.filter(({ name }) => name === 'messages.send').map(({ args }) => args[0] as Draft);

beforeEach(() => {
  fake = createFakeClient();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function compose() {
  const wrapper = mountInChat(MessageComposer, { place: 'u:bob', typing: quiet }, fake);
  return { wrapper, field: wrapper.find('textarea') };
}

test('Enter sends, Shift+Enter does not, and neither while a word is being composed', async () => {
  const { wrapper, field } = compose();
  await field.setValue('  hello  ');
  await field.trigger('keydown', { key: 'Enter', shiftKey: true });
  await field.trigger('keydown', { key: 'Enter', isComposing: true });
  await field.trigger('keydown', { key: 'Enter', keyCode: 229 });
  expect(sent()).toEqual([]);
  await field.trigger('keydown', { key: 'Enter' });
  expect(sent()).toEqual([{ ref: 'u:bob', content: { type: 'text', text: 'hello' } }]);
  expect(field.element.value).toBe('');
  wrapper.unmount();
});

test('nothing but spaces is nothing, and too much is not sent', async () => {
  const { wrapper, field } = compose();
  await field.setValue('   ');
  await field.trigger('keydown', { key: 'Enter' });
  await field.setValue('字'.repeat(5_000));
  await field.trigger('keydown', { key: 'Enter' });
  expect(sent()).toEqual([]);
  expect(wrapper.find('[role=alert]').text()).toContain('too long');
  wrapper.unmount();
});

test('groups ask who has read, as far as the app lets them', async () => {
  const small = mountInChat(MessageComposer, { place: 'g:1', typing: quiet, memberCount: 3 }, fake);
  await small.find('textarea').setValue('a');
  await small.find('textarea').trigger('keydown', { key: 'Enter' });
  small.unmount();
  const large = mountInChat(MessageComposer, { place: 'g:2', typing: quiet, memberCount: 101 }, fake);
  await large.find('textarea').setValue('b');
  await large.find('textarea').trigger('keydown', { key: 'Enter' });
  large.unmount();
  expect(sent().map(({ receipt }) => receipt)).toEqual([true, undefined]);
});

test('files too large or empty are refused with a word; the rest waits to be sent', () => {
  const { result, stop } = useInChat(useAttachments, fake);
  result.add([new File(['x'], 'a.txt', { type: 'text/plain' }), new File([], 'empty.txt'), new File(['y'.repeat(1_500)], 'big.png', { type: 'image/png' })]); // prettier-ignore
  expect(result.list.value.map(({ file, use }) => [file.name, use])).toEqual([['a.txt', 'file']]);
  expect(result.take()).toHaveLength(1);
  expect(result.list.value).toEqual([]);
  stop();
});

test('what a file is used as', () => {
  expect(['image/png', 'image/svg+xml', 'image/heic', 'audio/ogg', 'video/mp4', '', 'text/html'].map((type) => useOf(type))).toEqual(['image', 'file', 'file', 'audio', 'video', 'file', 'file']); // prettier-ignore
  expect(useOf('image/png', true)).toBe('file');
});

test('drafts outlive the page, and a broken storage costs nothing', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const drafts = createDrafts(storage, 'alice');
  drafts.set('u:bob', 'later');
  drafts.set('u:carol', '  ');
  expect(createDrafts(storage, 'alice').get('u:bob')).toBe('later');
  expect(createDrafts(storage, 'bob').get('u:bob')).toBe('');
  drafts.set('u:bob', '');
  expect([...kept.values()]).toEqual(['{}']);
  const broken = createDrafts({ getItem: () => '[no json', setItem: () => { throw new Error('full'); } }, 'alice'); // prettier-ignore
  broken.set('u:bob', 'x');
  expect(broken.get('u:bob')).toBe('x');
});

test('typing is said at most every three seconds, never while offline, and ended once', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const { result, stop } = useInChat(() => useTyping(fake.client, 'u:bob', () => undefined), fake);
  const states = (): unknown[] => sent().map(({ content, store }) => [content, store]);
  result.wrote();
  result.wrote();
  vi.advanceTimersByTime(3_100);
  result.wrote();
  result.stopped();
  result.stopped();
  const word = (state: string): unknown => [{ type: 'typing', state }, false];
  expect(states()).toEqual([word('begin'), word('begin'), word('end')]);
  fake.state = 'waiting';
  result.wrote();
  expect(states()).toHaveLength(3);
  stop();
});

test('a typist is forgotten after a while, by their word, or when they have spoken', () => {
  vi.useFakeTimers();
  const { result, stop } = useInChat(() => useTyping(fake.client, 'g:1', () => 3), fake);
  const hear = (from: string, state: 'begin' | 'end', ref = 'g:1'): void =>
    fake.emit('messages', {
      ref,
      backlog: false,
      messages: [fakeMessage({ ref, from, content: { type: 'typing', state } })],
    });
  hear('bob', 'begin');
  hear('carol', 'begin');
  hear('dave', 'begin', 'g:2');
  hear('alice', 'begin');
  expect(result.typists.value).toEqual(['bob', 'carol']);
  hear('carol', 'end');
  expect(result.typists.value).toEqual(['bob']);
  vi.advanceTimersByTime(6_100);
  expect(result.typists.value).toEqual([]);
  hear('bob', 'begin');
  fake.emit('messages', { ref: 'g:1', backlog: false, messages: [fakeMessage({ ref: 'g:1', from: 'bob' })] });
  expect(result.typists.value).toEqual([]);
  stop();
});

test('large groups do without', () => {
  const { result, stop } = useInChat(() => useTyping(fake.client, 'g:1', () => 200), fake);
  result.wrote();
  expect(sent()).toEqual([]);
  stop();
});
