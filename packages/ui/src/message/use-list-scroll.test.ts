import { expect, test } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import { fakeMessage } from '../testing/fake-client.ts';
import { toRows, type Row } from './rows.ts';
import { useListScroll, type ListHandle } from './use-list-scroll.ts';

/** A list of rows of 40 px in a window of 400. */
function world(count: number) {
  const messages = shallowRef(Array.from({ length: count }, (_, i) => fakeMessage({ seq: i + 1 })));
  const rows = shallowRef<readonly Row[]>(toRows(messages.value));
  const newest = shallowRef(true);
  const element = {
    top: 0,
    get scrollTop() {
      return this.top;
    },
    set scrollTop(value: number) {
      this.top = Math.min(value, this.scrollHeight - 400);
      scroll.onScroll();
    },
    clientHeight: 400,
    get scrollHeight() {
      return Math.max(400, rows.value.length * 40);
    },
  };
  const shown: number[] = [];
  const list = shallowRef<ListHandle | null>({
    scrollToIndex: (index) => void shown.push(index),
  });
  const scroll = useListScroll({
    rows: () => rows.value,
    list,
    scroller: shallowRef(element),
    endsAtNewest: () => newest.value,
  });
  async function become(next: typeof messages.value): Promise<void> {
    messages.value = next;
    rows.value = toRows(next);
    for (let i = 0; i < 4; i++) await nextTick();
  }
  return { messages, element, scroll, become, newest, shown };
}

const end = (element: { scrollTop: number; scrollHeight: number }): number =>
  element.scrollHeight - 400 - element.scrollTop;

test('who is at the end stays there; what comes is not counted', async () => {
  const { messages, element, scroll, become } = world(50);
  await become([...messages.value]);
  element.scrollTop = element.scrollHeight;
  await become([...messages.value, fakeMessage(), fakeMessage()]);
  expect([end(element), scroll.arrived.value, scroll.atEnd.value]).toEqual([0, 0, true]);
});

test('who reads further up stays where they are, and what comes is counted until they are back', async () => {
  const { messages, element, scroll, become } = world(50);
  element.scrollTop = element.scrollHeight;
  element.scrollTop = 600;
  await become([...messages.value, fakeMessage(), fakeMessage({ from: 'carol' })]);
  expect([element.scrollTop, scroll.arrived.value, scroll.atEnd.value]).toEqual([600, 2, false]);
  await scroll.toEnd();
  expect([end(element), scroll.arrived.value]).toEqual([0, 0]);
});

test('older pages shift, and count as nothing', async () => {
  const { messages, element, scroll, become } = world(50);
  element.scrollTop = element.scrollHeight;
  element.scrollTop = 100;
  expect(scroll.nearStart.value).toBe(true);
  await become([fakeMessage({ seq: -1 }), ...messages.value]);
  expect([scroll.drawn.value.shift, scroll.arrived.value, element.scrollTop]).toEqual([true, 0, 100]);
  await become([...messages.value, fakeMessage()]);
  expect(scroll.drawn.value.shift).toBe(false);
});

test('own words take the writer to the end', async () => {
  const { messages, element, become } = world(50);
  element.scrollTop = element.scrollHeight;
  element.scrollTop = 600;
  await become([...messages.value, fakeMessage({ from: 'alice', status: 'sending' })]);
  expect(end(element)).toBe(0);
});

test('in a stretch of the past, newer pages are no news and move nothing', async () => {
  const { messages, element, scroll, become, newest, shown } = world(50);
  newest.value = false;
  scroll.landAt('unread');
  await become(Array.from({ length: 30 }, (_, i) => fakeMessage({ seq: 1_000 + i })));
  expect(shown).toEqual([0]);
  element.scrollTop = 300;
  await become([...messages.value, fakeMessage(), fakeMessage({ from: 'alice' })]);
  newest.value = true;
  await become([...messages.value, fakeMessage()]);
  expect([element.scrollTop, scroll.arrived.value]).toEqual([300, 0]);
});
