import { shallowRef, type ShallowRef } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'error';
}

export interface Toasts {
  readonly list: Readonly<ShallowRef<readonly Toast[]>>;
  show(text: string, tone?: Toast['tone']): void;
  dismiss(id: number): void;
}

const SHOWN_MS = 5_000;
const MOST = 3;

/** Short notes over the page; each goes by itself. */
export function createToasts(): Toasts {
  const list = shallowRef<readonly Toast[]>([]);
  let last = 0;
  const dismiss = (id: number): void => {
    list.value = list.value.filter((toast) => toast.id !== id);
  };
  return {
    list,
    dismiss,
    show(text, tone = 'info') {
      const id = ++last;
      list.value = [...list.value.filter((toast) => toast.text !== text), { id, text, tone }].slice(-MOST);
      setTimeout(() => dismiss(id), SHOWN_MS);
    },
  };
}
