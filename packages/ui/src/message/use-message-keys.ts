import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue';
import type { Row } from './rows.ts';
import type { ListHandle } from './use-list-scroll.ts';

export interface MessageKeys {
  /** Rows that stay drawn wherever the list is scrolled: the one that has the focus. */
  readonly kept: ComputedRef<readonly number[]>;
  onKey(event: KeyboardEvent): Promise<void>;
}

/** Arrow keys go from message to message, to those outside the drawn stretch too. */
export function useMessageKeys(
  rows: () => readonly Row[],
  list: Readonly<Ref<ListHandle | null>>,
  scroller: Readonly<Ref<HTMLElement | null>>,
): MessageKeys {
  const active = ref<string>();
  const activeIndex = computed(() => rows().findIndex((row) => row.key === active.value));

  async function onKey(event: KeyboardEvent): Promise<void> {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const inside = event.target instanceof Element ? event.target : undefined;
    if (step === undefined || inside?.closest('[role="menu"], audio, video, button, a')) return;
    event.preventDefault();
    const all = rows();
    let index = activeIndex.value < 0 ? all.length : activeIndex.value;
    do index += step;
    while (index >= 0 && index < all.length && all[index]?.kind !== 'message');
    const row = all[index];
    if (!row) return;
    active.value = row.key;
    list.value?.scrollToIndex(index, { align: 'nearest' });
    await nextTick();
    scroller.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"] > [tabindex]`)?.focus();
  }

  return { kept: computed(() => (activeIndex.value < 0 ? [] : [activeIndex.value])), onKey };
}
