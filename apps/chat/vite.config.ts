import { fileURLToPath } from 'node:url';
import i18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';

const locales = ['src/locales/*.json', '../../packages/ui/src/locales/*.json'];
const server = 'http://127.0.0.1:8800';

export default defineConfig({
  plugins: [
    vue(),
    // Messages are compiled ahead; nothing of the compiler comes into the page.
    i18n({
      include: locales.map((path) => fileURLToPath(new URL(path, import.meta.url))),
      runtimeOnly: true,
      compositionOnly: true,
      strictMessage: true,
    }),
  ],
  resolve: { conditions: ['@magpie/source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    // Inlined files would be `data:` addresses, which the content policy allows for pictures alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 8801,
    proxy: {
      '^/(ws|v1|files|demo|healthz|readyz)(/|$|\\?)': { target: server, ws: true, changeOrigin: false },
    },
  },
});
