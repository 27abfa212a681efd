// Builds the web apps, each only when something it is made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inSeconds, root, runNode, tool } from './run.mjs';
import { closure, workspaces } from './workspaces.mjs';

const stampName = '.sources';
const notSources = new Set(['node_modules', 'dist', 'test', '.cache']);

function sourceFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory())
        return notSources.has(entry.name) || entry.name.startsWith('dist.') ? [] : sourceFiles(path);
      return entry.name.endsWith('.test.ts') ? [] : [path];
    });
}

function sourcesHash(app, all) {
  const hash = createHash('sha256');
  const files = closure(app.name, all).flatMap(({ folder }) => sourceFiles(folder));
  for (const file of ['package-lock.json', ...files]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Every app that vite can build: those with a page. */
export function webApps(all = workspaces()) {
  return all.filter(
    ({ folder }) => folder.startsWith('apps/') && existsSync(join(root, folder, 'index.html')),
  );
}

async function build(app, hash) {
  // Built aside and swapped in: a server that is running never serves half a page.
  const folder = join(root, app.folder);
  const fresh = join(folder, `dist.${process.pid}`);
  const old = join(folder, `dist.${process.pid}.old`);
  const { code, output, seconds } = await runNode(
    [tool('vite'), 'build', '--outDir', fresh, '--logLevel', 'warn'],
    {
      cwd: folder,
      env: { NODE_ENV: 'production' },
      capture: true,
    },
  );
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`${app.folder} could not be built:\n${output}`);
  }
  writeFileSync(join(fresh, stampName), `${hash}\n`);
  const dist = join(folder, 'dist');
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
  return seconds;
}

/** Builds the stale ones, or all with `force`; says what it does through `say`. */
export async function buildWebApps(say, { force = false, only } = {}) {
  const all = workspaces();
  for (const app of webApps(all)) {
    if (only !== undefined && app.name !== only) continue;
    const hash = sourcesHash(app, all);
    const stamp = join(root, app.folder, 'dist', stampName);
    if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === hash) continue;
    say(`building ${app.folder} ...`);
    say(`built ${app.folder} in ${inSeconds(await build(app, hash))}`);
  }
}
