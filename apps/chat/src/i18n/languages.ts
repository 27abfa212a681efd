import { uiMessages } from '@magpie/ui';
import { watch } from 'vue';
import { createI18n, type I18n } from 'vue-i18n';
import en from '../locales/en.json';
import zh from '../locales/zh.json';
import type { usePreferences } from '../stores/preferences.ts';

/** The page's words, in the language of its preferences. */
export function createLanguages(preferences: ReturnType<typeof usePreferences>): I18n<object, object, object, string, false> {
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
  return i18n as unknown as I18n<object, object, object, string, false>;
}
