import type { MenuAction } from '@magpie/ui';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { LANGUAGES, THEMES, usePreferences } from '../stores/preferences.ts';

const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;
/** Each in its own language: who cannot read the page's must find their own. */
const LANGUAGE_NAMES = { en: 'English', zh: '中文' } as const;

/** Theme and language, as lines of a menu. */
export function usePreferenceActions(): ComputedRef<readonly MenuAction[]> {
  const { t } = useI18n();
  const preferences = usePreferences();
  return computed(() => [
    ...THEMES.map((theme) => ({
      key: `theme-${theme}`,
      icon: THEME_ICONS[theme],
      label: t(`menu.${theme}`),
      checked: preferences.theme === theme,
      run: () => void (preferences.theme = theme),
    })),
    ...LANGUAGES.map((language, index) => ({
      key: `language-${language}`,
      icon: 'globe' as const,
      label: LANGUAGE_NAMES[language],
      checked: preferences.language === language,
      separated: index === 0,
      run: () => void (preferences.chosen = language),
    })),
  ]);
}
