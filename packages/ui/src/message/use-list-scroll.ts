import { computed, nextTick, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Row } from './rows.ts';
import { compareRows, isAtEnd, isNearStart } from './stickiness.ts';

/** What is used of the virtual list. */
export interface ListHandle {
  readonly scrollOffset: number;
  readonly scrollSize: number;
  readonly viewportSize: number;
  scrollToIndex(index: number, options?: { align?: 'start' | 'center' | 'end' | 'nearest' }): void;
}

export interface ListScroll {
  /** What the list draws: the rows, and whether they grew at their start. */
  readonly drawn: Readonly<ShallowRef<{ readonly rows: readonly Row[]; readonly shift: boolean }>>;
  readonly atEnd: Readonly<Ref<boolean>>;
  /** Came while the reader was elsewhere. */
  readonly arrived: Readonly<Ref<number>>;
  /** False until the first rows stand where they belong. */
  readonly placed: Readonly<Ref<boolean>>;
  readonly nearStart: ComputedRef<boolean>;
  onScroll(): void;
  onResize(): void;
  toEnd(): Promise<void>;
}

/** Where a message list stands: at the end while the reader is there, else where they are, whatever comes at either end. */
export function useListScroll(rows: () => readonly Row[], list: Readonly<Ref<ListHandle | null>>): ListScroll {
  const drawn = shallowRef<{ rows: readonly Row[]; shift: boolean }>({ rows: [], shift: false });
  const atEnd = ref(true);
  const arrived = ref(0);
  const placed = ref(false);
  const offset = ref(0);

  function place(handle: ListHandle): { offset: number; viewport: number; size: number } {
    return { offset: handle.scrollOffset, viewport: handle.viewportSize, size: handle.scrollSize };
  }

  async function toEnd(): Promise<void> {
    atEnd.value = true;
    arrived.value = 0;
    await nextTick();
    list.value?.scrollToIndex(drawn.value.rows.length - 1, { align: 'end' });
  }

  watch(
    rows,
    async (after) => {
      const change = compareRows(drawn.value.rows, after);
      drawn.value = { rows: after, shift: change.shift };
      if (change.replaced || change.sent || atEnd.value) {
        await toEnd();
        // The first rows are measured now; what they really take moves the end once more.
        requestAnimationFrame(() => (placed.value = true));
      } else arrived.value += change.arrived;
    },
    { immediate: true, flush: 'pre' },
  );

  function onScroll(): void {
    const handle = list.value;
    if (!handle) return;
    const now = place(handle);
    offset.value = now.offset;
    atEnd.value = isAtEnd(now);
    if (atEnd.value) arrived.value = 0;
  }

  function onResize(): void {
    const handle = list.value;
    if (!handle) return;
    if (atEnd.value) handle.scrollToIndex(drawn.value.rows.length - 1, { align: 'end' });
    offset.value = handle.scrollOffset;
  }

  const nearStart = computed(() => {
    void drawn.value;
    return isNearStart({ offset: offset.value, viewport: 0, size: 0 });
  });
  return { drawn, atEnd, arrived, placed, nearStart, onScroll, onResize, toEnd };
}
