// `npm start`: builds the web apps if their sources changed, then becomes the server. It is one process on purpose:
// signals, arguments and the exit code are the server's own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/run.mjs';
import { buildWebApps } from './lib/web-apps.mjs';

const main = join(root, 'packages', 'server', 'src', 'main.ts');

function say(text) {
  process.stderr.write(`magpie: ${text}\n`);
}

if (!existsSync(main)) {
  say('packages/server/src/main.ts is missing: there is no server to start.');
  process.exit(1);
}
try {
  await buildWebApps(say);
} catch (error) {
  // The server is of use without its pages: the SDKs and the API need none.
  say(`${error.message}\nmagpie: starting without it.`);
}
process.argv[1] = main;
endWithNpm();
await import(pathToFileURL(main).href);

/**
 * npm hands a signal to the shell between itself and this process, which dies without passing it on. A server left
 * behind would keep the port and the data folder, so it takes the death of that shell as the signal.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  watch.unref();
}
