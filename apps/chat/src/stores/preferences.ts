import { defineStore } from 'pinia';
import { computed, ref, watchEffect } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Lasts as long as the page then.
  }
}

function oneOf<T extends string>(all: readonly T[], value: string | null): T | undefined {
  return all.find((one) => one === value);
}

function ofBrowser(): Language {
  return navigator.languages.some((tag) => /^zh\b/i.test(tag)) && !/^en\b/i.test(navigator.language)
    ? 'zh'
    : 'en';
}

/** How this person likes the page: kept in this browser, shared by its tabs. */
export const usePreferences = defineStore('preferences', () => {
  const theme = ref<Theme>(oneOf(THEMES, kept('magpie.theme')) ?? 'system');
  /** Absent: as the browser says. */
  const chosen = ref<Language | undefined>(oneOf(LANGUAGES, kept('magpie.language')));
  const language = computed(() => chosen.value ?? ofBrowser());
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const systemDark = ref(dark.matches);
  dark.addEventListener('change', () => (systemDark.value = dark.matches));

  watchEffect(() => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && systemDark.value);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    keep('magpie.theme', theme.value === 'system' ? undefined : theme.value);
  });
  watchEffect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    keep('magpie.language', chosen.value);
  });
  return { theme, language, chosen };
});
