import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';

const server = process.env['MAGPIE_SERVER'] ?? 'http://127.0.0.1:8800';
/** The page asks its own back end for a UserSig; here that is the demo endpoint of the server. */
const proxy = { '/demo': { target: server, changeOrigin: true } };

export default defineConfig({
  plugins: [vue()],
  // Inside this repository the SDK is used from its sources; an app that installs it needs no such line.
  resolve: { conditions: ['@magpie/source', ...defaultClientConditions] },
  define: { 'globalThis.MAGPIE_SERVER': JSON.stringify(server) },
  server: { proxy },
  preview: { proxy },
});
