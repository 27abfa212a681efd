// The server as a few files that plain node runs, without tsx and development packages: for containers and service
// units. Our own packages are bundled; what comes from npm, native code among it, stays in node_modules
// (`npm ci --omit=dev`). Version and pages are found where they are in a checkout.
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';
import { closure } from './workspaces.mjs';

/** Worker threads start from a `*.boot.mjs`, which loads the built file beside it where there is one. */
function bootFiles(parts) {
  return parts.flatMap(({ folder }) => {
    const src = join(root, folder, 'src');
    return readdirSync(src, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.boot.mjs'))
      .map((path) => join(src, path));
  });
}

/** The module that a boot file loads, read from its text. */
function threadOf(bootFile) {
  const [, name] = /new URL\('\.\/([\w.-]+)\.ts'/.exec(readFileSync(bootFile, 'utf8')) ?? [];
  if (name === undefined) throw new Error(`${bootFile} names no './x.ts' to load`);
  return { in: join(dirname(bootFile), `${name}.ts`), out: name };
}

/** Everything from npm stays an import; only relative paths and our own packages are taken in. */
const outsideOurHouse = {
  name: 'outside-our-house',
  setup(setup) {
    setup.onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('@magpie/')) return undefined;
      return { path, external: true };
    });
  },
};

export async function buildServer(folder, all) {
  const parts = closure('@magpie/server', all);
  const dist = join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const boots = bootFiles(parts);
  const commands = ['main', 'cli']
    .map((out) => ({ in: join(folder, 'src', `${out}.ts`), out }))
    .filter((entry) => existsSync(entry.in));
  await build({
    entryPoints: [...commands, ...boots.map(threadOf)],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@magpie/source'],
    sourcemap: true,
    outdir: dist,
    logLevel: 'silent',
    plugins: [outsideOurHouse],
  });
  for (const boot of boots) copyFileSync(boot, join(dist, basename(boot)));
}
