// `npm run build`: web apps, SDK packages and the server bundle, into the `dist` of each. `npm run build -- tim` builds
// one, by folder or package name. Running and testing need none of it but the web apps.
import { join } from 'node:path';
import { buildLibrary, libraries } from './lib/libraries.mjs';
import { checkBudgets } from './lib/budgets.mjs';
import { inSeconds, root } from './lib/run.mjs';
import { buildServer } from './lib/server-bundle.mjs';
import { buildWebApps, webApps } from './lib/web-apps.mjs';
import { workspaces } from './lib/workspaces.mjs';

const wanted = process.argv.slice(2);
const all = workspaces();

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** `chat`, `tim`, `@magpie/tim`, `vendors/tim/sdk` all name what a person means. */
function isWanted({ name, folder }) {
  return (
    wanted.length === 0 || wanted.some((word) => [name, folder, name.replace('@magpie/', '')].includes(word))
  );
}

function tasks() {
  const server = all.find(({ name }) => name === '@magpie/server');
  return [
    ...libraries(all).map((library) => ({ ...library, build: () => buildLibrary(library) })),
    ...webApps(all).map((app) => ({
      ...app,
      build: () => buildWebApps(() => undefined, { force: true, only: app.name }),
    })),
    ...(server === undefined
      ? []
      : [{ ...server, build: () => buildServer(join(root, server.folder), all) }]),
  ].filter(isWanted);
}

async function main() {
  const chosen = tasks();
  if (chosen.length === 0)
    throw new Error(
      `nothing is called ${wanted.join(', ')}; one of: ${all.map(({ name }) => name).join(', ')}`,
    );
  const failures = [];
  for (const task of chosen) {
    const started = Date.now();
    const error = await task.build().catch((reason) => reason);
    say(`${error ? 'FAILED' : 'built '} ${task.folder}  ${inSeconds((Date.now() - started) / 1000)}`);
    if (error) failures.push(`--- ${task.folder}\n${error.message}`);
  }
  const { lines, ok } = await checkBudgets(chosen.map(({ folder }) => folder));
  lines.forEach(say);
  if (!ok) failures.push('a bundle is over its budget: see .size-limit.json');
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
