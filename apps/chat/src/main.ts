import '@magpie/ui/tokens.css';
import '@magpie/ui/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { createLanguages } from './i18n/languages.ts';
import { createAppRouter } from './router.ts';
import { usePreferences } from './stores/preferences.ts';
import { useSession } from './stores/session.ts';

const pinia = createPinia();
const preferences = usePreferences(pinia);
const i18n = createLanguages(preferences);
const router = createAppRouter(useSession(pinia));

createApp(App).use(pinia).use(i18n).use(router).mount('#app');
