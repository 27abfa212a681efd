import { uiMessages } from '@magpie/ui';
import { watch, type Plugin } from 'vue';
import { createI18n } from 'vue-i18n';

import en from '../locales/en.json';
import zh from '../locales/zh.json';
import type { usePreferences } from '../stores/preferences.ts';

/** The page's words, in the language of its preferences. */
export function createLanguages(preferences: ReturnType<typeof usePreferences>): Plugin {
  const i18n = createI18n({
    legacy: false,
    locale: preferences.language,
    fallbackLocale: 'en',
    messages: { en: { ...uiMessages.en, ...en }, zh: { ...uiMessages.zh, ...zh } },
  });
  watch(
    () => preferences.language,
    (language) => (i18n.global.locale.value = language),
  );
  return i18n;
}
