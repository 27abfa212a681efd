// The server as one folder that plain node runs: for containers and service units. Our own packages are bundled;
// what comes from npm stays outside, native code among it, and is listed in the folder's own package.json.
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

function packageOf(path) {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

function thirdParty(metafile) {
  const paths = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external, path }) => external && !path.startsWith('node:')).map(({ path }) => path),
  );
  return [...new Set(paths.map(packageOf))].sort();
}

/** Versions as the workspace packages pin them. */
function pinned(names, parts) {
  const versions = Object.assign({}, ...parts.map(({ manifest }) => manifest.dependencies ?? {}));
  return Object.fromEntries(
    names.filter((name) => versions[name] !== undefined).map((name) => [name, versions[name]]),
  );
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
  const { metafile } = await build({
    entryPoints: [...commands, ...boots.map(threadOf)],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@magpie/source'],
    sourcemap: true,
    outdir: dist,
    metafile: true,
    logLevel: 'silent',
    plugins: [outsideOurHouse],
  });
  for (const boot of boots) copyFileSync(boot, join(dist, basename(boot)));
  const { version, license, engines } = parts[0].manifest;
  const manifest = {
    name: '@magpie/server-bundle',
    version,
    private: true,
    type: 'module',
    license,
    engines,
    dependencies: pinned(thirdParty(metafile), parts),
  };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
