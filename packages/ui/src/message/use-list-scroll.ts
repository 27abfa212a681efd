import { computed, nextTick, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Row } from './rows.ts';
import { compareRows, isNearEnd, isNearStart, staysAtEnd, type ScrollPlace } from './stickiness.ts';

/** What is used of the virtual list. */
export interface ListHandle {
  scrollToIndex(index: number, options?: { align?: 'start' | 'center' | 'end' | 'nearest' }): void;
}

/** The element that scrolls: asked itself, since what the list knows of its window may be a frame old. */
export interface Scroller {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
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
  readonly nearEnd: ComputedRef<boolean>;
  onScroll(): void;
  onResize(): void;
  toEnd(): Promise<void>;
  /** Where to be when the rows are replaced by others next time: at the row of this key, instead of at the end. */
  landAt(key: string): void;
}

export interface ListScrollOptions {
  readonly rows: () => readonly Row[];
  readonly list: Readonly<Ref<ListHandle | null>>;
  readonly scroller: Readonly<Ref<Scroller | null>>;
  /** The rows end at the newest message. */
  readonly endsAtNewest: () => boolean;
}

/** Where a message list stands: at the end while the reader is there, else where they are, whatever comes at either end. */
export function useListScroll({ rows, list, scroller, endsAtNewest }: ListScrollOptions): ListScroll {
  const drawn = shallowRef<{ rows: readonly Row[]; shift: boolean }>({ rows: [], shift: false });
  let landing: string | undefined;
  let wasAtNewest = true;
  const atEnd = ref(true);
  const arrived = ref(0);
  const placed = ref(false);
  const place = shallowRef<ScrollPlace>({ offset: 0, viewport: 0, size: 0 });

  function measure({ scrollTop, clientHeight, scrollHeight }: Scroller): ScrollPlace {
    return { offset: scrollTop, viewport: clientHeight, size: scrollHeight };
  }

  async function toEnd(): Promise<void> {
    atEnd.value = true;
    arrived.value = 0;
    await keepEnd();
  }

  /** Not by the list's own means: those go on for a while, and would fight a reader who scrolls up meanwhile. */
  async function keepEnd(): Promise<void> {
    await nextTick();
    const element = scroller.value;
    if (element && atEnd.value) element.scrollTop = element.scrollHeight;
  }

  async function land(key: string): Promise<void> {
    atEnd.value = false;
    await nextTick();
    const index = drawn.value.rows.findIndex((row) => row.key === key);
    list.value?.scrollToIndex(Math.max(0, index), { align: 'start' });
  }

  watch(
    rows,
    async (after) => {
      const change = compareRows(drawn.value.rows, after);
      drawn.value = { rows: after, shift: change.shift };
      // A page that joins up with the newest is history still, not news.
      const live = wasAtNewest && endsAtNewest();
      wasAtNewest = endsAtNewest();
      if (change.replaced && landing !== undefined) {
        const key = landing;
        landing = undefined;
        await land(key);
      } else if (change.replaced || change.sent || (atEnd.value && live)) {
        await toEnd();
        // The first rows are measured now; what they really take moves the end once more.
        requestAnimationFrame(() => (placed.value = true));
      } else if (live) arrived.value += change.arrived;
    },
    { immediate: true, flush: 'pre' },
  );

  function onScroll(): void {
    if (!scroller.value) return;
    const before = place.value;
    place.value = measure(scroller.value);
    atEnd.value = staysAtEnd(atEnd.value, before, place.value);
    if (atEnd.value) arrived.value = 0;
  }

  function onResize(): void {
    if (!scroller.value) return;
    if (atEnd.value && endsAtNewest()) void keepEnd();
    place.value = measure(scroller.value);
  }

  const nearStart = computed(() => isNearStart(place.value));
  const nearEnd = computed(() => isNearEnd(place.value));
  return {
    drawn,
    atEnd,
    arrived,
    placed,
    nearStart,
    nearEnd,
    onScroll,
    onResize,
    toEnd,
    landAt: (key) => (landing = key),
  };
}
