import { useI18n } from 'vue-i18n';

/** The code of an error of the table; what else is thrown counts as INTERNAL. */
export function errorCode(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'INTERNAL';
}

/** Says what went wrong, and what to do, in the reader's language. */
export function useErrorText(): (thrown: unknown) => string {
  const { t, te } = useI18n();
  return (thrown) => {
    const code = errorCode(thrown);
    return te(`error.${code}`) ? t(`error.${code}`) : t('error.other', { code });
  };
}
