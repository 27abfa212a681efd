// `npm run dev`: the server restarts when its sources change; the chat page reloads in place from vite, which sends
// what is not a page on to the server.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';
import { root, sourceFlags, tool } from './lib/run.mjs';
import { webApps } from './lib/web-apps.mjs';

const host = process.env.HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 8800);
const main = join(root, 'packages', 'server', 'src', 'main.ts');
const server = `http://${host}:${port}`;
/** Everything the server answers itself. */
const serverPaths =
  /^\/(ws|v1|files|demo|healthz|readyz|metrics|v4|[^/]+\/[^/]+\/(token|users|chatfiles|messages))(\/|\?|$)/;

function startServer() {
  const flags = sourceFlags.filter((flag) => flag.startsWith('--conditions'));
  return spawn(
    process.execPath,
    [tool('tsx'), 'watch', '--clear-screen=false', ...flags, main, ...process.argv.slice(2)],
    {
      cwd: root,
      env: { ...process.env, HOST: host, PORT: String(port) },
      stdio: 'inherit',
    },
  );
}

async function startPages() {
  const app = webApps().find(({ folder }) => folder === 'apps/chat') ?? webApps()[0];
  if (app === undefined) return undefined;
  const vite = await createServer({
    root: join(root, app.folder),
    resolve: { conditions: ['@magpie/source', 'module', 'browser', 'development|production'] },
    server: {
      host,
      port: port + 1,
      proxy: { [serverPaths.source]: { target: server, ws: true, changeOrigin: false } },
    },
  });
  await vite.listen();
  vite.printUrls();
  return vite;
}

const child = startServer();
const pages = await startPages();

async function stop(signal) {
  child.kill(signal);
  await pages?.close();
}
process.on('SIGINT', () => stop('SIGINT'));
process.on('SIGTERM', () => stop('SIGTERM'));
child.once('exit', async (code) => {
  await pages?.close();
  process.exit(code ?? 0);
});
