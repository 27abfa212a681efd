// Builds what is published to npm: ES modules with types, and for each SDK one file that a browser loads by itself.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build } from 'tsdown';
import { root } from './run.mjs';
import { closure } from './workspaces.mjs';

/** What each SDK calls itself on a page without a bundler, as the vendors' own scripts do. */
const globals = {
  '@magpie/tim': { name: 'TIM', from: 'default' },
  '@magpie/zim': { name: 'ZIM', from: 'ZIM' },
  '@magpie/webim': { name: 'WebIM', from: 'default' },
};

/** The SDKs, what they stand on, and the token generators for back ends. */
export function libraries(all) {
  const sdks = all.filter(({ folder }) => /^vendors\/[^/]+\/sdk$/.test(folder));
  const names = new Set([
    ...sdks.flatMap(({ name }) => closure(name, all).map((one) => one.name)),
    '@magpie/credentials',
  ]);
  return all.filter(
    ({ name, folder }) => names.has(name) && existsSync(join(root, folder, 'src', 'index.ts')),
  );
}

/** Every module that the package's exports and imports name: `dist/chat.js` is built from `src/chat.ts`. */
function entries(manifest) {
  const targets = [...leaves(manifest.exports), ...leaves(manifest.imports)].filter((path) =>
    /^\.\/dist\/.*\.js$/.test(path),
  );
  const names = [...new Set(targets.map((path) => path.slice('./dist/'.length, -'.js'.length)))];
  return Object.fromEntries(
    names
      .filter((name) => name !== 'browser' && !name.startsWith('browser.'))
      .map((name) => [name, `src/${name}.ts`]),
  );
}

function leaves(tree) {
  if (typeof tree === 'string') return [tree];
  return Object.values(tree ?? {}).flatMap(leaves);
}

export async function buildLibrary({ name, folder, manifest }) {
  const cwd = join(root, folder);
  rmSync(join(cwd, 'dist'), { recursive: true, force: true });
  await build({
    cwd,
    entry: entries(manifest),
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    // Left to the installed package: its own `#` imports, chosen by where it runs.
    deps: { neverBundle: [/^#/, /^node:/] },
    inputOptions: { checks: { pluginTimings: false } },
    dts: true,
    tsconfig: join(root, name === '@magpie/credentials' ? 'tsconfig.node.json' : 'tsconfig.web.json'),
    outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
    config: false,
    logLevel: 'warn',
  });
  if (globals[name] !== undefined) await buildForBrowsers(cwd, globals[name]);
}

async function buildForBrowsers(cwd, { name, from }) {
  const common = {
    absWorkingDir: cwd,
    bundle: true,
    minify: true,
    platform: 'browser',
    conditions: ['@magpie/source', 'browser'],
    target: ['es2020'],
    sourcemap: true,
    logLevel: 'warning',
    legalComments: 'none',
  };
  await bundle({ ...common, entryPoints: ['src/index.ts'], format: 'esm', outfile: 'dist/browser.js' });
  const contents = `import { ${from} as sdk } from './src/index.ts'; globalThis.${name} = sdk;`;
  const stdin = { contents, resolveDir: cwd, loader: 'ts' };
  await bundle({ ...common, stdin, format: 'iife', outfile: 'dist/browser.global.js' });
}
