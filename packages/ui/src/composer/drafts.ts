import { shallowRef } from 'vue';

/** Unsent text per conversation, kept on this device. */
export interface Drafts {
  get(ref: string): string;
  set(ref: string, text: string): void;
}

export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const MOST = 50;
const LONGEST = 10_000;

function load(storage: TextStorage, key: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, text]) => typeof text === 'string'));
  } catch {
    return {};
  }
}

export function createDrafts(storage: TextStorage, user: string): Drafts {
  const key = `magpie.drafts ${user}`;
  const all = shallowRef<Readonly<Record<string, string>>>(load(storage, key));
  return {
    get: (ref) => all.value[ref] ?? '',
    set(ref, text) {
      if ((all.value[ref] ?? '') === text) return;
      const { [ref]: _, ...rest } = all.value;
      all.value = text.trim() === '' ? rest : { ...rest, [ref]: text.slice(0, LONGEST) };
      const newest = Object.entries(all.value).slice(-MOST);
      try {
        storage.setItem(key, JSON.stringify(Object.fromEntries(newest)));
      } catch {
        // A full or forbidden storage costs the draft at a reload, nothing else.
      }
    },
  };
}
