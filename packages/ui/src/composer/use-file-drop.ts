import { ref, type Ref } from 'vue';

export interface FileDrop {
  /** Files are being held over the element. */
  readonly over: Readonly<Ref<boolean>>;
  readonly handlers: Readonly<
    Record<'dragenter' | 'dragover' | 'dragleave' | 'drop', (event: DragEvent) => void>
  >;
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** Takes files that are dropped on an element; anything else is the browser's. */
export function useFileDrop(take: (files: readonly File[]) => void): FileDrop {
  const over = ref(false);
  // Each child entered or left is told too.
  let depth = 0;
  const handlers: FileDrop['handlers'] = {
    dragenter(event) {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth += 1;
      over.value = true;
    },
    dragover(event) {
      if (holdsFiles(event)) event.preventDefault();
    },
    dragleave(event) {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      over.value = depth > 0;
    },
    drop(event) {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      over.value = false;
      take([...(event.dataTransfer?.files ?? [])]);
    },
  };
  return { over, handlers };
}
