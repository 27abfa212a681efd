import { beforeEach, expect, test, vi } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import { createFakeClient, fakeConversation, fakeMessage, type FakeClient } from '../testing/fake-client.ts';
import { useInChat } from '../testing/mount.ts';
import type { WindowState } from './use-message-window.ts';
import { useReadMarks } from './use-read-marks.ts';

let fake: FakeClient;
const quiet = { hasOlder: false, hasNewer: false, loading: 'none', error: undefined } as const;
const calls = (): string[] => fake.calls.filter(({ name }) => /read|receipts/.test(name)).map(({ name, args }) => `${name} ${JSON.stringify(args.slice(1))}`); // prettier-ignore

beforeEach(() => {
  fake = createFakeClient();
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

function watching(ref: string, loading: WindowState['loading'] = 'none') {
  const view = shallowRef(fakeConversation({ ref, unread: 1, lastSeq: 4 }));
  const messages = [fakeMessage({ seq: 3, from: 'alice' }), fakeMessage({ seq: 4, receipt: true, id: '4' })];
  const state = shallowRef<WindowState>({ ...quiet, loading, messages });
  const atEnd = shallowRef(true);
  const { stop } = useInChat(() => useReadMarks({ client: fake.client, ref, view, state, atEnd }), fake);
  return { view, state, atEnd, stop };
}

async function flush(): Promise<void> {
  for (let i = 0; i < 6; i++) await nextTick();
}

test('what is in sight at the end is reported once, up to the newest drawn', async () => {
  const { view, stop } = watching('u:bob');
  await flush();
  expect(calls()).toEqual(['conversations.read [{"upTo":4}]']);
  view.value = { ...view.value, unread: 0, reportedSeq: 4 };
  await flush();
  expect(calls()).toHaveLength(1);
  stop();
});

test('in groups the messages whose senders asked are receipted, once', async () => {
  const { view, stop } = watching('g:1');
  await flush();
  expect(calls()).toEqual(['receipts.send [["4"]]', 'conversations.read [{"upTo":4}]']);
  view.value = { ...view.value, unread: 1 };
  await flush();
  expect(calls().filter((call) => call.startsWith('receipts'))).toHaveLength(1);
  stop();
});

test('nothing is reported before it is drawn, while scrolled up, unlooked at, or offline', async () => {
  const loading = watching('u:bob', 'first');
  await flush();
  loading.stop();
  vi.mocked(document.hasFocus).mockReturnValue(false);
  const away = watching('u:bob');
  await flush();
  away.stop();
  vi.mocked(document.hasFocus).mockReturnValue(true);
  fake.state = 'waiting';
  const offline = watching('u:bob');
  await flush();
  expect(calls()).toEqual([]);
  fake.state = 'online';
  fake.emit('ready', { first: false, resumed: true });
  await flush();
  expect(calls()).toHaveLength(1);
  offline.stop();
});
