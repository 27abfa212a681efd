import { mount, type VueWrapper } from '@vue/test-utils';
import { defineComponent, h, type Component } from 'vue';
import { createI18n } from 'vue-i18n';
import { provideChat } from '../app/context.ts';
import { uiMessages } from '../locales/messages.ts';
import type { FakeClient } from './fake-client.ts';

export function testLanguages(locale: 'en' | 'zh' = 'en'): ReturnType<typeof createI18n> {
  return createI18n({ legacy: false, locale, messages: uiMessages as never });
}

/** A component as it lives in the page: below a logged-in user, in a language. */
export function mountInChat(
  component: Component,
  props: object,
  fake: FakeClient,
  locale: 'en' | 'zh' = 'en',
): VueWrapper {
  const storage = new Map<string, string>();
  const root = defineComponent({
    setup() {
      provideChat({
        client: fake.client,
        storage: {
          getItem: (key) => storage.get(key) ?? null,
          setItem: (key, value) => void storage.set(key, value),
        },
      });
      return () => h(component, props);
    },
  });
  return mount(root, { global: { plugins: [testLanguages(locale)] }, attachTo: document.body });
}

/** A composable as it lives in a component; `stop` unmounts it. */
export function useInChat<T>(
  compose: () => T,
  fake: FakeClient,
): { readonly result: T; readonly stop: () => void } {
  let result: T | undefined;
  const probe = defineComponent({
    setup() {
      result = compose();
      return () => h('i');
    },
  });
  const wrapper = mountInChat(probe, {}, fake);
  return { result: result as T, stop: () => wrapper.unmount() };
}
