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
await import(pathToFileURL(main).href);
